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
        goal: Goal::service_level(0.8, 20.0).ok(),
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
    demand.points[1].goal = None;
    let level = |demand: &QueueDemand| {
        let found = effect(coverage, &staff, &staff, std::slice::from_ref(demand));
        found.queues[0].level_before.map(|level| (level * 10_000.0).round() / 100.0)
    };
    assert_eq!(level(&demand), Some(85.17), "of the calls that have one");
    demand.points[0].goal = None;
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

#[test]
fn limits_beside_the_service_level_are_looked_at_before_and_after() {
    let world = staffed_with(24);
    let more = staffed_with(28);
    let coverage = world.coverage.as_ref().expect("there");
    let mut demand = promotion(&world);
    // 23.1 erlangs keep 28 agents busy for 82.5 % of their time: in time, and more than they shall be.
    let capped = Goal::service_level(0.8, 20.0).and_then(|goal| goal.with_max_occupancy(0.8));
    demand.points[0].goal = capped.ok();
    let found = effect(coverage, &groups(&world), &groups(&more), &[demand]);
    let [queue] = found.queues[..] else { panic!("one queue") };
    let missed = |service_level, occupancy| MissedLimits {
        service_level,
        occupancy,
        ..MissedLimits::default()
    };
    assert_eq!((queue.missed_before, queue.missed_after), (missed(2, 1), missed(0, 1)));
}

#[test]
fn calls_without_a_handle_time_are_neither_late_nor_in_an_interval_that_misses_a_limit() {
    let world = staffed_with(24);
    let (coverage, staff) = (world.coverage.as_ref().expect("there"), groups(&world));
    let mut demand = promotion(&world);
    let told = |demand: &QueueDemand| {
        let found = effect(coverage, &staff, &staff, std::slice::from_ref(demand));
        let [queue] = found.queues[..] else { panic!("one queue") };
        let level = queue.level_before.map(|level| (level * 10_000.0).round() / 100.0);
        (queue.calls, level, queue.missed_before)
    };
    let missed = |service_level| MissedLimits { service_level, ..MissedLimits::default() };
    assert_eq!(told(&demand), (420.0, Some(27.37), missed(2)));
    demand.points[0].handle_seconds = 0.0;
    assert_eq!(told(&demand), (420.0, Some(27.37), missed(1)), "the other half hour");
    demand.points[1].handle_seconds = 0.0;
    assert_eq!(told(&demand), (420.0, None, missed(0)));
}
