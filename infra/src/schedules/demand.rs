//! What is forecast for the queues of a site.

use trunkline_domain::{
    forecasting::model::ForecastPoint,
    id::SiteId,
    network::goal_at,
    schedules::{DemandPoint, QueueDemand},
    staffing::{Goal, Shrinkage},
    time::Span,
};

use super::site_queues::{QueueForecast, load_forecasts};
use crate::db::{DbError, TenantTx};

/// What is forecast for the queues of a site over `window`, as the requirement took it: each interval
/// of the latest requirement that was computed for it, with as many absent as that counted with. Of a
/// queue that several sites serve a site has its share, by the agents who can take its contacts.
///
/// # Errors
/// What the database says.
pub async fn load_demand(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Vec<QueueDemand>, DbError> {
    let forecasts = load_forecasts(tx, site, window).await?;
    forecasts.iter().map(demand).collect()
}

fn demand(forecast: &QueueForecast) -> Result<QueueDemand, DbError> {
    let QueueForecast { queue, points, goals, unplanned } = forecast;
    let point = |(it, unplanned): (&ForecastPoint, &f64)| {
        let unplanned = Shrinkage::new(*unplanned).map_err(|error| {
            DbError::Internal(format!("unplanned shrinkage of {}: {error}", queue.id))
        });
        unplanned.map(|unplanned| DemandPoint {
            span: it.span,
            calls: queue.share().contacts(it.volume),
            handle_seconds: it.handle_time_seconds,
            goal: goal_at(goals, it.span.start()).and_then(Goal::or_threshold),
            patience_seconds: queue.patience_seconds,
            unplanned,
        })
    };
    Ok(QueueDemand {
        queue: queue.id,
        skill: queue.skill_id,
        points: points.iter().zip(unplanned).map(point).collect::<Result<_, DbError>>()?,
    })
}
