//! What a published plan is worth on a day, by simulation and by formula.

use std::collections::HashMap;

use jiff::{Timestamp, civil};
use trunkline_domain::{
    fault::Fault,
    id::QueueId,
    identity::Permission,
    network::ServiceGoal,
    staffing::{
        Goal, PlanFormula, PlannedDay, PlannedGroup, PlannedQueue, QueueTakers, Shrinkage,
        StaffingError, simulation::SimulatedDay, unplanned_share,
    },
    time::Span,
};
use trunkline_infra::{
    db::TenantTx,
    forecasting::{PointOfDay, points_of_day},
    network::QueueView,
    staffing::{goals_of, unplanned_shrinkages},
};

use super::rosters::{Rosters, takers};
use crate::{
    error::{AppError, Outcome},
    forecasting::{blocking, rights::readable_queue},
    graphql::Operation,
};

/// Which plan, and how it is simulated.
#[derive(Debug)]
pub(super) struct AskLevel {
    pub(super) queues: Vec<QueueId>,
    pub(super) date: civil::Date,
    pub(super) days: u32,
    pub(super) seed: u64,
    pub(super) handle_variation: f64,
}

/// A simulated plan, and what the formulas say of it.
#[derive(Debug)]
pub(super) struct PlayedPlan {
    pub(super) queues: Vec<QueueId>,
    pub(super) calls: Vec<f64>,
    pub(super) unplanned: Vec<Shrinkage>,
    pub(super) groups: Vec<PlannedGroup>,
    pub(super) played: SimulatedDay,
    pub(super) formula: PlanFormula,
}

/// Queues of one simulation.
const MOST_QUEUES: usize = 20;
/// Calls of all days of one simulation: about a second.
const MOST_CALLS: f64 = 2_000_000.0;

/// Simulates the published rosters of all sites of these queues on a local day of the first one.
pub(super) async fn play(operation: &Operation, ask: AskLevel) -> Outcome<PlayedPlan> {
    let AskLevel { mut queues, date, days, seed, handle_variation } = ask;
    queues.sort_unstable();
    queues.dedup();
    if !(1..=MOST_QUEUES).contains(&queues.len()) {
        return Err(AppError::InvalidArgument("queueIds must be 1 to 20".to_owned()));
    }
    if !(2..=200).contains(&days) {
        return Err(AppError::InvalidArgument("days must be 2 to 200".to_owned()));
    }
    let reach = operation.require(Permission::ForecastRead)?;
    operation.require(Permission::ScheduleRead)?;
    let directory = operation.directory().await?;
    let mut views = Vec::with_capacity(queues.len());
    for id in &queues {
        views.push(readable_queue(&directory, &reach, *id, "queueIds")?);
    }
    let zone =
        views.first().map(|queue| queue.zone()).ok_or_else(|| Fault::not_found("queueIds"))?;
    let span = Span::of_day(date, &zone);
    let tx = operation.read().await?;
    let planned = planned_queues(&tx, &views, date, span).await?;
    let calls: Vec<f64> = planned.iter().map(PlannedQueue::calls).collect();
    if calls.iter().sum::<f64>() * f64::from(days) > MOST_CALLS {
        let rule = "fewer days: calls of the day × days must be at most 2000000";
        return Err(AppError::InvalidArgument(rule.to_owned()));
    }
    let unplanned = planned.iter().map(|queue| queue.unplanned).collect();
    let takers: Vec<QueueTakers> = views.iter().map(|queue| takers(queue)).collect();
    let rosters = Rosters::published(&tx, &takers, span).await?;
    let played = blocking(move || {
        let agents = rosters.agents()?.into_iter();
        let agents = agents.map(|agent| agent.planned(&takers, date)).collect();
        let day = PlannedDay { span, queues: planned, agents };
        let groups = day.groups();
        let refused = |error: StaffingError| AppError::InvalidArgument(error.to_string());
        let centre = day.centre(&groups, handle_variation).map_err(refused)?;
        let formula = day.formula(&groups).map_err(refused)?;
        Outcome::Ok((groups, centre.simulate(days, seed), formula))
    });
    let (groups, played, formula) = played.await??;
    Ok(PlayedPlan { queues, calls, unplanned, groups, played, formula })
}

/// What the newest forecasts expect of the queues, in their order, by the goals of the day and with
/// as many absent as the newest requirement of the day counted with: one statement each for all.
async fn planned_queues(
    tx: &TenantTx,
    queues: &[&QueueView],
    date: civil::Date,
    day: Span,
) -> Outcome<Vec<PlannedQueue>> {
    let ids: Vec<QueueId> = queues.iter().map(|queue| queue.id).collect();
    let points = points_of_day(tx, &ids, date, (day.start(), day.end())).await?;
    let mut of_queue: HashMap<QueueId, Vec<PointOfDay>> = HashMap::new();
    for point in points {
        of_queue.entry(point.queue_id).or_default().push(point);
    }
    let goals = goals_of(tx, &ids).await?;
    let unplanned = unplanned_shrinkages(tx, &ids, (day.start(), day.end())).await?;
    let planned = |queue: &&QueueView| {
        let points = of_queue.get(&queue.id).map_or(&[][..], Vec::as_slice);
        let goals = goals.get(&queue.id).map_or(&[][..], Vec::as_slice);
        planned_queue(queue, points, (goals, day), unplanned.get(&queue.id).copied())
    };
    queues.iter().map(planned).collect()
}

/// A queue of the day, with what its requirement counted as absent, if any says it.
fn planned_queue(
    queue: &QueueView,
    points: &[PointOfDay],
    (goals, day): (&[ServiceGoal], Span),
    unplanned: Option<f64>,
) -> Outcome<PlannedQueue> {
    let span = |start: Timestamp, minutes: i32| Span::of_seconds(start, i64::from(minutes) * 60);
    let number = |value| f64::try_from(value).ok();
    let setting = number(queue.unplanned_shrinkage).unwrap_or(0.0);
    let unplanned = Shrinkage::new(unplanned_share(unplanned, setting));
    Ok(PlannedQueue {
        forecast: points
            .iter()
            .map(|it| (span(it.starts_at, it.grain_minutes), it.volume, it.handle_time_seconds))
            .collect(),
        patience_seconds: queue.patience_seconds.and_then(number),
        goal: Goal::over(goals, day),
        unplanned: unplanned.map_err(|error| AppError::Internal(error.to_string()))?,
    })
}
