//! The generator against the one judge of rosters.

use std::ops::ControlFlow;

use jiff::civil::{date, time};
use uuid::Uuid;

use super::{
    task_sample::{self, new_ids, plain_shape, task, want},
    *,
};
use crate::{
    id::{AgentId, AvailabilityId},
    schedules::{
        Availability, AvailabilityPattern, Bounds, Change, ContractTerms, Edit, PatternWeek,
        RuleCode, Severity, Shift, TimeBand, Violation,
        sample::{World, queue_need},
    },
    time::Span,
};

const HOUR: i64 = 3600;

/// A day has no break here.
fn shape(hours: i64, starts: (i8, i8)) -> ShiftShape {
    if hours < 8 { task_sample::shape(hours, starts) } else { plain_shape(hours, starts) }
}

struct Wish<'a> {
    first: jiff::civil::Date,
    days: usize,
    shapes: &'a [ShiftShape],
    patterns: &'a [StartPattern],
}

/// Generates, and puts the shifts into the world.
fn plan(world: &mut World, wish: &Wish<'_>, agents: impl Fn(i8) -> u16) -> Vec<Shift> {
    let (axis, required) = want(world, agents);
    let needs = [queue_need(1, required)];
    let task = task(world, (wish.first, wish.days), wish.shapes, axis, &needs);
    let prepared = Task { patterns: wish.patterns, ..task }.prepare();
    let options = Options { seed: 5, iterations: 150 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let found = found.expect("a sound problem");
    let shifts = prepared.shifts(&found.plan, &mut new_ids()).expect("sound shifts");
    for shift in &shifts {
        world.put(shift.clone());
    }
    shifts
}

/// Everything the judge says at all, notice aside: also what only warns.
fn faults(world: &World) -> Vec<Violation> {
    world.judge().into_iter().filter(|it| it.severity > Severity::Off).collect()
}

fn paid_hours(shifts: &[Shift], agent: u128, from: (i16, i8, i8), to: (i16, i8, i8)) -> i64 {
    let (from, to) = (date(from.0, from.1, from.2), date(to.0, to.1, to.2));
    let of_week = shifts.iter().filter(|shift| {
        shift.agent().uuid().as_u128() == agent && (from..to).contains(&shift.local_date())
    });
    of_week.map(Shift::paid_seconds).sum::<i64>() / HOUR
}

#[test]
fn four_weeks_of_a_site_are_legal_also_where_the_clocks_change() {
    // Berlin loses an hour on 29 March 2026, in the middle of the night shifts.
    let mut world = World::new("Europe/Berlin", date(2026, 3, 9), date(2026, 4, 6));
    for number in 1..=14 {
        world.plan(number).contract = match number % 4 {
            3 => ContractTerms::part_time(20 * HOUR),
            _ => ContractTerms {
                weekly_seconds: Bounds::between(36 * HOUR, 40 * HOUR),
                ..ContractTerms::full_time()
            },
        };
    }
    // The week before: some come out of late shifts, some out of a run of days.
    for (number, day) in (1..=6).zip(3..9) {
        for day in 3..=day {
            world.works(number, &format!("2026-03-0{day}T14:00"), 8.0);
        }
    }
    let off = world.span("2026-03-16T00:00", "2026-03-19T00:00");
    world.plan(2).time_off.push(off);
    let shapes = [shape(8, (6, 14)), shape(8, (22, 23)), shape(4, (7, 18)), shape(6, (7, 16))];
    let wish = Wish { first: date(2026, 3, 9), days: 28, shapes: &shapes, patterns: &[] };
    let shifts = plan(&mut world, &wish, |hour| match hour {
        0..7 => 1,
        9..12 | 17..20 => 4,
        _ => 2,
    });
    assert_eq!(faults(&world), Vec::new());
    let nights = shifts
        .iter()
        .filter(|it| it.span().end() > Span::of_day(it.local_date(), &world.roster.zone).end());
    assert!(nights.count() >= 20, "nights are covered");
    assert!(paid_hours(&shifts, 3, (2026, 3, 9), (2026, 3, 16)) == 20);
}

#[test]
fn a_part_timer_with_study_hours_gets_her_twenty_hours() {
    // He Lu: 20 h a week, classes until 30 June, exams from 22 to 26 June.
    let mut world = World::new("Asia/Shanghai", date(2026, 6, 1), date(2026, 7, 6));
    let statement = |number, pattern, label: &str| Availability {
        id: AvailabilityId::from_uuid(Uuid::from_u128(number)),
        available: false,
        pattern,
        label: label.to_owned(),
    };
    let class = |weekday| AvailabilityPattern::Weekly {
        weekday,
        band: TimeBand { from: time(13, 30, 0, 0), to: time(17, 0, 0, 0) },
        from: None,
        until: Some(date(2026, 6, 30)),
    };
    let exams = world.span("2026-06-22T00:00", "2026-06-27T00:00");
    let he_lu = world.plan(1);
    he_lu.contract = ContractTerms::part_time(20 * HOUR);
    he_lu.availability = vec![
        statement(1, class(1), "Statistics"),
        statement(2, class(3), "Accounting"),
        statement(3, AvailabilityPattern::Dated(exams), "exams"),
    ];
    let shapes = [shape(4, (7, 18)), shape(5, (7, 17)), shape(6, (7, 16))];
    let wish = Wish { first: date(2026, 6, 1), days: 35, shapes: &shapes, patterns: &[] };
    let shifts = plan(&mut world, &wish, |hour| match hour {
        9..13 | 18..22 => 1,
        _ => 0,
    });

    assert_eq!(faults(&world), Vec::new());
    let hours = |from: i8, to: i8| paid_hours(&shifts, 1, (2026, 6, from), (2026, 6, to));
    assert_eq!([hours(1, 8), hours(8, 15), hours(15, 22), hours(22, 29)], [20, 20, 20, 0]);
    assert_eq!(paid_hours(&shifts, 1, (2026, 6, 29), (2026, 7, 6)), 20);
    let peaks = shifts.iter().all(|it| {
        let start = world.roster.zone.to_datetime(it.span().start()).hour();
        it.span().seconds() == 4 * HOUR && (start == 9 || start == 18)
    });
    assert!(peaks, "every shift is one of the peaks");

    // A planner drags a shift to Thursday 14–18: the class stands in the way.
    let moved = world.shift(1, "2026-06-04T14:00", 4.0);
    let found = world.check(&Change::edit(vec![Edit::Add(moved)]));
    assert!(found.iter().any(|it| it.rule == RuleCode::Availability && !it.standing));
    // Another four hours would make it 24.
    let free = (1..=7).map(|day| date(2026, 6, day));
    let mut free = free.filter(|day| shifts.iter().all(|it| it.local_date() != *day));
    let free = free.next_back().expect("a day off");
    let more = world.shift(1, &format!("{free}T09:00"), 4.0);
    let found = world.check(&Change::edit(vec![Edit::Add(more)]));
    assert!(found.iter().any(|it| it.rule == RuleCode::ContractHours && !it.standing));
}

#[test]
fn shifts_that_are_there_stay_and_count() {
    let mut world = World::march();
    world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
    world.works(1, "2026-03-04T08:00", 6.0);
    world.works(1, "2026-03-07T12:00", 6.0);
    let shapes = [shape(4, (7, 18))];
    let wish = Wish { first: date(2026, 3, 2), days: 7, shapes: &shapes, patterns: &[] };
    let shifts = plan(&mut world, &wish, |hour| u16::from((9..13).contains(&hour)));
    assert_eq!(paid_hours(&shifts, 1, (2026, 3, 2), (2026, 3, 9)), 8);
    let untouched = shifts.iter().all(|it| it.local_date() != date(2026, 3, 4));
    assert!(untouched, "no second shift on a day that has one");
    let refused = world.judge().into_iter().filter(|it| it.severity == Severity::Blocking);
    assert_eq!(refused.collect::<Vec<_>>(), Vec::new());
}

#[test]
fn nobody_is_planned_while_the_site_is_closed() {
    let mut world = World::march();
    for number in 1..=3 {
        world.plan(number).contract = ContractTerms::full_time();
    }
    let site = world.plan(1).site;
    let open = (2..=6)
        .map(|day| world.span(&format!("2026-03-0{day}T08:30"), &format!("2026-03-0{day}T17:30")));
    let open = Some(open.collect());
    world.sites.push(crate::schedules::SiteLimits { site, open, seats: None });
    let shapes = [ShiftShape { start_step_minutes: 30, ..shape(8, (6, 20)) }];
    let wish = Wish { first: date(2026, 3, 2), days: 7, shapes: &shapes, patterns: &[] };
    let shifts = plan(&mut world, &wish, |_| 2);
    assert_eq!(shifts.len(), 15);
    assert!(!faults(&world).iter().any(|it| it.rule == RuleCode::OpeningHours));
}

#[test]
fn fixed_rotating_and_flexible_shifts_live_in_one_month() {
    let mut world = World::march();
    for number in 1..=6 {
        // Five shifts of 8 h with an unpaid meal of half an hour.
        let weekly_seconds = Bounds::between(75 * HOUR / 2, 40 * HOUR);
        world.plan(number).contract =
            ContractTerms { weekly_seconds, ..ContractTerms::full_time() };
    }
    let agent = |number: u128| AgentId::from_uuid(Uuid::from_u128(number));
    let week = |from, to| {
        let starts = TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
        Some(PatternWeek::of(starts))
    };
    let patterns = [
        StartPattern { agent: agent(1), weeks: vec![week(8, 8)], first_week: 0 },
        StartPattern { agent: agent(2), weeks: vec![week(6, 6), week(14, 14)], first_week: 1 },
        StartPattern { agent: agent(3), weeks: vec![week(9, 11)], first_week: 0 },
    ];
    let shapes = [shape(8, (6, 14))];
    let wish = Wish { first: date(2026, 3, 2), days: 28, shapes: &shapes, patterns: &patterns };
    let shifts = plan(&mut world, &wish, |hour| u16::from((6..22).contains(&hour)) * 2);
    assert_eq!(faults(&world), Vec::new());
    let hours = |number: u128, week: i8| {
        let of = shifts
            .iter()
            .filter(|it| it.agent() == agent(number) && (it.local_date().day() - 2) / 7 == week);
        of.map(|it| world.roster.zone.to_datetime(it.span().start()).hour()).collect::<Vec<_>>()
    };
    for week in 0..4 {
        assert_eq!(hours(1, week), [8; 5]);
        assert_eq!(hours(2, week), if week % 2 == 0 { [14; 5] } else { [6; 5] });
        assert!(hours(3, week).iter().all(|hour| (9..=11).contains(hour)));
    }
}

#[test]
fn rest_before_the_first_shift_after_the_plan_is_kept() {
    let mut world = World::march();
    world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
    // Monday and Tuesday are not possible: without the early shift Sunday would be the fifth day.
    let id = AvailabilityId::from_uuid(Uuid::from_u128(1));
    let pattern = AvailabilityPattern::Weekly {
        weekday: 0,
        band: TimeBand { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) },
        from: None,
        until: None,
    };
    let monday = Availability { id, available: false, pattern, label: "course".to_owned() };
    let tuesday = AvailabilityPattern::Weekly {
        weekday: 1,
        band: TimeBand { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) },
        from: None,
        until: None,
    };
    let tuesday = Availability { pattern: tuesday, ..monday.clone() };
    world.plan(1).availability = vec![monday, tuesday];
    world.works(1, "2026-03-09T06:00", 4.0);
    let shapes = [shape(4, (17, 18))];
    let wish = Wish { first: date(2026, 3, 2), days: 7, shapes: &shapes, patterns: &[] };
    let shifts = plan(&mut world, &wish, |hour| u16::from(hour >= 18) * 3);
    assert_eq!(shifts.len(), 4);
    assert!(shifts.iter().all(|it| it.local_date() != date(2026, 3, 8)));
}
