use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::{
    schedules::{Effect, QueueEffect, Staffed},
    staffing::MissedLimits,
};

use crate::{graphql::Operation, network::Queue, staffing::StaffingDecidedBy};

/// Staff of a roster against its requirement, in seconds of agents on queue.
#[derive(Debug, SimpleObject)]
pub struct ScheduleStaffing {
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// There and not required.
    pub surplus_seconds: u64,
}

impl From<Staffed> for ScheduleStaffing {
    fn from(staffed: Staffed) -> Self {
        let Staffed { uncovered_seconds, surplus_seconds } = staffed;
        Self { uncovered_seconds, surplus_seconds }
    }
}

/// What a change does to coverage and service level, on the days that it touches.
#[derive(Debug, Clone)]
pub struct ScheduleEffect(pub(super) Effect);

/// What a change does to coverage and service level, on the days that it touches.
#[Object]
impl ScheduleEffect {
    /// Required on queue on these days, in seconds of agents.
    async fn required_seconds(&self) -> u64 {
        self.0.required_seconds
    }
    /// As the roster stands.
    async fn before(&self) -> ScheduleStaffing {
        self.0.before.into()
    }
    /// After the change.
    async fn after(&self) -> ScheduleStaffing {
        self.0.after.into()
    }
    /// What queues may expect, as far as the caller may see them: those with calls in the forecast of their requirement.
    async fn queues(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<QueueLevelEffect>> {
        let operation = Operation::of(ctx)?;
        let mut queues = Vec::new();
        for effect in &self.0.queues {
            let queue = Queue::visible(operation, effect.queue).await;
            let queue = queue.map_err(|error| operation.fail(error))?;
            queues.extend(queue.map(|queue| QueueLevelEffect::new(queue, *effect)));
        }
        Ok(queues)
    }
}

/// What a change does to a queue, by Erlang A or C with the planned agents of its skill, less the unplanned shrinkage that its requirement was computed with. An agent of several skills is divided among them by what is required, so that nobody counts twice; `planLevel` knows better what sharing is worth, and takes longer.
#[derive(Debug, SimpleObject)]
pub struct QueueLevelEffect {
    /// Which queue.
    pub queue: Queue,
    /// Contacts forecast for the site on these days.
    pub contacts: f64,
    /// Percent of them answered within the threshold of the goal, as the roster stands: of those whose forecast has a handle time. `null` where none has, and for a queue without a goal on these days: set one with `queueGoalSet`.
    pub service_level_percent_before: Option<f64>,
    /// The same after the change.
    pub service_level_percent_after: Option<f64>,
    /// Limits of the goal that the queue misses as the roster stands, by the same formula: waits, abandonment and occupancy beside the service level. Empty when it keeps them all, and without a goal. Intervals without a handle time are left out. Least staff and seniors are counted in `uncoveredSeconds` and by `COVERAGE`.
    pub missed_limits_before: Vec<QueueMissedLimit>,
    /// The same after the change.
    pub missed_limits_after: Vec<QueueMissedLimit>,
}

/// A limit of a queue's goal that it misses.
#[derive(Debug, SimpleObject)]
pub struct QueueMissedLimit {
    /// Which one.
    pub limit: StaffingDecidedBy,
    /// In how many intervals of the forecast that have contacts.
    pub intervals: u32,
}

impl QueueMissedLimit {
    fn all(missed: MissedLimits) -> Vec<Self> {
        missed.limits().map(|(limit, intervals)| Self { limit: limit.into(), intervals }).collect()
    }
}

impl QueueLevelEffect {
    fn new(queue: Queue, effect: QueueEffect) -> Self {
        let QueueEffect { queue: _, calls, level_before, level_after, missed_before, missed_after } =
            effect;
        Self {
            queue,
            contacts: calls,
            service_level_percent_before: level_before.map(|share| 100.0 * share),
            service_level_percent_after: level_after.map(|share| 100.0 * share),
            missed_limits_before: QueueMissedLimit::all(missed_before),
            missed_limits_after: QueueMissedLimit::all(missed_after),
        }
    }
}
