use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use trunkline_domain::{
    id::{QueueId, SiteId},
    kpis::WaitHistogram,
};
use uuid::Uuid;

use super::{
    bins,
    days::{TouchedDays, sum_days},
};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// Figures of one interval of a queue at one site, as a whole and not as a difference. Unknown
    /// figures are `None`, never 0.
    pub struct IntervalFigure {
        /// Queue.
        pub queue_id: QueueId,
        /// Site; `None` = never routed to one.
        pub site_id: Option<SiteId>,
        /// First instant of the interval.
        pub starts_at: Timestamp,
        /// Contacts that arrived.
        pub offered: u32,
        /// Answered by an agent.
        pub answered: Option<u32>,
        /// Answered within the threshold.
        pub answered_in_threshold: Option<u32>,
        /// Abandoned while waiting.
        pub abandoned: Option<u32>,
        /// Abandoned within the threshold.
        pub abandoned_in_threshold: Option<u32>,
        /// Abandoned within the short-abandon limit.
        pub abandoned_short: Option<u32>,
        /// Seconds waited by the answered ones.
        pub wait_seconds: Option<u64>,
        /// Seconds talked with the answered ones.
        pub talk_seconds: Option<u64>,
        /// Seconds for which the answered ones were on hold.
        pub hold_seconds: Option<u64>,
        /// Seconds of work after the answered ones.
        pub acw_seconds: Option<u64>,
        /// Seconds of handling of the answered ones, all told.
        pub handle_seconds: Option<u64>,
        /// Seconds of the threshold that was counted with.
        pub threshold_seconds: Option<u32>,
        /// Waits of the answered and of the abandoned ones.
        pub waits: Option<WaitHistogram>,
        /// How the rows of the source came into this interval; see [`Quality`].
        pub quality: u8,
        /// Which feed or file said so.
        pub source: String,
        /// When it was said. What was said earlier never replaces it.
        pub received_at: Timestamp,
    }
}

/// Bits of [`IntervalFigure::quality`]; 0 = one row of the source, with a plain local time.
#[derive(Debug, Clone, Copy)]
pub struct Quality;

impl Quality {
    /// Holds a row whose local time does not exist, mapped forward.
    pub const MAPPED_FORWARD: u8 = 1;
    /// Holds a row whose local time the clocks showed twice, mapped to the first showing.
    pub const REPEATED: u8 = 2;
    /// Several rows of the source were summed into it.
    pub const SUMMED: u8 = 4;
}

/// What a bulk write changed, in intervals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Upserted {
    /// Intervals that were not there.
    pub inserted: u64,
    /// Intervals whose figures differed and were replaced.
    pub replaced: u64,
    /// Intervals that said the same already, or for which something later was said.
    pub unchanged: u64,
}

/// Rows of one statement: what a slow machine writes well within the time budget of a statement.
const AT_ONCE: usize = 20_000;

/// Writes figures of any queues, and sums up again exactly the local days (of the site, of the queue
/// where there is none) on which something changed. The same rows again change nothing.
///
/// Of two rows of the same interval the one received later counts, of equals the last one. Writers
/// of one queue wait for each other, so that no sum of a day misses what another one just wrote.
///
/// # Errors
/// Constraint `interval_figure_queue_fkey` or `interval_figure_site_fkey` when the tenant has no
/// such queue or site; else what the database says.
pub async fn upsert_figures(tx: &TenantTx, rows: &[IntervalFigure]) -> Result<Upserted, DbError> {
    let rows = newest(rows);
    let (zones, sites) = (lock_queues(tx, &rows).await?, site_zones(tx, &rows).await?);
    let mut days = TouchedDays::default();
    let mut done = Upserted::default();
    for part in rows.chunks(AT_ONCE) {
        let changed = write(tx, part).await?;
        for row in &changed {
            *(if row.inserted { &mut done.inserted } else { &mut done.replaced }) += 1;
            let of_site = row.site_id.and_then(|site| sites.get(&site));
            if let Some(zone) = of_site.or_else(|| zones.get(&row.queue_id)) {
                days.touch(row.queue_id, row.site_id, row.starts_at, zone);
            }
        }
        done.unchanged += (part.len() - changed.len()) as u64;
    }
    sum_days(tx, &days).await?;
    Ok(done)
}

/// One row an interval, in the order in which all writers take them.
fn newest(rows: &[IntervalFigure]) -> Vec<&IntervalFigure> {
    let mut newest: BTreeMap<_, &IntervalFigure> = BTreeMap::new();
    for row in rows {
        let kept = newest.entry((row.queue_id, row.starts_at, row.site_id)).or_insert(row);
        if kept.received_at <= row.received_at {
            *kept = row;
        }
    }
    newest.into_values().collect()
}

read_model! {
    struct QueueZone {
        id: QueueId,
        time_zone: String,
    }
}

read_model! {
    struct SiteZone {
        id: SiteId,
        time_zone: String,
    }
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Makes other writers of these queues wait, and reads the zones of their days.
async fn lock_queues(
    tx: &TenantTx,
    rows: &[&IntervalFigure],
) -> Result<HashMap<QueueId, TimeZone>, DbError> {
    let mut ids: Vec<QueueId> = rows.iter().map(|row| row.queue_id).collect();
    ids.dedup();
    let queues: Vec<QueueZone> = tx
        .all(
            "select id, time_zone from app.queue
             where tenant_id = $1 and id = any($2) order by id for no key update",
            params![tx.tenant(), ids],
        )
        .await?;
    Ok(queues.into_iter().map(|queue| (queue.id, zone(&queue.time_zone))).collect())
}

/// Zones of the sites' days.
async fn site_zones(
    tx: &TenantTx,
    rows: &[&IntervalFigure],
) -> Result<HashMap<SiteId, TimeZone>, DbError> {
    let ids: BTreeSet<SiteId> = rows.iter().filter_map(|row| row.site_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<SiteId> = ids.into_iter().collect();
    let sites: Vec<SiteZone> = tx
        .all(
            "select id, time_zone from app.site where tenant_id = $1 and id = any($2)",
            params![tx.tenant(), ids],
        )
        .await?;
    Ok(sites.into_iter().map(|site| (site.id, zone(&site.time_zone))).collect())
}

/// A row on its way into the statement.
#[derive(Serialize)]
struct Given<'a> {
    queue_id: Uuid,
    site_id: Option<Uuid>,
    starts_at: Timestamp,
    offered: u32,
    answered: Option<u32>,
    answered_in_threshold: Option<u32>,
    abandoned: Option<u32>,
    abandoned_in_threshold: Option<u32>,
    abandoned_short: Option<u32>,
    wait_seconds: Option<u64>,
    talk_seconds: Option<u64>,
    hold_seconds: Option<u64>,
    acw_seconds: Option<u64>,
    handle_seconds: Option<u64>,
    threshold_seconds: Option<u32>,
    waits: Option<Vec<u64>>,
    quality: u8,
    source: &'a str,
    received_at: Timestamp,
}

impl<'a> Given<'a> {
    fn of(row: &'a IntervalFigure) -> Self {
        let IntervalFigure {
            queue_id,
            site_id,
            starts_at,
            offered,
            answered,
            answered_in_threshold,
            abandoned,
            abandoned_in_threshold,
            abandoned_short,
            wait_seconds,
            talk_seconds,
            hold_seconds,
            acw_seconds,
            handle_seconds,
            threshold_seconds,
            waits,
            quality,
            ref source,
            received_at,
        } = *row;
        Self {
            queue_id: queue_id.uuid(),
            site_id: site_id.map(SiteId::uuid),
            starts_at,
            offered,
            answered,
            answered_in_threshold,
            abandoned,
            abandoned_in_threshold,
            abandoned_short,
            wait_seconds,
            talk_seconds,
            hold_seconds,
            acw_seconds,
            handle_seconds,
            threshold_seconds,
            waits: waits.as_ref().map(bins),
            quality,
            source,
            received_at,
        }
    }
}

read_model! {
    /// An interval that was written.
    struct Changed {
        queue_id: QueueId,
        site_id: Option<SiteId>,
        starts_at: Timestamp,
        inserted: bool,
    }
}

/// Columns beside the key that say something about the contacts.
const FIGURES: &str =
    "offered, answered, answered_in_threshold, abandoned, abandoned_in_threshold, abandoned_short,
     wait_seconds, talk_seconds, hold_seconds, acw_seconds, handle_seconds, threshold_seconds,
     waits, quality";

async fn write(tx: &TenantTx, rows: &[&IntervalFigure]) -> Result<Vec<Changed>, DbError> {
    let given: Vec<Given<'_>> = rows.iter().map(|row| Given::of(row)).collect();
    let given =
        serde_json::to_string(&given).map_err(|error| DbError::Internal(error.to_string()))?;
    let of = |row: &str| {
        FIGURES
            .split(',')
            .map(|name| format!("{row}.{}", name.trim()))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (stored, new) = (of("f"), of("excluded"));
    // The question beside the write sees what was there before it, whichever of the two is done first: all
    // parts of a statement with a writing `with` read by the one snapshot that was taken before it, and
    // see each other's writes in `returning` alone (PostgreSQL, "Data-Modifying Statements in WITH"). An
    // interval that somebody else commits between that snapshot and the write is told as inserted,
    // though it was replaced. The row itself cannot be asked, since what goes into a partitioned table comes
    // back without `xmax`. The bounds keep the question to the partitions of these rows.
    let sql = format!(
        "with written as (
             insert into app.interval_figure as f
                    (tenant_id, queue_id, site_id, starts_at, {FIGURES}, source, received_at)
             select $1, queue_id, site_id, starts_at, {FIGURES}, source, received_at
             from jsonb_to_recordset($2::text::jsonb) as given (
                 queue_id uuid, site_id uuid, starts_at timestamptz, offered int, answered int,
                 answered_in_threshold int, abandoned int, abandoned_in_threshold int, abandoned_short int,
                 wait_seconds bigint, talk_seconds bigint, hold_seconds bigint, acw_seconds bigint,
                 handle_seconds bigint, threshold_seconds int, waits bigint[], quality smallint,
                 source text, received_at timestamptz)
             on conflict on constraint interval_figure_key do update
             set ({FIGURES}, source, received_at) = ({new}, excluded.source, excluded.received_at)
             where f.received_at <= excluded.received_at and ({stored}) is distinct from ({new})
             returning queue_id, site_id, starts_at)
         select w.queue_id, w.site_id, w.starts_at,
                not exists (select from app.interval_figure f
                            where f.tenant_id = $1 and f.queue_id = w.queue_id and f.starts_at = w.starts_at
                              and f.site_id is not distinct from w.site_id
                              and f.starts_at between $3 and $4) as inserted
         from written w"
    );
    let starts = || rows.iter().map(|row| row.starts_at);
    tx.all(sql, params![tx.tenant(), given, starts().min(), starts().max()]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(second: i64, offered: u32, received: i64) -> IntervalFigure {
        IntervalFigure {
            queue_id: QueueId::from_uuid(Uuid::from_u128(1)),
            site_id: None,
            starts_at: Timestamp::from_second(second).expect("instant"),
            offered,
            answered: None,
            answered_in_threshold: None,
            abandoned: None,
            abandoned_in_threshold: None,
            abandoned_short: None,
            wait_seconds: None,
            talk_seconds: None,
            hold_seconds: None,
            acw_seconds: None,
            handle_seconds: None,
            threshold_seconds: None,
            waits: None,
            quality: 0,
            source: "test".into(),
            received_at: Timestamp::from_second(received).expect("instant"),
        }
    }

    #[test]
    fn of_two_rows_of_an_interval_the_later_word_counts() {
        let rows = [row(600, 1, 5), row(300, 2, 5), row(600, 3, 4), row(300, 4, 5)];
        let kept: Vec<_> = newest(&rows).iter().map(|row| row.offered).collect();
        assert_eq!(kept, [4, 1], "in order of time; the earlier word of 600 is dropped");
    }
}
