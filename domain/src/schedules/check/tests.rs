use std::collections::BTreeSet;

use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;

use super::{rules, *};
use crate::schedules::{
    Bounds, Coverage, Edit, Roster, Shift, refuses,
    sample::{HOUR, World, agent, said},
    worst,
};

mod oracle;
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

/// Quarter hours after the start of what is known, and length in quarter hours.
type Slots = Vec<(i64, i64)>;

fn slots(days: i64) -> impl Strategy<Value = Slots> {
    prop::collection::vec((0..days * 96, 4i64..50), 0..16)
}

/// Two weeks of Berlin around a clock change, judged from the fifth day on.
fn berlin(first: jiff::civil::Date, slots: &Slots) -> World {
    let mut world = World::new("Europe/Berlin", first, first);
    let known = world.roster.zone.clone();
    let at = |days: i32| {
        let day = first.checked_add(jiff::Span::new().days(days)).expect("date");
        crate::time::start_of_day(day, &known)
    };
    world.roster.known = Span::new(at(0), at(21)).expect("in order");
    world.roster.window = Span::new(at(4), at(18)).expect("in order");
    world.now = world.roster.window.start();
    for &(start, length) in slots {
        let start = Span::of_seconds(world.roster.known.start(), start * 900).end();
        let local = crate::time::local_of_instant(start, &known);
        let shift = world.shift(1, &local.to_string(), length as f64 / 4.0);
        if world.roster.known.covers(shift.span()) {
            world.put(shift);
        }
    }
    world
}

fn first_days() -> impl Strategy<Value = jiff::civil::Date> {
    prop::sample::select(vec![date(2026, 3, 19), date(2026, 10, 15), date(2026, 6, 4)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_judge_and_the_slow_checker_agree_on_one_agent(
        first in first_days(),
        slots in slots(20),
    ) {
        let mut world = berlin(first, &slots);
        world.plan(1).contract.weekly_seconds = Bounds::at_most(30 * HOUR);
        world.rules.limits.consecutive_days.limit = 3;
        let found = world.judge();
        let of = |rule| found.iter().filter(move |it| it.rule == rule);
        let roster = &world.roster;
        let shifts = &roster.plans[&agent(1)].shifts;

        prop_assert_eq!(of(RuleCode::Overlap).count() > 0, oracle::overlaps(roster, shifts));
        let rests: BTreeSet<_> =
            of(RuleCode::MinRest).map(|it| (it.span.start(), it.span.seconds())).collect();
        prop_assert_eq!(rests, oracle::short_rests(roster, shifts, 11 * HOUR));
        let date = |it: &Violation| roster.zone.to_datetime(it.span.start()).date();
        let runs: Vec<_> = of(RuleCode::ConsecutiveDays).map(date).collect();
        prop_assert_eq!(runs, oracle::long_runs(roster, shifts, 3));
        let weeks: Vec<_> = of(RuleCode::ContractHours).map(date).collect();
        prop_assert_eq!(weeks, oracle::full_weeks(roster, shifts, 30 * HOUR));
    }

    #[test]
    fn the_judge_and_the_slow_checker_agree_on_coverage(
        first in first_days(),
        slots in slots(20),
        from in 0i64..14 * 48,
        length in 1i64..48,
        required in 1u16..4,
    ) {
        let mut world = berlin(first, &slots);
        let start = Span::of_seconds(world.roster.window.start(), from * 1800).end();
        world.requires(Span::of_seconds(start, length * 1800), required, None, 0);
        let world = world.only(RuleCode::Coverage);
        let coverage = world.coverage.as_ref().expect("there");
        let found = world.judge();
        let told: BTreeSet<_> =
            found.iter().flat_map(|it| coverage.axis.indices(it.span)).collect();
        prop_assert_eq!(told, oracle::gaps(&world.roster, coverage));
    }
}

/// A step of a random life of a roster; numbers are taken modulo what is there.
#[derive(Debug, Clone)]
enum Step {
    Add { agent: u128, slot: (i64, i64) },
    Remove { agent: u128, nth: usize },
    Move { from: u128, to: u128, nth: usize },
    Swap { one: u128, other: u128, nth: usize },
    TimeOff { agent: u128, slot: (i64, i64) },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let slot = || (0i64..14 * 96, 8i64..44);
    let who = || 1u128..4;
    let step = prop_oneof![
        4 => (who(), slot()).prop_map(|(agent, slot)| Step::Add { agent, slot }),
        1 => (who(), any::<usize>()).prop_map(|(agent, nth)| Step::Remove { agent, nth }),
        2 => (who(), who(), any::<usize>()).prop_map(|(from, to, nth)| Step::Move { from, to, nth }),
        2 => (who(), who(), any::<usize>())
            .prop_map(|(one, other, nth)| Step::Swap { one, other, nth }),
        1 => (who(), slot()).prop_map(|(agent, slot)| Step::TimeOff { agent, slot }),
    ];
    prop::collection::vec(step, 1..60)
}

fn change_of(world: &mut World, step: &Step) -> Change {
    let start = world.roster.window.start();
    let at = |slot: (i64, i64)| Span::of_seconds(start, slot.0 * 900);
    let nth = |world: &World, number: u128, nth: usize| {
        let shifts = &world.roster.plans[&agent(number)].shifts;
        (!shifts.is_empty()).then(|| shifts[nth % shifts.len()].id())
    };
    let give = |world: &World, from, to, which| {
        nth(world, from, which).map(|shift| Edit::Move { shift, from: agent(from), to: agent(to) })
    };
    let edits = match *step {
        Step::Add { agent, slot } => {
            let local = crate::time::local_of_instant(at(slot).end(), &world.roster.zone);
            let shift = world.shift(agent, &local.to_string(), slot.1 as f64 / 4.0);
            vec![Edit::Add(shift)]
        }
        Step::Remove { agent: number, nth: which } => {
            let shift = nth(world, number, which);
            shift.map(|shift| Edit::Remove { agent: agent(number), shift }).into_iter().collect()
        }
        Step::Move { from, to, nth } => give(world, from, to, nth).into_iter().collect(),
        Step::Swap { one, other, nth } => {
            let both = [give(world, one, other, nth), give(world, other, one, nth)];
            both.into_iter().flatten().collect()
        }
        Step::TimeOff { agent: number, slot } => {
            let span = Span::of_seconds(at(slot).end(), slot.1 * 900);
            vec![Edit::GrantTimeOff { agent: agent(number), span }]
        }
    };
    Change::request(edits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn accepted_changes_never_lead_to_a_roster_that_is_refused(
        first in first_days(),
        steps in steps(),
    ) {
        let mut world = berlin(first, &Vec::new());
        for number in 1..4 {
            world.plan(number).contract.weekly_seconds = Bounds::at_most(24 * HOUR);
        }
        world.rules.limits.consecutive_days.limit = 3;
        let noon = Span::of_seconds(world.roster.window.start(), 7 * 24 * HOUR);
        world.requires(noon, 1, None, 0);
        let mut accepted = 0;
        for step in &steps {
            let change = change_of(&mut world, step);
            if change.is_empty() || refuses(&world.check(&change)) {
                continue;
            }
            accepted += 1;
            let mut coverage = world.coverage.take().expect("there");
            coverage.apply(&world.roster, &change);
            world.coverage = Some(coverage);
            world.roster.apply(&change);
            let found = world.judge();
            prop_assert!(!refuses(&found), "after {accepted} changes: {:?}", said(&found));
        }
        for plan in world.roster.plans.values() {
            let (roster, shifts) = (&world.roster, &plan.shifts);
            prop_assert!(!oracle::overlaps(roster, shifts));
            prop_assert!(oracle::short_rests(roster, shifts, 11 * HOUR).is_empty());
            prop_assert!(oracle::long_runs(roster, shifts, 3).is_empty());
            prop_assert!(oracle::full_weeks(roster, shifts, 24 * HOUR).is_empty());
        }
    }
}

/// Scenario 8: a part-timer of 20 h with classes and an exam week.
mod part_timer_with_study_hours {
    use jiff::civil::time;
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::AvailabilityId,
        schedules::{Availability, AvailabilityPattern, ContractTerms, TimeBand, ViolationParam},
    };

    fn week(monday: jiff::civil::Date) -> World {
        let end = monday.checked_add(jiff::Span::new().days(7)).expect("date");
        let mut world = World::new("Asia/Shanghai", monday, end);
        let class = |weekday| Availability {
            id: AvailabilityId::from_uuid(Uuid::from_u128(u128::from(weekday))),
            available: false,
            pattern: AvailabilityPattern::Weekly {
                weekday,
                band: TimeBand { from: time(13, 30, 0, 0), to: time(17, 0, 0, 0) },
                from: None,
                until: Some(date(2026, 6, 30)),
            },
            label: "Statistics II".to_owned(),
        };
        let exams = Availability {
            id: AvailabilityId::from_uuid(Uuid::from_u128(9)),
            available: false,
            pattern: AvailabilityPattern::Dated(world.span("2026-06-22T00:00", "2026-06-27T00:00")),
            label: "exam week".to_owned(),
        };
        let plan = world.plan(1);
        plan.contract = ContractTerms::part_time(20 * HOUR);
        plan.availability = vec![class(1), class(3), exams];
        world
    }

    fn generated() -> World {
        let mut world = week(date(2026, 6, 8));
        for (day, hour) in [(8, 18), (10, 18), (12, 9), (13, 9), (14, 18)] {
            world.works(1, &format!("2026-06-{day:02}T{hour:02}:00"), 4.0);
        }
        world
    }

    #[test]
    fn the_generated_week_breaks_no_rule() {
        assert_eq!(generated().judged(), Vec::<String>::new());
    }

    #[test]
    fn a_shift_dragged_into_a_class_names_the_class() {
        let mut world = generated();
        let wednesday = world.roster.plans[&agent(1)].shifts[1].id();
        let thursday = world.shift(1, "2026-06-11T14:00", 4.0);
        let remove = Edit::Remove { agent: agent(1), shift: wednesday };
        let found = world.check(&Change::edit(vec![remove, Edit::Add(thursday)]));
        assert_eq!(said(&found), ["AVAILABILITY BLOCKING AVAILABILITY 3 h / 0 h"]);
        assert!(found[0].params.contains(&ViolationParam::Reason("Statistics II".to_owned())));
    }

    #[test]
    fn the_exam_week_is_planned_with_nothing() {
        let mut world = week(date(2026, 6, 22));
        assert_eq!(world.judged(), Vec::<String>::new());
        let shift = world.shift(1, "2026-06-24T18:00", 4.0);
        let found = world.check(&Change::edit(vec![Edit::Add(shift)]));
        assert!(found[0].params.contains(&ViolationParam::Reason("exam week".to_owned())));
    }

    #[test]
    fn in_july_the_classes_are_gone() {
        let mut world = week(date(2026, 7, 6));
        for day in [7, 8, 9, 10, 11] {
            world.works(1, &format!("2026-07-{day:02}T13:00"), 4.0);
        }
        assert_eq!(world.judged(), Vec::<String>::new());
    }
}

#[test]
fn scenario_9_the_full_week_before_the_holiday_leaves_six_days_in_a_row() {
    let mut world = World::new("Asia/Shanghai", date(2026, 10, 1), date(2026, 10, 8));
    for day in 26..=30 {
        world.works(1, &format!("2026-09-{day}T09:00"), 8.0);
    }
    let mut add = |day: i32| {
        let shift = world.shift(1, &format!("2026-10-{day:02}T09:00"), 8.0);
        let change = Change::edit(vec![Edit::Add(shift)]);
        let found = world.check(&change);
        if !refuses(&found) {
            world.roster.apply(&change);
        }
        refuses(&found)
    };
    assert!(!add(1), "the sixth day");
    assert!(add(2), "the seventh");
    assert!(!add(5), "after a rest");
}
