//! Lines by number: the nearest legal line to one that was meant, and the best one beside all others.

use super::{
    super::{
        breaks, cover::Cover, headcount::Heads, menu::Menus, plan::Plan, problem::Problem,
        rebuild::NEVER,
    },
    KEEP, Search,
};

/// What a shift is worth that was meant: more than the hours of any other, so that it is dropped only
/// for a rule.
const MEANT: i32 = 3_000_000;
/// What one of the weights of headcounts and wishes is worth beside fair and steady weeks, which decide
/// where nobody is missing and no wish is touched.
const UNIT: i64 = 10_000;
/// Times that everybody is given another line; most that can be mended is by then.
const TIMES: usize = 3;

impl Search<'_> {
    /// What each agent can start on each day.
    pub(in super::super) fn menus(&self) -> &Menus {
        &self.menus
    }

    /// By day the numbers of the legal line with which an agent misses fewest hours; 0 is off.
    pub(in super::super) fn most_hours(
        &mut self,
        agent: usize,
        heads: &Heads,
        open: &[bool],
    ) -> Vec<u8> {
        let problem = self.problem;
        let terms = &problem.terms[problem.agents[agent].terms];
        for (day, values) in self.values.iter_mut().enumerate() {
            let choices = self.menus.of(agent, day).choices.iter();
            let value = choices.map(|choice| match heads.numbers.of_choice(terms, choice) {
                _ if choice.kept => KEEP,
                Some(_) => 0,
                None => NEVER,
            });
            values.clear();
            values.extend(value);
        }
        self.find(agent, open);
        let number = |(day, taken): (usize, &Option<u32>)| {
            let choice = &self.menus.of(agent, day).choices[(*taken)? as usize];
            heads.numbers.of_choice(terms, choice)
        };
        self.taken.iter().enumerate().map(|it| number(it).unwrap_or(0)).collect()
    }

    /// Gives everybody the nearest legal line to the one that was meant, in an order drawn by chance, as
    /// seats may not do for all. Who can have no shift with a number gets one by the cover, after all
    /// others.
    pub(in super::super) fn fit(
        &mut self,
        heads: &mut Heads,
        meant: &[Vec<u8>],
        open: &[Vec<bool>],
    ) {
        for (agent, line) in meant.iter().enumerate() {
            let line: Vec<Option<u8>> = line.iter().copied().map(Some).collect();
            heads.count(agent, &line, true);
        }
        (0..meant.len()).for_each(|agent| self.take_off(agent));
        let mut order: Vec<usize> = (0..meant.len()).collect();
        for place in (1..order.len()).rev() {
            order.swap(place, self.draw(place + 1));
        }
        let mut others = Vec::new();
        for agent in order {
            let line = &meant[agent];
            let numbers: Vec<Option<u8>> = line.iter().copied().map(Some).collect();
            heads.count(agent, &numbers, false);
            if self.has_numbers(agent, heads) {
                self.price_numbers(agent, heads, Some(line));
                self.find(agent, &open[agent]);
                self.lay(agent);
            } else {
                others.push(agent);
            }
            self.count(agent, heads, true);
        }
        for agent in others {
            self.count(agent, heads, false);
            self.put_on(agent, self.burden(agent), 0);
            self.count(agent, heads, true);
        }
    }

    /// Gives each agent in turn the best line beside all others, where that costs less.
    pub(in super::super) fn mend(&mut self, heads: &mut Heads, open: &[Vec<bool>]) {
        for _time in 0..TIMES {
            let mut mended = false;
            for (agent, open) in open.iter().enumerate() {
                if !self.has_numbers(agent, heads) {
                    continue;
                }
                let before = self.lines[agent].clone();
                self.count(agent, heads, false);
                let old = self.cost_of_numbers(agent, heads);
                self.take_off(agent);
                self.price_numbers(agent, heads, None);
                self.find(agent, open);
                self.lay(agent);
                if self.cost_of_numbers(agent, heads) < old {
                    mended = true;
                } else {
                    self.take_off(agent);
                    self.place(agent, before);
                }
                self.count(agent, heads, true);
            }
            if !mended {
                break;
            }
        }
    }

    /// The roster as it stands.
    pub(in super::super) fn plan(&self) -> Plan {
        Plan { lines: self.lines.clone() }
    }

    /// Minutes that contracts owe and that are lacking.
    pub(in super::super) fn minutes_lacking(&self) -> u64 {
        let agents = self.problem.agents.iter().zip(&self.lines).enumerate();
        let lacking = agents.flat_map(|(agent, (of, line))| {
            let minutes = self.problem.week_minutes(agent, line);
            of.weeks.iter().zip(minutes).map(|(quota, minutes)| {
                u64::from(u32::from(quota.min_minutes).saturating_sub(minutes))
            })
        });
        lacking.sum()
    }

    /// A roster with its pauses at their best places. Where nothing is required they are spread, so that
    /// never many are away at once.
    pub(in super::super) fn rested(&self, mut plan: Plan) -> Plan {
        let problem = spread(self.problem, &plan);
        let mut cover = Cover::of(&problem, &plan);
        breaks::settle(&problem, &mut plan, &mut cover);
        plan
    }

    fn has_numbers(&self, agent: usize, heads: &Heads) -> bool {
        let terms = &self.problem.terms[self.problem.agents[agent].terms];
        (0..self.problem.days.len()).any(|day| {
            let mut choices = self.menus.of(agent, day).choices.iter();
            choices.any(|it| !it.kept && heads.numbers.of_choice(terms, it).is_some())
        })
    }

    fn count(&self, agent: usize, heads: &mut Heads, comes: bool) {
        let line = heads.line(self.problem, agent, &self.lines[agent]);
        heads.count(agent, &line, comes);
    }

    /// What the line of an agent costs who is not counted among the heads.
    fn cost_of_numbers(&self, agent: usize, heads: &Heads) -> i64 {
        let line = heads.line(self.problem, agent, &self.lines[agent]);
        self.line_cost(agent) + UNIT * heads.cost_of(agent, &line)
    }

    /// What each choice of each day is worth by headcounts and wishes, for an agent who has no line; one
    /// that was `meant` is worth more than all that.
    fn price_numbers(&mut self, agent: usize, heads: &Heads, meant: Option<&[u8]>) {
        let problem = self.problem;
        let terms = &problem.terms[problem.agents[agent].terms];
        let unfair = i64::from(problem.weights.unfair);
        let burden = self.burden(agent);
        // The cover has changed since its sums were made.
        self.sums_of = None;
        self.seating.look(problem, agent);
        for (day, values) in self.values.iter_mut().enumerate() {
            values.clear();
            let off = heads.regret(agent, day, Some(0));
            let weekend = i64::from(problem.days[day].weekend) * (2 * burden.weekend_days + 1);
            for choice in &self.menus.of(agent, day).choices {
                let number = heads.numbers.of_choice(terms, choice);
                if !self.seating.fits(choice) || (number.is_none() && !choice.kept) {
                    values.push(NEVER);
                    continue;
                }
                let night = i64::from(choice.night) * (2 * burden.nights + 1);
                let saved = number.map_or(0, |number| heads.saving(day, number));
                let regret = heads.regret(agent, day, number) - off;
                let mut value = (UNIT * (saved - regret) - unfair * (weekend + night)) as i32;
                if number.is_some() && meant.and_then(|line| line.get(day)) == number.as_ref() {
                    value += MEANT;
                }
                if choice.kept {
                    value += KEEP;
                }
                values.push(value);
            }
        }
    }
}

/// The problem with everybody wanted who is there, where nobody wants anybody.
fn spread(problem: &Problem, plan: &Plan) -> Problem {
    let mut spread = problem.clone();
    let slots = spread.needs.first().map_or(0, Vec::len);
    let mut there = vec![0_u32; slots];
    for (agent, line) in plan.lines.iter().enumerate() {
        let templates = &problem.terms[problem.agents[agent].terms].templates;
        for placed in line.iter().flatten() {
            let start = placed.start as usize;
            let end = start + usize::from(templates[usize::from(placed.template)].length);
            there.iter_mut().take(end).skip(start).for_each(|people| *people += 100);
        }
    }
    for (slot, people) in there.into_iter().enumerate() {
        let nothing = problem.needs.iter().all(|need| need.get(slot).is_none_or(|it| *it == 0));
        if nothing && let Some(need) = spread.needs.first_mut().and_then(|it| it.get_mut(slot)) {
            *need = people;
        }
    }
    spread
}
