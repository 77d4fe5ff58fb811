//! What a site offers, whom, when, and around the lunch for which it closes.

use std::ops::ControlFlow;

use jiff::civil::{Date, date, time};

use super::{
    task_sample::{new_ids, plain_shape, shape, task, want},
    *,
};
use crate::schedules::{
    ActivityCategory, Bounds, ContractKind, ContractTerms, PatternWeek, RuleCode, Severity, Shift,
    SiteLimits, TimeBand, Weekdays,
    sample::{HOUR, World, agent, queue_need, site},
};

const MONDAY: Date = date(2026, 3, 2);

/// Generates so many days, and puts the shifts into the world.
fn plan(
    world: &mut World,
    days: usize,
    shapes: &[ShiftShape],
    patterns: &[StartPattern],
    agents: impl Fn(i8) -> u16,
) -> Vec<Shift> {
    let (axis, required) = want(world, agents);
    let needs = [queue_need(1, required)];
    let task = task(world, (MONDAY, days), shapes, axis, &needs);
    let prepared = Task { patterns, ..task }.prepare();
    let options = Options { seed: 3, iterations: 60 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let found = found.expect("a sound problem");
    assert_eq!(legality::faults(&prepared.problem, &found.plan), Vec::<String>::new());
    let shifts = prepared.shifts(&found.plan, &mut new_ids()).expect("sound shifts");
    for shift in &shifts {
        world.put(shift.clone());
    }
    shifts
}

/// Three full-timers and a part-timer at a site that is open on workdays from 8:30 to 12 and from 13 to
/// 17:30.
fn lunch_site() -> World {
    let mut world = World::new("Asia/Shanghai", MONDAY, date(2026, 3, 9));
    for number in 1..=3 {
        world.plan(number).contract = ContractTerms::full_time();
    }
    world.plan(4).contract = ContractTerms::part_time(16 * HOUR);
    let hours = [("08:30", "12:00"), ("13:00", "17:30")];
    let days = (2..=6).flat_map(|day| hours.map(|(from, to)| (day, from, to)));
    let open = days.map(|(day, from, to)| {
        world.span(&format!("2026-03-0{day}T{from}"), &format!("2026-03-0{day}T{to}"))
    });
    let open = Some(open.collect());
    world.sites.push(SiteLimits { site: site(1), open, seats: None });
    world
}

fn blocking(world: &World) -> Vec<RuleCode> {
    let found = world.judge().into_iter().filter(|it| it.severity == Severity::Blocking);
    found.map(|it| it.rule).collect()
}

#[test]
fn whole_days_span_the_lunch_of_the_site_with_a_meal_as_long() {
    let mut world = lunch_site();
    let wanted = |hour: i8| u16::from((9..12).contains(&hour) || (13..17).contains(&hour)) * 3;
    let shifts = plan(&mut world, 7, &ShiftShape::usual(), &[], wanted);
    assert_eq!(blocking(&world), [], "OPENING_HOURS among them, and the hours of the contracts");
    let full: Vec<_> = shifts.iter().filter(|shift| shift.agent() != agent(4)).collect();
    assert_eq!(full.len(), 15, "five days of eight hours for each");
    for shift in full {
        let day = shift.local_date();
        let at = |clock: &str| world.at(&format!("{day}T{clock}"));
        assert_eq!((shift.span().start(), shift.span().end()), (at("08:30"), at("17:30")));
        assert_eq!(shift.paid_seconds(), 8 * HOUR);
        let meals = shift.activities().iter().filter(|it| it.category == ActivityCategory::Meal);
        let meals: Vec<_> = meals.map(|it| (it.span.start(), it.span.end())).collect();
        assert_eq!(meals, [(at("12:00"), at("13:00"))]);
    }
    // Nobody is on queue while the site is closed.
    let open = world.sites[0].open.clone().expect("hours");
    let on_queue = shifts.iter().flat_map(Shift::activities);
    let mut on_queue = on_queue.filter(|it| it.category == ActivityCategory::OnQueue);
    assert!(on_queue.all(|part| open.iter().any(|open| open.covers(part.span))));
}

#[test]
fn who_is_away_over_lunch_spans_no_lunch() {
    let mut world = lunch_site();
    let class = world.span("2026-03-04T12:15", "2026-03-04T12:45");
    world.plan(1).time_off.push(class);
    let wanted = |hour: i8| u16::from((9..17).contains(&hour)) * 3;
    let shifts = plan(&mut world, 7, &ShiftShape::usual(), &[], wanted);
    let wednesday = |shift: &&Shift| shift.local_date() == date(2026, 3, 4);
    let mut own = shifts.iter().filter(|shift| shift.agent() == agent(1));
    assert!(own.clone().count() >= 4);
    assert!(!own.any(|shift| wednesday(&shift) && shift.span().overlaps(class)));
}

#[test]
fn a_lunch_without_a_meal_to_lie_over_it_is_spanned_by_nobody() {
    let mut world = lunch_site();
    // Two short shifts of the site: one paid break is no meal.
    let shapes = [ShiftShape { start_step_minutes: 30, ..shape(4, (8, 16)) }];
    let shifts = plan(&mut world, 7, &shapes, &[], |hour| u16::from((9..17).contains(&hour)) * 3);
    let morning = |shift: &Shift| world.roster.zone.to_datetime(shift.span().end()).hour() <= 12;
    let lunch = |shift: &Shift| world.roster.zone.to_datetime(shift.span().start()).hour() < 12;
    assert!(!shifts.is_empty());
    assert!(shifts.iter().all(|shift| morning(shift) || !lunch(shift)));
}

#[test]
fn a_shape_is_worked_by_the_contracts_that_it_names() {
    let mut world = World::march();
    world.plan(1).contract = ContractTerms::full_time();
    world.plan(2).contract = ContractTerms::part_time(20 * HOUR);
    let intern = ContractTerms::of_hours(ContractKind::Intern, Bounds::between(0, 30 * HOUR));
    world.plan(3).contract = intern;
    let named = |hours, kind| ShiftShape { kinds: vec![kind], ..plain_shape(hours, (8, 12)) };
    let shapes = [named(8, ContractKind::Regular), named(5, ContractKind::PartTime)];
    let mut longest = shapes.to_vec();
    // Eight hours ask for a meal, which is added.
    longest[0].length_seconds += HOUR / 2;
    let shifts = plan(&mut world, 7, &longest, &[], |hour| u16::from((8..18).contains(&hour)) * 3);
    let lengths = |number| -> Vec<i64> {
        let own = shifts.iter().filter(|shift| shift.agent() == agent(number));
        own.map(|shift| shift.span().seconds() / 1800).collect()
    };
    assert_eq!((lengths(1), lengths(2)), (vec![17; 5], vec![10; 4]));
    assert_eq!(lengths(3), [0; 0], "no shape is for interns");
}

#[test]
fn a_shape_is_worked_on_its_dates() {
    let mut world = World::march();
    for number in 1..=2 {
        world.plan(number).contract = ContractTerms::part_time(20 * HOUR);
    }
    let change = date(2026, 3, 11);
    let old = ShiftShape { dates: (None, Some(change)), ..plain_shape(4, (8, 12)) };
    let new = ShiftShape { dates: (Some(change), None), ..plain_shape(5, (8, 12)) };
    let shapes = [old, new];
    let shifts = plan(&mut world, 14, &shapes, &[], |hour| u16::from((8..17).contains(&hour)) * 2);
    let hours = |shift: &Shift| shift.span().seconds() / HOUR;
    let expected = |shift: &Shift| if shift.local_date() < change { 4 } else { 5 };
    assert!(shifts.iter().all(|shift| hours(shift) == expected(shift)));
    assert!(shifts.iter().any(|shift| hours(shift) == 4));
    assert!(shifts.iter().any(|shift| hours(shift) == 5));
}

#[test]
fn a_flexible_pattern_bounds_start_and_length() {
    let mut world = World::march();
    for number in 1..=2 {
        let weekly = Bounds::between(20 * HOUR, 40 * HOUR);
        world.plan(number).contract = ContractTerms::of_hours(ContractKind::Regular, weekly);
    }
    let starts = TimeBand { from: time(9, 0, 0, 0), to: time(11, 0, 0, 0) };
    let week = PatternWeek {
        shortest_seconds: Some(5 * HOUR),
        longest_seconds: Some(7 * HOUR),
        ..PatternWeek::of(starts)
    };
    let patterns = [StartPattern { agent: agent(1), weeks: vec![Some(week)], first_week: 0 }];
    let wanted = |hour: i8| u16::from((8..18).contains(&hour)) * 2;
    let shifts = plan(&mut world, 7, &ShiftShape::usual(), &patterns, wanted);
    let own: Vec<&Shift> = shifts.iter().filter(|shift| shift.agent() == agent(1)).collect();
    assert!(own.len() >= 4, "20 h are owed: {}", own.len());
    for shift in own {
        assert_eq!(shift.span().seconds(), 6 * HOUR);
        assert!(starts.contains(world.roster.zone.to_datetime(shift.span().start()).time()));
    }
    let longer = |shift: &Shift| shift.span().seconds() > 7 * HOUR;
    assert!(shifts.iter().any(longer), "who has no pattern works whole days");
}

#[test]
fn a_rotation_says_on_which_days_its_agents_are_off() {
    let mut world = World::march();
    for number in 1..=3 {
        let weekly = Bounds::between(32 * HOUR, 40 * HOUR);
        world.plan(number).contract = ContractTerms::of_hours(ContractKind::Regular, weekly);
    }
    let (six, noon) = (time(6, 0, 0, 0), time(12, 0, 0, 0));
    let week = |days: Vec<i64>| {
        let weekdays = Some(Weekdays::of(days).expect("weekdays"));
        Some(PatternWeek { weekdays, ..PatternWeek::of(TimeBand { from: six, to: noon }) })
    };
    // Four days of work and two off, which comes back after six weeks; every third weekend off.
    let on = |week: i64| (0..7).filter(move |day| (7 * week + day) % 6 < 4).map(|day| day + 1);
    let turns = (0..6).map(|number| week(on(number).collect())).collect();
    let thirds = vec![week((1..=7).collect()), week((1..=7).collect()), week((1..=5).collect())];
    let patterns = [
        StartPattern { agent: agent(1), weeks: turns, first_week: 2 },
        StartPattern { agent: agent(2), weeks: thirds, first_week: 1 },
    ];
    let wanted = |hour: i8| u16::from((8..16).contains(&hour)) * 3;
    let shifts = plan(&mut world, 28, &ShiftShape::usual(), &patterns, wanted);
    let days = |number: u128, week: i64| -> Vec<i64> {
        let own = shifts.iter().filter(|shift| shift.agent() == agent(number));
        let days = own.map(|shift| i64::from((shift.local_date() - date(2026, 3, 2)).get_days()));
        days.filter(|day| day / 7 == week).map(|day| day % 7 + 1).collect()
    };
    for week in 0..4 {
        let (worked, allowed) = (days(1, week), on(week + 2).collect::<Vec<_>>());
        assert!(worked.len() >= 4 && worked.iter().all(|day| allowed.contains(day)), "{worked:?}");
    }
    let weekend = |week: i64| days(2, week).into_iter().filter(|day| *day > 5).count();
    assert_eq!(weekend(1), 0, "the second planned week is the third of the rotation");
    assert!(weekend(0) + weekend(2) + weekend(3) > 0, "on other weekends there is work");
    assert_eq!(blocking(&world), []);
}
