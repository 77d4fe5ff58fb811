use jiff::Timestamp;
use trunkline_domain::{
    forecasting::history::HistoryRow,
    id::{QueueId, SiteId},
};

use super::{IntervalFigure, Quality};
use crate::{
    db::{ArrayType, DbError, Param as _, TenantTx, Value},
    params, read_model,
};

/// Figures of a queue in `[from, to)`, by instant and site: of all sites, or of these and of what
/// was never routed to one.
///
/// # Errors
/// What the database says.
pub async fn figures(
    tx: &TenantTx,
    queue: QueueId,
    sites: Option<&[SiteId]>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<IntervalFigure>, DbError> {
    let sites = sites.map_or(Value::Array(ArrayType::Uuid, None), |sites| sites.value());
    let mut params = params![tx.tenant(), queue, from, to];
    params.push(sites);
    tx.all(
        "select queue_id, site_id, starts_at, offered::bigint, answered::bigint,
                answered_in_threshold::bigint, abandoned::bigint, abandoned_in_threshold::bigint,
                abandoned_short::bigint, wait_seconds, talk_seconds, hold_seconds, acw_seconds,
                handle_seconds, threshold_seconds::bigint, quality, source, received_at
         from app.interval_figure
         where tenant_id = $1 and queue_id = $2 and starts_at >= $3 and starts_at < $4
           and ($5::uuid[] is null or site_id is null or site_id = any($5))
         order by starts_at, site_id nulls first",
        params,
    )
    .await
}

read_model! {
    struct Summed {
        starts_at: Timestamp,
        offered: u64,
        answered: Option<u64>,
        abandoned: Option<u64>,
        handle_seconds: Option<u64>,
        mapped_forward: bool,
        repeated: bool,
        summed: bool,
    }
}

/// History of a queue in `[from, to)`, all its sites together, in order of time: what its forecast
/// learns from. What is unknown at one site is left out of the sum.
///
/// # Errors
/// What the database says.
pub async fn queue_history(
    tx: &TenantTx,
    queue: QueueId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<HistoryRow>, DbError> {
    let rows: Vec<Summed> = tx
        .all(
            format!(
                "select starts_at, sum(offered) as offered, sum(answered) as answered,
                        sum(abandoned) as abandoned,
                        sum(handle_seconds) filter (where answered is not null)::bigint as handle_seconds,
                        bool_or(quality & {} <> 0) as mapped_forward,
                        bool_or(quality & {} <> 0) as repeated,
                        bool_or(quality & {} <> 0) as summed
                 from app.interval_figure
                 where tenant_id = $1 and queue_id = $2 and starts_at >= $3 and starts_at < $4
                 group by starts_at order by starts_at",
                Quality::MAPPED_FORWARD,
                Quality::REPEATED,
                Quality::SUMMED
            ),
            params![tx.tenant(), queue, from, to],
        )
        .await?;
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|row| HistoryRow {
            start: row.starts_at,
            offered: count(row.offered),
            answered: row.answered.map(count),
            abandoned: row.abandoned.map(count),
            handle_seconds: row.handle_seconds,
            mapped_forward: row.mapped_forward,
            repeated: row.repeated,
            source_rows: if row.summed { 2 } else { 1 },
        })
        .collect())
}
