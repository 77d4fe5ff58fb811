//! What a published plan is worth on a day, by simulation.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil};
use trunkline_domain::{
    fault::Fault,
    id::{AgentId, QueueId, SiteId, SkillId},
    identity::{Permission, ReachSet},
    network::ServiceGoal,
    schedules::ActivityCategory,
    staffing::{
        PlannedAgent, PlannedDay, PlannedGroup, PlannedQueue, Shrinkage, StaffingError,
        simulation::SimulatedDay, threshold_over,
    },
    time::Span,
};
use trunkline_infra::{
    agents::skills_of_agents,
    db::TenantTx,
    forecasting::{PointOfDay, points_of_day},
    network::QueueView,
    schedules::{ShiftStates, shifts_of_sites},
    staffing::{goals_of, unplanned_shrinkages},
};

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

/// A simulated plan.
#[derive(Debug)]
pub(super) struct PlayedPlan {
    pub(super) queues: Vec<QueueId>,
    pub(super) calls: Vec<f64>,
    pub(super) unplanned: Vec<Shrinkage>,
    pub(super) groups: Vec<PlannedGroup>,
    pub(super) played: SimulatedDay,
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
    let agents = planned_agents(&tx, &views, (date, span)).await?;
    let day = PlannedDay { span, queues: planned, agents };
    let played = blocking(move || {
        let groups = day.groups();
        let played = day.centre(&groups, handle_variation)?.simulate(days, seed);
        Ok::<_, StaffingError>((groups, played))
    });
    let (groups, played) =
        played.await?.map_err(|error| AppError::InvalidArgument(error.to_string()))?;
    Ok(PlayedPlan { queues, calls, unplanned, groups, played })
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

/// A queue of the day. Without a requirement that says it, absence is the queue's own setting.
fn planned_queue(
    queue: &QueueView,
    points: &[PointOfDay],
    (goals, day): (&[ServiceGoal], Span),
    unplanned: Option<f64>,
) -> Outcome<PlannedQueue> {
    let span = |start: Timestamp, minutes: i32| Span::of_seconds(start, i64::from(minutes) * 60);
    let number = |value| f64::try_from(value).ok();
    let unplanned = unplanned.or_else(|| number(queue.unplanned_shrinkage)).unwrap_or(0.0);
    let unplanned = Shrinkage::new(unplanned);
    Ok(PlannedQueue {
        forecast: points
            .iter()
            .map(|it| (span(it.starts_at, it.grain_minutes), it.volume, it.handle_time_seconds))
            .collect(),
        patience_seconds: queue.patience_seconds.and_then(number),
        threshold_seconds: threshold_over(goals, day),
        unplanned: unplanned.map_err(|error| AppError::Internal(error.to_string()))?,
    })
}

/// Everybody who has a published shift on the day at one of the sites, with the queues of the site
/// that the own skills reach.
async fn planned_agents(
    tx: &TenantTx,
    queues: &[&QueueView],
    (date, day): (civil::Date, Span),
) -> Outcome<Vec<PlannedAgent>> {
    let mut sites: Vec<SiteId> =
        queues.iter().flat_map(|queue| queue.site_ids.iter().copied()).collect();
    sites.sort_unstable();
    sites.dedup();
    let all = ReachSet { network: true, ..ReachSet::default() };
    let mut on_queue: BTreeMap<(AgentId, SiteId), Vec<Span>> = BTreeMap::new();
    let window = (day.start(), day.end());
    for shift in shifts_of_sites(tx, &all, &sites, window, ShiftStates::Published).await? {
        let Some(agent) = shift.agent_id else { continue };
        let parts = shift.parts()?.into_iter();
        let on = parts.filter(|it| it.category == ActivityCategory::OnQueue);
        on_queue.entry((agent, shift.site_id)).or_default().extend(on.map(|it| it.span));
    }
    let ids: Vec<AgentId> = on_queue.keys().map(|(agent, _)| *agent).collect();
    let mut skills: HashMap<AgentId, Vec<SkillId>> = HashMap::new();
    for skill in skills_of_agents(tx, &ids).await? {
        if skill.valid_until.is_none_or(|until| until >= date) {
            skills.entry(skill.agent_id).or_default().push(skill.skill_id);
        }
    }
    let serves = |agent: AgentId, site: SiteId, queue: &QueueView| {
        let held = skills.get(&agent).map_or(&[][..], Vec::as_slice);
        queue.site_ids.contains(&site) && queue.skill_id.is_none_or(|skill| held.contains(&skill))
    };
    let agent = |((agent, site), on_queue): ((AgentId, SiteId), Vec<Span>)| PlannedAgent {
        queues: (0..queues.len()).filter(|at| serves(agent, site, queues[*at])).collect(),
        on_queue,
    };
    Ok(on_queue.into_iter().map(agent).collect())
}
