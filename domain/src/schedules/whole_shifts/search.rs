//! Annealing with two kinds of steps: many small moves, and now and then one to four people who are
//! taken off and get the cheapest line at the present price of cover, one after the other.

use std::ops::ControlFlow;

use super::{
    line::Programme,
    pace::Pace,
    prices::Unsettled,
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
/// Additions of a programme beyond which it is too slow to be run again and again, and beyond which its
/// table is too large to be run at all.
const MOST_WORK: Work = Work { again: 60_000_000, once: 1_000_000_000 };

/// What the programme of one person may take.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) again: usize,
    pub(super) once: usize,
}

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

/// Searches for a roster until its pace or `progress` ends it, which is told of the first roster, again
/// and again while prices settle another one, and of every round. The same problem, seed and pace of
/// rounds, stopped after the same round, give the same roster; one that is ended while prices settle is
/// the first, as if ended after no round.
///
/// # Errors
/// [`ProblemError`] when the problem does not hold together or a person has no legal line.
pub fn search(
    problem: &Problem,
    options: Options<'_>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Found, ProblemError> {
    search_lines(problem, options, &mut |at, _lines| progress(at))
}

/// The same for who is to see the lines of the best roster too.
///
/// # Errors
/// As of [`search`].
pub(in super::super) fn search_lines(
    problem: &Problem,
    options: Options<'_>,
    progress: Tell<'_>,
) -> Result<Found, ProblemError> {
    problem.validate()?;
    Search::new(problem, options.seed, MOST_WORK).run(options.pace, progress)
}

/// Who is told where the search stands, with the lines of the best roster, and says whether to go on.
pub(super) type Tell<'a> = &'a mut dyn FnMut(Progress, &[Vec<u8>]) -> ControlFlow<()>;

pub(super) struct Search<'a> {
    problem: &'a Problem,
    pub(super) state: State,
    pub(super) rules: Vec<Rules>,
    /// People whose rules know every kind that they may work.
    whole: Vec<usize>,
    most_work: Work,
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

    fn tell(&self, rounds: u64, progress: Tell<'_>) -> ControlFlow<()> {
        progress(Progress { rounds, cost: self.cost, missing: self.missing }, &self.lines)
    }

    fn found(self, rounds: u64) -> Found {
        Found { lines: self.lines, cost: self.cost, rounds }
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(problem: &'a Problem, seed: u64, most_work: Work) -> Self {
        let state = State::new(problem, seed);
        let prices = vec![vec![0.0; state.shifts]; state.days];
        let (rules, programme, line) = (Vec::new(), Programme::default(), Vec::new());
        let scale = scale(problem);
        let whole = Vec::new();
        Self { problem, state, rules, whole, most_work, programme, prices, line, scale }
    }

    pub(super) fn run(
        &mut self,
        pace: &dyn Pace,
        progress: Tell<'_>,
    ) -> Result<Found, ProblemError> {
        self.build()?;
        let (lines, cost) = (self.state.lines.clone(), self.state.cost);
        let mut best = Best { lines, cost, missing: self.state.all_missing() };
        let nothing = self.state.people() == 0 || self.state.days == 0;
        if best.tell(0, progress).is_break() || nothing {
            return Ok(best.found(0));
        }
        let mut first_heat = FIRST_HEAT * self.scale;
        let all_whole = self.whole.len() == self.state.people();
        if all_whole && self.settling_work() <= pace.additions() {
            match self.settle(&mut || best.tell(0, progress)) {
                Ok(()) => {
                    self.state.commit();
                    best.keep(&self.state);
                    first_heat = SETTLED_HEAT * self.scale;
                }
                Err(Unsettled::NoLine) => self.state.undo(),
                Err(Unsettled::Ended) => return Ok(best.found(0)),
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
            for _time in 0..pace.repeats() {
                for _move in 0..moves {
                    self.state.step(warmth);
                }
                best.keep(&self.state);
                if !self.whole.is_empty() {
                    self.rebuild(warmth);
                    best.keep(&self.state);
                }
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
        let mut none = Vec::new();
        for person in 0..self.state.people() {
            if self.build_line(person).is_some() {
                self.state.commit();
            } else {
                none.push(person);
            }
        }
        if none.is_empty() { Ok(()) } else { Err(ProblemError::NoLine { people: none }) }
    }

    fn build_line(&mut self, person: usize) -> Option<()> {
        let rules = Rules::new(self.problem, person, |_| true);
        let work = rules.work();
        if work <= self.most_work.again {
            self.whole.push(person);
            self.rules.push(rules);
            return self.give_line(person, 0.0);
        }
        self.rules.push(rules);
        for steady in self.steadiest(person) {
            let alone = Rules::new(self.problem, person, |kind| kind == steady);
            if alone.work() > self.most_work.again {
                continue;
            }
            let all = std::mem::replace(&mut self.rules[person], alone);
            if self.give_line(person, 0.0).is_some() {
                return Some(());
            }
            self.rules[person] = all;
        }
        if work <= self.most_work.once { self.give_line(person, 0.0) } else { None }
    }

    /// Kinds that a person may work, those of which most shifts can be worked first.
    fn steadiest(&self, person: usize) -> Vec<usize> {
        let of = &self.problem.people[person];
        let most = |kind: &usize| {
            let days = of.possible.iter().filter(|&&bits| bits >> (kind + 1) & 1 == 1).count();
            (days.min(of.most_of[*kind] as usize), of.most_of[*kind])
        };
        let mut kinds: Vec<usize> = (0..of.most_of.len()).filter(|kind| most(kind).0 > 0).collect();
        kinds.sort_by_key(most);
        kinds.reverse();
        kinds
    }

    fn rebuild(&mut self, warmth: f64) {
        let people = self.whole.len();
        let many = [1, 1, 2, 2, 2, 3, 3, 4][self.state.draw(8)].min(people);
        let mut taken: Vec<usize> = Vec::with_capacity(many);
        while taken.len() < many {
            let person = self.whole[self.state.draw(people)];
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
