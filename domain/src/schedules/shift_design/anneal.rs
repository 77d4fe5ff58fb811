//! Simulated annealing over duties: add one, drop one, move one to another shift, turn a whole
//! shift into another.

use std::ops::ControlFlow;

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    super::generator::Options,
    problem::{DesignError, DesignProblem, DesignedShift, ShiftDesign},
};

/// Moves between two looks at temperature and progress.
const STRIDE: u64 = 1024;

/// Minutes by which start and end of shifts may differ that count as neighbours.
const NEAR_MINUTES: u16 = 60;

/// Searches a good design. `options.iterations` counts moves: a million take about a second and
/// are plenty for a week of half hours. `progress` gets the moves tried and the least cost so far
/// every thousand moves; [`ControlFlow::Break`] ends the search with the best design so far.
///
/// # Errors
/// [`DesignError`] when the parts of the problem do not fit each other.
pub fn design_shifts(
    problem: &DesignProblem,
    options: Options,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<ShiftDesign, DesignError> {
    let mut anneal = Anneal::new(problem, options.seed)?;
    let moves = anneal.run(options.iterations, progress);
    Ok(anneal.best_design(moves))
}

/// A possible shift.
struct Candidate {
    start: u16,
    length: u16,
    /// Shifts that start and end about when it does.
    near: Vec<usize>,
}

/// So many agents more or less on one shift of one day.
#[derive(Debug, Clone, Copy)]
struct Step {
    shift: usize,
    day: usize,
    by: i32,
}

struct Anneal<'a> {
    problem: &'a DesignProblem,
    days: usize,
    shifts: Vec<Candidate>,
    /// Agents by shift and day.
    agents: Vec<u16>,
    /// Agents by shift over all days.
    total: Vec<u32>,
    /// Shifts that somebody works, in no order.
    used: Vec<usize>,
    /// Where a used shift stands in `used`.
    place: Vec<usize>,
    /// Agents there minus agents needed, by slot.
    surplus: Vec<i32>,
    /// Cost of a slot in which one is missing, and too many.
    under: i64,
    over: i64,
    cost: i64,
    best: (i64, Vec<u16>),
    random: Xoshiro256PlusPlus,
}

impl<'a> Anneal<'a> {
    fn new(problem: &'a DesignProblem, seed: u64) -> Result<Self, DesignError> {
        let shifts = candidates(problem)?;
        let days = problem.days();
        let slot = i64::from(problem.slot_minutes);
        let (under, over) =
            (i64::from(problem.under_weight) * slot, i64::from(problem.over_weight) * slot);
        let needed: i64 = problem.need.iter().map(|&need| i64::from(need)).sum();
        let agents = vec![0; shifts.len() * days];
        Ok(Self {
            problem,
            days,
            total: vec![0; shifts.len()],
            place: vec![0; shifts.len()],
            used: Vec::new(),
            surplus: problem.need.iter().map(|&need| -i32::from(need)).collect(),
            under,
            over,
            cost: needed * under,
            best: (needed * under, agents.clone()),
            agents,
            shifts,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
        })
    }

    fn run(&mut self, moves: u64, progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> u64 {
        // One slot or one shift is what costs differ by: from about two of them down to a small
        // part of one.
        let unit = self.under.min(self.over).max(i64::from(self.problem.shift_cost)).max(1) as f64;
        let (first, last) = (2.0 * unit, unit / 15.0);
        let mut heat = first;
        let mut steps = Vec::new();
        for done in 0..moves {
            if done.is_multiple_of(STRIDE) {
                heat = first * (last / first).powf(done as f64 / moves as f64);
                if progress(done, self.best.0.unsigned_abs()).is_break() {
                    return done;
                }
            }
            let before = self.cost;
            self.propose(&mut steps);
            for step in &steps {
                self.apply(*step);
            }
            let worse = (self.cost - before) as f64;
            if worse > 0.0 && self.luck() >= (-worse / heat).exp() {
                for step in steps.iter().rev() {
                    self.apply(Step { by: -step.by, ..*step });
                }
            } else if self.cost < self.best.0 {
                self.best.0 = self.cost;
                self.best.1.clone_from(&self.agents);
            }
        }
        moves
    }

    /// Draws a move. The shares were found by trial on published instances.
    fn propose(&mut self, steps: &mut Vec<Step>) {
        steps.clear();
        let kind = self.draw(100);
        if self.used.is_empty() || kind < 25 {
            let any = self.used.is_empty() || self.draw(20) == 0;
            let shift = if any { self.draw(self.shifts.len()) } else { self.draw_used() };
            let day = self.draw(self.days);
            steps.push(Step { shift, day, by: 1 });
            return;
        }
        let shift = self.draw_used();
        if kind < 90 {
            let day = self.draw_worked_day(shift);
            steps.push(Step { shift, day, by: -1 });
            if kind >= 45 {
                let other = if self.draw(3) > 0 { self.draw_used() } else { self.draw_near(shift) };
                steps.push(Step { shift: other, day, by: 1 });
            }
            return;
        }
        let other = if kind < 93 { self.draw_used() } else { self.draw_near(shift) };
        if other == shift {
            return;
        }
        for day in 0..self.days {
            let by = i32::from(self.agents[shift * self.days + day]);
            if by > 0 {
                steps.push(Step { shift, day, by: -by });
                steps.push(Step { shift: other, day, by });
            }
        }
    }

    fn apply(&mut self, Step { shift, day, by }: Step) {
        let Candidate { start, length, .. } = self.shifts[shift];
        let slots = self.surplus.len();
        let mut slot = day * usize::from(self.problem.slots_per_day) + usize::from(start);
        for _ in 0..length {
            if slot >= slots {
                slot -= slots;
            }
            let surplus = self.surplus[slot];
            self.surplus[slot] = surplus + by;
            self.cost += self.cost_of(surplus + by) - self.cost_of(surplus);
            slot += 1;
        }
        let agents = &mut self.agents[shift * self.days + day];
        *agents = agents.saturating_add_signed(by as i16);
        let before = self.total[shift];
        let after = before.saturating_add_signed(by);
        self.total[shift] = after;
        let shift_cost = i64::from(self.problem.shift_cost);
        if before == 0 && after > 0 {
            self.cost += shift_cost;
            self.place[shift] = self.used.len();
            self.used.push(shift);
        } else if before > 0 && after == 0 {
            self.cost -= shift_cost;
            let place = self.place[shift];
            self.used.swap_remove(place);
            if let Some(&moved) = self.used.get(place) {
                self.place[moved] = place;
            }
        }
    }

    const fn cost_of(&self, surplus: i32) -> i64 {
        if surplus < 0 { -(surplus as i64) * self.under } else { surplus as i64 * self.over }
    }

    fn best_design(&self, moves: u64) -> ShiftDesign {
        let mut surplus: Vec<i64> =
            self.problem.need.iter().map(|&need| -i64::from(need)).collect();
        let mut shifts = Vec::new();
        for (shift, agents) in self.shifts.iter().zip(self.best.1.chunks(self.days)) {
            if agents.iter().all(|&agents| agents == 0) {
                continue;
            }
            for (day, &agents) in agents.iter().enumerate() {
                let from = day * usize::from(self.problem.slots_per_day) + usize::from(shift.start);
                for slot in from..from + usize::from(shift.length) {
                    let slots = surplus.len();
                    surplus[slot % slots] += i64::from(agents);
                }
            }
            let agents = agents.to_vec();
            shifts.push(DesignedShift { start: shift.start, length: shift.length, agents });
        }
        let minutes = |slots: i64| slots.unsigned_abs() * u64::from(self.problem.slot_minutes);
        ShiftDesign {
            shifts,
            under_minutes: minutes(surplus.iter().filter(|surplus| **surplus < 0).sum()),
            over_minutes: minutes(surplus.iter().filter(|surplus| **surplus > 0).sum()),
            cost: self.best.0.unsigned_abs(),
            moves,
        }
    }

    fn draw(&mut self, below: usize) -> usize {
        ((u128::from(self.random.next_u64()) * below as u128) >> 64) as usize
    }

    fn luck(&mut self) -> f64 {
        (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn draw_used(&mut self) -> usize {
        let place = self.draw(self.used.len());
        self.used[place]
    }

    /// A neighbour of the shift, or another used one when it has none.
    fn draw_near(&mut self, shift: usize) -> usize {
        let near = self.shifts[shift].near.len();
        if near == 0 {
            return self.draw_used();
        }
        let place = self.draw(near);
        self.shifts[shift].near[place]
    }

    /// A day on which somebody works the shift.
    fn draw_worked_day(&mut self, shift: usize) -> usize {
        let first = self.draw(self.days);
        let worked = |day: &usize| self.agents[shift * self.days + day] > 0;
        (first..self.days).chain(0..first).find(worked).unwrap_or(first)
    }
}

fn candidates(problem: &DesignProblem) -> Result<Vec<Candidate>, DesignError> {
    let shifts = problem.possible_shifts()?;
    let reach = (NEAR_MINUTES / problem.slot_minutes).max(1);
    let near = |a: (u16, u16), b: (u16, u16)| {
        a != b && a.0.abs_diff(b.0) <= reach && (a.0 + a.1).abs_diff(b.0 + b.1) <= reach
    };
    let candidate = |&(start, length): &(u16, u16)| Candidate {
        start,
        length,
        near: (0..shifts.len()).filter(|&other| near((start, length), shifts[other])).collect(),
    };
    Ok(shifts.iter().map(candidate).collect())
}
