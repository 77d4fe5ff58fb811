use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::{rules, *};
use crate::schedules::{
    Bounds, Edit, IntervalAxis, Roster, Shift, SkillHeld, refuses,
    sample::{HOUR, World, agent, said},
    worst,
};

mod agreement;
mod dice;
mod lives;
mod oracle;
mod random_world;
mod weeks;

#[test]
fn every_rule_of_the_list_is_asked() {
    let mut asked: Vec<_> = rules::OF_AN_AGENT.iter().map(|(rule, _)| *rule).collect();
    asked.extend([RuleCode::Seats, RuleCode::Coverage]);
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked, RuleCode::ALL);
}

#[test]
fn a_rule_that_is_off_is_not_asked() {
    let mut world = World::march();
    world.works(1, "2026-03-04T07:00", 8.0);
    world.works(1, "2026-03-04T18:00", 8.0);
    assert!(world.judge().iter().any(|it| it.rule == RuleCode::MinRest));
    world.rules.limits.set_severity(RuleCode::MinRest, Severity::Off);
    assert!(world.judge().iter().all(|it| it.rule != RuleCode::MinRest));
}

/// Late on Tuesday, early on Wednesday: 9 h of rest stand in the roster.
fn short_rest_stands() -> (World, crate::id::ShiftId) {
    let mut world = World::march().only(RuleCode::MinRest);
    world.works(1, "2026-03-03T14:00", 8.0);
    let early = world.works(1, "2026-03-04T07:00", 8.0);
    (world, early)
}

#[test]
fn what_stood_before_does_not_hold_up_another_change() {
    let (mut world, _) = short_rest_stands();
    let add = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-10T07:00", 8.0))]);
    let found = world.check(&add);
    assert_eq!(said(&found), ["MIN_REST BLOCKING EDIT 9 h / 11 h standing"]);
    assert!(!refuses(&found));
    assert_eq!(worst(&found), Severity::Off);
    assert!(refuses(&world.judge()), "the roster itself is still unfit");
}

#[test]
fn what_becomes_better_stands_and_what_becomes_worse_is_new() {
    let (mut world, early) = short_rest_stands();
    let mut judge = |start| {
        let moved = world.shift(1, start, 8.0);
        let remove = Edit::Remove { agent: agent(1), shift: early };
        said(&world.check(&Change::edit(vec![remove, Edit::Add(moved)])))
    };
    assert_eq!(judge("2026-03-04T08:00"), ["MIN_REST BLOCKING EDIT 10 h / 11 h standing"]);
    assert_eq!(judge("2026-03-04T06:00"), ["MIN_REST BLOCKING EDIT 8 h / 11 h"]);
    assert!(judge("2026-03-04T09:00").is_empty());
}

#[test]
fn a_second_violation_beside_one_that_stood_is_new() {
    let mut world = World::march().only(RuleCode::Overlap);
    world.works(1, "2026-03-03T09:00", 4.0);
    world.works(1, "2026-03-03T09:00", 4.0);
    let third = world.shift(1, "2026-03-03T09:00", 4.0);
    let found = world.check(&Change::edit(vec![Edit::Add(third)]));
    assert_eq!(found.iter().filter(|it| it.standing).count(), 1);
    assert_eq!(found.iter().filter(|it| !it.standing).count(), 2);
}

#[test]
fn only_agents_that_the_change_touches_are_looked_at() {
    let (mut world, _) = short_rest_stands();
    world.plan(2);
    let add = Edit::Add(world.shift(2, "2026-03-10T07:00", 8.0));
    assert!(world.check(&Change::edit(vec![add])).is_empty());
}

#[test]
fn an_agent_outside_the_roster_is_refused() {
    let mut world = World::march();
    let shift = world.works(1, "2026-03-04T07:00", 8.0);
    let away = Edit::Move { shift, from: agent(1), to: agent(9) };
    let found = world.check(&Change::edit(vec![away]));
    assert!(refuses(&found));
    assert_eq!(found[0].rule, RuleCode::CrossSite);
    assert_eq!(found[0].agent, Some(agent(9)));
}

#[test]
fn rules_of_an_agent_go_before_those_of_the_context() {
    let (mut world, _) = short_rest_stands();
    let mut own = world.rules.clone();
    own.limits.min_rest.limit = 9 * HOUR;
    world.plan(1).rules = vec![(date(2026, 3, 2), std::sync::Arc::new(own))];
    assert!(world.judge().is_empty());
}

#[test]
fn what_lies_wholly_before_the_window_is_not_told() {
    let mut world = World::march().only(RuleCode::MinRest);
    world.works(1, "2026-02-24T14:00", 8.0);
    world.works(1, "2026-02-25T07:00", 8.0);
    assert!(world.judge().is_empty());
}

#[test]
fn an_override_is_left_for_the_greater_of_two_violations() {
    let (world, _) = short_rest_stands();
    let greater = world.judge().remove(0);
    let less = Violation { excess: greater.excess - 1, ..greater.clone() };
    let mut found = [less.clone(), greater.clone()];
    except(&[greater, less], &mut found);
    assert!(found.iter().all(|violation| violation.standing), "{found:?}");
}
