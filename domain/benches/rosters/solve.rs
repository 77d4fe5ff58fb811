//! Annealing with two kinds of steps: many small moves, and now and then one to four people who are
//! taken off and get the cheapest line at the present price of cover, one after the other.

use super::{
    clock::{Budget, Clock},
    instance::Instance,
    line::{Programme, Rules},
    state::State,
};

/// Heat of the annealing at first, where the roster was settled by prices and where it was not, and
/// at last. One missing person costs about 100, a wish 1 to 3.
const SETTLED_HEAT: f64 = 3.0;
const FIRST_HEAT: f64 = 8.0;
const LAST_HEAT: f64 = 0.3;

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) cost: i32,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) rounds: u64,
    /// Seconds of the processor until the first legal roster.
    pub(crate) first: f64,
}

/// Small moves between two rebuilds: one for so many additions of a programme, within limits.
const WORK_FOR_A_MOVE: usize = 400;
const FEWEST_MOVES: usize = 1200;
const MOST_MOVES: usize = 60_000;
/// Additions of a programme beyond which it is too slow to be run again and again.
const MOST_WORK: usize = 60_000_000;

pub(crate) struct Solver<'a> {
    instance: &'a Instance,
    pub(crate) state: State,
    pub(crate) rules: Vec<Rules>,
    /// Whether the rules know every kind that a person may work.
    whole: bool,
    pub(crate) programme: Programme,
    /// By day and shift: what the programme is told that it costs.
    pub(crate) prices: Vec<Vec<f32>>,
    pub(crate) line: Vec<u8>,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(instance: &'a Instance, seed: u64) -> Option<Self> {
        let state = State::new(instance, seed)?;
        let prices = vec![vec![0.0; state.shifts]; state.days];
        let (rules, programme, line) = (Vec::new(), Programme::default(), Vec::new());
        Some(Self { instance, state, rules, whole: true, programme, prices, line })
    }

    /// The best roster found; `None` when a person has no legal line.
    pub(crate) fn solve(&mut self, budget: Budget) -> Option<Found> {
        let clock = Clock::start();
        self.build()?;
        let first = clock.seconds();
        let mut best = (self.state.cost, self.state.lines.clone());
        let mut first_heat = FIRST_HEAT;
        if self.whole && self.settling_work() <= budget.additions() {
            if self.settle().is_some() {
                self.state.commit();
                self.keep(&mut best);
                first_heat = SETTLED_HEAT;
            } else {
                self.state.undo();
            }
        }
        let work = self.rules.iter().map(Rules::work).sum::<usize>() / self.rules.len().max(1);
        let moves = (work / WORK_FOR_A_MOVE).clamp(FEWEST_MOVES, MOST_MOVES);
        let begin = budget.spent(0, &clock);
        let mut rounds = 0;
        let mut warmth = first_heat;
        loop {
            if rounds % 16 == 0 || !self.whole {
                let spent = budget.spent(rounds, &clock);
                if spent >= 1.0 {
                    break;
                }
                let passed = (spent - begin) / (1.0 - begin);
                warmth = first_heat * (LAST_HEAT / first_heat).powf(passed);
            }
            rounds += 1;
            for _move in 0..moves {
                self.state.step(warmth);
            }
            self.keep(&mut best);
            if self.whole {
                self.rebuild(warmth);
                self.keep(&mut best);
            }
        }
        let (cost, lines) = best;
        Some(Found { cost, lines, rounds, first })
    }

    fn keep(&self, best: &mut (i32, Vec<Vec<u8>>)) {
        if self.state.cost < best.0 {
            best.0 = self.state.cost;
            best.1.clone_from(&self.state.lines);
        }
    }

    /// Gives everybody a first line: the cheapest one or, where that takes too long to find, the
    /// cheapest one with a single kind, of which the person may work most.
    pub(crate) fn build(&mut self) -> Option<()> {
        let kinds = self.instance.kinds.len();
        for person in 0..self.state.people() {
            let mut rules = Rules::new(self.instance, person, |_| true);
            if rules.work() > MOST_WORK {
                self.whole = false;
                let most_of = &self.instance.people[person].most_of;
                let most = |kind: &usize| most_of.get(&self.instance.kinds[*kind].name).copied();
                let steadiest = (0..kinds).max_by_key(|kind| most(kind).unwrap_or(usize::MAX));
                rules = Rules::new(self.instance, person, |kind| Some(kind) == steadiest);
            }
            self.rules.push(rules);
            self.give_line(person, 0.0)?;
            self.state.commit();
        }
        Some(())
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

    /// The cheapest line at the prices; `None` when there is no legal one.
    pub(crate) fn put_line(&mut self, person: usize) -> Option<()> {
        if !self.programme.run(&self.rules[person], &self.prices, &mut self.line) {
            return None;
        }
        for (day, &shift) in self.line.iter().enumerate() {
            self.state.put(person, day, shift);
        }
        Some(())
    }
}
