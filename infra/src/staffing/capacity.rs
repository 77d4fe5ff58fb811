//! What a capacity plan counts: contracts of sites, and hours that queues ask for by month.

use std::collections::HashMap;

use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{QueueId, SiteId},
    staffing::ContractCount,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct CountRow {
        weekly_seconds: u64,
        leavers: u64,
        agent_days: u64,
        window_days: u64,
    }
}

/// Contracts of the agents who belong to some sites now, by the day of `now` at each site: those that
/// hold then, and what became of them in the twelve months before. All in one statement.
///
/// # Errors
/// What the database says.
pub async fn count_contracts(
    tx: &TenantTx,
    sites: &[SiteId],
    now: Timestamp,
) -> Result<ContractCount, DbError> {
    // `ends` is the first day on which a contract no longer holds: its own, or that after the last day
    // of the employment. One of an agent who left before it began never held.
    let row: Option<CountRow> = tx
        .one(
            "with held as (
                 select a.id as agent_id, a.status, c.weekly_max_seconds, c.valid_from,
                        coalesce(least(c.valid_until, a.left_on + 1), 'infinity'::date) as ends,
                        d.today, (d.today - interval '12 months')::date as since
                 from app.site s
                 cross join lateral (
                     select ($3::timestamptz at time zone s.time_zone)::date as today) d
                 join app.agent a on a.tenant_id = s.tenant_id and a.site_id = s.id
                 join app.contract c on c.tenant_id = a.tenant_id and c.agent_id = a.id
                 where s.tenant_id = $1 and s.id = any($2)
                   and (a.left_on is null or c.valid_from <= a.left_on)),
             judged as (
                 select h.*, not exists (select from held n
                                         where n.agent_id = h.agent_id and n.valid_from <= h.ends
                                           and n.ends > h.ends) as is_last
                 from held h)
             select coalesce(sum(j.weekly_max_seconds)
                                 filter (where j.valid_from <= j.today and j.ends > j.today
                                           and j.status <> 'ON_LEAVE'), 0)::bigint as weekly_seconds,
                    count(*) filter (where j.is_last and j.ends > j.since and j.ends <= j.today)
                        as leavers,
                    coalesce(sum(greatest(least(j.ends, j.today) - greatest(j.valid_from, j.since), 0)),
                             0)::bigint as agent_days,
                    coalesce(max(j.today - j.since), 365)::bigint as window_days
             from judged j",
            params![tx.tenant(), sites, now],
        )
        .await?;
    let count = |row: CountRow| {
        let CountRow { weekly_seconds, leavers, agent_days, window_days } = row;
        ContractCount { weekly_seconds, leavers, agent_days, window_days }
    };
    Ok(row.map(count).unwrap_or_default())
}

read_model! {
    struct HoursRow {
        queue_id: QueueId,
        starts_on: civil::Date,
        hours: f64,
    }
}

/// Agent-hours on the roster that queues ask for in the local months that begin on these days, each by the
/// newest requirement of a forecast that covers the whole of it. A queue and month without one is not there.
///
/// # Errors
/// What the database says.
pub async fn monthly_hours(
    tx: &TenantTx,
    queues: &[QueueId],
    months: &[civil::Date],
) -> Result<HashMap<(QueueId, civil::Date), f64>, DbError> {
    // A local day of a daily forecast has 23 to 25 hours.
    let rows: Vec<HoursRow> = tx
        .all(
            "select q.id as queue_id, m.starts_on, needed.hours
             from app.queue q
             cross join unnest($3::date[]) as m(starts_on)
             cross join lateral (
                 select r.id, f.grain_minutes
                 from app.requirement r
                 join app.forecast f on f.tenant_id = r.tenant_id and f.id = r.forecast_id
                 where r.tenant_id = q.tenant_id and r.queue_id = q.id and f.starts_on <= m.starts_on
                   and f.starts_on + f.days >= (m.starts_on + interval '1 month')::date
                 order by r.created_at desc, r.id desc limit 1) newest
             cross join lateral (
                 select coalesce(sum(p.on_roster * case
                            when newest.grain_minutes < 1440 then newest.grain_minutes * 60.0
                            else extract(epoch from
                                ((p.starts_at at time zone q.time_zone)::date + 1)::timestamp
                                    at time zone q.time_zone - p.starts_at)
                            end) / 3600.0, 0)::float8 as hours
                 from app.requirement_point p
                 where p.tenant_id = q.tenant_id and p.requirement_id = newest.id
                   and p.starts_at >= m.starts_on::timestamp at time zone q.time_zone
                   and p.starts_at < (m.starts_on + interval '1 month') at time zone q.time_zone) needed
             where q.tenant_id = $1 and q.id = any($2)",
            params![tx.tenant(), queues, months],
        )
        .await?;
    Ok(rows.iter().map(|row| ((row.queue_id, row.starts_on), row.hours)).collect())
}
