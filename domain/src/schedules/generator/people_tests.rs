//! How generated weeks are for those who work them.

use super::{
    legality::faults,
    people::People,
    shape::terms_of,
    tests::{HOUR, agent, block, problem, run, shift, terms, utc},
    *,
};
use crate::schedules::{Bounds, ContractKind, ContractTerms, RuleLimits};

/// Contracts of 32 to 40 h in shifts of eight, six and four hours from 6 o'clock on.
fn whole_days() -> Terms {
    let all = [8, 6, 4].map(|hours| shift((6 * HOUR..(24 - hours) * HOUR + 1).step_by(2), hours));
    Terms { usual: Some(UsualDay { paid_minutes: 480, days: 5 }), ..terms(all.to_vec()) }
}

fn full_timer(weeks: usize) -> Agent {
    let quota = Quota { min_minutes: 32 * 60, max_minutes: 40 * 60, max_days: 7 };
    Agent { weeks: vec![quota; weeks], ..agent(0, 40, weeks) }
}

/// Wants `agents` in the hours `[from, to)` of a day.
fn want(problem: &mut Problem, day: usize, (from, to): (u16, u16), agents: u32) {
    for step in from * HOUR..to * HOUR {
        let slot = problem.days[day].wall[usize::from(step)] as usize;
        problem.needs[0][slot] = agents * 100;
    }
}

/// Two weeks of full-timers, more of whom are wanted by day.
fn full_time_site() -> Problem {
    let mut site = problem(&utc(14), vec![whole_days()], vec![full_timer(2); 16]);
    for day in 0..14 {
        want(&mut site, day, (6, 24), 3);
        want(&mut site, day, (9, 18), 6);
    }
    site
}

/// What a roster is for people, summed over agents and weeks.
#[derive(Debug, Default)]
struct Sums {
    spread_steps: u32,
    short_shifts: usize,
    sixth_days: usize,
    lone_days_off: usize,
}

fn sums(site: &Problem, plan: &Plan) -> Sums {
    let mut all = Sums::default();
    for line in &plan.lines {
        for week in line.chunks(7) {
            let steps = || week.iter().flatten().map(|placed| placed.step);
            let spread = steps().max().unwrap_or(0) - steps().min().unwrap_or(0);
            all.spread_steps += u32::from(spread);
            all.sixth_days += usize::from(steps().count() > 5);
            let paid = |placed: &&Placed| {
                site.terms[0].templates[usize::from(placed.template)].paid_minutes < 480
            };
            all.short_shifts += week.iter().flatten().filter(paid).count();
        }
        let lone =
            |days: &&[Option<Placed>]| days[0].is_some() && days[1].is_none() && days[2].is_some();
        all.lone_days_off += line.windows(3).filter(lone).count();
    }
    all
}

#[test]
fn weeks_are_steadier_and_their_days_longer_and_fewer_at_the_same_cover() {
    let site = full_time_site();
    let mut careless = site.clone();
    let weights = &mut careless.weights;
    (weights.apart_hour, weights.short_hour) = (0, 0);
    (weights.extra_day, weights.lone_day_off) = (0, 0);
    let (ours, theirs) = (run(&site, 400), run(&careless, 400));
    assert_eq!(faults(&site, &ours.plan), Vec::<String>::new());
    let percent = |of: &Found| of.balance.missing_percent();
    assert!(percent(&ours) <= percent(&theirs) + 0.5, "{} {}", percent(&ours), percent(&theirs));
    let (ours, theirs) = (sums(&site, &ours.plan), sums(&site, &theirs.plan));
    let all = format!("{ours:?} against {theirs:?}");
    assert!(ours.spread_steps * 4 < theirs.spread_steps * 3, "{all}");
    assert!(ours.short_shifts * 2 < theirs.short_shifts, "{all}");
    assert!(ours.sixth_days * 2 < theirs.sixth_days, "{all}");
    assert!(ours.lone_days_off < theirs.lone_days_off, "{all}");
}

#[test]
fn a_gap_is_filled_far_from_the_other_starts_by_a_short_shift() {
    let mut site = problem(&utc(7), vec![whole_days()], vec![full_timer(1)]);
    for day in 0..4 {
        want(&mut site, day, (6, 14), 1);
    }
    want(&mut site, 4, (20, 24), 1);
    let friday = site.days[4].first;
    let day = friday..friday + Slot::from(20 * HOUR);
    site.agents[0].blocked = vec![block(Bar::Availability, day)];
    let line = &run(&site, 20).plan.lines[0];
    let days: Vec<_> = line.iter().map(|it| it.map(|it| (it.step, it.template))).collect();
    let early = Some((6 * HOUR, 0));
    assert_eq!(days, [early, early, early, early, Some((20 * HOUR, 2)), None, None]);
}

#[test]
fn starts_on_both_sides_of_midnight_are_near_each_other() {
    let night = shift((0..96).step_by(4), 8);
    let usual = Some(UsualDay { paid_minutes: 480, days: 5 });
    let site = problem(&utc(7), vec![Terms { usual, ..terms(vec![night]) }], vec![full_timer(1)]);
    let people = People::new(&site);
    let cost = |hours: [Option<u16>; 7]| {
        let line = hours.map(|hour| {
            let step = hour? * HOUR;
            Some(Placed { template: 0, step, start: 0, pauses: [0; MAX_PAUSES] })
        });
        people.cost(&site, 0, &line)
    };
    assert_eq!(cost([Some(23); 7]), 2 * 900);
    let two = |one, other| cost([Some(one), Some(other), None, None, None, None, None]);
    assert_eq!(two(23, 0), 100);
    assert_eq!(two(23, 1), two(8, 10));
    assert_eq!(two(23, 11), 3840);
    assert_eq!(cost([Some(8), None, Some(8), Some(8), None, None, Some(8)]), 300);
}

#[test]
fn only_part_time_contracts_are_for_short_days() {
    let of = |contract: &ContractTerms| {
        let shapes = ShiftShape::usual();
        terms_of(&RuleLimits::default(), contract, (&shapes, &[]), &utc(7)).usual
    };
    let weekly = Bounds { min: Some(32 * 3600), max: Some(40 * 3600) };
    let usual = Some(UsualDay { paid_minutes: 480, days: 5 });
    assert_eq!(of(&ContractTerms::of_hours(ContractKind::Regular, weekly)), usual);
    assert_eq!(of(&ContractTerms::of_hours(ContractKind::PartTime, weekly)), None);
    // Where no longer shift is allowed, six hours are a whole day.
    let mut short = ContractTerms::of_hours(ContractKind::Regular, weekly);
    short.shift_seconds.max = Some(6 * 3600);
    assert_eq!(of(&short).map(|usual| usual.paid_minutes), Some(360));
}
