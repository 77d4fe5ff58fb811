//! What the figures of a site's queues follow from: forecasts, shares, goals and who works.

use std::collections::BTreeSet;

use trunkline_domain::{
    forecasting::model::ForecastPoint,
    id::{AgentId, QueueId},
    network::ServiceGoal,
    schedules::{AgentPlan, Shift, SiteShare},
    time::Span,
};

use super::{
    ScheduleView, ShiftView, Who,
    plans::load_skills,
    shifts_of_schedule,
    site_queues::{QueueForecast, load_forecasts},
    views::SHIFT_COLUMNS,
};
use crate::{
    db::{DbError, TenantTx},
    network::SiteView,
    params,
};

/// A queue of a site with what is forecast for all of it.
#[derive(Debug, Clone)]
pub struct QueueOutlook {
    /// The queue.
    pub queue: QueueId,
    /// What the site has of the agents who can take its contacts.
    pub share: SiteShare,
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
    let outlook = |forecast: QueueForecast| {
        let QueueForecast { queue, points, goals, .. } = forecast;
        QueueOutlook { queue: queue.id, share: queue.share(), points, goals }
    };
    Ok(load_forecasts(tx, site.id, window).await?.into_iter().map(outlook).collect())
}

/// Everybody who works in `window` by a schedule, with skills and these shifts alone: its own and those
/// published for the days before it that reach into it, such as the night before its first day.
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
    let mut rows = shifts_reaching_in(tx, schedule, window).await?;
    rows.extend(shifts_of_schedule(tx, schedule, window.start(), window.end()).await?);
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

/// Shifts at the site that are published for days before those of a schedule and overlap `window`, by
/// start.
async fn shifts_reaching_in(
    tx: &TenantTx,
    schedule: &ScheduleView,
    window: Span,
) -> Result<Vec<ShiftView>, DbError> {
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.site_id = $2 and s.schedule_id <> $3 and s.state = 'PUBLISHED'
           and s.local_date < $4 and s.starts_at < $6 and s.ends_at > $5
           and s.starts_at > $5 - interval '48 hours'
         order by s.starts_at, s.id"
    );
    let ScheduleView { id, site_id, starts_on, .. } = *schedule;
    tx.all(sql, params![tx.tenant(), site_id, id, starts_on, window.start(), window.end()]).await
}
