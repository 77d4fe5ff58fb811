use async_graphql::{ComplexObject, Context, SimpleObject};
use trunkline_domain::{
    id::QueueId,
    staffing::{FormulaPeriod, PlannedGroup, simulation::Estimate},
};

use super::level_service::PlayedPlan;
use crate::{
    graphql::{DateTime, Operation},
    network::Queue,
};

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
    /// What the formula foretells beside the simulation: percent answered within the threshold, of contacts offered, by Erlang A, or Erlang C where the patience of callers is not known, summed over quarters of an hour. It takes handle times as exponential and each quarter of an hour as steady, and counts `formulaAgents`. `null` like `serviceLevelPercent` without contacts or a goal.
    pub formula_service_level_percent: Option<f64>,
    /// Percent of contacts given up, or never served. `null` without contacts.
    pub abandonment_percent: Option<SimulatedFigure>,
    /// Mean wait of the answered ones. `null` when none was answered.
    pub average_speed_of_answer_seconds: Option<SimulatedFigure>,
}

/// What a published plan is worth on a day, by simulation: queues that share agents, breaks as planned, and as many absent without notice as the requirement of each queue counted with (`unplannedShrinkage`). Beside it stands what the formula says, which knows neither sharing nor how one quarter of an hour weighs on the next (`formulaServiceLevelPercent`).
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
    /// Quarters of an hour with contacts, in order.
    pub intervals: Vec<QueuePlanLevelInterval>,
}

/// What a published plan is worth for a queue in a quarter of an hour.
#[derive(Debug, SimpleObject)]
pub struct QueuePlanLevelInterval {
    /// Start of the quarter of an hour.
    pub starts_at: DateTime,
    /// Contacts forecast for it.
    pub contacts: f64,
    /// Agents whom the formula counts on the queue, those who come on average: planned ones less `unplannedShrinkage`. Agents of several queues are divided among them, as nobody counts twice: those of the fewest queues first, each to what its queues still miss of the agents that their goals need then, what is left over in proportion to that need. Contacts times handle time are the need of a queue without a goal.
    pub formula_agents: f64,
    /// As in `level`, of the contacts that arrive in it.
    pub service_level_percent: Option<SimulatedFigure>,
    /// As in `level`.
    pub formula_service_level_percent: Option<f64>,
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
        let PlayedPlan { queues, calls, unplanned, groups, played, formula } = plan;
        let simulated = |queue: Option<usize>, period: Option<usize>| {
            played.service_level(queue, period).map(|it| SimulatedFigure::of(it, 100.0))
        };
        let foretold = |queue: Option<usize>, period: Option<usize>| {
            formula.service_level(queue, period).map(|share| 100.0 * share)
        };
        let level = |queue: Option<usize>, contacts: f64| SimulatedLevel {
            contacts,
            service_level_percent: simulated(queue, None),
            formula_service_level_percent: foretold(queue, None),
            abandonment_percent: played
                .abandonment(queue, None)
                .map(|it| SimulatedFigure::of(it, 100.0)),
            average_speed_of_answer_seconds: played
                .mean_wait_seconds(queue, None)
                .map(|it| SimulatedFigure::of(it, 1.0)),
        };
        let intervals = |queue: usize| -> Vec<QueuePlanLevelInterval> {
            let periods = formula.queues.get(queue).map_or(&[][..], Vec::as_slice);
            let with_contacts = periods.iter().enumerate().filter(|(_, it)| it.contacts > 0.0);
            let interval = |(at, period): (usize, &FormulaPeriod)| QueuePlanLevelInterval {
                starts_at: DateTime(period.span.start()),
                contacts: period.contacts,
                formula_agents: period.agents,
                service_level_percent: simulated(Some(queue), Some(at)),
                formula_service_level_percent: foretold(Some(queue), Some(at)),
            };
            with_contacts.map(interval).collect()
        };
        let of_queue = |(at, id): (usize, &QueueId)| QueuePlanLevel {
            id: *id,
            unplanned_shrinkage: unplanned.get(at).map_or(0.0, |it| it.share()),
            level: level(Some(at), calls.get(at).copied().unwrap_or(0.0)),
            intervals: intervals(at),
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
