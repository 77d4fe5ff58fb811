use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    forecasting::{
        error::ForecastError,
        history::{Series, SeriesKey},
        review::{Review, review},
        run::{Horizon, Made, Material, Method, applied, make},
        site_hours::SiteHours,
    },
    id::{ForecastId, QueueId},
    identity::{Permission, ReachSet},
    network::OpeningHours,
    time::{Grain, start_of_day},
};
use trunkline_infra::{
    audit,
    ctx::Ctx,
    db::TenantTx,
    forecasting::{
        DemandEventView, ForecastView, NewForecast, events_of_queue, forecast_points,
        forecasts_by_id, insert_forecast, queue_history,
    },
    network::{Directory, QueueView},
};

use super::{
    rights::{readable_queue, writable_queue},
    service::blocking,
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What a planner asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunForecast {
    pub(super) queue: QueueId,
    pub(super) starts_on: Date,
    pub(super) days: i32,
    /// `None` = the queue's own.
    pub(super) interval_seconds: Option<i32>,
    /// Where the history has no handle time.
    pub(super) default_handle_time_seconds: i32,
}

/// Days of history that a run looks at: what the model remembers.
const MEMORY_DAYS: i64 = 732;

/// Makes the next version of a queue's forecast.
pub(super) async fn run_forecast(app: &App, ctx: &Ctx, run: RunForecast) -> Outcome<ForecastView> {
    let RunForecast { queue, starts_on, days, interval_seconds, default_handle_time_seconds } = run;
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
    let default = f64::from(default_handle_time_seconds);
    let material = material(&tx, ctx, &directory, queue, horizon, default).await?;
    drop(tx);

    let (made, material) = blocking(move || (make(horizon, &material), material)).await?;
    let made = made.map_err(|error| too_little(&error))?;
    let inputs = inputs_of(&made, &material);
    let forecast = NewForecast {
        id: ctx.new_id(),
        queue_id: queue.id,
        starts_on,
        days: horizon.days,
        grain_minutes: horizon.grain.minutes(),
        method: Method::LevelWeekdayProfile.as_str(),
        inputs: inputs.clone(),
        points: made.points,
    };
    let tx = app.db.begin(ctx).await?;
    let number = insert_forecast(&tx, ctx, &forecast).await?;
    let detail = json!({"queueId": queue.id, "number": number});
    audit::record(&tx, ctx, "forecast.run", &forecast.id.to_string(), detail).await?;
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

async fn material(
    tx: &TenantTx,
    ctx: &Ctx,
    directory: &Directory,
    queue: &QueueView,
    horizon: Horizon,
    default_handle_time_seconds: f64,
) -> Outcome<Material> {
    let zone = queue.zone();
    let start = start_of_day(horizon.starts_on, &zone);
    let end = start_of_day(horizon.starts_on.saturating_add(i64::from(horizon.days).days()), &zone);
    let from = start_of_day(horizon.starts_on.saturating_sub(MEMORY_DAYS.days()), &zone);
    let events = events_of_queue(tx, queue.id, from, end).await?;
    Ok(Material {
        history: series_of(tx, queue, from, start.min(ctx.now())).await?,
        events: events.iter().map(DemandEventView::known).collect(),
        hours: SiteHours::of(site_hours(directory, queue)?),
        default_handle_time_seconds,
    })
}

fn site_hours(
    directory: &Directory,
    queue: &QueueView,
) -> Outcome<Vec<(Option<OpeningHours>, TimeZone)>> {
    let sites = queue.site_ids.iter().filter_map(|id| directory.site(*id));
    sites
        .map(|site| {
            let hours = site.opening.clone().map(serde_json::from_value).transpose();
            let hours = hours.map_err(|error| AppError::Internal(error.to_string()))?;
            Ok((hours, site.zone()))
        })
        .collect()
}

fn too_little(error: &ForecastError) -> AppError {
    let ForecastError::TooLittleHistory { have, need } = error;
    Fault::new(FaultCode::TooLittleHistory)
        .at("queueId")
        .with("need", need.to_string())
        .with("have", have.to_string())
        .into()
}

/// The record of what a forecast was made from.
fn inputs_of(made: &Made, material: &Material) -> Value {
    let candidates = made.candidates.iter().map(|candidate| {
        let accuracy = &candidate.accuracy;
        json!({"method": candidate.method.as_str(), "wape": accuracy.wape(), "bias": accuracy.bias()})
    });
    let events = applied(&material.events, &made.points);
    let dates = material.history.dates();
    json!({
        "candidates": candidates.collect::<Vec<_>>(),
        "originWeeks": made.origin_weeks,
        "inside80": made.coverage.map(|(inside, _)| inside),
        "inside95": made.coverage.map(|(_, inside)| inside),
        "historyFrom": dates.map(|(first, _)| first),
        "historyTo": dates.map(|(_, last)| last),
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
