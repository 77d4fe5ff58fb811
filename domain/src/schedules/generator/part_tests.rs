//! A part of a roster solved again.

use std::{collections::BTreeSet, ops::ControlFlow};

use jiff::civil::date;

use super::{
    task_sample::{new_ids, shape, task, want},
    *,
};
use crate::{
    id::ShiftId,
    schedules::{
        ActivityCategory::{Meeting, OnQueue},
        Change, MergeStep, RuleCode, SeatCount, SeatsFrom, Severity, Shift, SiteLimits, refuses,
        sample::{World, agent, queue_need, site},
    },
};

/// Six agents who all work from six to two, Monday to Friday for two weeks.
fn early_birds() -> World {
    let mut world = World::march();
    for rule in [RuleCode::BreakWindow, RuleCode::ContinuousWork] {
        world.rules.limits.set_severity(rule, Severity::Off);
    }
    for number in 1..=6 {
        for day in (2..=6).chain(9..=13) {
            world.works(number, &format!("2026-03-{day:02}T06:00"), 8.0);
        }
    }
    world
}

fn shifts_of(world: &World) -> impl Iterator<Item = &Shift> {
    world.roster.plans.values().flat_map(|plan| &plan.shifts)
}

fn ids(world: &World) -> BTreeSet<ShiftId> {
    shifts_of(world).map(Shift::id).collect()
}

/// Solves the part again where so many agents are wanted at each hour.
fn solved(world: &World, part: &Part<'_>, agents: impl Fn(i8) -> u16) -> Vec<MergeStep> {
    let (axis, required) = want(world, agents);
    let (shapes, needs) = ([8, 4].map(|it| shape(it, (6, 15))), [queue_need(1, required)]);
    let prepared = task(world, (date(2026, 3, 2), 14), &shapes, axis, &needs).prepare_part(part);
    let options = Options { seed: 5, iterations: 150 };
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()));
    let plan = found.expect("a sound problem").plan;
    prepared.steps(&world.roster, &plan, &mut new_ids()).expect("sound shifts")
}

fn change(steps: &[MergeStep]) -> Change {
    Change::edit(steps.iter().flat_map(|step| step.change().edits).collect())
}

#[test]
fn outside_of_a_part_everything_stands_and_counts() {
    let mut world = early_birds();
    let agents = BTreeSet::from([agent(1), agent(2), agent(3), agent(4)]);
    let days = date(2026, 3, 4)..=date(2026, 3, 6);
    // What was edited is not among those that may change, and a meeting is not lost.
    let at = |world: &World, number, day| {
        let on = |it: &&Shift| it.agent() == agent(number) && it.local_date() == date(2026, 3, day);
        shifts_of(world).find(on).map(Shift::id).expect("a shift")
    };
    let evening = |hour: i8| if (14..22).contains(&hour) { 2 } else { 0 };
    let edited = at(&world, 1, 4);
    let replaced = at(&world, 2, 5);
    world.plan(2).shifts.retain(|shift| shift.id() != replaced);
    let meets = world.shift_of(2, "2026-03-05T06:00", &[(OnQueue, 360), (Meeting, 120)]);
    let meeting = world.put(meets);
    let mut shifts = ids(&world);
    shifts.remove(&edited);
    let part = Part {
        first: *days.start(),
        last: *days.end(),
        agents: Some(&agents),
        shifts: &shifts,
        keep_starts: false,
        keep_paid_time: false,
    };
    let steps = solved(&world, &part, evening);
    assert_eq!(solved(&world, &part, evening), steps, "the same seed, the same answer");
    assert!(!refuses(&world.check(&change(&steps))));
    for step in &steps {
        for shift in step.before.iter().chain(&step.after) {
            assert!(agents.contains(&shift.agent()) && days.contains(&shift.local_date()));
            assert!(![edited, meeting].contains(&shift.id()), "{shift:?}");
        }
    }
    let before = world.clone();
    world.roster.apply(&change(&steps));
    for (number, day) in [(1, 4), (2, 5)] {
        let of_day = |world: &World| {
            let on = |shift: &&Shift| shift.local_date() == date(2026, 3, day);
            world.roster.plans[&agent(number)].shifts.iter().filter(on).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of_day(&world), of_day(&before), "nothing comes beside what stands");
    }
    for day in 4..=6 {
        let late = world.at(&format!("2026-03-{day:02}T18:00"));
        let there = |world: &World| {
            shifts_of(world)
                .filter(|it| it.span().start() <= late && late < it.span().end())
                .count()
        };
        assert_eq!(there(&before), 0);
        assert!(there(&world) >= 2, "the evening of {day} March is covered");
    }
}

#[test]
fn starts_and_paid_time_stay_where_they_are_to_stay() {
    let world = early_birds();
    let shifts = ids(&world);
    for (keep_starts, keep_paid_time) in [(true, false), (false, true), (true, true)] {
        let (first, last) = (date(2026, 3, 2), date(2026, 3, 8));
        let part = Part { first, last, agents: None, shifts: &shifts, keep_starts, keep_paid_time };
        // All six have their meal at ten.
        let steps = solved(&world, &part, |hour| match hour {
            10 => 6,
            14..22 => 2,
            _ => 0,
        });
        assert!(!steps.is_empty(), "starts {keep_starts}, paid time {keep_paid_time}");
        assert!(!refuses(&world.check(&change(&steps))));
        for step in steps {
            let (Some(before), Some(after)) = (step.before, step.after) else {
                panic!("who works on a day goes on doing so, and nobody else")
            };
            assert_eq!((before.id(), before.local_date()), (after.id(), after.local_date()));
            assert!(!keep_starts || before.span().start() == after.span().start());
            assert!(!keep_paid_time || before.paid_seconds() == after.paid_seconds());
        }
    }
}

#[test]
fn what_stands_and_what_is_solved_again_share_the_seats() {
    let mut world = early_birds();
    let zone = world.roster.zone.clone();
    let rows = [SeatsFrom { valid_from: date(2026, 3, 2), seats: Some(2) }];
    let mut seats = SeatCount::empty(&rows, world.roster.window, &zone).expect("two");
    seats.add(site(1), shifts_of(&world));
    world.sites = vec![SiteLimits { site: site(1), open: None, seats: Some(seats) }];
    // Two of the six are not asked: theirs are the seats from six to two.
    let agents: BTreeSet<_> = (1..=4).map(agent).collect();
    let shifts = ids(&world);
    let (first, last) = (date(2026, 3, 4), date(2026, 3, 6));
    let part = Part {
        first,
        last,
        agents: Some(&agents),
        shifts: &shifts,
        keep_starts: false,
        keep_paid_time: false,
    };
    let steps = solved(&world, &part, |hour| if (6..22).contains(&hour) { 4 } else { 0 });
    let change = change(&steps);
    assert!(!refuses(&world.check(&change)));
    world.roster.apply(&change);
    let there = |local: &str| {
        let at = world.at(local);
        shifts_of(&world).filter(|it| it.span().start() <= at && at < it.span().end()).count()
    };
    for day in 4..=6 {
        for quarter in 0..96 {
            let local = format!("2026-03-{day:02}T{:02}:{:02}", quarter / 4, quarter % 4 * 15);
            assert!(there(&local) <= 2, "{} people at {local}", there(&local));
        }
        assert_eq!(there(&format!("2026-03-{day:02}T18:00")), 2, "the evening has seats");
    }
}
