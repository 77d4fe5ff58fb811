use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    forecasting::{
        error::ForecastError,
        history::{Series, SeriesKey},
        model::Analogy,
        review::{Review, review},
        run::{Horizon, Made, Material, applied, make},
        site_calendar::SiteCalendars,
        site_hours::SiteHours,
    },
    id::{DemandEventId, ForecastId, QueueId},
    identity::{Permission, ReachSet},
    network::OpeningHours,
    time::{Grain, local_of_instant, start_of_day},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::{
        DemandEventView, ForecastView, NewForecast, events_of_queue, forecast_points,
        forecasts_by_id, insert_forecast, last_day_of, queue_history,
    },
    network::{Directory, QueueView},
};

use super::{
    calendar_service::calendars_of,
    rights::{readable_queue, writable_queue},
    service::blocking,
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// How a queue is like another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Like {
    pub(super) queue: QueueId,
    pub(super) volume_factor: f64,
    pub(super) handle_time_factor: f64,
}

/// What a planner asks for.
#[derive(Debug)]
pub(super) struct RunForecast {
    pub(super) queue: QueueId,
    pub(super) starts_on: Date,
    pub(super) days: i32,
    /// `None` = the queue's own.
    pub(super) interval_seconds: Option<i32>,
    /// Where the history has no handle time.
    pub(super) default_handle_time_seconds: i32,
    /// `None` = from its own history.
    pub(super) like: Option<Like>,
    /// Accepted events that are left out.
    pub(super) switched_off: Vec<DemandEventId>,
}

/// Days of history that a run looks at: what the model remembers.
pub(super) const MEMORY_DAYS: i64 = 732;

/// Makes the next version of a queue's forecast.
pub(super) async fn run_forecast(app: &App, ctx: &Ctx, run: RunForecast) -> Outcome<ForecastView> {
    let RunForecast {
        queue,
        starts_on,
        days,
        interval_seconds,
        default_handle_time_seconds,
        like,
        switched_off,
    } = run;
    if !(1..=86_400).contains(&default_handle_time_seconds) {
        return Err(Fault::invalid("defaultHandleTimeSeconds", Rule::Seconds(1, 86_400)).into());
    }
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let (write, read) = (Permission::ForecastWrite, Permission::ForecastRead);
    let queue = writable_queue(&directory, ctx, queue, write, read, "queueId")?;
    let native = native_grain(queue)?;
    let horizon =
        Horizon::parse(starts_on, days, interval_seconds, native).map_err(AppError::Faults)?;
    let source = match &like {
        Some(like) => like.source(&directory, ctx, horizon)?,
        None => queue,
    };
    let analogy = like.map(|like| like.analogy(queue));
    let ground = Ground { directory: &directory, queue, source, switched_off: &switched_off };
    let default = f64::from(default_handle_time_seconds);
    let (material, stack) = material(&tx, ctx, ground, horizon, (analogy, default)).await?;
    drop(tx);

    let (made, material) = blocking(move || (make(horizon, &material), material)).await?;
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            let tx = app.db.begin(ctx).await?;
            return Err(too_little(&error, last_day_of(&tx, source.id).await?));
        }
    };
    let inputs = inputs_of(&made, &material, like, &stack);
    let forecast = NewForecast {
        id: ctx.new_id(),
        queue_id: queue.id,
        starts_on,
        days: horizon.days,
        grain_minutes: horizon.grain.minutes(),
        method: made.method.as_str(),
        inputs: inputs.clone(),
        points: made.points,
    };
    let tx = app.db.begin(ctx).await?;
    let number = insert_forecast(&tx, ctx, &forecast).await?;
    let after = json!({"queueId": queue.id, "number": number, "startsOn": starts_on,
        "days": forecast.days, "grainMinutes": forecast.grain_minutes, "method": forecast.method,
        "methodReason": inputs["methodReason"], "modifications": inputs["modifications"],
        "like": inputs["like"]});
    record(&tx, ctx, Deed::made("forecast.run", forecast.id, after)).await?;
    tx.commit().await?;
    Ok(ForecastView {
        id: forecast.id,
        queue_id: queue.id,
        number,
        state: "OPEN".to_owned(),
        starts_on,
        days: i32::from(horizon.days),
        grain_minutes: i32::from(horizon.grain.minutes()),
        method: forecast.method.to_owned(),
        inputs,
        created_at: ctx.now(),
    })
}

impl Like {
    /// The queue whose history is used.
    fn source<'a>(
        self,
        directory: &'a Directory,
        ctx: &Ctx,
        horizon: Horizon,
    ) -> Outcome<&'a QueueView> {
        let reach = ctx.viewer().reach(Permission::ForecastRead, ctx.now());
        let source = readable_queue(directory, &reach, self.queue, "like.queueId")?;
        if native_grain(source)? > horizon.grain {
            return Err(Fault::invalid("like.queueId", Rule::IntervalsNotLonger).into());
        }
        for (path, factor) in [
            ("like.volumeFactor", self.volume_factor),
            ("like.handleTimeFactor", self.handle_time_factor),
        ] {
            if !(factor > 0.0 && factor <= 1000.0) {
                return Err(Fault::invalid(path, Rule::MoreThanUpTo(0, 1000)).into());
            }
        }
        Ok(source)
    }

    fn analogy(self, queue: &QueueView) -> Analogy {
        let Self { queue: _, volume_factor, handle_time_factor } = self;
        Analogy { volume_factor, handle_time_factor, zone: queue.zone() }
    }
}

/// Length of the queue's own intervals.
pub(super) fn native_grain(queue: &QueueView) -> Outcome<Grain> {
    u32::try_from(queue.grain_minutes)
        .ok()
        .and_then(Grain::from_minutes)
        .ok_or_else(|| AppError::Internal(format!("queue {} has no known grain", queue.id)))
}

/// The history of a queue in `[from, to)` as a series.
pub(super) async fn series_of(
    tx: &TenantTx,
    queue: &QueueView,
    from: Timestamp,
    to: Timestamp,
) -> Outcome<Series> {
    let rows = queue_history(tx, queue.id, from, to).await?;
    let grain = native_grain(queue)?;
    let key = SeriesKey { queue: queue.id.to_string(), site: None, grain };
    Ok(Series::new(key, queue.zone(), rows))
}

/// Whose forecast is made, and from what.
#[derive(Clone, Copy)]
struct Ground<'a> {
    directory: &'a Directory,
    queue: &'a QueueView,
    /// The queue whose history is used: itself, or the one that it is like.
    source: &'a QueueView,
    switched_off: &'a [DemandEventId],
}

/// What the forecast is made from, and the stack of modifications for the record.
async fn material(
    tx: &TenantTx,
    ctx: &Ctx,
    ground: Ground<'_>,
    horizon: Horizon,
    (analogy, default_handle_time_seconds): (Option<Analogy>, f64),
) -> Outcome<(Material, Vec<Value>)> {
    let Ground { directory, queue, source, switched_off } = ground;
    let zone = queue.zone();
    let start = start_of_day(horizon.starts_on, &zone);
    let end = start_of_day(horizon.starts_on.saturating_add(i64::from(horizon.days).days()), &zone);
    let from = start_of_day(horizon.starts_on.saturating_sub(MEMORY_DAYS.days()), &zone);
    let mut events = events_of_queue(tx, queue.id, from, end).await?;
    if let Some(at) = switched_off.iter().position(|id| !events.iter().any(|it| it.id == *id)) {
        return Err(Fault::not_found(&format!("switchedOffDemandEventIds.{at}")).into());
    }
    let stack = events.iter().filter(|event| event.ends_at > start);
    let stack = stack.map(|event| {
        json!({"id": event.id, "name": event.name, "on": !switched_off.contains(&event.id)})
    });
    let stack: Vec<Value> = stack.collect();
    events.retain(|event| !switched_off.contains(&event.id));
    if source.id != queue.id {
        // What was special for the other queue teaches nothing about its usual days.
        events.extend(
            events_of_queue(tx, source.id, from, start)
                .await?
                .into_iter()
                .filter(|event| event.ends_at <= start && !event.queue_ids.is_empty()),
        );
    }
    let date = |at| local_of_instant(at, &zone).date();
    let calendars = calendars_of(tx, queue, date(from), date(end)).await?;
    let material = Material {
        history: series_of(tx, source, from, start.min(ctx.now())).await?,
        events: events.iter().map(DemandEventView::known).collect(),
        hours: SiteHours::of(site_hours(directory, queue, &calendars)?),
        calendars,
        analogy,
        default_handle_time_seconds,
    };
    Ok((material, stack))
}

fn site_hours(
    directory: &Directory,
    queue: &QueueView,
    calendars: &SiteCalendars,
) -> Outcome<Vec<(Option<OpeningHours>, TimeZone)>> {
    let sites = queue.site_ids.iter().filter_map(|id| directory.site(*id));
    sites
        .map(|site| {
            let hours = site.opening.clone().map(serde_json::from_value).transpose();
            let mut hours: Option<OpeningHours> =
                hours.map_err(|error| AppError::Internal(error.to_string()))?;
            if let Some(hours) = &mut hours {
                hours.closed_on.extend(calendars.closed_at(site.id));
            }
            Ok((hours, site.zone()))
        })
        .collect()
}

/// `until` is the last day of the history: one that ends long before the forecast is no use for it.
fn too_little(error: &ForecastError, until: Option<Date>) -> AppError {
    let ForecastError::TooLittleHistory { have, need } = error;
    Fault::new(FaultCode::TooLittleHistory)
        .at("queueId")
        .with("need", need.to_string())
        .with("have", have.to_string())
        .with("memory", MEMORY_DAYS.to_string())
        .with("until", until.map_or_else(|| "—".to_owned(), |day| day.to_string()))
        .into()
}

/// The record of what a forecast was made from.
fn inputs_of(made: &Made, material: &Material, like: Option<Like>, stack: &[Value]) -> Value {
    let candidates = made.candidates.iter().map(|candidate| {
        let accuracy = &candidate.accuracy;
        json!({"method": candidate.method.as_str(), "wape": accuracy.wape(), "bias": accuracy.bias()})
    });
    let events = applied(&material.events, &made.points);
    let dates = material.history.dates();
    json!({
        "candidates": candidates.collect::<Vec<_>>(),
        "methodReason": made.reason.as_str(),
        "originWeeks": made.origin_weeks,
        "inside80": made.coverage.map(|(inside, _)| inside),
        "inside95": made.coverage.map(|(_, inside)| inside),
        "historyFrom": dates.map(|(first, _)| first),
        "historyTo": dates.map(|(_, last)| last),
        "modifications": stack,
        "like": like.map(|like| json!({"queueId": like.queue, "volumeFactor": like.volume_factor,
                                       "handleTimeFactor": like.handle_time_factor})),
        "events": events.into_iter().map(|event| &event.name).collect::<Vec<_>>(),
    })
}

/// A forecast beside what came in `[from, to)`.
pub(super) async fn review_forecast(
    tx: &TenantTx,
    directory: &Directory,
    reach: &ReachSet,
    id: ForecastId,
    from: Timestamp,
    to: Timestamp,
) -> Outcome<Review> {
    let forecast = forecasts_by_id(tx, &[id]).await?.pop();
    let forecast = forecast.ok_or_else(|| Fault::not_found("forecastId"))?;
    let queue = readable_queue(directory, reach, forecast.queue_id, "forecastId")?;
    let points = forecast_points(tx, id, from, to).await?;
    let actual = series_of(tx, queue, from, to).await?;
    let grain = u32::try_from(forecast.grain_minutes).ok().and_then(Grain::from_minutes);
    let actual = grain.and_then(|grain| actual.at_grain(grain)).unwrap_or(actual);
    let volumes: Vec<_> = points.iter().map(|point| (point.starts_at, point.volume)).collect();
    Ok(review(&volumes, &actual))
}
