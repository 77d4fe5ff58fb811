use async_graphql::{ComplexObject, Context, SimpleObject};
use trunkline_domain::{
    id::QueueId,
    staffing::{PlannedGroup, simulation::Estimate},
};

use super::level_service::PlayedPlan;
use crate::{graphql::Operation, network::Queue};

/// A simulated figure with its 95 % confidence interval.
#[derive(Debug, SimpleObject)]
pub struct SimulatedFigure {
    /// The figure.
    pub value: f64,
    /// Lower end of the interval in which the truth of the model lies in 95 of 100 cases.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl SimulatedFigure {
    fn of(estimate: Estimate, factor: f64) -> Self {
        let Estimate { value, half_width } = estimate;
        Self {
            value: factor * value,
            low: factor * (value - half_width),
            high: factor * (value + half_width),
        }
    }
}

/// What contacts of a plan would meet.
#[derive(Debug, SimpleObject)]
pub struct SimulatedLevel {
    /// Contacts forecast for the day.
    pub contacts: f64,
    /// Percent answered within the threshold of the goal, of those answered or given up later than it. `null` without contacts, and for a queue without a goal on the day: set one with `queueGoalSet`.
    pub service_level_percent: Option<SimulatedFigure>,
    /// Percent of contacts given up, or never served. `null` without contacts.
    pub abandonment_percent: Option<SimulatedFigure>,
    /// Mean wait of the answered ones. `null` when none was answered.
    pub average_speed_of_answer_seconds: Option<SimulatedFigure>,
}

/// What a published plan is worth on a day, by simulation: queues that share agents, breaks as planned, and as many absent without notice as the requirement of each queue counted with (`unplannedShrinkage`).
///
/// Absence is drawn anew for each day played: of `n` planned agents with the same queues, `n × (1 − share)` come on average, in whole agents, and who stays away does so all day. So a roster of as many agents as were to be scheduled (`toSchedule`) is worth what the requirement promised of those on the phone (`onPhone`), and not more.
#[derive(Debug, SimpleObject)]
pub struct PlanLevel {
    /// Days played.
    pub days: u32,
    /// Over all queues; the service level over those with a goal.
    pub total: SimulatedLevel,
    /// For each queue.
    pub queues: Vec<QueuePlanLevel>,
    /// Agents with the same queues.
    pub groups: Vec<PlanGroup>,
}

/// What a published plan is worth for a queue.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct QueuePlanLevel {
    #[graphql(skip)]
    id: QueueId,
    /// Share of its agents, 0 to below 1, taken to be absent without notice: what the newest requirement with intervals on the day was computed with, the setting of the queue where there is none. Agents of several queues have the mean of theirs, by contacts times handle time.
    pub unplanned_shrinkage: f64,
    /// What its contacts would meet.
    pub level: SimulatedLevel,
}

#[ComplexObject]
impl QueuePlanLevel {
    /// The queue. `null` when the caller may see its forecasts but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.id).await.map_err(|error| operation.fail(error))
    }
}

/// Agents of a plan with the same queues.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct PlanGroup {
    #[graphql(skip)]
    ids: Vec<QueueId>,
    /// Most of them planned on queue at once.
    pub peak_agents: u32,
    /// Seconds that they are planned on queue, all together.
    pub on_queue_seconds: u64,
    /// Percent of the time of those who come spent on contacts. `null` when nobody is planned.
    pub occupancy_percent: Option<SimulatedFigure>,
}

#[ComplexObject]
impl PlanGroup {
    /// Their queues, as far as the caller may see them.
    async fn queues(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Queue>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let queues = self.ids.iter().filter_map(|id| directory.queue(*id));
        Ok(queues.filter(|queue| Queue::seen(operation, queue)).cloned().map(Queue).collect())
    }
}

impl PlanLevel {
    pub(super) fn of(plan: &PlayedPlan, days: u32) -> Self {
        let PlayedPlan { queues, calls, unplanned, groups, played } = plan;
        let level = |queue: Option<usize>, contacts: f64| SimulatedLevel {
            contacts,
            service_level_percent: played
                .service_level(queue, None)
                .map(|it| SimulatedFigure::of(it, 100.0)),
            abandonment_percent: played
                .abandonment(queue, None)
                .map(|it| SimulatedFigure::of(it, 100.0)),
            average_speed_of_answer_seconds: played
                .mean_wait_seconds(queue, None)
                .map(|it| SimulatedFigure::of(it, 1.0)),
        };
        let of_queue = |(at, id): (usize, &QueueId)| QueuePlanLevel {
            id: *id,
            unplanned_shrinkage: unplanned.get(at).map_or(0.0, |it| it.share()),
            level: level(Some(at), calls.get(at).copied().unwrap_or(0.0)),
        };
        let of_group = |(at, group): (usize, &PlannedGroup)| PlanGroup {
            ids: group.queues.iter().filter_map(|queue| queues.get(*queue).copied()).collect(),
            peak_agents: group.agents.iter().copied().max().unwrap_or(0),
            on_queue_seconds: group.on_queue_seconds(),
            occupancy_percent: played.occupancy(at, None).map(|it| SimulatedFigure::of(it, 100.0)),
        };
        Self {
            days,
            total: level(None, calls.iter().sum()),
            queues: queues.iter().enumerate().map(of_queue).collect(),
            groups: groups.iter().enumerate().map(of_group).collect(),
        }
    }
}
