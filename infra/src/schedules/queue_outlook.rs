//! What the figures of a site's queues follow from: forecasts, shares, goals and who works.

use std::collections::BTreeSet;

use trunkline_domain::{
    forecasting::{model::ForecastPoint, quantiles::Quantiles},
    id::{AgentId, QueueId},
    network::ServiceGoal,
    schedules::{AgentPlan, Shift},
    time::Span,
};

use super::{
    ScheduleView, Who,
    plans::load_skills,
    shifts_of_schedule,
    site_queues::{SiteQueue, SiteQueues, load_expected, load_site_queues},
};
use crate::{
    db::{DbError, TenantTx},
    network::SiteView,
    staffing::goals_of,
};

/// A queue of a site with what is forecast for all of it.
#[derive(Debug, Clone)]
pub struct QueueOutlook {
    /// The queue.
    pub queue: QueueId,
    /// Active agents of the site who can take its contacts.
    pub own_agents: i64,
    /// Those of all sites that take its contacts.
    pub all_agents: i64,
    /// Its intervals, in order: of each the forecast of the latest requirement that was computed for it.
    pub points: Vec<ForecastPoint>,
    /// Its goals, oldest first.
    pub goals: Vec<ServiceGoal>,
}

/// The queues of a site for which something was computed in `window`, by id.
///
/// # Errors
/// What the database says.
pub async fn queue_outlooks(
    tx: &TenantTx,
    site: &SiteView,
    window: Span,
) -> Result<Vec<QueueOutlook>, DbError> {
    let SiteQueues { queues, points } = load_site_queues(tx, site.id, window).await?;
    let expected = load_expected(tx, &points, window).await?;
    let ids: Vec<QueueId> = queues.iter().map(|queue| queue.id).collect();
    let mut goals = goals_of(tx, &ids).await?;
    let outlook = |queue: &SiteQueue| {
        let own = points.iter().filter(|point| point.queue_id == queue.id);
        let known = own.filter_map(|point| {
            let (volume, handle_seconds) = expected.get(&(point.forecast_id, point.starts_at))?;
            Some(ForecastPoint {
                span: queue.interval(point.starts_at),
                volume: *volume,
                quantiles: Quantiles::default(),
                handle_time_seconds: *handle_seconds,
            })
        });
        QueueOutlook {
            queue: queue.id,
            own_agents: queue.own,
            all_agents: queue.all_agents,
            points: known.collect(),
            goals: goals.remove(&queue.id).unwrap_or_default(),
        }
    };
    Ok(queues.iter().map(outlook).collect())
}

/// Everybody who works a shift of a schedule in `window`, with skills and these shifts alone.
///
/// # Errors
/// What the database says.
pub async fn staff_of_schedule(
    tx: &TenantTx,
    site: &SiteView,
    schedule: &ScheduleView,
    window: Span,
) -> Result<Vec<AgentPlan>, DbError> {
    let zone = site.zone();
    let rows = shifts_of_schedule(tx, schedule, window.start(), window.end()).await?;
    let shifts = rows.iter().filter_map(|row| row.shift(&zone).transpose());
    let shifts: Vec<Shift> = shifts.collect::<Result<_, DbError>>()?;
    let agents: BTreeSet<AgentId> = shifts.iter().map(Shift::agent).collect();
    let agents: Vec<AgentId> = agents.into_iter().collect();
    let mut plans = load_skills(tx, Who::Agents(&agents), window, &zone).await?;
    for shift in shifts {
        if let Some(plan) = plans.get_mut(&shift.agent()) {
            plan.shifts.push(shift);
        }
    }
    Ok(plans.into_values().collect())
}
