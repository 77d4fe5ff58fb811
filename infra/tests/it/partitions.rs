//! Audit and interval figures over the partitions of their years.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

use jiff::{SignedDuration, Timestamp};
use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, raw_sql,
};
use serde_json::json;
use trunkline_domain::id::QueueId;
use trunkline_infra::{
    audit::{
        AuditFilter, Deed, SealKey, audit_event_by_id, list_audit_events, record, seal, verify,
    },
    ctx::Ctx,
    db::Db,
    forecasting::{Upserted, figures},
    upkeep::row_security_findings,
};
use trunkline_testkit::{Company, Database, database};

use super::intervals::{at, figure, write};

const NOW: &str = "2026-12-31T23:59:59.999Z";

/// Starts of intervals over all kinds of partitions, in order.
const STARTS: [&str; 6] = [
    "1999-01-05T09:00:00Z",
    "2026-12-31T23:30:00Z",
    "2027-01-01T00:00:00Z",
    "2036-12-31T23:30:00Z",
    "2037-01-01T00:00:00Z",
    "2044-02-29T12:00:00Z",
];

async fn company(db: &Db, database: &Database) -> (Company, QueueId) {
    let company = Company::db_new(db, database, at(NOW)).await;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    (company, queue)
}

/// The partitions in which the rows of a company lie, in the order of `order`.
async fn places(database: &Database, company: &Company, table: &str, order: &str) -> Vec<String> {
    let sql = format!(
        "select tableoid::regclass::text from app.{table} where tenant_id = '{}' order by {order}",
        company.tenant.uuid()
    );
    column(&mut database.db_admin().await, &sql).await
}

/// The only column of all rows.
async fn column(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await.expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn connect_as(role: &str, database: &Database) -> PgConnection {
    PgConnection::connect_with(&database.options(role)).await.expect("role")
}

#[tokio::test]
async fn a_figure_of_any_year_is_kept_once_and_corrected_in_its_place() {
    let database = database().await;
    let (company, queue) = company(&database.connect().await, database).await;
    let rows = STARTS.map(|start| figure(queue, None, at(start), 10));
    let all = Upserted { inserted: 6, ..Upserted::default() };
    assert_eq!(write(&company, &rows).await, all);
    let again = Upserted { unchanged: 6, ..Upserted::default() };
    assert_eq!(write(&company, &rows).await, again);
    let mut corrected = rows.clone();
    for place in [0, 5] {
        corrected[place].offered = 11;
        corrected[place].received_at += SignedDuration::from_mins(1);
    }
    let two = Upserted { replaced: 2, unchanged: 4, ..Upserted::default() };
    assert_eq!(write(&company, &corrected).await, two);
    let tx = company.db_begin().await;
    let read = figures(&tx, queue, None, at("1990-01-01T00:00:00Z"), at("2050-01-01T00:00:00Z"));
    let read: Vec<_> =
        read.await.expect("figures").iter().map(|row| (row.starts_at, row.offered)).collect();
    let wanted: Vec<_> = STARTS.map(at).into_iter().zip([11, 10, 10, 10, 10, 11]).collect();
    assert_eq!(read, wanted);
    assert_eq!(
        places(database, &company, "interval_figure", "starts_at").await,
        ["until_2026", "until_2026", "2027", "2036", "late", "late"]
            .map(|label| format!("app.interval_figure_{label}"))
    );
}

#[tokio::test]
async fn one_chain_of_the_audit_runs_through_all_years() {
    let database = database().await;
    let db = database.connect().await;
    let (company, _) = company(&db, database).await;
    let instants = [NOW, "2027-01-01T00:00:00Z", "2031-06-01T00:00:00Z", "2050-01-01T00:00:00Z"];
    let instants: [Timestamp; 4] = instants.map(at);
    let key = SealKey::ephemeral().expect("key");
    let ctx = |now| Ctx::of_system(company.tenant, "test", now);
    for now in instants {
        let tx = company.db_begin().await;
        let deed = Deed::made("shift.edit", "shf_1", json!({}));
        record(&tx, &ctx(now), deed).await.expect("row");
        tx.commit().await.expect("commit");
    }
    assert_eq!(seal(&db, &ctx(at(NOW)), &key).await.expect("sealed"), 4);
    let tx = company.db_begin().await;
    let found = verify(&tx, &key, Timestamp::MIN).await.expect("read");
    assert_eq!((found.rows, found.waiting, found.findings), (4, 0, Vec::new()));
    let listed = list_audit_events(&tx, &AuditFilter::default(), None, 9).await.expect("rows");
    let newest_first: Vec<_> = listed.iter().map(|row| row.at).collect();
    assert_eq!(newest_first, instants.into_iter().rev().collect::<Vec<_>>());
    for row in listed {
        let by_id = audit_event_by_id(&tx, row.id).await.expect("row").expect("it is there");
        assert_eq!(by_id.at, row.at);
    }
    assert_eq!(
        places(database, &company, "audit_event", "at").await,
        ["until_2026", "2027", "2031", "late"].map(|label| format!("app.audit_event_{label}"))
    );
}

#[tokio::test]
async fn a_partition_is_reached_through_its_parent_alone() {
    let database = database().await;
    let (company, queue) = company(&database.connect().await, database).await;
    write(&company, &STARTS.map(|start| figure(queue, None, at(start), 10))).await;
    let mut admin = database.db_admin().await;
    let partitions = column(
        &mut admin,
        "select oid::regclass::text from pg_class
         where relispartition and relkind = 'r' and relnamespace = 'app'::regnamespace",
    )
    .await;
    assert_eq!(partitions.len(), 24, "of two tables a past, ten years and a future");
    // To the owner, whom nothing but the forced policy keeps off, no tenant is set.
    let mut owner = connect_as("trunkline_owner", database).await;
    let mut app = connect_as("trunkline_app", database).await;
    let begin = format!("begin; set local app.tenant_id = '{}'", company.tenant.uuid());
    raw_sql(AssertSqlSafe(begin)).execute(&mut app).await.expect("transaction");
    for partition in partitions {
        let count = format!("select count(*)::text from {partition}");
        assert_eq!(column(&mut owner, &count).await, ["0"], "{partition}");
        let sql = format!("savepoint here; {count}");
        let refused = raw_sql(AssertSqlSafe(sql)).execute(&mut app).await.expect_err("refused");
        let code = refused.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("42501"), "{partition}");
        app.execute("rollback to savepoint here").await.expect("undo");
    }
    let all = column(&mut admin, "select count(*)::text from app.interval_figure_late").await;
    assert_ne!(all, ["0"], "there were rows to be seen");
}

#[tokio::test]
async fn a_statement_with_bounds_looks_into_the_partitions_of_its_time_alone() {
    let database = database().await;
    let mut app = connect_as("trunkline_app", database).await;
    let settings = "set plan_cache_mode = force_generic_plan;
         set app.tenant_id = '0aaaaaaa-0000-7000-8000-00000000000a'";
    raw_sql(settings).execute(&mut app).await.expect("settings");
    // With values that the planner does not know, as the server sends them.
    app.execute(
        "prepare of_queue (uuid, timestamptz, timestamptz) as
         select offered from app.interval_figure
         where tenant_id = $1 and queue_id = $1 and starts_at >= $2 and starts_at < $3",
    )
    .await
    .expect("statement");
    let plan = column(
        &mut app,
        "explain (costs off) execute of_queue ('0aaaaaaa-0000-7000-8000-00000000000a',
             '2027-03-01T00:00:00Z', '2027-03-02T00:00:00Z')",
    )
    .await
    .join("\n");
    assert!(plan.contains("Subplans Removed: 11"), "{plan}");
    assert!(plan.contains("interval_figure_2027"), "{plan}");
}

#[tokio::test]
async fn a_year_that_is_added_takes_its_rows_along() {
    let database = database().await.db_scratch("years").await;
    let (company, queue) = company(&database.connect().await, &database).await;
    let rows = STARTS.map(|start| figure(queue, None, at(start), 10));
    write(&company, &rows).await;
    let mut owner = connect_as("trunkline_owner", &database).await;
    let add =
        "select app.add_year('app.interval_figure', 2037), app.add_year('app.audit_event', 2037)";
    owner.execute(add).await.expect("the owner may");
    assert_eq!(
        places(&database, &company, "interval_figure", "starts_at").await,
        ["until_2026", "until_2026", "2027", "2036", "2037", "late"]
            .map(|label| format!("app.interval_figure_{label}"))
    );
    assert_eq!(write(&company, &rows).await.unchanged, 6);
    let mut admin = database.db_admin().await;
    let found = row_security_findings(&mut admin, "app", "trunkline_app").await.expect("look-up");
    assert_eq!(found, []);
}
