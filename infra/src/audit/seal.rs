use jiff::Timestamp;
use trunkline_domain::id::AuditEventId;

use super::{
    SealKey,
    chain::{START, Segment, link},
};
use crate::{
    ctx::Ctx,
    db::{Db, DbError, TenantTx},
    params, read_model,
};

/// Rows of one segment at most.
const MOST: i64 = 1000;

/// What a sealer has put into the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Number of the segment.
    pub segment: i64,
    /// Rows in it.
    pub rows: usize,
}

/// Puts all rows that have none yet into the tenant's chain and signs it. Says how many. Any number
/// of sealers may run: one works on a tenant at a time, the others leave it to him.
///
/// # Errors
/// What the database says; what was sealed before stays sealed.
pub async fn seal(db: &Db, ctx: &Ctx, key: &SealKey) -> Result<usize, DbError> {
    let mut rows = 0;
    loop {
        let tx = db.begin(ctx).await?;
        let Some(sealed) = seal_next(&tx, ctx, key).await? else { return Ok(rows) };
        tx.commit().await?;
        rows += sealed.rows;
    }
}

read_model! {
    struct HeadRow {
        number: i64,
        last_position: i64,
        root: Vec<u8>,
    }
}

read_model! {
    struct DueRow {
        id: AuditEventId,
        at: Timestamp,
        digest: Vec<u8>,
    }
}

/// Seals one segment within `tx`; `None` when nothing is due or another sealer is at it.
///
/// # Errors
/// What the database says.
pub async fn seal_next(tx: &TenantTx, ctx: &Ctx, key: &SealKey) -> Result<Option<Sealed>, DbError> {
    let mine: Option<bool> = tx
        .scalar(
            "select pg_try_advisory_xact_lock(hashtextextended('audit seal ' || $1::text, 0)) as value",
            params![tx.tenant()],
        )
        .await?;
    if mine != Some(true) {
        return Ok(None);
    }
    // A note without its row stays: the row was taken out before it had its place. Each row by itself, which
    // the limits make sure of: a join could read the whole audit, all its partitions, for each segment.
    let due: Vec<DueRow> = tx
        .all(
            "with due as (
                 delete from app.audit_unsealed
                 where tenant_id = $1 and event_id = any(array(
                     select u.event_id from app.audit_unsealed u
                     cross join lateral (
                         select from app.audit_event e
                         where e.tenant_id = $1 and e.id = u.event_id limit 1) e
                     where u.tenant_id = $1 order by u.event_id limit $2))
                 returning event_id)
             select e.id, e.at, e.digest from due
             cross join lateral (
                 select e.id, e.at, e.digest from app.audit_event e
                 where e.tenant_id = $1 and e.id = due.event_id limit 1) e
             order by e.at, e.id",
            params![tx.tenant(), MOST],
        )
        .await?;
    let Some(until) = due.iter().map(|row| row.at).max() else { return Ok(None) };
    let head: Option<HeadRow> = tx
        .one(
            "select number, last_position, root from app.audit_segment
             where tenant_id = $1 order by number desc limit 1",
            params![tx.tenant()],
        )
        .await?;
    let (number, before, previous) = match head {
        Some(head) => (head.number, head.last_position, head.root),
        None => (0, 0, START.to_vec()),
    };
    let (positions, links): (Vec<i64>, Vec<Vec<u8>>) = {
        let mut link_before = previous.clone();
        let positions = before + 1..;
        let links = positions.zip(&due).map(|(position, row)| {
            link_before = link(tx.tenant(), position, &link_before, &row.digest).to_vec();
            (position, link_before.clone())
        });
        links.unzip()
    };
    let segment = Segment {
        tenant: tx.tenant(),
        number: number + 1,
        first: before + 1,
        last: positions.last().copied().unwrap_or(before),
        previous,
        root: links.last().cloned().unwrap_or_default(),
        until,
    };
    let events: Vec<AuditEventId> = due.iter().map(|row| row.id).collect();
    tx.run(
        "insert into app.audit_link (tenant_id, position, event_id, hash)
         select $1, n.position, n.event_id, n.hash
         from unnest($2::bigint[], $3::uuid[], $4::bytea[]) as n(position, event_id, hash)",
        params![tx.tenant(), positions, events, links],
    )
    .await?;
    insert_segment(tx, ctx, &segment, key).await?;
    // The root in the log is a witness outside the database: without it, the newest segments could
    // be cut off unseen.
    let root = segment.root.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    tracing::info!(tenant = %segment.tenant, segment = segment.number, last = segment.last, root, "audit sealed");
    Ok(Some(Sealed { segment: segment.number, rows: due.len() }))
}

async fn insert_segment(
    tx: &TenantTx,
    ctx: &Ctx,
    segment: &Segment,
    key: &SealKey,
) -> Result<(), DbError> {
    let signature = key.sign(&segment.statement());
    let Segment { tenant, number, first, last, previous, root, until } = segment;
    tx.run(
        "insert into app.audit_segment (tenant_id, number, first_position, last_position, previous,
                                        root, until_at, sealed_at, key_id, signature)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            *tenant,
            *number,
            *first,
            *last,
            previous.clone(),
            root.clone(),
            *until,
            ctx.now(),
            key.id(),
            signature
        ],
    )
    .await?;
    Ok(())
}
