use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::json;
use trunkline_domain::{
    fault::Fault,
    forecasting::{model::ForecastPoint, quantiles::Quantiles},
    id::ForecastId,
    identity::Permission,
    network::{ServiceGoal, StaffingWeek, StaffingWeeks, goal_at},
    staffing::{Model, QueuePlan},
    time::{Span, next_day, start_of_day},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    forecasting::{ForecastView, StoredPoint, forecast_points, forecasts_by_id},
    network::{QueueView, queue_weeks},
    staffing::{NewRequirement, RequirementView, insert_requirement, queue_goals},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    forecasting::{blocking, rights::writable_queue},
};

/// Computes from a forecast, the goals of its queue and its settings how many agents it needs.
pub(super) async fn compute_requirement(
    app: &App,
    ctx: &Ctx,
    forecast: ForecastId,
) -> Outcome<RequirementView> {
    let path = "forecastId";
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let forecast = forecasts_by_id(&tx, &[forecast]).await?.pop();
    let forecast = forecast.ok_or_else(|| Fault::not_found(path))?;
    let (write, read) = (Permission::ForecastWrite, Permission::ForecastRead);
    let queue = writable_queue(&directory, ctx, forecast.queue_id, write, read, path)?;
    let weeks = queue_weeks(&tx, &[queue.id]).await?.remove(&queue.id).unwrap_or_default();
    let plan = plan_of(queue, queue_goals(&tx, queue.id).await?, weeks)?;
    let (from, to) = span_of(&forecast, queue);
    let points = spans_of(&forecast, forecast_points(&tx, forecast.id, from, to).await?, to);
    drop(tx);

    let model = Model::for_patience(plan.patience_seconds);
    let inputs = inputs_of(&plan, from);
    let needed = blocking(move || plan.requirement(&points)).await??;
    let requirement = NewRequirement {
        id: ctx.new_id(),
        queue_id: queue.id,
        forecast_id: forecast.id,
        model,
        inputs,
        points: needed,
    };
    let tx = app.db.begin(ctx).await?;
    insert_requirement(&tx, ctx, &requirement).await?;
    let after = json!({"forecastId": forecast.id, "queueId": queue.id, "model": model.as_str(),
                       "inputs": requirement.inputs, "intervals": requirement.points.len()});
    record(&tx, ctx, Deed::made("requirement.compute", requirement.id, after)).await?;
    tx.commit().await?;
    let NewRequirement { id, queue_id, forecast_id, model, inputs, points: _ } = requirement;
    let model = model.as_str().to_owned();
    Ok(RequirementView { id, queue_id, forecast_id, model, inputs, created_at: ctx.now() })
}

/// The instants between which a forecast lies.
fn span_of(forecast: &ForecastView, queue: &QueueView) -> (Timestamp, Timestamp) {
    let zone = queue.zone();
    let last = forecast.starts_on.saturating_add((i64::from(forecast.days) - 1).days());
    (start_of_day(forecast.starts_on, &zone), start_of_day(next_day(last), &zone))
}

/// The points with their spans: each lasts until the next one, or as long as its grain says where
/// the next one is further away.
fn spans_of(
    forecast: &ForecastView,
    points: Vec<StoredPoint>,
    end: Timestamp,
) -> Vec<ForecastPoint> {
    let longest = SignedDuration::from_mins(i64::from(forecast.grain_minutes));
    // A day of 25 hours is one interval of a daily forecast.
    let longest = if forecast.grain_minutes == 1440 {
        longest + SignedDuration::from_hours(1)
    } else {
        longest
    };
    let ends: Vec<Timestamp> =
        points.iter().skip(1).map(|point| point.starts_at).chain(std::iter::once(end)).collect();
    points
        .into_iter()
        .zip(ends)
        .filter_map(|(point, next)| {
            Some(ForecastPoint {
                span: Span::new(point.starts_at, next.min(point.starts_at + longest))?,
                volume: point.volume,
                quantiles: Quantiles::default(),
                handle_time_seconds: point.handle_time_seconds,
            })
        })
        .collect()
}

/// How a queue is staffed, by its settings, these goals and these weeks.
///
/// # Errors
/// A number that is none.
pub(crate) fn plan_of(
    queue: &QueueView,
    goals: Vec<ServiceGoal>,
    weeks: Vec<StaffingWeek>,
) -> Outcome<QueuePlan> {
    let number = |value: rust_decimal::Decimal| {
        f64::try_from(value).map_err(|error| AppError::Internal(error.to_string()))
    };
    Ok(QueuePlan {
        goals,
        patience_seconds: queue.patience_seconds.map(number).transpose()?,
        minimum_agents: u32::try_from(queue.minimum_staff).unwrap_or(0),
        shrinkage: number(queue.shrinkage)?,
        unplanned_shrinkage: number(queue.unplanned_shrinkage)?,
        weeks: StaffingWeeks { zone: queue.zone(), weeks },
    })
}

/// The record of what a requirement was computed with; the goal as it is when the forecast begins.
fn inputs_of(plan: &QueuePlan, from: Timestamp) -> serde_json::Value {
    let QueuePlan {
        goals,
        patience_seconds,
        minimum_agents,
        shrinkage,
        unplanned_shrinkage,
        weeks: StaffingWeeks { zone: _, weeks },
    } = plan;
    let goal = goal_at(goals, from);
    let caps = goal.map(|goal| goal.caps).unwrap_or_default();
    json!({
        "serviceLevelPercent": goal.and_then(|goal| goal.service_level),
        "maxAsaSeconds": caps.max_asa_seconds,
        "maxAbandonmentPercent": caps.max_abandonment,
        "maxOccupancyPercent": caps.max_occupancy,
        "thresholdSeconds": goal.map(|goal| goal.threshold_seconds),
        "patienceSeconds": patience_seconds,
        "minimumAgents": minimum_agents,
        "shrinkage": shrinkage,
        "unplannedShrinkage": unplanned_shrinkage,
        "weeks": weeks,
    })
}
