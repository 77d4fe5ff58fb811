//! The sealed chain of the audit, and what it finds when somebody with every right of the database
//! has been at it.

use jiff::Timestamp;
use sea_orm::sqlx::{AssertSqlSafe, raw_sql};
use serde_json::json;
use trunkline_infra::{
    audit::{Deed, Flaw, SealKey, Verification, record, record_all, seal, seal_next, verify},
    ctx::{Ctx, Origin},
    db::Db,
    params,
};
use trunkline_testkit::{Company, database};

struct Audited {
    db: Db,
    company: Company,
    ctx: Ctx,
    key: SealKey,
}

impl Audited {
    /// A company in which `rows` things were done.
    async fn with(rows: usize) -> Self {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
        let db = database().await.connect().await;
        let company = Company::db_new(&db, database().await, now).await;
        let ctx = Ctx::of_system(company.tenant, "test", now);
        let key = SealKey::ephemeral().expect("key");
        let audited = Self { db, company, ctx, key };
        audited.do_things(rows).await;
        audited
    }

    async fn do_things(&self, rows: usize) {
        for row in 0..rows {
            let tx = self.company.db_begin().await;
            // Figures, texts and nesting, as they must come back out of the database unchanged.
            let detail =
                json!({"z": row, "a": [0.5, -0.0, 1e21, "华音"], "m": {"b": null, "a": true}});
            let deed = Deed::made("shift.edit", format_args!("shf_{row}"), json!({})).with(detail);
            record(&tx, &self.ctx, deed).await.expect("row");
            tx.commit().await.expect("commit");
        }
    }

    async fn seal(&self) -> usize {
        seal(&self.db, &self.ctx, &self.key).await.expect("sealed")
    }

    async fn verify(&self) -> Verification {
        verify(&self.company.db_begin().await, &self.key, Timestamp::MIN).await.expect("read")
    }

    async fn flaws(&self) -> Vec<(Flaw, Option<i64>)> {
        let found = self.verify().await;
        found.findings.iter().map(|finding| (finding.flaw, finding.position)).collect()
    }

    /// What a superuser does to the row, link or segment at a position.
    async fn tamper(&self, sql: &str) {
        let tenant = self.company.tenant.uuid();
        let sql = sql.replace("$tenant", &format!("'{tenant}'"));
        raw_sql(AssertSqlSafe(sql))
            .execute(&mut database().await.db_admin().await)
            .await
            .expect("a superuser may");
    }

    /// Changes the row whose place in the chain is `position`.
    async fn tamper_row(&self, change: &str, position: i64) {
        self.tamper(&format!(
            "update app.audit_event set {change} where tenant_id = $tenant and id =
                 (select event_id from app.audit_link where tenant_id = $tenant and position = {position})"
        ))
        .await;
    }
}

#[tokio::test]
async fn a_sealed_chain_that_nobody_touched_is_unbroken() {
    let audited = Audited::with(3).await;
    let deed = |place: &str| {
        Deed::changed("agent.move", "agt_1", json!({"siteId": "GZ"}), json!({"siteId": place}))
            .because(Some("closer to home"))
            .judged_by(["wrk_1 v7".to_owned()])
    };
    let origin = Origin {
        address: Some([192, 0, 2, 7].into()),
        user_agent: Some("browser".into()),
        request_id: Some("f00d".into()),
    };
    let ctx = audited.ctx.clone().from(&origin);
    let tx = audited.company.db_begin().await;
    record(&tx, &ctx, deed("SZ")).await.expect("row");
    // Many at once say the same as each alone.
    record_all(&tx, &ctx, &[deed("CD"), Deed::removed("a.b", "x", json!({}))]).await.expect("rows");
    tx.commit().await.expect("commit");
    assert_eq!(audited.verify().await.waiting, 6);
    assert_eq!(audited.seal().await, 6);
    audited.do_things(2).await;
    assert_eq!(audited.seal().await, 2);
    let found = audited.verify().await;
    assert_eq!((found.rows, found.segments, found.waiting), (8, 2, 0));
    assert_eq!(found.findings, []);
}

#[tokio::test]
async fn a_changed_row_is_found_at_its_position() {
    for change in [
        "detail = jsonb_set(detail, '{z}', '9')",
        "subject = subject || 'x'",
        "actor_id = id",
        "at = at + interval '1 microsecond'",
        "reason = ''",
        "request_id = null",
        "address = '192.0.2.8'",
        "client = 'another'",
        "after = '{\"siteId\": \"CD\"}'",
        "before = '{}'",
        "rule_version = 'wrk_1 v8'",
    ] {
        let audited = Audited::with(4).await;
        audited.seal().await;
        audited.tamper_row(change, 3).await;
        assert_eq!(audited.flaws().await, [(Flaw::Changed, Some(3))], "{change}");
    }
}

#[tokio::test]
async fn one_flipped_byte_of_a_digest_is_found() {
    let audited = Audited::with(3).await;
    audited.seal().await;
    audited.tamper_row("digest = set_byte(digest, 5, get_byte(digest, 5) # 1)", 2).await;
    assert_eq!(audited.flaws().await, [(Flaw::Changed, Some(2))]);
}

#[tokio::test]
async fn a_deleted_row_is_found_with_or_without_its_link() {
    const ROW: &str = "delete from app.audit_event where tenant_id = $tenant and id =
        (select event_id from app.audit_link where tenant_id = $tenant and position = 2)";
    let audited = Audited::with(3).await;
    audited.seal().await;
    audited.tamper(ROW).await;
    assert_eq!(audited.flaws().await, [(Flaw::RowGone, Some(2))]);
    audited.tamper("delete from app.audit_link where tenant_id = $tenant and position = 2").await;
    assert_eq!(audited.flaws().await, [(Flaw::LinkGone, Some(2))]);
}

#[tokio::test]
async fn two_rows_that_changed_places_are_found_at_both() {
    let audited = Audited::with(4).await;
    audited.seal().await;
    audited
        .tamper(
            "update app.audit_link set position = -position where tenant_id = $tenant and position in (2, 3);
             update app.audit_link set position = position + 5 where tenant_id = $tenant and position < 0",
        )
        .await;
    let flaws = audited.flaws().await;
    assert!(flaws.contains(&(Flaw::OutOfPlace, Some(2))), "{flaws:?}");
    assert!(flaws.contains(&(Flaw::OutOfPlace, Some(3))), "{flaws:?}");
}

#[tokio::test]
async fn a_segment_that_is_gone_or_signed_by_another_is_found() {
    let audited = Audited::with(2).await;
    audited.seal().await;
    audited.do_things(2).await;
    audited.seal().await;
    let other = SealKey::ephemeral().expect("key");
    let found =
        verify(&audited.company.db_begin().await, &other, Timestamp::MIN).await.expect("read");
    let flaws: Vec<Flaw> = found.findings.iter().map(|finding| finding.flaw).collect();
    assert_eq!(flaws, [Flaw::WrongSignature, Flaw::WrongSignature]);
    audited.tamper("delete from app.audit_segment where tenant_id = $tenant and number = 1").await;
    assert_eq!(audited.flaws().await, [(Flaw::SegmentGone, Some(3))]);
}

#[tokio::test]
async fn a_row_put_in_past_the_record_is_found() {
    let audited = Audited::with(1).await;
    audited.seal().await;
    audited
        .tamper(
            "insert into app.audit_event (tenant_id, id, at, action, subject, detail, digest)
             values ($tenant, gen_random_uuid(), now(), 'agent.create', 'agt_x', '{}', '')",
        )
        .await;
    assert_eq!(audited.flaws().await, [(Flaw::Smuggled, None)]);
}

#[tokio::test]
async fn two_sealers_at_once_give_each_row_one_place() {
    let audited = Audited::with(30).await;
    let rounds = futures_util::future::join_all((0..4).map(|_| audited.seal())).await;
    let left = audited.seal().await;
    assert_eq!(rounds.iter().sum::<usize>() + left, 30);
    let found = audited.verify().await;
    assert_eq!((found.rows, found.waiting), (30, 0));
    assert_eq!(found.findings, []);
}

#[tokio::test]
async fn rows_whose_sealer_died_are_sealed_by_the_next_one() {
    let audited = Audited::with(5).await;
    let tx = audited.db.begin(&audited.ctx).await.expect("transaction");
    let sealed = seal_next(&tx, &audited.ctx, &audited.key).await.expect("sealed");
    assert_eq!(sealed.map(|sealed| sealed.rows), Some(5));
    drop(tx);
    assert_eq!(audited.verify().await.waiting, 5);
    // The database hears of the end of the dead one a moment later.
    let mut sealed = 0;
    for _ in 0..200 {
        sealed = audited.seal().await;
        if sealed > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(sealed, 5);
    assert_eq!(audited.verify().await.findings, []);
}

#[tokio::test]
async fn the_application_may_neither_change_nor_delete_what_was_recorded() {
    let audited = Audited::with(1).await;
    audited.seal().await;
    for table in ["audit_event", "audit_link", "audit_segment"] {
        for sql in [
            format!("delete from app.{table}"),
            format!("update app.{table} set tenant_id = tenant_id"),
        ] {
            let tx = audited.company.db_begin().await;
            assert!(tx.run(sql.as_str(), Vec::new()).await.is_err(), "{sql}");
        }
    }
}

#[tokio::test]
async fn rows_may_be_gone_once_their_time_is_over_and_only_then() {
    let audited = Audited::with(3).await;
    audited.seal().await;
    audited.tamper("delete from app.audit_event where tenant_id = $tenant; delete from app.audit_link where tenant_id = $tenant").await;
    let later: Timestamp = "2026-03-03T00:00:00Z".parse().expect("instant");
    let tx = audited.company.db_begin().await;
    let over = verify(&tx, &audited.key, later).await.expect("read");
    assert_eq!((over.pruned, over.findings.len()), (1, 0));
    let early = verify(&tx, &audited.key, Timestamp::MIN).await.expect("read");
    assert_eq!(early.findings.len(), 3);
}

#[tokio::test]
async fn a_large_audit_is_not_read_to_seal_what_is_new() {
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
    let database = database().await.db_scratch("large_audit").await;
    let db = database.connect().await;
    let company = Company::db_new(&db, &database, now).await;
    let ctx = Ctx::of_system(company.tenant, "test", now);
    let audited = Audited { db, company, ctx, key: SealKey::ephemeral().expect("key") };
    audited.do_things(10).await;
    // Of the day before, so that an id of what is new comes after all of them.
    let sql = format!(
        "insert into app.audit_event (tenant_id, id, at, action, subject, detail, digest)
         select '{}', (lpad(to_hex(1772323200000 + n), 12, '0') || '70008000'
                       || lpad(to_hex(n), 12, '0'))::uuid,
                to_timestamp(1772323200 + n / 1000.0), 'shift.edit', 'shf_1', '{{}}', sha256('\\x')
         from generate_series(1, 30000) n;
         analyze app.audit_event, app.audit_unsealed",
        audited.company.tenant.uuid()
    );
    let mut admin = database.db_admin().await;
    raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.expect("a large audit");
    let tx = audited.company.db_begin().await;
    // As a connection plans that has sealed a few times.
    tx.run("set local plan_cache_mode = force_generic_plan", params![]).await.expect("set");
    let sealed = seal_next(&tx, &audited.ctx, &audited.key).await.expect("sealed");
    assert_eq!(sealed.map(|sealed| sealed.rows), Some(10));
    let read: Option<i64> = tx
        .scalar(
            "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint as value
             from pg_stat_xact_user_tables
             where schemaname = 'app' and relname like 'audit\\_event\\_%'",
            params![],
        )
        .await
        .expect("figures");
    assert!((10..100).contains(&read.expect("a sum")), "{read:?} rows were read");
}
