//! What a change of a roster does to coverage and to the service level that it lets expect.

use super::{Coverage, CoverageLine, DividedStaff, StaffGroups};
use crate::{
    id::{QueueId, SkillId},
    staffing::{Shrinkage, Traffic},
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
    /// Answered within so many seconds is in time; `None` where the queue has no goal.
    pub threshold_seconds: Option<f64>,
    /// Mean patience of callers in seconds; `None` when they wait for ever.
    pub patience_seconds: Option<f64>,
    /// Share of the agents who do not come without notice, as the requirement counted with.
    pub unplanned: Shrinkage,
}

impl DemandPoint {
    /// Share of calls answered in time, 0 to 1, when `agents` serve all these streams together, each
    /// its intervals; `None` without a goal.
    pub(super) fn level<'a>(
        &self,
        agents: f64,
        streams: impl Iterator<Item = &'a [DemandPoint]>,
    ) -> Option<f64> {
        let (span, threshold) = (self.span, self.threshold_seconds?);
        let (mut erlangs, mut all) = (0.0, 0.0);
        for point in streams.flatten() {
            let Some(shared) = point.span.intersection(span) else { continue };
            let share = shared.seconds() as f64 / point.span.seconds().max(1) as f64;
            let calls = point.calls * share;
            all += calls;
            erlangs += calls * point.handle_seconds / span.seconds().max(1) as f64;
        }
        let handle_seconds = erlangs * span.seconds() as f64 / all;
        let traffic = Traffic::new(erlangs, handle_seconds, self.patience_seconds);
        // Figures that mean nothing promise nothing.
        Some(traffic.map_or(0.0, |it| it.performance(agents, threshold).service_level))
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
    /// goal. `None` for a queue without one, where nothing is in time or late.
    pub level_before: Option<f64>,
    /// The same after the change.
    pub level_after: Option<f64>,
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
/// by calls. Queues of one skill share its agents and are taken as one stream; an agent of several
/// skills is divided among them as [`StaffGroups::divided`] says, so that nobody counts as more than
/// one. What pooling is worth beyond that only a simulation knows.
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
    let queue = |demand: &QueueDemand| QueueEffect {
        queue: demand.queue,
        calls: demand.points.iter().map(|it| it.calls).sum(),
        level_before: level(required, &before, demand, demands),
        level_after: level(required, &after, demand, demands),
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

/// Share of a queue's calls answered in time, of those for which it has a goal; `None` without them.
fn level(
    required: &Coverage,
    staff: &DividedStaff,
    demand: &QueueDemand,
    demands: &[QueueDemand],
) -> Option<f64> {
    let line = required.line_of(demand.skill);
    let (mut calls, mut in_time) = (0.0, 0.0);
    for point in demand.points.iter().filter(|point| point.calls > 0.0) {
        let planned = line.map_or(0.0, |line| staff.agents(line, point.span));
        let agents = point.unplanned.remaining(planned);
        let streams = demands.iter().filter(|other| other.skill == demand.skill);
        let streams = streams.map(|other| other.points.as_slice());
        let Some(level) = point.level(agents, streams) else { continue };
        calls += point.calls;
        in_time += point.calls * level;
    }
    (calls > 0.0).then_some(in_time / calls)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schedules::{
        Change, Edit,
        sample::{HOUR, World, agent, skill},
    };

    fn queue(number: u128) -> QueueId {
        QueueId::from_uuid(Uuid::from_u128(number))
    }

    /// Half hours of one hour of 10 November of scenario 1: 210 calls of 198 s each.
    fn promotion(world: &World) -> QueueDemand {
        let half = |from, to| DemandPoint {
            span: world.span(from, to),
            calls: 210.0,
            handle_seconds: 198.0,
            threshold_seconds: Some(20.0),
            patience_seconds: None,
            unplanned: Shrinkage::NONE,
        };
        QueueDemand {
            queue: queue(1),
            skill: None,
            points: vec![
                half("2026-03-04T10:00", "2026-03-04T10:30"),
                half("2026-03-04T10:30", "2026-03-04T11:00"),
            ],
        }
    }

    fn groups(world: &World) -> StaffGroups {
        let coverage = world.coverage.as_ref().expect("there");
        StaffGroups::of(coverage, world.roster.plans.values())
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
        let coverage = world.coverage.as_ref().expect("there");
        let found = effect(coverage, &groups(&world), &groups(&more), &[promotion(&world)]);
        let percent = |share: Option<f64>| (share.expect("a goal") * 10_000.0).round() / 100.0;
        let [queue] = found.queues[..] else { panic!("one queue") };
        assert_eq!((percent(queue.level_before), percent(queue.level_after)), (27.37, 85.17));
        assert_eq!(queue.calls, 420.0);
        let hour = HOUR.unsigned_abs();
        assert_eq!(found.required_seconds, 28 * hour);
        assert_eq!((found.before.uncovered_seconds, found.after.uncovered_seconds), (4 * hour, 0));
        assert_eq!((found.before.surplus_seconds, found.after.surplus_seconds), (0, 0));
    }

    #[test]
    fn those_who_do_not_come_are_taken_off_before_a_level_is_foretold() {
        // 28 on the phone give 85.17 %; with 8 % who do not come 31 are to be scheduled, of whom
        // 28.52 come. All 31 would give 96.33 %.
        let level = |agents: u128, unplanned: f64| {
            let world = staffed_with(agents);
            let unplanned = Shrinkage::new(unplanned).expect("share");
            let mut demand = promotion(&world);
            demand.points.iter_mut().for_each(|point| point.unplanned = unplanned);
            let staff = groups(&world);
            let coverage = world.coverage.as_ref().expect("there");
            effect(coverage, &staff, &staff, &[demand]).queues[0].level_before.expect("a goal")
        };
        assert_eq!(Shrinkage::new(0.08).expect("share").on_roster(28), Ok(31));
        let found = level(31, 0.08);
        assert!(level(28, 0.0) < found && found < level(29, 0.0), "{found}");
        assert_eq!((level(31, 0.0) * 10_000.0).round(), 9633.0);
    }

    #[test]
    fn a_queue_without_a_goal_has_calls_and_no_level() {
        let world = staffed_with(28);
        let (coverage, staff) = (world.coverage.as_ref().expect("there"), groups(&world));
        let mut demand = promotion(&world);
        demand.points[1].threshold_seconds = None;
        let level = |demand: &QueueDemand| {
            let found = effect(coverage, &staff, &staff, std::slice::from_ref(demand));
            found.queues[0].level_before.map(|level| (level * 10_000.0).round() / 100.0)
        };
        assert_eq!(level(&demand), Some(85.17), "of the calls that have one");
        demand.points[0].threshold_seconds = None;
        let found = effect(coverage, &staff, &staff, &[demand]);
        let [queue] = found.queues[..] else { panic!("one queue") };
        assert_eq!((queue.calls, queue.level_before, queue.level_after), (420.0, None, None));
        assert_eq!(found.before.uncovered_seconds, 0, "coverage asks for no goal");
    }

    #[test]
    fn a_change_is_measured_on_the_sums_that_it_leads_to() {
        let world = staffed_with(28);
        let shift = world.roster.plans[&agent(1)].shifts[0].id();
        let change = Change::edit(vec![Edit::Remove { agent: agent(1), shift }]);
        let coverage = world.coverage.as_ref().expect("there");
        let (before, mut after) = (groups(&world), groups(&world));
        after.apply(coverage, &world.roster, &change);
        let found = effect(coverage, &before, &after, &[promotion(&world)]);
        assert_eq!(found.after.uncovered_seconds, HOUR.unsigned_abs());
        let [queue] = found.queues[..] else { panic!("one queue") };
        assert!(queue.level_after.expect("a goal") < queue.level_before.expect("a goal"));
    }

    #[test]
    fn queues_of_one_skill_share_its_agents() {
        let world = staffed_with(28);
        let coverage = world.coverage.as_ref().expect("there");
        let mut halves = [promotion(&world), promotion(&world)];
        halves[1].queue = queue(2);
        for half in &mut halves {
            for point in &mut half.points {
                point.calls = 105.0;
            }
        }
        let staff = groups(&world);
        let found = effect(coverage, &staff, &staff, &halves);
        let alone = effect(coverage, &staff, &staff, &[promotion(&world)]);
        for queue in &found.queues {
            let level = |effect: &QueueEffect| effect.level_before.expect("a goal");
            assert!((level(queue) - level(&alone.queues[0])).abs() < 1e-12);
        }
    }

    #[test]
    fn nobody_on_queue_answers_nobody() {
        let world = staffed_with(0);
        let (coverage, nobody) = (world.coverage.as_ref().expect("there"), groups(&world));
        let found = effect(coverage, &nobody, &nobody, &[promotion(&world)]);
        assert_eq!(found.queues[0].level_after, Some(0.0));
    }

    #[test]
    fn agents_of_two_skills_do_the_work_of_one_person_each() {
        let mut world = World::march();
        let hour = world.span("2026-03-04T10:00", "2026-03-04T11:00");
        for number in 1..=28 {
            world.held(number, skill(1), 3);
            world.held(number, skill(2), 3);
            world.works(number, "2026-03-04T10:00", 1.0);
        }
        for held in [1, 2] {
            world.requires(hour, 28, Some(skill(held)), 0);
        }
        let coverage = world.coverage.clone().expect("there");
        let staff = groups(&world);
        let demands = [1, 2].map(|held| QueueDemand {
            queue: queue(held),
            skill: Some(skill(held)),
            ..promotion(&world)
        });
        let found = effect(&coverage, &staff, &staff, &demands);
        // Fourteen for each of two queues that need 28.
        assert_eq!(found.before.uncovered_seconds, 28 * HOUR.unsigned_abs());
        assert!(found.queues.iter().all(|it| it.level_before == Some(0.0)));
        let alone = effect(&coverage, &staff, &staff, &demands[..1]);
        let level = alone.queues[0].level_before;
        assert_eq!(level, Some(0.0), "the other half is for the other skill");
    }
}
