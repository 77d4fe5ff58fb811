//! What a search finds, judged by a slow checker that shares nothing with it.

mod checker;
mod dice;

use std::ops::ControlFlow;

use proptest::prelude::*;

use self::{
    checker::{broken, recount},
    dice::Dice,
};
use super::{
    line::Programme,
    rules::Rules,
    search::{Search, Work},
    *,
};

/// What a search finds in so many rounds, ended after `stop`, with all that it told.
fn run(
    problem: &Problem,
    seed: u64,
    rounds: u64,
    stop: u64,
) -> Result<(Found, Vec<Progress>), ProblemError> {
    let mut told = Vec::new();
    let pace = Rounds(rounds);
    let found = search(problem, Options { seed, pace: &pace }, &mut |progress| {
        // While prices settle it, the first roster is told again.
        if told.last() != Some(&progress) {
            told.push(progress);
        }
        if progress.rounds < stop { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok((found, told))
}

/// One who may work anything on any day, five days a week.
fn anybody(weeks: usize, kinds: usize) -> Person {
    let week = |week| Period {
        end: 7 * (week + 1),
        min_minutes: 5 * 480,
        max_minutes: 5 * 480,
        max_days: 5,
    };
    Person {
        possible: vec![(2 << kinds) - 1; 7 * weeks],
        forbidden_next: vec![0; kinds],
        most_of: vec![u32::MAX; kinds],
        periods: (0..weeks).map(week).collect(),
        max_run: 5,
        min_run: 2,
        min_off: 2,
        max_weekends: u32::MAX,
        run_before: 0,
        wishes: Vec::new(),
    }
}

/// Seven people, an early and a late shift, late never before early: three early and two late on each
/// day take what all have, so that nobody is missing only if blocks of five days interlock.
fn interlocked(weeks: usize) -> Problem {
    let wanted = |people| Wanted { people, under: 100, over: 1 };
    let mut person = anybody(weeks, 2);
    person.forbidden_next[1] = 0b010;
    Problem {
        days: (0..7 * weeks as u16)
            .map(|day| Day { weekend: (day % 7 > 4).then_some(day / 7) })
            .collect(),
        minutes: vec![480; 2],
        people: vec![person; 7],
        wanted: vec![vec![wanted(3), wanted(2)]; 7 * weeks],
    }
}

#[test]
fn a_plan_that_can_be_met_is_met() {
    let (found, told) = run(&interlocked(2), 1, 300, 300).unwrap();
    assert_eq!(found.cost, 0);
    assert_eq!(told.last().map(|it| it.missing), Some(0));
}

#[test]
fn wishes_are_met_as_far_as_nobody_is_missing() {
    let mut problem = interlocked(2);
    for person in &mut problem.people {
        person.wishes.push(Wish { day: 3, any_of: 1, weight: 1 });
    }
    // Two of seven can have the day off.
    let (found, _) = run(&problem, 1, 300, 300).unwrap();
    assert_eq!(found.cost, 5);
}

#[test]
fn no_rounds_make_the_first_roster_only() {
    let (found, told) = run(&interlocked(2), 1, 0, 9).unwrap();
    assert_eq!((found.rounds, told.len()), (0, 1));
    assert_eq!(found.cost, recount(&interlocked(2), &found.lines));
}

#[test]
fn one_who_must_work_longer_than_may_be_has_no_line() {
    let mut problem = interlocked(1);
    problem.people[2].possible = vec![0b110; 7];
    assert_eq!(run(&problem, 1, 5, 5).unwrap_err(), ProblemError::NoLine { people: vec![2] });
}

#[test]
fn all_who_have_no_line_are_told_at_once() {
    let mut problem = interlocked(1);
    problem.people[2].possible = vec![0b110; 7];
    problem.people[5].possible = vec![0b110; 7];
    assert_eq!(run(&problem, 1, 5, 5).unwrap_err(), ProblemError::NoLine { people: vec![2, 5] });
}

#[test]
fn settling_by_prices_can_be_ended_and_leaves_the_first_roster() {
    let (mut told, rounds) = (0, Rounds(1_000_000));
    let found = search(&interlocked(2), Options { seed: 1, pace: &rounds }, &mut |progress| {
        told += 1;
        assert_eq!(progress.rounds, 0);
        if told < 20 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let (first, _) = run(&interlocked(2), 1, 0, 0).unwrap();
    assert_eq!((told, found.unwrap()), (20, first));
}

#[test]
fn who_has_too_long_a_programme_gets_a_kind_that_can_be_worked_and_the_others_are_rebuilt() {
    let mut problem = interlocked(2);
    // The late shift, which is the last of the kinds, is possible on too few days for the hours.
    problem.people.iter_mut().for_each(|of| of.possible = vec![0b011; 14]);
    problem.people[0].possible[3] = 0b111;
    // Hours by the minute make a wide table.
    problem.minutes = vec![480, 479];
    problem.people.iter_mut().for_each(|of| {
        of.periods.iter_mut().for_each(|it| it.min_minutes = 5 * 479);
    });
    let longest = Rules::new(&problem, 0, |_kind| true).work();
    let alone = Rules::new(&problem, 0, |kind| kind == 0).work();
    assert!(alone < longest);
    let most_work = Work { again: longest - 1, once: 0 };
    let found = Search::new(&problem, 1, most_work)
        .run(&Rounds(20), &mut |_, _| ControlFlow::Continue(()))
        .unwrap();
    for (person, line) in found.lines.iter().enumerate() {
        assert_eq!(broken(&problem, person, line), Vec::<&str>::new());
    }
}

#[test]
fn a_programme_that_is_too_long_is_not_run_at_all() {
    let mut problem = interlocked(1);
    // Neither kind alone gives five days.
    problem.people[0].most_of = vec![3, 3];
    let most_work = |once| Work { again: 0, once };
    let search = |once| {
        Search::new(&problem, 1, most_work(once))
            .run(&Rounds(1), &mut |_, _| ControlFlow::Continue(()))
            .map(|found| found.rounds)
    };
    assert_eq!(search(usize::MAX), Ok(1));
    assert_eq!(search(0), Err(ProblemError::NoLine { people: (0..7).collect() }));
}

#[test]
fn rounds_by_size_do_more_where_there_are_more_days_of_people() {
    let mut problem = interlocked(4);
    assert_eq!(RoundsBySize::of(9, &problem).repeats(), 1);
    let person = problem.people[0].clone();
    problem.people.resize(100, person);
    let pace = RoundsBySize::of(9, &problem);
    assert_eq!((pace.repeats(), pace.spent(9)), (5, 1.0));
    assert!(pace.additions() > 4.0 * Rounds(9).additions());
}

#[test]
fn a_kind_that_is_scarce_and_a_must_leaves_a_line() {
    let mut problem = interlocked(2);
    let person = &mut problem.people[0];
    (person.most_of[0], person.most_of[1]) = (2, 8);
    person.possible[0] = 0b010;
    person.possible[7] = 0b010;
    let (found, _) = run(&problem, 1, 20, 20).unwrap();
    assert_eq!(broken(&problem, 0, &found.lines[0]), Vec::<&str>::new());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let mut problem = interlocked(1);
    problem.wanted.pop();
    assert_eq!(run(&problem, 1, 5, 5).unwrap_err(), ProblemError::Kinds { kinds: 2 });
}

#[test]
fn nobody_and_no_days_make_an_empty_roster() {
    let mut problem = interlocked(1);
    problem.people.clear();
    let (found, _) = run(&problem, 1, 5, 5).unwrap();
    assert_eq!((found.cost, found.lines.len()), (3500, 0));
}

/// Every line over so many days, legal or not.
fn all_lines(days: usize, shifts: u64) -> impl Iterator<Item = Vec<u8>> {
    (0..shifts.pow(days as u32)).map(move |mut number| {
        let digits = (0..days).map(|_day| {
            let digit = (number % shifts) as u8;
            number /= shifts;
            digit
        });
        digits.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_roster_is_legal_and_costs_what_the_checker_says(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (days, kinds, people) = (1 + dice.below(21), 1 + dice.below(4), 1 + dice.below(5));
        let mut problem = dice.problem(days, kinds, people);
        // Whoever has no line would hide the others.
        let found = loop {
            match run(&problem, seed, 12, 12) {
                Err(ProblemError::NoLine { people }) => {
                    people.into_iter().rev().for_each(|person| {
                        problem.people.remove(person);
                    });
                }
                found => break found.unwrap(),
            };
        };
        for (person, line) in found.0.lines.iter().enumerate() {
            prop_assert_eq!(broken(&problem, person, line), Vec::<&str>::new());
        }
        prop_assert_eq!(found.0.cost, recount(&problem, &found.0.lines));
        prop_assert_eq!(found.0.cost, cost(&problem, &found.0.lines));
        prop_assert!(found.1.is_sorted_by(|a, b| a.cost >= b.cost && a.rounds < b.rounds));
    }

    #[test]
    fn the_same_seed_and_rounds_make_the_same_roster(
        seed in any::<u64>(),
        stop in 0_u64..12,
        by_chance in any::<bool>(),
    ) {
        let mut problem = interlocked(2);
        if by_chance {
            problem = Dice::new(seed).problem(14, 2, 3);
            if let Err(ProblemError::NoLine { people }) = run(&problem, seed, 0, 0) {
                people.into_iter().rev().for_each(|person| {
                    problem.people.remove(person);
                });
            }
            prop_assume!(!problem.people.is_empty());
        }
        let (whole, told) = run(&problem, seed, 12, 12).unwrap();
        prop_assert_eq!(&run(&problem, seed, 12, 12).unwrap().0, &whole);
        let (part, first) = run(&problem, seed, 12, stop).unwrap();
        prop_assert_eq!(&told[..=stop as usize], &first[..]);
        prop_assert_eq!((part.rounds, part.cost), (stop, told[stop as usize].cost));
        prop_assert_eq!(part.cost, recount(&problem, &part.lines));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_line_is_cheaper_than_that_of_the_programme(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let days = 1 + dice.below(8);
        let problem = dice.problem(days, 2, 1);
        let costs: Vec<Vec<f32>> = (0..days)
            .map(|_day| (0..3).map(|_shift| dice.below(200) as f32 - 100.0).collect())
            .collect();
        let price = |line: &[u8]| -> f32 {
            line.iter().zip(&costs).map(|(&shift, costs)| costs[usize::from(shift)]).sum()
        };
        let legal = all_lines(days as usize, 3).filter(|line| broken(&problem, 0, line).is_empty());
        let best = legal.map(|line| price(&line)).min_by(f32::total_cmp);

        let rules = Rules::new(&problem, 0, |_kind| true);
        let mut line = Vec::new();
        let found = Programme::default().run(&rules, &costs, &mut line);
        prop_assert_eq!(found, best.is_some(), "{:?}", problem.people);
        if let Some(best) = best {
            prop_assert_eq!(broken(&problem, 0, &line), Vec::<&str>::new());
            // Where two things are scarce, one is priced.
            if rules.counters.len() < 2 {
                prop_assert_eq!(price(&line), best, "{:?}", problem.people);
            }
            prop_assert!(price(&line) >= best);
        }
    }
}
