//! What a change of a roster does to coverage and to the service level that it lets expect.

use super::{Coverage, CoverageLine};
use crate::{
    id::{QueueId, SkillId},
    staffing::Traffic,
    time::Span,
};

/// What is forecast for a queue, as far as it is for one site to serve.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDemand {
    /// The queue.
    pub queue: QueueId,
    /// Skill that its contacts ask for; `None` is any agent.
    pub skill: Option<SkillId>,
    /// Answered within so many seconds is in time.
    pub threshold_seconds: f64,
    /// Mean patience of callers in seconds; `None` when they wait for ever.
    pub patience_seconds: Option<f64>,
    /// Intervals in order: when, calls, seconds per call.
    pub points: Vec<(Span, f64, f64)>,
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
    /// Share of them answered in time, 0 to 1, as the roster stands.
    pub level_before: f64,
    /// The same after the change.
    pub level_after: f64,
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
/// queue's skill, whole and parts, weighted by calls. Queues of one skill share its agents and are
/// taken as one stream; an agent of several skills counts for each of them, which says too much where
/// they all ring at once: only a simulation knows better.
#[must_use]
pub fn effect(before: &Coverage, after: &Coverage, demands: &[QueueDemand]) -> Effect {
    let required: u64 =
        before.lines.iter().flat_map(|line| &line.required).map(|it| u64::from(*it)).sum();
    let with_calls = demands.iter().filter(|demand| demand.points.iter().any(|it| it.1 > 0.0));
    let queue = |demand: &QueueDemand| QueueEffect {
        queue: demand.queue,
        calls: demand.points.iter().map(|it| it.1).sum(),
        level_before: level(before, demand, demands),
        level_after: level(after, demand, demands),
    };
    Effect {
        required_seconds: required * u64::from(before.axis.step_seconds),
        before: staffed(before),
        after: staffed(after),
        queues: with_calls.map(queue).collect(),
    }
}

fn staffed(coverage: &Coverage) -> Staffed {
    let step = u64::from(coverage.axis.step_seconds);
    let mut sum = Staffed::default();
    for line in &coverage.lines {
        for (required, there) in line.required.iter().zip(&line.on_queue_seconds) {
            let (required, there) = (u64::from(*required) * step, u64::from(*there));
            sum.uncovered_seconds += required.saturating_sub(there);
            sum.surplus_seconds += there.saturating_sub(required);
        }
    }
    sum
}

/// Share of a queue's calls answered in time.
fn level(coverage: &Coverage, demand: &QueueDemand, demands: &[QueueDemand]) -> f64 {
    let line = coverage.lines.iter().find(|line| line.skill == demand.skill);
    let (mut calls, mut in_time) = (0.0, 0.0);
    for (span, own, _) in demand.points.iter().filter(|point| point.1 > 0.0) {
        calls += own;
        let agents = line.map_or(0.0, |line| agents(coverage, line, *span));
        // All streams of the skill together.
        let (mut erlangs, mut all) = (0.0, 0.0);
        for other in demands.iter().filter(|other| other.skill == demand.skill) {
            for (part, volume, handle_seconds) in &other.points {
                let Some(shared) = part.intersection(*span) else { continue };
                let volume = volume * shared.seconds() as f64 / part.seconds().max(1) as f64;
                all += volume;
                erlangs += volume * handle_seconds / span.seconds().max(1) as f64;
            }
        }
        let handle_seconds = erlangs * span.seconds() as f64 / all;
        let traffic = Traffic::new(erlangs, handle_seconds, demand.patience_seconds);
        // Figures that mean nothing promise nothing.
        let share = traffic
            .map_or(0.0, |it| it.performance(agents, demand.threshold_seconds).service_level);
        in_time += own * share;
    }
    if calls > 0.0 { in_time / calls } else { 1.0 }
}

/// Agents on queue over a span, on average.
fn agents(coverage: &Coverage, line: &CoverageLine, span: Span) -> f64 {
    let mut seconds = 0.0;
    for index in coverage.axis.indices(span) {
        let interval = coverage.axis.interval(index);
        let shared = interval.intersection(span).map_or(0, Span::seconds) as f64;
        let there = line.on_queue_seconds.get(index).copied().map_or(0.0, f64::from);
        seconds += there * shared / interval.seconds().max(1) as f64;
    }
    seconds / span.seconds().max(1) as f64
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schedules::{
        Change, Edit,
        sample::{HOUR, World, agent},
    };

    fn queue(number: u128) -> QueueId {
        QueueId::from_uuid(Uuid::from_u128(number))
    }

    /// Half hours of one hour of 10 November of scenario 1: 210 calls of 198 s each.
    fn promotion(world: &World) -> QueueDemand {
        let half = |from, to| (world.span(from, to), 210.0, 198.0);
        QueueDemand {
            queue: queue(1),
            skill: None,
            threshold_seconds: 20.0,
            patience_seconds: None,
            points: vec![
                half("2026-03-04T10:00", "2026-03-04T10:30"),
                half("2026-03-04T10:30", "2026-03-04T11:00"),
            ],
        }
    }

    /// So many agents on queue from 10 to 11, and 28 required.
    fn staffed_with(agents: u128) -> World {
        let mut world = World::march();
        for number in 1..=agents {
            world.works(number, "2026-03-04T10:00", 1.0);
        }
        world.requires(world.span("2026-03-04T10:00", "2026-03-04T11:00"), 28, None, 0);
        world
    }

    #[test]
    fn scenario_1_24_agents_would_give_27_37_percent_and_28_give_85_17() {
        let world = staffed_with(24);
        let more = staffed_with(28);
        let (before, after) = (world.coverage.as_ref().expect("there"), more.coverage.as_ref());
        let found = effect(before, after.expect("there"), &[promotion(&world)]);
        let percent = |share: f64| (share * 10_000.0).round() / 100.0;
        let [queue] = found.queues[..] else { panic!("one queue") };
        assert_eq!((percent(queue.level_before), percent(queue.level_after)), (27.37, 85.17));
        assert_eq!(queue.calls, 420.0);
        let hour = HOUR.unsigned_abs();
        assert_eq!(found.required_seconds, 28 * hour);
        assert_eq!((found.before.uncovered_seconds, found.after.uncovered_seconds), (4 * hour, 0));
        assert_eq!((found.before.surplus_seconds, found.after.surplus_seconds), (0, 0));
    }

    #[test]
    fn a_change_is_measured_on_the_sums_that_it_leads_to() {
        let world = staffed_with(28);
        let shift = world.roster.plans[&agent(1)].shifts[0].id();
        let change = Change::edit(vec![Edit::Remove { agent: agent(1), shift }]);
        let before = world.coverage.as_ref().expect("there");
        let mut after = before.clone();
        after.apply(&world.roster, &change);
        let found = effect(before, &after, &[promotion(&world)]);
        assert_eq!(found.after.uncovered_seconds, HOUR.unsigned_abs());
        assert!(found.queues[0].level_after < found.queues[0].level_before);
    }

    #[test]
    fn queues_of_one_skill_share_its_agents() {
        let world = staffed_with(28);
        let coverage = world.coverage.as_ref().expect("there");
        let mut halves = [promotion(&world), promotion(&world)];
        halves[1].queue = queue(2);
        for half in &mut halves {
            for point in &mut half.points {
                point.1 = 105.0;
            }
        }
        let found = effect(coverage, coverage, &halves);
        let alone = effect(coverage, coverage, &[promotion(&world)]);
        for queue in &found.queues {
            assert!((queue.level_before - alone.queues[0].level_before).abs() < 1e-12);
        }
    }

    #[test]
    fn nobody_on_queue_answers_nobody() {
        let world = staffed_with(0);
        let coverage = world.coverage.as_ref().expect("there");
        assert_eq!(effect(coverage, coverage, &[promotion(&world)]).queues[0].level_after, 0.0);
    }
}
