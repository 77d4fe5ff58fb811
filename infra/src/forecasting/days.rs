use std::collections::BTreeSet;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Serialize;
use trunkline_domain::{
    id::{QueueId, SiteId},
    time::{Span, local_of_instant},
};
use uuid::Uuid;

use super::{are_waits_known, sum_of_waits};
use crate::{
    db::{DbError, TenantTx},
    params,
};

/// Local days whose sums are no longer those of their intervals.
#[derive(Debug, Default)]
pub(super) struct TouchedDays {
    days: BTreeSet<Day>,
}

/// A local day of a queue at a site, by the site's zone, with the instants between which it lies. They come from here
/// and not from the database, which might know another version of the zones.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Day {
    queue_id: Uuid,
    site_id: Option<Uuid>,
    local_date: civil::Date,
    starts_at: Timestamp,
    ends_at: Timestamp,
}

impl TouchedDays {
    /// Notes the day in which an interval lies.
    pub(super) fn touch(
        &mut self,
        queue: QueueId,
        site: Option<SiteId>,
        starts_at: Timestamp,
        zone: &TimeZone,
    ) {
        let local_date = local_of_instant(starts_at, zone).date();
        let span = Span::of_day(local_date, zone);
        self.days.insert(Day {
            queue_id: queue.uuid(),
            site_id: site.map(SiteId::uuid),
            local_date,
            starts_at: span.start(),
            ends_at: span.end(),
        });
    }
}

/// The last local day of which any queue has figures.
///
/// # Errors
/// What the database says.
pub async fn last_day(tx: &TenantTx) -> Result<Option<civil::Date>, DbError> {
    let day = tx
        .scalar::<Option<civil::Date>>(
            "select max(local_date) as value from app.queue_day where tenant_id = $1",
            params![tx.tenant()],
        )
        .await?;
    Ok(day.flatten())
}

/// The last local day of which this queue has figures.
///
/// # Errors
/// What the database says.
pub async fn last_day_of(tx: &TenantTx, queue: QueueId) -> Result<Option<civil::Date>, DbError> {
    let day = tx
        .scalar::<Option<civil::Date>>(
            "select max(local_date) as value from app.queue_day where tenant_id = $1 and queue_id = $2",
            params![tx.tenant(), queue],
        )
        .await?;
    Ok(day.flatten())
}

/// Sums that are known only when they are known of every interval of the day.
const SUMS: [&str; 10] = [
    "answered",
    "answered_in_threshold",
    "abandoned",
    "abandoned_in_threshold",
    "abandoned_short",
    "wait_seconds",
    "talk_seconds",
    "hold_seconds",
    "acw_seconds",
    "handle_seconds",
];

/// Sums the intervals of these days up again, in one statement. They are open then, even if they had
/// been closed before.
///
/// # Errors
/// What the database says.
pub(super) async fn sum_days(tx: &TenantTx, touched: &TouchedDays) -> Result<(), DbError> {
    if touched.days.is_empty() {
        return Ok(());
    }
    let days = serde_json::to_string(&touched.days)
        .map_err(|error| DbError::Internal(error.to_string()))?;
    let names = SUMS.join(", ");
    let sums =
        SUMS.map(|name| format!("case when count(f.{name}) = count(*) then sum(f.{name}) end"));
    let new = SUMS.map(|name| format!("excluded.{name}")).join(", ");
    // The intervals of each day are looked up by themselves: as one join, with nothing known yet of a
    // table that was just filled, every interval of a queue is held against every one of its days.
    let sql = format!(
        "insert into app.queue_day (tenant_id, queue_id, site_id, local_date, intervals, offered,
                                         {names}, threshold_seconds, waits, method)
         select $1, d.queue_id, d.site_id, d.local_date, s.*,
                coalesce((select g.method from app.queue_goal g
                          where g.tenant_id = $1 and g.queue_id = d.queue_id and g.valid_from < d.ends_at
                          order by g.valid_from desc limit 1),
                         (select g.method from app.queue_goal g
                          where g.tenant_id = $1 and g.queue_id = d.queue_id
                          order by g.valid_from limit 1), 'OFFERED')
         from jsonb_to_recordset($2::text::jsonb) as d (
             queue_id uuid, site_id uuid, local_date date, starts_at timestamptz, ends_at timestamptz)
         cross join lateral (
             select count(*) as intervals, sum(f.offered) as offered, {},
                    case when min(f.threshold_seconds) = max(f.threshold_seconds) then min(f.threshold_seconds) end,
                    case when {} then {} end
             from app.interval_figure f
             where f.tenant_id = $1 and f.queue_id = d.queue_id and f.site_id is not distinct from d.site_id
               and f.starts_at >= d.starts_at and f.starts_at < d.ends_at) s
         where s.intervals > 0
         on conflict on constraint queue_day_key do update
         set (intervals, offered, {names}, threshold_seconds, waits, method, closed_at)
           = (excluded.intervals, excluded.offered, {new}, excluded.threshold_seconds, excluded.waits,
              excluded.method, null)",
        sums.join(", "),
        are_waits_known("f"),
        sum_of_waits("f")
    );
    tx.run(sql, params![tx.tenant(), days]).await?;
    Ok(())
}
