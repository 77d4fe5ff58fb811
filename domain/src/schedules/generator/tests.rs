use std::ops::ControlFlow;

use jiff::{civil, tz::TimeZone};
use proptest::prelude::*;

use super::{legality::faults, *};
use crate::schedules::ActivityCategory;

/// Hours in slots of a quarter of an hour.
pub(super) const HOUR: u16 = 4;

pub(super) fn shift(starts: impl Iterator<Item = u16>, hours: u16) -> Template {
    let length = hours * HOUR;
    let middle = length / 2;
    let pause = |earliest, latest| Pause {
        earliest,
        latest,
        length: 1,
        category: ActivityCategory::Break,
        paid: true,
    };
    Template {
        days: Template::ALWAYS,
        starts: starts.collect(),
        length,
        paid_minutes: hours * 60,
        pauses: vec![pause(middle - 4, middle + 4)],
        max_stretch: 5 * HOUR,
        night: false,
        shape: None,
    }
}

pub(super) fn terms(templates: Vec<Template>) -> Terms {
    Terms {
        templates,
        min_rest: u32::from(11 * HOUR),
        max_run: 6,
        max_days_week: 6,
        weekly_rest: None,
        max_start_change: None,
        max_nights_week: None,
        max_weekends: None,
        usual: None,
    }
}

pub(super) fn block(bar: Bar, slots: std::ops::Range<Slot>) -> Block {
    Block { bar, slots }
}

pub(super) fn agent(terms: usize, week_hours: u16, weeks: usize) -> Agent {
    let minutes = week_hours * 60;
    Agent {
        terms,
        room: None,
        covers: Vec::new(),
        weeks: vec![Quota { min_minutes: minutes, max_minutes: minutes, max_days: 7 }; weeks],
        blocked: Vec::new(),
        closures: Vec::new(),
        bands: Vec::new(),
        days_off: Vec::new(),
        kept: Vec::new(),
        held: Vec::new(),
        closed: Vec::new(),
        history: History::default(),
    }
}

pub(super) fn problem(calendar: &Calendar, terms: Vec<Terms>, agents: Vec<Agent>) -> Problem {
    Problem {
        days: calendar.days.clone(),
        needs: vec![vec![0; calendar.end() as usize]],
        carried: Vec::new(),
        rooms: Vec::new(),
        terms,
        agents,
        weights: Weights::default(),
    }
}

/// Wants `agents` in the hours `[from, to)` of each day.
fn want(problem: &mut Problem, from: u16, to: u16, agents: u32) {
    for day in problem.days.clone() {
        for step in from * HOUR..to * HOUR {
            problem.needs[0][day.wall[usize::from(step)] as usize] = agents * 100;
        }
    }
}

pub(super) fn utc(days: usize) -> Calendar {
    Calendar::new(civil::date(2026, 3, 2), days, 15, &TimeZone::UTC)
}

pub(super) fn run(problem: &Problem, iterations: u64) -> Found {
    let options = Options { seed: 7, iterations };
    search(problem, options, &mut |_| ControlFlow::Continue(())).expect("a sound problem")
}

/// A site of full-timers and part-timers with two humps a day and night shifts.
fn small_site() -> Problem {
    let calendar = utc(28);
    let night = |template| Template { night: true, ..template };
    let full = terms(vec![shift(6 * HOUR..15 * HOUR, 8), night(shift(22 * HOUR..23 * HOUR, 8))]);
    let part = terms(vec![shift(7 * HOUR..18 * HOUR, 4), shift(7 * HOUR..16 * HOUR, 6)]);
    let agents = (0..24).map(|index| match index % 4 {
        3 => agent(1, 20, 4),
        _ => agent(0, 40, 4),
    });
    let mut problem = problem(&calendar, vec![full, part], agents.collect());
    want(&mut problem, 0, 24, 1);
    want(&mut problem, 8, 20, 4);
    want(&mut problem, 9, 12, 9);
    want(&mut problem, 16, 19, 8);
    problem
}

#[test]
fn a_generated_site_keeps_every_limit_and_every_contract() {
    let mut problem = small_site();
    problem.terms[0].weekly_rest = Some(u32::from(36 * HOUR));
    problem.terms[0].max_nights_week = Some(2);
    problem.terms[0].max_weekends = Some(2);
    problem.terms[1].max_start_change = Some(u32::from(2 * HOUR));
    let found = run(&problem, 300);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    for (agent, line) in found.plan.lines.iter().enumerate() {
        let quota = u32::from(problem.agents[agent].weeks[0].min_minutes);
        assert_eq!(problem.week_minutes(agent, line), vec![quota; 4]);
    }
}

#[test]
fn a_generated_site_covers_better_than_fixed_shifts() {
    let problem = small_site();
    let fixed = fixed_shifts(&problem).expect("a sound problem");
    assert_eq!(faults(&problem, &fixed), Vec::<String>::new());
    let found = run(&problem, 300);
    let (ours, theirs) = (problem.balance(&found.plan), problem.balance(&fixed));
    assert!(ours.missing * 2 < theirs.missing, "{ours:?} against {theirs:?}");
}

#[test]
fn the_same_seed_gives_the_same_roster() {
    let problem = small_site();
    assert_eq!(run(&problem, 100), run(&problem, 100));
}

#[test]
fn the_cost_never_rises_after_the_first_roster() {
    let problem = small_site();
    let mut costs = Vec::new();
    let options = Options { seed: 3, iterations: 1000 };
    let found = search(&problem, options, &mut |progress| {
        costs.push(progress.cost);
        ControlFlow::Continue(())
    })
    .expect("a sound problem");
    costs.push(found.cost);
    // Of the first roster, of each round, and of the one that is handed back.
    assert_eq!(costs.len(), 1002);
    assert!(costs.is_sorted_by(|earlier, later| earlier >= later), "{costs:?}");
}

#[test]
fn a_stopped_search_hands_back_its_best_roster() {
    let problem = small_site();
    let options = Options { seed: 3, iterations: 1_000_000 };
    let found = search(&problem, options, &mut |progress| {
        if progress.iteration >= 200 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .expect("a sound problem");
    assert_eq!(found.iterations, 200);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
}

#[test]
fn a_search_that_was_ended_is_repeated_by_its_seed_and_its_rounds() {
    let problem = small_site();
    let options = Options { seed: 3, iterations: 1000 };
    let until = |round: u64| {
        let mut told = Vec::new();
        let found = search(&problem, options, &mut |progress| {
            told.push((progress.cost, progress.balance));
            let over = progress.iteration >= round;
            if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (found.expect("a sound problem"), told)
    };
    let (found, told) = until(137);
    assert_eq!((found.iterations, told.len()), (137, 138));
    assert_eq!((found.clone(), told.clone()), until(137), "the same seed, the same roster");
    let (_, more) = until(400);
    assert_eq!(told, more[..138], "a later end changes nothing of what was before it");
    // What is told is of the best roster, not of the one in hand.
    for pair in more.windows(2) {
        assert!(pair[0].0 > pair[1].0 || pair[0] == pair[1], "{pair:?}");
    }
    // Where pauses lie is settled at the end alone, and only to the better.
    let &(cost, balance) = told.last().expect("told");
    assert!(found.cost <= cost, "{} against {cost}", found.cost);
    assert_eq!(balance.needed, found.balance.needed);
}

#[test]
fn part_timers_work_in_the_peaks() {
    // 09–13 and 18–22 want three people, the hours between one.
    let calendar = utc(7);
    let full = terms(vec![shift(8 * HOUR..15 * HOUR, 8)]);
    let part = terms(vec![shift(8 * HOUR..19 * HOUR, 4)]);
    let agents = vec![agent(0, 40, 1), agent(0, 40, 1), agent(1, 20, 1), agent(1, 20, 1)];
    let mut problem = problem(&calendar, vec![full, part], agents);
    want(&mut problem, 9, 22, 1);
    want(&mut problem, 9, 13, 3);
    want(&mut problem, 18, 22, 3);
    let found = run(&problem, 300);
    let peaks = [9 * HOUR..13 * HOUR, 18 * HOUR..22 * HOUR];
    for line in &found.plan.lines[2..] {
        for placed in line.iter().flatten() {
            let span = placed.step..placed.step + 4 * HOUR;
            assert!(
                peaks.iter().any(|peak| peak.start.abs_diff(span.start) <= 2),
                "a part-time shift at step {} lies outside the peaks",
                placed.step
            );
        }
    }
}

#[test]
fn a_night_shift_needs_its_rest_on_the_next_day_too() {
    let calendar = utc(7);
    let all = terms(vec![shift(0..15 * HOUR, 8), shift(22 * HOUR..23 * HOUR, 8)]);
    let mut problem = problem(&calendar, vec![all], vec![agent(0, 40, 1); 6]);
    want(&mut problem, 0, 24, 1);
    let found = run(&problem, 200);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let nights = found.plan.lines.iter().flatten().flatten().filter(|it| it.step >= 22 * HOUR);
    assert!(nights.count() >= 5, "nights are covered");
}

#[test]
fn rest_is_measured_in_real_hours_when_the_clocks_change() {
    // Berlin, 29 March 2026: from 20:00 to 07:00 are only ten hours.
    let zone = TimeZone::get("Europe/Berlin").expect("zone of the bundled database");
    let calendar = Calendar::new(civil::date(2026, 3, 28), 2, 15, &zone);
    assert_eq!(calendar.days[1].end - calendar.days[1].first, 23 * 4);
    let late = shift(std::iter::once(12 * HOUR), 8);
    let early = shift(7 * HOUR..9 * HOUR, 8);
    let person = agent(0, 16, 1);
    let mut problem = problem(&calendar, vec![terms(vec![late, early])], vec![person]);
    let (saturday, sunday) = (problem.days[0].clone(), problem.days[1].clone());
    for hour in 12..20 {
        problem.needs[0][saturday.wall[hour * 4] as usize] = 100;
    }
    for hour in 7..15 {
        problem.needs[0][sunday.wall[hour * 4] as usize] = 100;
    }
    let found = run(&problem, 20);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let steps: Vec<u16> = found.plan.lines[0].iter().flatten().map(|it| it.step).collect();
    assert_eq!(steps, [12 * HOUR, 8 * HOUR]);
}

#[test]
fn history_counts_for_rest_and_run() {
    let calendar = utc(7);
    let mut person = agent(0, 40, 1);
    // Six days in a row, the last one until 22:00: nothing on Monday.
    person.history = History { last_end: Some(-8), run: 6, ..History::default() };
    let mut late = agent(0, 40, 1);
    late.history = History { last_end: Some(-4), run: 1, ..History::default() };
    let all = terms(vec![shift(6 * HOUR..12 * HOUR, 8)]);
    let mut problem = problem(&calendar, vec![all], vec![person, late]);
    want(&mut problem, 6, 14, 2);
    let found = run(&problem, 50);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    assert_eq!(found.plan.lines[0][0], None);
    assert!(found.plan.lines[1][0].is_none_or(|placed| placed.step >= 10 * HOUR));
}

#[test]
fn fractions_of_agents_and_carried_shifts_count() {
    let calendar = utc(1);
    let all = terms(vec![shift(8 * HOUR..9 * HOUR, 8)]);
    let mut problem = problem(&calendar, vec![all], vec![agent(0, 8, 1)]);
    problem.needs[0][40] = 250;
    problem.carried = vec![Carried { covers: QueueSet::ALL, agents: vec![1; 96] }];
    let found = run(&problem, 10);
    assert_eq!(found.balance.needed, 250);
    assert_eq!(found.balance.missing, 50);
}

#[test]
fn contradictions_are_refused_before_the_search() {
    let mut template = shift(0..4, 8);
    template.max_stretch = 2;
    let broken = problem(&utc(7), vec![terms(vec![template])], vec![agent(0, 40, 1)]);
    let options = Options { seed: 1, iterations: 1 };
    let error = search(&broken, options, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error, ProblemError::Template { terms: 0, template: 0 });
}

fn limits() -> impl Strategy<Value = Terms> {
    let lengths = prop::collection::vec((4u16..10, 0u16..23), 1..4);
    let some = prop::option::of::<std::ops::Range<u32>>;
    let few = prop::option::of::<std::ops::Range<u8>>;
    (lengths, (32u32..64, 2u8..7, 2u8..7), some(90..200), some(2..24), few(0..4), few(1..3))
        .prop_map(
            |(
                lengths,
                (min_rest, max_run, max_days_week),
                weekly_rest,
                max_start_change,
                nights,
                weekends,
            )| {
                let templates = lengths.into_iter().map(|(hours, from)| Template {
                    night: from > 17,
                    ..shift((from * HOUR..96).step_by(6).take(6), hours)
                });
                Terms {
                    templates: templates.collect(),
                    min_rest,
                    max_run,
                    max_days_week,
                    weekly_rest,
                    max_start_change,
                    max_nights_week: nights,
                    max_weekends: weekends,
                    usual: None,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_rules_lead_to_an_illegal_roster(
        kinds in prop::collection::vec(limits(), 1..3),
        people in prop::collection::vec(
            (
                (0usize..3, 0usize..4),
                10u16..50,
                0u32..2000,
                1u32..200,
                prop::option::of(-90i32..10),
                0u8..5,
            ),
            1..5,
        ),
        start in 0i64..200,
        need in prop::collection::vec(0u32..6, 8),
    ) {
        let zone = TimeZone::get("Europe/Berlin").expect("zone of the bundled database");
        let date = civil::date(2026, 3, 2) + jiff::Span::new().days(start);
        let calendar = Calendar::new(date, 24, 15, &zone);
        let probe = problem(&calendar, Vec::new(), Vec::new());
        let people = people.into_iter().map(|((terms, skills), hours, from, length, last_end, run)| {
            let mut person = agent(terms % kinds.len(), hours, probe.weeks());
            person.blocked = vec![block(Bar::Availability, from..from + length)];
            person.covers = vec![(0..2).filter(|queue| skills & (1 << queue) != 0).collect()];
            person.weeks[1].max_minutes += 300;
            person.history.last_end = last_end;
            person.history.run = if last_end.is_some_and(|end| end > -90) { run } else { 0 };
            person
        });
        let mut problem = Problem { terms: kinds.clone(), agents: people.collect(), ..probe };
        for (slot, wanted) in problem.needs[0].iter_mut().enumerate() {
            *wanted = need[slot / 12 % need.len()] * 70;
        }
        let second = problem.needs[0].iter().map(|wanted| (350 - wanted) / 2).collect();
        problem.needs.push(second);
        let found = run(&problem, 12);
        prop_assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
        prop_assert_eq!(problem.balance(&found.plan), found.balance);
    }
}
