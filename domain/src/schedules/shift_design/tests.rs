use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::schedules::generator::Options;

/// A week of hours in which each day needs `need` by hour; day shifts of seven to nine hours.
fn week(day: [u16; 24]) -> DesignProblem {
    DesignProblem {
        slot_minutes: 60,
        slots_per_day: 24,
        need: day.repeat(7),
        windows: vec![
            ShiftWindow { first_start: 5, last_start: 9, shortest: 7, longest: 9 },
            ShiftWindow { first_start: 13, last_start: 22, shortest: 7, longest: 9 },
        ],
        under_weight: 1,
        over_weight: 1,
        shift_cost: 60,
    }
}

fn design(problem: &DesignProblem, seed: u64, moves: u64) -> ShiftDesign {
    design_shifts(problem, Options { seed, iterations: moves }, &mut |_, _| {
        ControlFlow::Continue(())
    })
    .unwrap()
}

/// Missing and superfluous agent-minutes, counted anew by looking at each slot for the shifts over it.
fn recount(problem: &DesignProblem, design: &ShiftDesign) -> (u64, u64) {
    let (mut under, mut over) = (0, 0);
    let slots = problem.need.len();
    for (slot, &need) in problem.need.iter().enumerate() {
        let mut there = 0;
        for shift in &design.shifts {
            for (day, &agents) in shift.agents.iter().enumerate() {
                let start = day * usize::from(problem.slots_per_day) + usize::from(shift.start);
                if (slot + slots - start % slots) % slots < usize::from(shift.length) {
                    there += i64::from(agents);
                }
            }
        }
        let surplus = there - i64::from(need);
        let minutes = surplus.unsigned_abs() * u64::from(problem.slot_minutes);
        if surplus < 0 { under += minutes } else { over += minutes }
    }
    (under, over)
}

#[test]
fn a_need_made_of_two_shifts_is_met_by_two_shifts() {
    let mut need = [0; 24];
    need[8..16].fill(5);
    need[14..22].iter_mut().for_each(|need| *need += 3);
    let design = design(&week(need), 1, 60_000);
    assert_eq!((design.under_minutes, design.over_minutes, design.cost), (0, 0, 120));
    let starts: Vec<_> = design.shifts.iter().map(|shift| (shift.start, shift.length)).collect();
    assert_eq!(starts, [(8, 8), (14, 8)]);
    assert_eq!(design.shifts[0].agents, [5; 7]);
}

#[test]
fn a_night_shift_of_the_last_day_covers_the_first_morning() {
    let mut need = [0; 24];
    need[..6].fill(2);
    need[22..].fill(2);
    let design = design(&week(need), 1, 60_000);
    assert_eq!((design.under_minutes, design.over_minutes), (0, 0));
    assert_eq!(design.shifts.len(), 1);
}

#[test]
fn the_same_seed_and_moves_give_the_same_design() {
    let problem = week(std::array::from_fn(|hour| (hour as u16 * 7) % 12));
    assert_eq!(design(&problem, 9, 20_000), design(&problem, 9, 20_000));
}

#[test]
fn a_stopped_search_says_how_far_it_came_and_gives_its_best() {
    let problem = week([4; 24]);
    let options = Options { seed: 1, iterations: 1_000_000 };
    let stop = &mut |moves, _| {
        if moves >= 10_240 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = design_shifts(&problem, options, stop).unwrap();
    assert_eq!(stopped.moves, 10_240);
    assert!(stopped.cost < 4 * 24 * 7 * 60);
}

#[test]
fn the_cost_told_never_rises() {
    let mut told = Vec::new();
    let options = Options { seed: 3, iterations: 30_000 };
    design_shifts(&week([6; 24]), options, &mut |_, cost| {
        told.push(cost);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(told.is_sorted_by(|a, b| a >= b) && told.len() > 20);
}

#[test]
fn parts_that_do_not_fit_are_named() {
    let error = |change: fn(&mut DesignProblem)| {
        let mut problem = week([1; 24]);
        change(&mut problem);
        design_shifts(&problem, Options { seed: 1, iterations: 1 }, &mut |_, _| {
            ControlFlow::Continue(())
        })
        .unwrap_err()
    };
    assert_eq!(error(|it| it.slot_minutes = 0), DesignError::Day { minutes: 0, per_day: 24 });
    assert_eq!(error(|it| it.need.truncate(100)), DesignError::Need { slots: 100 });
    assert_eq!(error(|it| it.windows[1].longest = 6), DesignError::Window { window: 1 });
    assert_eq!(error(|it| it.windows.clear()), DesignError::Shifts { shifts: 0 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_sums_are_those_of_a_recount(
        need in proptest::collection::vec(0_u16..9, 48),
        weights in (0_u32..4, 0_u32..4, 0_u32..200),
        seed in any::<u64>(),
    ) {
        let problem = DesignProblem {
            need,
            under_weight: weights.0,
            over_weight: weights.1,
            shift_cost: weights.2,
            ..week([0; 24])
        };
        let design = design(&problem, seed, 3_000);
        let (under, over) = recount(&problem, &design);
        prop_assert_eq!((design.under_minutes, design.over_minutes), (under, over));
        let cost = under * u64::from(weights.0) + over * u64::from(weights.1)
            + design.shifts.len() as u64 * u64::from(weights.2);
        prop_assert_eq!(design.cost, cost);
    }
}
