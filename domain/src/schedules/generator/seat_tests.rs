//! Sites with fewer seats than people.

use proptest::prelude::*;

use super::{
    legality::faults,
    tests::{HOUR, agent, block, problem, run, shift, terms, utc},
    *,
};
use crate::schedules::RuleCode;

/// So many full-timers in a room with as many seats at any time of a week, where so many are wanted
/// from 9 to 17; all start from 8 to 9.
fn office(people: usize, seats: u16, wanted: u32) -> Problem {
    let calendar = utc(7);
    let seated = Agent { room: Some(0), ..agent(0, 40, 1) };
    let day = terms(vec![shift(8 * HOUR..9 * HOUR + 1, 8)]);
    let mut problem = problem(&calendar, vec![day], vec![seated; people]);
    problem.rooms = vec![Room { seats: vec![Some(seats); calendar.end() as usize] }];
    for day in problem.days.clone() {
        for step in 9 * HOUR..17 * HOUR {
            problem.needs[0][day.wall[usize::from(step)] as usize] = wanted * 100;
        }
    }
    problem
}

#[test]
fn what_cannot_be_covered_for_lack_of_seats_is_told_as_that() {
    let problem = office(8, 3, 5);
    let found = run(&problem, 100);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let shifts = found.plan.lines.iter().flatten().flatten().count();
    assert_eq!(shifts, 3 * 7, "every seat is used on every day");
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    assert!(unmet.iter().all(|it| it.rule == RuleCode::Seats), "{unmet:#?}");
    let hours = unmet.iter().filter_map(|it| match it.what {
        Missing::Hours { minutes, .. } => Some(minutes),
        Missing::Cover { .. } => None,
    });
    assert_eq!(hours.sum::<u32>(), (8 * 5 - 3 * 7) * 480);
    let gap = unmet.iter().find(|it| matches!(it.what, Missing::Cover { .. }));
    let gap = gap.expect("five are wanted where three can sit");
    assert_eq!(gap.held_back.first(), Some(&(RuleCode::Seats, 5)), "{gap:#?}");
}

#[test]
fn seats_are_named_only_where_they_are_what_is_missing() {
    // Five are wanted and three could sit, but there are only two.
    let problem = office(2, 3, 5);
    let found = run(&problem, 50);
    let unmet = explain(&problem, &found.plan).expect("a sound problem");
    assert!(!unmet.is_empty() && unmet.iter().all(|it| it.rule != RuleCode::Seats), "{unmet:#?}");
    // The same people without a room do the same.
    let mut free = problem;
    free.rooms.clear();
    free.agents.iter_mut().for_each(|agent| agent.room = None);
    assert_eq!(run(&free, 50).balance, found.balance);
}

#[test]
fn two_who_can_share_a_seat_one_after_the_other_both_get_their_hours() {
    // Alone each would work from 9 to 17, where most are wanted.
    let mut problem = office(4, 1, 2);
    problem.terms[0].templates = vec![shift(6 * HOUR..15 * HOUR, 8)];
    problem.terms[0].min_rest = u32::from(7 * HOUR);
    problem.agents.truncate(2);
    for agent in &mut problem.agents {
        agent.blocked = vec![block(Bar::Availability, 0..192)];
    }
    let found = run(&problem, 400);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    for (agent, line) in found.plan.lines.iter().enumerate() {
        assert_eq!(problem.week_minutes(agent, line), [5 * 480], "five days for two people");
    }
}

#[test]
fn who_holds_a_shift_keeps_the_seat_until_another_comes_in_its_place() {
    // Both stand on Monday from 8 on, where there is one seat: what stands may stay, nobody comes.
    let mut problem = office(3, 1, 3);
    let stands = Kept { day: 0, template: 0, step: 8 * HOUR, start: u32::from(8 * HOUR) };
    for person in &mut problem.agents[..2] {
        person.held = vec![Held { shift: stands, starts: false, paid_time: true }];
    }
    let found = run(&problem, 50);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let monday = found.plan.lines.iter().map(|line| line[0].map(|placed| placed.step));
    assert_eq!(monday.collect::<Vec<_>>(), [Some(8 * HOUR), Some(8 * HOUR), None]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nobody_is_planned_to_stand(
        seats in prop::collection::vec(prop::option::of(0u16..4), 1..8),
        people in prop::collection::vec((0usize..2, 8u16..44, any::<bool>(), 0usize..30), 1..8),
        need in prop::collection::vec(0u32..6, 8),
        seed in 0u64..1000,
    ) {
        let calendar = utc(14);
        let full = terms(vec![shift(5 * HOUR..15 * HOUR, 8)]);
        let part = terms(vec![shift(7 * HOUR..20 * HOUR, 4)]);
        let people = people.into_iter().map(|(kind, hours, seated, stands)| {
            let mut person = agent(kind, hours, 2);
            person.room = seated.then_some(0);
            let step = 8 * HOUR;
            let day = stands % 14;
            let start = calendar.days[day].wall[usize::from(step)];
            let kept = Kept { day, template: 0, step, start };
            match stands {
                0..6 => person.kept = vec![kept],
                6..16 => person.held = vec![Held { shift: kept, starts: false, paid_time: false }],
                _ => {}
            }
            person
        });
        let mut problem = problem(&calendar, vec![full, part], people.collect());
        let blocks = |slot: usize| seats[slot / 16 % seats.len()];
        // A shift over the last midnight sits there, too.
        let slots = calendar.end() as usize + 32;
        problem.rooms = vec![Room { seats: (0..slots).map(blocks).collect() }];
        for (slot, wanted) in problem.needs[0].iter_mut().enumerate() {
            *wanted = need[slot / 12 % need.len()] * 100;
        }
        let options = Options { seed, iterations: 30 };
        let found = search(&problem, options, &mut |_| std::ops::ControlFlow::Continue(()));
        let found = found.expect("a sound problem");
        prop_assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
        let fixed = fixed_shifts(&problem).expect("a sound problem");
        prop_assert_eq!(faults(&problem, &fixed), Vec::<String>::new());
    }
}
