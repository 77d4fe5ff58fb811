//! Large-neighbourhood search: take a few agents off the roster, give each the best line that is
//! left, keep what pays. Every roster it visits is legal, because every line is built legal.

mod headcounts;
mod line;
mod rounds;

use std::ops::ControlFlow;

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    breaks,
    cover::{Balance, Cover, Group},
    ground::Ground,
    ledger::Ledger,
    menu::Menus,
    people::People,
    plan::{Line, Plan},
    problem::{Problem, ProblemError},
    rebuild::Rebuild,
    seating::Seating,
};

/// How long to search, and from which draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Recorded with the schedule: the same seed, problem and iterations give the same roster.
    pub seed: u64,
    /// Rounds of taking agents off and building them anew, after every agent has a first line.
    pub iterations: u64,
}

/// Where a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rounds done; 0 when every agent has just got a first line.
    pub iteration: u64,
    /// Rounds in all.
    pub iterations: u64,
    /// Cost of the best roster so far; never rises.
    pub cost: i64,
    /// Cover of that roster.
    pub balance: Balance,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The best roster.
    pub plan: Plan,
    /// Its cost.
    pub cost: i64,
    /// Its cover.
    pub balance: Balance,
    /// Rounds done.
    pub iterations: u64,
}

/// Searches the best legal roster. `progress` is called after the first roster and then after every
/// round; [`ControlFlow::Break`] ends the search with the best roster so far. One that was ended is
/// repeated by the same options and an end after the same round.
///
/// # Errors
/// [`ProblemError`] when the parts of the problem do not fit each other.
pub fn search(
    problem: &Problem,
    options: Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Found, ProblemError> {
    let mut search = Search::new(problem, options)?;
    search.build();
    search.improve(options.iterations, progress);
    Ok(search.finish())
}

pub(super) struct Search<'a> {
    problem: &'a Problem,
    ledgers: Vec<Ledger>,
    menus: Menus,
    grounds: Vec<Ground>,
    cover: Cover,
    seating: Seating,
    people: People,
    lines: Vec<Line>,
    rng: Xoshiro256PlusPlus,
    rebuild: Rebuild,
    sums: Vec<i32>,
    /// For whom the sums hold at the present cover.
    sums_of: Option<Group>,
    values: Vec<Vec<i32>>,
    taken: Vec<Option<u32>>,
    tail: usize,
    cost: i64,
    best: Best,
    done: u64,
}

/// The best roster so far.
struct Best {
    cost: i64,
    balance: Balance,
    lines: Vec<Line>,
}

/// Weekend days and nights of an agent, with those of the history.
#[derive(Debug, Clone, Copy)]
struct Burden {
    weekend_days: i64,
    nights: i64,
}

/// Ledgers of all terms, each as large as the largest quota of its agents.
pub(super) fn ledgers(problem: &Problem) -> Result<Vec<Ledger>, ProblemError> {
    let of_terms = problem.terms.iter().enumerate().map(|(index, terms)| {
        let agents = problem.agents.iter().filter(|agent| agent.terms == index);
        let most = agents.flat_map(|agent| &agent.weeks).map(|week| week.max_minutes).max();
        Ledger::new(terms, index, most.unwrap_or(0))
    });
    of_terms.collect()
}

impl<'a> Search<'a> {
    pub(super) fn new(problem: &'a Problem, options: Options) -> Result<Self, ProblemError> {
        problem.validate()?;
        let ledgers = ledgers(problem)?;
        let menus = Menus::new(problem, &ledgers);
        let ground = |agent: usize| {
            Ground::new(problem, &menus, &ledgers[problem.agents[agent].terms], agent)
        };
        let longest = problem.terms.iter().flat_map(|terms| &terms.templates);
        let longest = longest.map(|template| usize::from(template.length)).max().unwrap_or(0);
        let last = problem.days.last().map_or(0, |day| day.end as usize);
        let mut search = Self {
            problem,
            grounds: (0..problem.agents.len()).map(ground).collect(),
            ledgers,
            menus,
            cover: Cover::new(problem),
            seating: Seating::new(problem),
            people: People::new(problem),
            lines: Plan::empty(problem).lines,
            rng: Xoshiro256PlusPlus::seed_from_u64(options.seed),
            rebuild: Rebuild::default(),
            sums: Vec::new(),
            sums_of: None,
            values: vec![Vec::new(); problem.days.len()],
            taken: Vec::new(),
            tail: (last + longest).saturating_sub(problem.slots()),
            cost: 0,
            best: Best { cost: i64::MAX, balance: Balance::default(), lines: Vec::new() },
            done: 0,
        };
        search.cost = search.full_cost();
        Ok(search)
    }

    /// Gives every agent a first line, those with the fewest free days first.
    pub(super) fn build(&mut self) {
        let choices = |agent: usize| -> usize {
            (0..self.problem.days.len()).map(|day| self.menus.of(agent, day).choices.len()).sum()
        };
        let mut order: Vec<usize> = (0..self.problem.agents.len()).collect();
        order.sort_by_key(|&agent| choices(agent));
        for agent in order {
            self.take_off(agent);
            self.put_on(agent, self.burden(agent), 0);
        }
        self.keep_best();
    }

    fn improve(&mut self, iterations: u64, progress: &mut dyn FnMut(Progress) -> ControlFlow<()>) {
        let report = |search: &Self| Progress {
            iteration: search.done,
            iterations,
            cost: search.best.cost,
            balance: search.best.balance,
        };
        if self.problem.agents.is_empty() || progress(report(self)).is_break() {
            return;
        }
        let mut saved = rounds::Before::new();
        while self.done < iterations {
            let left = 1.0 - self.done as f64 / iterations as f64;
            let heat = START_HEAT * (END_HEAT / START_HEAT).powf(1.0 - left);
            let before = self.cost;
            saved.clear();
            if !self.make_room(&mut saved) {
                self.renew(heat, &mut saved);
            }
            let worse = (self.cost - before) as f64;
            // Metropolis: e^(−worse/heat) against a uniform draw.
            let luck = (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            if worse > 0.0 && luck >= (-worse / heat).exp() {
                for (agent, ..) in &saved {
                    self.take_off(*agent);
                }
                for (agent, line, _) in saved.drain(..) {
                    self.place(agent, line);
                }
            } else if self.cost < self.best.cost {
                self.keep_best();
            }
            self.done += 1;
            if progress(report(self)).is_break() {
                break;
            }
        }
    }

    /// The best roster, with its pauses at their best places.
    pub(super) fn finish(mut self) -> Found {
        let mut plan = Plan { lines: std::mem::take(&mut self.best.lines) };
        self.cover = Cover::of(self.problem, &plan);
        breaks::settle(self.problem, &mut plan, &mut self.cover);
        // Counted anew, so that the figures depend on the roster alone.
        self.cover = Cover::of(self.problem, &plan);
        let balance = self.cover.balance();
        self.lines.clone_from(&plan.lines);
        let cost = self.full_cost();
        Found { plan, cost, balance, iterations: self.done }
    }

    fn keep_best(&mut self) {
        self.best.cost = self.cost;
        self.best.balance = self.cover.balance();
        self.best.lines.clone_from(&self.lines);
    }

    fn full_cost(&self) -> i64 {
        let lines = (0..self.lines.len()).map(|agent| self.line_cost(agent));
        self.cover.cost() + lines.sum::<i64>()
    }

    /// What a line costs by itself: minutes missing from its weeks, unfairness, and what it costs who
    /// works it.
    fn line_cost(&self, agent: usize) -> i64 {
        let of = &self.problem.agents[agent];
        let weights = &self.problem.weights;
        let minutes = self.problem.week_minutes(agent, &self.lines[agent]);
        let missing = of.weeks.iter().zip(minutes).map(|(quota, minutes)| {
            i64::from(u32::from(quota.min_minutes).saturating_sub(minutes))
        });
        let Burden { weekend_days, nights } = self.burden(agent);
        missing.sum::<i64>() * i64::from(weights.missing_minute)
            + i64::from(weights.unfair) * (weekend_days * weekend_days + nights * nights)
            + self.people.cost(self.problem, agent, &self.lines[agent])
    }

    fn burden(&self, agent: usize) -> Burden {
        let of = &self.problem.agents[agent];
        let terms = &self.problem.terms[of.terms];
        let mut weekend_days = i64::from(of.history.weekend_days);
        let mut nights = i64::from(of.history.nights);
        for (day, placed) in self.lines[agent].iter().enumerate() {
            if let Some(placed) = placed {
                weekend_days += i64::from(self.problem.days[day].weekend);
                nights += i64::from(terms.templates[usize::from(placed.template)].night);
            }
        }
        Burden { weekend_days, nights }
    }

    fn take_off(&mut self, agent: usize) {
        self.cost -= self.line_cost(agent) + self.cover.cost();
        self.seating.leave(self.problem, agent, &self.lines[agent]);
        let terms = &self.problem.terms[self.problem.agents[agent].terms];
        for (day, placed) in self.lines[agent].iter_mut().enumerate() {
            if let Some(placed) = placed.take() {
                let template = &terms.templates[usize::from(placed.template)];
                self.cover.remove(self.cover.group(agent, day), &placed, template);
            }
        }
        self.cost += self.line_cost(agent) + self.cover.cost();
    }

    fn place(&mut self, agent: usize, line: Line) {
        self.cost -= self.line_cost(agent) + self.cover.cost();
        self.seating.take(self.problem, agent, &line);
        let terms = &self.problem.terms[self.problem.agents[agent].terms];
        for (day, placed) in line.iter().enumerate() {
            if let Some(placed) = placed {
                let template = &terms.templates[usize::from(placed.template)];
                self.cover.add(self.cover.group(agent, day), placed, template);
            }
        }
        self.lines[agent] = line;
        self.cost += self.line_cost(agent) + self.cover.cost();
    }

    fn draw(&mut self, below: usize) -> usize {
        (self.rng.next_u64() % below.max(1) as u64) as usize
    }
}

/// Worth of a shift that stays as it is: more than any shift saves, so that a day off in its place
/// is taken only when it breaks a rule.
pub(super) const KEEP: i32 = 2_000_000;
const START_HEAT: f64 = 3000.0;
const END_HEAT: f64 = 60.0;
