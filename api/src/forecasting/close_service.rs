//! The nightly close: finished local days become history, and frozen forecasts are told what they
//! were worth. It is recurring work without input: what is due is read off the tables, so any number
//! of workers may do it, a day that was missed is closed later, and one whose figures were corrected is
//! closed anew.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, ToSpan as _, civil, tz::TimeZone};
use serde_json::json;
use trunkline_domain::{
    forecasting::{
        closing::{DayClose, close_days, due},
        history::Series,
        review::{Compared, compare},
    },
    id::QueueId,
    time::{Grain, Span, local_of_instant, next_day, start_of_day},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::{
        NewClose, PlannedWith, forecast_points, insert_closes, last_closes, open_days, planned_with,
    },
    network::{QueueView, lock_queue},
};

use super::{forecast_service::series_of, service::blocking};
use crate::{app::App, error::Outcome};

/// How long after its end a day is closed: the last interval is on its way until then.
const SETTLES: SignedDuration = SignedDuration::from_mins(15);
/// Queues of one round; the rest is done in the next.
const QUEUES_AT_ONCE: usize = 50;
/// Days of history before a day that show what its weekday is used to.
const HABIT_DAYS: i64 = 91;

/// Closes what is due; gives how many days were closed.
///
/// # Errors
/// What the database says. Queues that were done stay done.
pub async fn close_finished_days(app: &App, ctx: &Ctx) -> Outcome<u64> {
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    // The clocks of the world are up to 14 hours ahead of UTC.
    let latest =
        local_of_instant(ctx.now() + SignedDuration::from_hours(14), &TimeZone::UTC).date();
    let mut open: BTreeMap<QueueId, Vec<civil::Date>> = BTreeMap::new();
    for day in open_days(&tx, latest).await? {
        open.entry(day.queue_id).or_default().push(day.local_date);
    }
    let closed = last_closes(&tx).await?;
    drop(tx);
    let due_of = |queue: &QueueView| {
        let last = local_of_instant(ctx.now() - SETTLES, &queue.zone()).date().yesterday().ok()?;
        let last_close = closed.iter().find(|it| it.queue_id == queue.id)?.local_date;
        let open = open.get(&queue.id).map_or(&[][..], Vec::as_slice);
        Some(due(open, last_close, last)).filter(|dates| !dates.is_empty())
    };
    let work = directory.queues.iter().filter_map(|queue| Some((queue, due_of(queue)?)));
    let mut done = 0;
    for (queue, dates) in work.take(QUEUES_AT_ONCE) {
        done += close_queue(app, ctx, queue, dates).await?;
    }
    Ok(done)
}

/// Closes days of one queue in one transaction, while nobody writes its figures.
async fn close_queue(
    app: &App,
    ctx: &Ctx,
    queue: &QueueView,
    dates: BTreeSet<civil::Date>,
) -> Outcome<u64> {
    let (Some(first), Some(last)) = (dates.first().copied(), dates.last().copied()) else {
        return Ok(0);
    };
    let zone = queue.zone();
    let tx = app.db.begin(ctx).await?;
    lock_queue(&tx, queue.id).await?;
    let from = start_of_day(first.saturating_sub(HABIT_DAYS.days()), &zone);
    let series = series_of(&tx, queue, from, start_of_day(next_day(last), &zone)).await?;
    let ends: Vec<_> = dates.iter().map(|date| (*date, Span::of_day(*date, &zone).end())).collect();
    let planned = planned_with(&tx, queue.id, &ends).await?;
    let (series, days) = blocking(move || {
        let days = close_days(&series, &dates);
        (series, days)
    })
    .await?;
    let mut closes = Vec::with_capacity(days.len());
    for day in days {
        let planned = match planned.iter().find(|it| it.local_date == day.date) {
            Some(planned) => {
                Some((planned.forecast_id, beside(&tx, &series, &day, planned).await?))
            }
            None => None,
        };
        closes.push(NewClose { day, planned });
    }
    insert_closes(&tx, queue.id, &closes, ctx.now()).await?;
    let missing = closes.iter().filter(|close| close.day.is_missing).count();
    let after = json!({"from": first, "to": last, "days": closes.len(), "missing": missing});
    record(&tx, ctx, Deed::made("queue.close", queue.id, after)).await?;
    tx.commit().await?;
    Ok(closes.len() as u64)
}

/// The intervals of a day by its frozen version, beside what came.
async fn beside(
    tx: &TenantTx,
    series: &Series,
    day: &DayClose,
    planned: &PlannedWith,
) -> Outcome<Vec<Compared>> {
    let span = Span::of_day(day.date, &series.zone);
    let points = forecast_points(tx, planned.forecast_id, span.start(), span.end()).await?;
    let points: Vec<_> = points.iter().map(|point| (point.starts_at, point.volume)).collect();
    let grain = u32::try_from(planned.grain_minutes).ok().and_then(Grain::from_minutes);
    let actual = grain.filter(|grain| *grain != series.key.grain);
    let actual = actual.and_then(|grain| series.at_grain(grain));
    Ok(compare(&points, actual.as_ref().unwrap_or(series)))
}
