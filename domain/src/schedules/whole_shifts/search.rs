//! Annealing with two kinds of steps: many small moves, and now and then one to four people who are
//! taken off and get the cheapest line at the present price of cover, one after the other.

use std::ops::ControlFlow;

use super::{
    line::Programme,
    pace::Pace,
    problem::{Problem, ProblemError},
    rules::Rules,
    state::State,
};

/// Heat of the annealing at first, where the roster was settled by prices and where it was not, and
/// at last, for a plan in which one who is missing costs 100 and a wish 1 to 3.
const SETTLED_HEAT: f64 = 3.0;
const FIRST_HEAT: f64 = 8.0;
const LAST_HEAT: f64 = 0.3;
/// What one who is missing costs in such a plan.
const USUAL_COST: f64 = 100.0;

/// Small moves between two rebuilds: one for so many additions of a programme, within limits.
const WORK_FOR_A_MOVE: usize = 400;
const FEWEST_MOVES: usize = 1200;
const MOST_MOVES: usize = 60_000;
/// Additions of a programme beyond which it is too slow to be run again and again.
const MOST_WORK: usize = 60_000_000;

/// How to search.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Two searches with different seeds find different rosters.
    pub seed: u64,
    /// When the search ends.
    pub pace: &'a dyn Pace,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rounds that are done; 0 when there is the first legal roster.
    pub rounds: u64,
    /// Cost of the best roster; it never rises.
    pub cost: i64,
    /// People missing in the best roster, summed over days and kinds.
    pub missing: u64,
}

/// The best roster that a search found. It is legal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// By person and day: 0 is off, `k + 1` is the kind `k`.
    pub lines: Vec<Vec<u8>>,
    /// What it costs.
    pub cost: i64,
    /// Rounds that were done.
    pub rounds: u64,
}

/// Searches for a roster until its pace or `progress`, which is told of the first roster and of every
/// round, ends it. The same problem, seed and pace of rounds, stopped after the same round, give the
/// same roster.
///
/// # Errors
/// [`ProblemError`] when the problem does not hold together or a person has no legal line.
pub fn search(
    problem: &Problem,
    options: Options<'_>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Found, ProblemError> {
    problem.validate()?;
    Search::new(problem, options.seed).run(options.pace, progress)
}

pub(super) struct Search<'a> {
    problem: &'a Problem,
    pub(super) state: State,
    pub(super) rules: Vec<Rules>,
    /// Whether the rules know every kind that a person may work.
    whole: bool,
    pub(super) programme: Programme,
    /// By day and shift: what the programme is told that it costs.
    pub(super) prices: Vec<Vec<f32>>,
    pub(super) line: Vec<u8>,
    /// How many times the usual one who is missing costs.
    pub(super) scale: f64,
}

/// The best roster so far.
struct Best {
    lines: Vec<Vec<u8>>,
    cost: i64,
    missing: u64,
}

impl Best {
    fn keep(&mut self, state: &State) {
        if state.cost < self.cost {
            self.cost = state.cost;
            self.lines.clone_from(&state.lines);
            self.missing = state.all_missing();
        }
    }

    fn tell(
        &self,
        rounds: u64,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        progress(Progress { rounds, cost: self.cost, missing: self.missing })
    }

    fn found(self, rounds: u64) -> Found {
        Found { lines: self.lines, cost: self.cost, rounds }
    }
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, seed: u64) -> Self {
        let state = State::new(problem, seed);
        let prices = vec![vec![0.0; state.shifts]; state.days];
        let (rules, programme, line) = (Vec::new(), Programme::default(), Vec::new());
        let scale = scale(problem);
        Self { problem, state, rules, whole: true, programme, prices, line, scale }
    }

    fn run(
        &mut self,
        pace: &dyn Pace,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Found, ProblemError> {
        self.build()?;
        let (lines, cost) = (self.state.lines.clone(), self.state.cost);
        let mut best = Best { lines, cost, missing: self.state.all_missing() };
        let nothing = self.state.people() == 0 || self.state.days == 0;
        if best.tell(0, progress).is_break() || nothing {
            return Ok(best.found(0));
        }
        let mut first_heat = FIRST_HEAT * self.scale;
        if self.whole && self.settling_work() <= pace.additions() {
            if self.settle().is_some() {
                self.state.commit();
                best.keep(&self.state);
                first_heat = SETTLED_HEAT * self.scale;
            } else {
                self.state.undo();
            }
        }
        let last_heat = LAST_HEAT * self.scale.min(1.0);
        let work = self.rules.iter().map(Rules::work).sum::<usize>() / self.rules.len().max(1);
        let moves = (work / WORK_FOR_A_MOVE).clamp(FEWEST_MOVES, MOST_MOVES);
        let begin = pace.spent(0);
        let mut rounds = 0;
        loop {
            let spent = pace.spent(rounds);
            if spent >= 1.0 {
                break;
            }
            let passed = (spent - begin) / (1.0 - begin);
            let warmth = first_heat * (last_heat / first_heat).powf(passed);
            rounds += 1;
            for _move in 0..moves {
                self.state.step(warmth);
            }
            best.keep(&self.state);
            if self.whole {
                self.rebuild(warmth);
                best.keep(&self.state);
            }
            if best.tell(rounds, progress).is_break() {
                break;
            }
        }
        Ok(best.found(rounds))
    }

    /// Gives everybody a first line: the cheapest one or, where that takes too long to find, the
    /// cheapest one with a single kind, of which the person may work most.
    fn build(&mut self) -> Result<(), ProblemError> {
        for person in 0..self.state.people() {
            let rules = Rules::new(self.problem, person, |_| true);
            if rules.work() > MOST_WORK {
                self.whole = false;
                let most_of = self.problem.people[person].most_of.iter().enumerate();
                let steadiest = most_of.max_by_key(|(_, most)| **most).map(|(kind, _)| kind);
                self.rules.push(Rules::new(self.problem, person, |kind| Some(kind) == steadiest));
                if self.give_line(person, 0.0).is_some() {
                    self.state.commit();
                    continue;
                }
                self.rules.pop();
            }
            self.rules.push(rules);
            self.give_line(person, 0.0).ok_or(ProblemError::NoLine { person })?;
            self.state.commit();
        }
        Ok(())
    }

    fn rebuild(&mut self, warmth: f64) {
        let people = self.state.people();
        let many = [1, 1, 2, 2, 2, 3, 3, 4][self.state.draw(8)].min(people);
        let mut taken: Vec<usize> = Vec::with_capacity(many);
        while taken.len() < many {
            let person = self.state.draw(people);
            if !taken.contains(&person) {
                taken.push(person);
                self.state.take_off(person);
            }
        }
        let noise = if many > 1 || self.state.draw(2) == 0 { warmth as f32 } else { 0.0 };
        let placed = taken.iter().all(|&person| self.give_line(person, noise).is_some());
        let worse = self.state.worse();
        if placed && self.state.lucky(worse, warmth) {
            self.state.commit();
        } else {
            self.state.undo();
        }
    }

    /// The cheapest line for a person who is off on all days, at prices that `noise` shakes.
    fn give_line(&mut self, person: usize, noise: f32) -> Option<()> {
        for (day, prices) in self.prices.iter_mut().enumerate() {
            for (shift, price) in prices.iter_mut().enumerate() {
                let shake = if noise > 0.0 { noise * self.state.uniform() as f32 } else { 0.0 };
                *price = self.state.price(person, day, shift) as f32 + shake;
            }
        }
        self.put_line(person)
    }

    /// Gives the person the cheapest line at the prices; `None` when there is no legal one.
    pub(super) fn put_line(&mut self, person: usize) -> Option<()> {
        if !self.programme.run(&self.rules[person], &self.prices, &mut self.line) {
            return None;
        }
        for (day, &shift) in self.line.iter().enumerate() {
            self.state.put(person, day, shift);
        }
        Some(())
    }
}

/// How many times the usual one who is missing costs, on average over all who are wanted.
fn scale(problem: &Problem) -> f64 {
    let (mut people, mut cost) = (0.0, 0.0);
    for wanted in problem.wanted.iter().flatten().filter(|wanted| wanted.under > 0) {
        people += f64::from(wanted.people);
        cost += f64::from(wanted.people) * f64::from(wanted.under);
    }
    if people > 0.0 { cost / people / USUAL_COST } else { 1.0 }
}
