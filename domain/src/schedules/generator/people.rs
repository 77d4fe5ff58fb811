//! What a line costs the one who works it, beside what the site gains: starts that wander through the
//! week, short days and more of them than the contract needs, days off that stand alone.
//!
//! All of it is soft. An agent missing in a slot of a quarter of an hour costs 600 and more, one too many
//! costs 200: at the usual weights a shift of 4 h that fills a gap saves 9000, and the worst that a
//! shift can cost who works it is below that (12 h away from the others 3840, 4 h short 1800, a sixth
//! day 900, lone days off on both sides 600). Hours that nobody waits for give way instead.
//!
//! Starts are measured from one of the week, the one that is nearest to all. A rebuild takes it as
//! given, so that every choice has its price and the programme needs no more states; it is chosen
//! where the week is worth most at the prices in hand.

use super::{
    menu::{Choice, Menus},
    plan::Placed,
    problem::{Problem, Terms, Weights},
    rebuild::NEVER,
};

/// Parts of the day of which one holds the start of a week.
const PARTS: usize = 24;
/// Hours at which an hour away costs twice what the first does.
const FAR: f64 = 4.0;
/// Days of a week by which its start is chosen, where the contract does not say how many are usual.
const DAYS: usize = 5;

/// Prices of a problem for people.
#[derive(Debug, Clone)]
pub(super) struct People {
    weights: Weights,
    /// Steps of the wall clock in a day.
    steps: u16,
    /// What two starts cost, by the steps between them.
    apart: Vec<i32>,
    /// First day of each week, and the end of the last.
    weeks: Vec<usize>,
    /// The step from which starts of each week are measured.
    starts: Vec<u16>,
    /// By day and part: the most that a shift which starts there is worth.
    best: Vec<[i32; PARTS]>,
    scores: Vec<i32>,
}

impl People {
    pub(super) fn new(problem: &Problem) -> Self {
        let firsts = problem.days.iter().enumerate();
        let firsts = firsts.filter(|(day, of)| *day == 0 || of.starts_week);
        let mut weeks: Vec<usize> = firsts.map(|(day, _)| day).collect();
        let steps = problem.days.iter().map(|day| day.wall.len()).max().unwrap_or(0);
        let starts = vec![0; weeks.len()];
        weeks.push(problem.days.len());
        let best = vec![[NEVER; PARTS]; problem.days.len()];
        let steps = u16::try_from(steps).unwrap_or(u16::MAX).max(1);
        let apart = (0..steps).map(|direct| apart(&problem.weights, direct, steps)).collect();
        let (weights, scores) = (problem.weights, Vec::new());
        Self { weights, steps, apart, weeks, starts, best, scores }
    }

    /// What the line of an agent costs.
    pub(super) fn cost(&self, problem: &Problem, agent: usize, line: &[Option<Placed>]) -> i64 {
        let terms = &problem.terms[problem.agents[agent].terms];
        let mut cost = 0;
        for (week, ends) in self.weeks.windows(2).enumerate() {
            let mut starts = [0; 7];
            let mut days = 0;
            for placed in line[ends[0]..ends[1]].iter().flatten() {
                cost += i64::from(self.short(terms, usize::from(placed.template)));
                if let Some(start) = starts.get_mut(days) {
                    *start = placed.step;
                }
                days += 1;
            }
            let starts = &starts[..days.min(7)];
            let from = |&start: &u16| {
                starts.iter().map(|&other| i64::from(self.apart(start, other))).sum::<i64>()
            };
            cost += starts.iter().map(from).min().unwrap_or(0);
            let most = problem.usual_days(agent, week);
            cost += i64::from(self.weights.extra_day) * days.saturating_sub(most) as i64;
        }
        if terms.usual.is_some() {
            cost += i64::from(self.weights.lone_day_off) * self.lone_days_off(problem, agent, line);
        }
        cost
    }

    fn lone_days_off(&self, problem: &Problem, agent: usize, line: &[Option<Placed>]) -> i64 {
        let lone = line
            .windows(3)
            .filter(|days| days[0].is_some() && days[1].is_none() && days[2].is_some());
        let first = problem.agents[agent].history.run > 0 && matches!(line, [None, Some(_), ..]);
        lone.count() as i64 + i64::from(first)
    }

    /// Takes what a choice costs in its week off each value.
    pub(super) fn price(
        &mut self,
        problem: &Problem,
        menus: &Menus,
        agent: usize,
        values: &mut [Vec<i32>],
    ) {
        let terms = &problem.terms[problem.agents[agent].terms];
        for (day, values) in values.iter_mut().enumerate() {
            let mut best = [NEVER; PARTS];
            for (choice, value) in menus.of(agent, day).choices.iter().zip(values) {
                if *value == NEVER {
                    continue;
                }
                *value -= self.short(terms, usize::from(choice.template));
                let part = &mut best[usize::from(choice.step) * PARTS / usize::from(self.steps)];
                *part = (*part).max(*value);
            }
            self.best[day] = best;
        }
        for week in 0..self.starts.len() {
            self.starts[week] = self.start_of(problem, agent, week);
            let (first, end) = (self.weeks[week], self.weeks[week + 1]);
            for (day, values) in (first..end).zip(&mut values[first..end]) {
                let choices = menus.of(agent, day).choices.iter();
                for (choice, value) in choices.zip(values) {
                    if *value != NEVER {
                        *value -= self.away(week, choice);
                    }
                }
            }
        }
    }

    /// The middle of the part of the day around which the best days of a week are worth most.
    fn start_of(&mut self, problem: &Problem, agent: usize, week: usize) -> u16 {
        let usual = problem.terms[problem.agents[agent].terms].usual;
        let days = usual.map_or(DAYS, |usual| usize::from(usual.days));
        let days = days.min(usize::from(problem.agents[agent].weeks[week].max_days)).max(1);
        let middle = |part: usize| ((2 * part + 1) * usize::from(self.steps) / (2 * PARTS)) as u16;
        let apart: [i32; PARTS] = std::array::from_fn(|part| self.apart(middle(0), middle(part)));
        let mut found = (i64::MIN, 0);
        for part in 0..PARTS {
            self.scores.clear();
            for best in &self.best[self.weeks[week]..self.weeks[week + 1]] {
                let worth = best.iter().enumerate().filter(|(_, worth)| **worth > NEVER);
                let worth = worth.map(|(at, worth)| worth - apart[at.abs_diff(part)]);
                self.scores.extend(worth.max());
            }
            self.scores.sort_unstable_by(|a, b| b.cmp(a));
            let worth = self.scores.iter().take(days).map(|&worth| i64::from(worth)).sum();
            if worth > found.0 {
                found = (worth, part);
            }
        }
        middle(found.1)
    }

    fn away(&self, week: usize, choice: &Choice) -> i32 {
        self.apart(self.starts[week], choice.step)
    }

    /// What two starts cost that lie so far apart on the clock.
    fn apart(&self, one: u16, other: u16) -> i32 {
        self.apart.get(usize::from(one.abs_diff(other))).copied().unwrap_or(0)
    }

    /// What the hours cost by which a shift is shorter than a usual day.
    fn short(&self, terms: &Terms, template: usize) -> i32 {
        let Some(usual) = terms.usual else { return 0 };
        let paid = terms.templates[template].paid_minutes;
        self.weights.short_hour * i32::from(usual.paid_minutes.saturating_sub(paid)) / 60
    }
}

/// What a start costs that is so many steps away, the shorter way round the clock. The hour counts the
/// more the farther away it is: two starts that lie 2 h apart are better than one that lies 4 h apart.
fn apart(weights: &Weights, direct: u16, steps: u16) -> i32 {
    let hours = 24.0 * f64::from(direct.min(steps - direct)) / f64::from(steps);
    (f64::from(weights.apart_hour) * hours * (1.0 + hours / FAR) / (1.0 + 1.0 / FAR)) as i32
}

impl Problem {
    /// Most working days of a week that cost nothing: the usual ones of the contract, or as many as
    /// its hours need.
    pub(super) fn usual_days(&self, agent: usize, week: usize) -> usize {
        let of = &self.agents[agent];
        let Some(usual) = self.terms[of.terms].usual else { return usize::MAX };
        let needed = of.weeks[week].min_minutes.div_ceil(usual.paid_minutes.max(1));
        usize::from(needed).max(usize::from(usual.days))
    }
}
