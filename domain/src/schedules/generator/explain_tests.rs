//! What is told to stand in the way, each rule by itself.

use std::ops::ControlFlow;

use jiff::civil::{date, time};

use super::{
    legality::faults,
    task_sample::{half_hours, plain_shape, task},
    tests::{HOUR, agent, block, problem, run, shift, terms, utc},
    *,
};
use crate::schedules::{
    ContractTerms, PatternWeek, RuleCode, TimeBand, ViolationCause, Weekdays,
    sample::{self, World, queue_need},
};

/// The hours that one agent misses of a week of 40 h in shifts of 8 h from 8 on, with the rule that is
/// told to take them.
fn short(change: impl Fn(&mut Problem)) -> Vec<(RuleCode, Option<ViolationCause>, Missing)> {
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let mut problem = problem(&utc(7), vec![all], vec![agent(0, 40, 1)]);
    change(&mut problem);
    let found = run(&problem, 10);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    unmet.into_iter().map(|unmet| (unmet.rule, unmet.cause, unmet.what)).collect()
}

fn hours(minutes: u32) -> Missing {
    Missing::Hours { agent: 0, week: 0, minutes }
}

#[test]
fn hours_that_are_barred_name_what_bars_them() {
    assert_eq!(short(|_| {}), []);
    let three_days = |bar: Bar| {
        let found = short(|it| it.agents[0].blocked = vec![block(bar, 0..96 * 3)]);
        let [(rule, cause, missing)] = found[..] else { panic!("one: {found:?}") };
        assert_eq!(missing, hours(480), "{bar:?}");
        (rule, cause)
    };
    let availability = RuleCode::Availability;
    assert_eq!(three_days(Bar::TimeOff), (availability, Some(ViolationCause::TimeOff)));
    assert_eq!(three_days(Bar::Availability), (availability, Some(ViolationCause::Availability)));
    assert_eq!(three_days(Bar::OpeningHours), (RuleCode::OpeningHours, None));
    assert_eq!(three_days(Bar::TrainingGate), (RuleCode::TrainingGate, None));
    assert_eq!(three_days(Bar::RestAhead), (RuleCode::MinRest, None));
    assert_eq!(three_days(Bar::ShiftAhead), (RuleCode::Overlap, None));
}

#[test]
fn hours_for_which_the_site_closes_within_its_day_are_opening_hours() {
    // From 13 to 14 on every day, and no meal lies over it.
    let lunch = |day: Slot| 96 * day + 52..96 * day + 56;
    let found = short(|it| it.agents[0].closures = (0..7).map(lunch).collect());
    assert_eq!(found, [(RuleCode::OpeningHours, None, hours(40 * 60))]);
}

#[test]
fn bars_that_only_together_stand_in_the_way_name_the_one_that_bars_most() {
    // Two days would suffice if one of them went: they lie over the same three days.
    let found = short(|it| {
        let closed = block(Bar::OpeningHours, 0..96 * 3);
        it.agents[0].blocked = vec![block(Bar::TimeOff, 40..96 * 3), closed];
    });
    assert_eq!(found, [(RuleCode::OpeningHours, None, hours(480))]);
}

#[test]
fn hours_that_a_pattern_takes_are_told_as_its_starts() {
    let pattern = (RuleCode::StartBand, None, hours(480));
    assert_eq!(short(|it| it.agents[0].days_off = vec![0, 5, 6]), [pattern]);
    let band = WeekBand { starts: (6 * HOUR, 7 * HOUR), lengths: (0, 96) };
    let never = (RuleCode::StartBand, None, hours(40 * 60));
    assert_eq!(short(|it| it.agents[0].bands = vec![Some(band)]), [never]);
}

#[test]
fn hours_that_a_limit_takes_name_it() {
    let rule = |rule: RuleCode, change: &dyn Fn(&mut Problem)| {
        let found = short(change);
        let [(told, cause, missing)] = found[..] else { panic!("one for {rule}: {found:?}") };
        assert_eq!((told, cause), (rule, None));
        missing
    };
    let missing = rule(RuleCode::WorkDaysWeek, &|it| it.terms[0].max_days_week = 4);
    assert_eq!(missing, hours(480));
    assert_eq!(rule(RuleCode::ConsecutiveDays, &|it| it.terms[0].max_run = 1), hours(480));
    let rest = |it: &mut Problem| it.terms[0].min_rest = u32::from(20 * HOUR);
    assert_eq!(rule(RuleCode::MinRest, &rest), hours(480));
    let weekly = |it: &mut Problem| it.terms[0].weekly_rest = Some(u32::from(100 * HOUR));
    rule(RuleCode::WeeklyRest, &weekly);
    let nights = |it: &mut Problem| {
        it.terms[0].templates[0].night = true;
        it.terms[0].max_nights_week = Some(4);
    };
    assert_eq!(rule(RuleCode::NightShifts, &nights), hours(480));
    let weekends = |it: &mut Problem| {
        it.agents[0].weeks[0].min_minutes = 48 * 60;
        it.agents[0].weeks[0].max_minutes = 48 * 60;
        it.terms[0].max_weekends = Some(0);
    };
    assert_eq!(rule(RuleCode::ConsecutiveWeekends, &weekends), hours(480));
    // From 8 on until Wednesday, from 15 on after it.
    let steady = |it: &mut Problem| {
        let morning = Template { days: 0..3, ..shift(8 * HOUR..9 * HOUR, 8) };
        let evening = Template { days: 3..5, ..shift(15 * HOUR..16 * HOUR, 8) };
        it.terms[0].templates = vec![morning, evening];
        it.terms[0].max_start_change = Some(u32::from(2 * HOUR));
    };
    assert_eq!(rule(RuleCode::StartVariance, &steady), hours(480));
    let full = |it: &mut Problem| {
        it.agents[0].room = Some(0);
        let seats = (0..96 * 8).map(|slot| Some(u16::from(slot >= 96 * 3)));
        it.rooms = vec![Room { seats: seats.collect() }];
    };
    assert_eq!(rule(RuleCode::Seats, &full), hours(480));
    let sums = |it: &mut Problem| {
        it.agents[0].weeks[0] = Quota { min_minutes: 2300, max_minutes: 2350, max_days: 7 };
    };
    assert_eq!(rule(RuleCode::ShiftLength, &sums), hours(2300 - 4 * 480));
}

#[test]
fn hours_that_the_past_takes_name_it() {
    let history = Some(ViolationCause::History);
    let run = short(|it| {
        it.agents[0].history = History { last_end: Some(-32), run: 6, ..History::default() };
        it.terms[0].templates[0].days = 0..5;
    });
    assert_eq!(run, [(RuleCode::ConsecutiveDays, history, hours(480))]);
    let rest = short(|it| {
        it.agents[0].history = History { last_end: Some(0), run: 1, ..History::default() };
        it.terms[0].templates[0].days = 0..5;
    });
    assert_eq!(rest, [(RuleCode::MinRest, history, hours(480))]);
}

/// Two are wanted from 9 to 12 on the first day alone; the second of two agents is changed, the first
/// works. What keeps the second one from helping.
fn held_back(change: impl Fn(&mut Problem)) -> (RuleCode, Option<ViolationCause>) {
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let people = vec![agent(0, 40, 1), agent(0, 40, 1)];
    let mut problem = problem(&utc(7), vec![all.clone(), all], people);
    problem.agents[1].terms = 1;
    problem.needs[0][36..48].fill(200);
    change(&mut problem);
    let found = run(&problem, 50);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    let mut gaps = unmet.iter().filter(|it| matches!(it.what, Missing::Cover { .. }));
    let (Some(gap), None) = (gaps.next(), gaps.next()) else { panic!("one gap: {unmet:?}") };
    assert_eq!(gap.held_back, [(gap.rule, 1)]);
    (gap.rule, gap.cause)
}

#[test]
fn missing_cover_names_what_bars_who_could_help() {
    let monday = |bar: Bar| held_back(|it| it.agents[1].blocked = vec![block(bar, 0..96)]);
    for bar in Bar::ALL {
        assert_eq!(monday(bar), bar.rule(), "{bar:?}");
    }
    let lunch = held_back(|it| it.agents[1].closures = std::iter::once(52..56).collect());
    assert_eq!(lunch, (RuleCode::OpeningHours, None));
    let both = held_back(|it| {
        let closed = block(Bar::OpeningHours, 50..60);
        it.agents[1].blocked = vec![block(Bar::TimeOff, 0..44), closed];
    });
    assert_eq!(both, Bar::TimeOff.rule(), "what lies over the gap itself");
}

#[test]
fn missing_cover_names_the_pattern_that_keeps_away() {
    let pattern = (RuleCode::StartBand, None);
    assert_eq!(held_back(|it| it.agents[1].days_off = vec![0]), pattern);
    let band = WeekBand { starts: (15 * HOUR, 16 * HOUR), lengths: (0, 96) };
    assert_eq!(held_back(|it| it.agents[1].bands = vec![Some(band)]), pattern);
}

#[test]
fn missing_cover_names_the_limit_that_one_more_shift_would_exceed() {
    let limit = |change: &dyn Fn(&mut Problem)| held_back(change).0;
    let rest = limit(&|it| {
        it.agents[1].history = History { last_end: Some(0), run: 1, ..History::default() };
    });
    assert_eq!(rest, RuleCode::MinRest);
    let run = limit(&|it| {
        it.agents[1].history = History { last_end: Some(-32), run: 6, ..History::default() };
    });
    assert_eq!(run, RuleCode::ConsecutiveDays);
    let nights = limit(&|it| {
        it.terms[1].templates[0].night = true;
        it.terms[1].max_nights_week = Some(0);
    });
    assert_eq!(nights, RuleCode::NightShifts);
    let hours = limit(&|it| {
        it.agents[1].weeks[0] = Quota { min_minutes: 0, max_minutes: 60, max_days: 7 };
    });
    assert_eq!(hours, RuleCode::ContractHours);
    let days = limit(&|it| it.agents[1].weeks[0].max_days = 0);
    assert_eq!(days, RuleCode::WorkDaysWeek);
}

#[test]
fn a_day_is_full_of_people_whose_week_is_full() {
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let mut problem = problem(&utc(7), vec![all], vec![agent(0, 40, 1), agent(0, 40, 1)]);
    for day in 0..7 {
        problem.needs[0][96 * day + 36..96 * day + 48].fill(200);
    }
    let found = run(&problem, 50);
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    assert!(unmet.iter().any(|it| it.rule == RuleCode::ContractHours), "{unmet:?}");
}

/// A week of an agent in shifts of 8 h from 8 on; why the hours of the contract are not there.
fn told(world: &World, patterns: &[StartPattern]) -> Vec<(RuleCode, Option<ViolationCause>)> {
    let axis = half_hours(world, 7);
    let (shapes, needs) = ([plain_shape(8, (8, 8))], [queue_need(1, vec![0; axis.len])]);
    let task = task(world, (date(2026, 3, 2), 7), &shapes, axis, &needs);
    let prepared = Task { patterns, ..task }.prepare();
    let options = Options { seed: 1, iterations: 10 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let report = prepared.report(&found.expect("a sound problem")).expect("a sound problem");
    let hours = report.shortfalls.into_iter().filter(|it| matches!(it.lack, Lack::Hours { .. }));
    hours.map(|it| (it.rule, it.cause)).collect()
}

fn employed() -> World {
    let mut world = World::march();
    let weekly = crate::schedules::Bounds::between(37 * sample::HOUR, 40 * sample::HOUR);
    let contract = ContractTerms { weekly_seconds: weekly, ..ContractTerms::full_time() };
    world.plan(1).contract = contract;
    world
}

#[test]
fn a_week_of_days_at_which_the_site_is_closed_is_told_as_opening_hours() {
    let mut world = employed();
    assert_eq!(told(&world, &[]), []);
    let site = world.plan(1).site;
    let open = [3, 4, 5]
        .map(|day| world.span(&format!("2026-03-0{day}T06:00"), &format!("2026-03-0{day}T22:00")));
    world.sites.push(crate::schedules::SiteLimits { site, open: Some(open.to_vec()), seats: None });
    assert_eq!(told(&world, &[]), [(RuleCode::OpeningHours, None)]);
}

#[test]
fn a_week_of_days_that_a_pattern_keeps_free_is_told_as_its_starts() {
    let world = employed();
    let at = time(8, 0, 0, 0);
    let week = |days: &[i64]| {
        let weekdays = Some(Weekdays::of(days.iter().copied()).expect("weekdays"));
        let week = PatternWeek { weekdays, ..PatternWeek::of(TimeBand { from: at, to: at }) };
        [StartPattern { agent: sample::agent(1), weeks: vec![Some(week)], first_week: 0 }]
    };
    assert_eq!(told(&world, &week(&[1, 2, 3, 4, 5])), []);
    assert_eq!(told(&world, &week(&[1, 2, 3])), [(RuleCode::StartBand, None)]);
}
