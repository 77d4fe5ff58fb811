use jiff::Timestamp;
use trunkline_domain::{
    forecasting::history::HistoryRow,
    id::{QueueId, SiteId},
};

use super::{IntervalFigure, Quality};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

impl IntervalFigure {
    /// What a row of a history file says of a queue at a site.
    #[must_use]
    pub fn of_history(
        row: &HistoryRow,
        queue: QueueId,
        site: Option<SiteId>,
        source: &str,
        received_at: Timestamp,
    ) -> Self {
        let HistoryRow {
            start,
            offered,
            answered,
            abandoned,
            handle_seconds,
            mapped_forward,
            repeated,
            source_rows,
        } = *row;
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        Self {
            queue_id: queue,
            site_id: site,
            starts_at: start,
            offered,
            answered,
            answered_in_threshold: None,
            abandoned,
            abandoned_in_threshold: None,
            abandoned_short: None,
            wait_seconds: None,
            talk_seconds: None,
            hold_seconds: None,
            acw_seconds: None,
            handle_seconds,
            threshold_seconds: None,
            waits: None,
            quality: bit(mapped_forward, Quality::MAPPED_FORWARD)
                | bit(repeated, Quality::REPEATED)
                | bit(source_rows > 1, Quality::SUMMED),
            source: source.to_owned(),
            received_at,
        }
    }
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
                        (sum(handle_seconds) filter (where answered is not null))::bigint as handle_seconds,
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
