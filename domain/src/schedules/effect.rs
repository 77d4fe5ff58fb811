//! What a change of a roster does to coverage and to the service level that it lets expect.

use super::{Coverage, CoverageLine, DividedStaff, StaffGroups};
use crate::{
    id::{QueueId, SkillId},
    staffing::{Goal, MissedLimits, Performance, Shrinkage, Traffic},
    time::Span,
};

/// What is forecast for a queue, as far as it is for one site to serve.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDemand {
    /// The queue.
    pub queue: QueueId,
    /// Skill that its contacts ask for; `None` is any agent.
    pub skill: Option<SkillId>,
    /// Its intervals, in order.
    pub points: Vec<DemandPoint>,
}

/// What is forecast for a queue in one interval, as far as it is for one site to serve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemandPoint {
    /// The interval.
    pub span: Span,
    /// Calls.
    pub calls: f64,
    /// Seconds that each takes.
    pub handle_seconds: f64,
    /// What the queue is to keep, and within how many seconds an answer is in time; `None` where it has no
    /// goal.
    pub goal: Option<Goal>,
    /// Mean patience of callers in seconds; `None` when they wait for ever.
    pub patience_seconds: Option<f64>,
    /// Share of the agents who do not come without notice, as the requirement counted with.
    pub unplanned: Shrinkage,
}

impl DemandPoint {
    /// Share of calls answered in time, 0 to 1, when `agents` serve all these streams together, each
    /// its intervals; `None` without a goal. Figures that mean nothing promise nothing.
    pub(super) fn level<'a>(
        &self,
        agents: f64,
        streams: impl Iterator<Item = &'a [DemandPoint]>,
    ) -> Option<f64> {
        let goal = self.goal?;
        Some(self.performance(&goal, agents, streams).map_or(0.0, |it| it.service_level))
    }

    /// How `agents` serve all these streams together; `None` for figures that mean nothing.
    fn performance<'a>(
        &self,
        goal: &Goal,
        agents: f64,
        streams: impl Iterator<Item = &'a [DemandPoint]>,
    ) -> Option<Performance> {
        let span = self.span;
        let (mut erlangs, mut all) = (0.0, 0.0);
        for point in streams.flatten() {
            let Some(shared) = point.span.intersection(span) else { continue };
            let share = shared.seconds() as f64 / point.span.seconds().max(1) as f64;
            let calls = point.calls * share;
            all += calls;
            erlangs += calls * point.handle_seconds / span.seconds().max(1) as f64;
        }
        let handle_seconds = erlangs * span.seconds() as f64 / all;
        let traffic = Traffic::new(erlangs, handle_seconds, self.patience_seconds).ok()?;
        Some(traffic.performance(agents, goal.threshold_seconds()))
    }
}

/// Staff of a roster against its requirement, in seconds of agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Staffed {
    /// Required and not there.
    pub uncovered_seconds: u64,
    /// There and not required.
    pub surplus_seconds: u64,
}

/// What a queue may expect before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueEffect {
    /// The queue.
    pub queue: QueueId,
    /// Calls that the site is to serve.
    pub calls: f64,
    /// Share of them answered in time, 0 to 1, as the roster stands: of those for which the queue has a
    /// goal and whose figures mean something. `None` where there are none of them: nothing is in time or
    /// late without a goal, and nothing is known of calls without a handle time.
    pub level_before: Option<f64>,
    /// The same after the change.
    pub level_after: Option<f64>,
    /// Limits of its goal that it misses as the roster stands: not the service level alone, but waits,
    /// abandonment and occupancy too.
    pub missed_before: MissedLimits,
    /// The same after the change.
    pub missed_after: MissedLimits,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Required on queue, in seconds of agents.
    pub required_seconds: u64,
    /// As the roster stands.
    pub before: Staffed,
    /// After the change.
    pub after: Staffed,
    /// Queues with calls, in the order given.
    pub queues: Vec<QueueEffect>,
}

/// Compares two staffings of one requirement over all its intervals. `demands` are of the same days.
///
/// The service level is that of Erlang A or C in each interval, with the planned agents of the
/// queue's skill, whole and parts, less the share of them that does not come without notice, weighted
/// by calls; the limits of the goal are looked at in each interval too. Intervals whose figures mean
/// nothing, such as those without a handle time, are part of neither. Queues of one skill share its agents
/// and are taken as one stream; an agent of several skills is divided among them as
/// [`StaffGroups::divided`] says, so that nobody counts as more than one. What pooling is worth beyond
/// that only a simulation knows.
#[must_use]
pub fn effect(
    required: &Coverage,
    before: &StaffGroups,
    after: &StaffGroups,
    demands: &[QueueDemand],
) -> Effect {
    let (before, after) = (before.divided(required), after.divided(required));
    let all: u64 = whole_lines(required)
        .flat_map(|(_, line)| &line.required)
        .map(|agents| u64::from(*agents))
        .sum();
    let with_calls = demands.iter().filter(|demand| demand.points.iter().any(|it| it.calls > 0.0));
    let queue = |demand: &QueueDemand| {
        let (level_before, missed_before) = prospect(required, &before, demand, demands);
        let (level_after, missed_after) = prospect(required, &after, demand, demands);
        QueueEffect {
            queue: demand.queue,
            calls: demand.points.iter().map(|it| it.calls).sum(),
            level_before,
            level_after,
            missed_before,
            missed_after,
        }
    };
    Effect {
        required_seconds: all * u64::from(required.axis.step_seconds),
        before: staffed(required, &before),
        after: staffed(required, &after),
        queues: with_calls.map(queue).collect(),
    }
}

/// The lines that are no part of another one, with their positions: what persons are counted by. Which
/// seniors are missing the rule COVERAGE tells.
fn whole_lines(required: &Coverage) -> impl Iterator<Item = (usize, &CoverageLine)> {
    required.lines.iter().enumerate().filter(|(place, _)| !required.is_part(*place))
}

fn staffed(required: &Coverage, staff: &DividedStaff) -> Staffed {
    let step = f64::from(required.axis.step_seconds);
    let (mut uncovered, mut surplus) = (0.0, 0.0);
    for (place, line) in whole_lines(required) {
        for (required, there) in line.required.iter().zip(staff.of_line(place)) {
            let required = f64::from(*required) * step;
            uncovered += (required - there).max(0.0);
            surplus += (there - required).max(0.0);
        }
    }
    Staffed { uncovered_seconds: whole(uncovered), surplus_seconds: whole(surplus) }
}

/// The nearest whole number of seconds.
fn whole(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rounded, not negative, and the cast saturates"
    )]
    let whole = seconds.round() as u64;
    whole
}

/// Share of a queue's calls answered in time, of those for which it has a goal; `None` without them. And in
/// how many intervals with calls it misses which limit of the goal. Both are of the same intervals, those
/// whose figures mean something: else calls would be late in an interval that misses nothing.
fn prospect(
    required: &Coverage,
    staff: &DividedStaff,
    demand: &QueueDemand,
    demands: &[QueueDemand],
) -> (Option<f64>, MissedLimits) {
    let line = required.line_of(demand.skill);
    let (mut calls, mut in_time) = (0.0, 0.0);
    let mut missed = MissedLimits::default();
    for point in demand.points.iter().filter(|point| point.calls > 0.0) {
        let Some(goal) = point.goal else { continue };
        let planned = line.map_or(0.0, |line| staff.agents(line, point.span));
        let agents = point.unplanned.remaining(planned);
        let streams = demands.iter().filter(|other| other.skill == demand.skill);
        let streams = streams.map(|other| other.points.as_slice());
        let Some(performance) = point.performance(&goal, agents, streams) else { continue };
        calls += point.calls;
        in_time += point.calls * performance.service_level;
        missed.add(&goal, &performance);
    }
    ((calls > 0.0).then_some(in_time / calls), missed)
}

#[cfg(test)]
mod tests;
