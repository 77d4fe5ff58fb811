use std::ops::ControlFlow;

use jiff::civil::{date, time};

use uuid::Uuid;

use super::*;
use crate::{
    id::AvailabilityId,
    schedules::{
        Availability, AvailabilityPattern, ContractTerms, IntervalAxis, TimeBand,
        generator::{
            Options, search,
            task_sample::{half_hours, plain_shape, task},
        },
        sample::{HOUR, World, agent, queue_need},
    },
};

/// A week of two part-timers, of whom the second has courses until Friday, where three are wanted
/// from 9 to 12.
fn solved() -> (World, Prepared, Found) {
    let mut world = World::march();
    for number in 1..=2 {
        world.plan(number).contract = ContractTerms::part_time(20 * HOUR);
    }
    let whole_day = TimeBand { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) };
    let courses = (0..5).map(|weekday| Availability {
        id: AvailabilityId::from_uuid(Uuid::from_u128(1)),
        available: false,
        pattern: AvailabilityPattern::Weekly { weekday, band: whole_day, from: None, until: None },
        label: "courses".to_owned(),
    });
    world.plan(2).availability.extend(courses);
    let axis = half_hours(&world, 7);
    let hour = |index| world.roster.zone.to_datetime(axis.interval(index).start()).hour();
    let wanted = (0..axis.len).map(|index| if (9..12).contains(&hour(index)) { 3 } else { 0 });
    let (prepared, found) = planned(&world, 7, axis, wanted.collect());
    (world, prepared, found)
}

/// So many days from 2 March on of shifts of 4 h, where so many agents are wanted.
fn planned(world: &World, days: usize, axis: IntervalAxis, wanted: Vec<u16>) -> (Prepared, Found) {
    let (shapes, needs) = ([plain_shape(4, (7, 18))], [queue_need(1, wanted)]);
    let prepared = task(world, (date(2026, 3, 2), days), &shapes, axis, &needs).prepare();
    let options = Options { seed: 1, iterations: 50 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    (prepared, found.expect("a sound problem"))
}

fn reported() -> (World, Report) {
    let (world, prepared, found) = solved();
    let report = prepared.report(&found).expect("a sound problem");
    (world, report)
}

#[test]
fn a_report_of_some_days_leaves_out_those_after_them() {
    let (world, prepared, found) = solved();
    let report = prepared.report_of_days(&found, 3).expect("a sound problem");
    assert_eq!(report.roster.required_seconds, 3 * 3 * 3 * HOUR.unsigned_abs());
    let worked = found.plan.lines.iter().flat_map(|line| line[..3].iter().flatten()).count();
    assert_eq!(report.roster.paid_seconds, worked as u64 * 4 * HOUR.unsigned_abs());
    let thursday = world.at("2026-03-05T00:00");
    let gaps = report.shortfalls.iter().filter(|it| matches!(it.lack, Lack::Cover { .. }));
    assert!(gaps.clone().count() > 0 && gaps.into_iter().all(|it| it.span.end() <= thursday));
}

#[test]
fn covered_and_uncovered_work_make_up_the_requirement() {
    let (_, report) = reported();
    let required = 7 * 3 * 3 * HOUR.unsigned_abs();
    assert_eq!((report.rounds, report.roster.required_seconds), (50, required));
    let gaps = report.shortfalls.iter().filter(|it| matches!(it.lack, Lack::Cover { .. }));
    let missing: u64 = gaps.map(|gap| gap.missing_seconds).sum();
    assert_eq!(missing, report.roster.uncovered_seconds);
    // Five shifts of the first agent and two of the second, each over all three hours.
    assert_eq!(required - missing, 7 * 3 * HOUR.unsigned_abs());
    assert_eq!(report.roster.paid_seconds, 7 * 4 * HOUR.unsigned_abs());
    assert_eq!(report.roster.covered_percent(), Some(100.0 / 3.0));
    assert!(report.fixed_shifts.uncovered_seconds >= missing, "{report:#?}");
    assert_eq!(Work::default().covered_percent(), None);
}

#[test]
fn weeks_in_which_nothing_is_required_are_told_and_not_passed_over_as_covered() {
    let mut world = World::march();
    world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
    let told = |days, wanted: &dyn Fn(usize) -> u16| {
        let axis = half_hours(&world, days);
        let wanted = (0..axis.len).map(wanted).collect();
        let (prepared, found) = planned(&world, days, axis, wanted);
        let report = prepared.report(&found).expect("a sound problem");
        let lacks = report.shortfalls.iter().filter(|it| it.lack == Lack::Requirement);
        lacks.map(|it| it.span).collect::<Vec<_>>()
    };
    let all = world.span("2026-03-02T00:00", "2026-03-16T00:00");
    assert_eq!(told(14, &|_| 0), [all], "neighbours are one");
    let second = world.span("2026-03-09T00:00", "2026-03-16T00:00");
    assert_eq!(told(14, &|index| u16::from(index == 20)), [second]);
    assert_eq!(told(7, &|_| 1), []);
}

#[test]
fn hours_that_nobody_can_work_are_told_with_whose_when_and_why() {
    let (world, report) = reported();
    let hours = report.shortfalls.iter().find(|it| matches!(it.lack, Lack::Hours { .. }));
    let expected = Shortfall {
        lack: Lack::Hours { agent: agent(2) },
        span: world.span("2026-03-02T00:00", "2026-03-09T00:00"),
        missing_seconds: 12 * HOUR.unsigned_abs(),
        rule: RuleCode::Availability,
        cause: Some(ViolationCause::Availability),
    };
    assert_eq!(hours, Some(&expected));
    let kept = serde_json::to_value(&report).expect("a value");
    assert_eq!(serde_json::from_value::<Report>(kept).expect("a report"), report);
}
