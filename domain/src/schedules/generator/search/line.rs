//! One line: what its shifts are worth by the cover, and the best of them given to who has none.

use rand::Rng as _;

use super::{
    super::{
        breaks,
        plan::Placed,
        rebuild::{Ask, NEVER},
    },
    Burden, KEEP, Search,
};

impl Search<'_> {
    /// The best line for an agent who has none, at prices that `noise` shakes.
    /// `burden` is what the agent bore before: its squares are priced at their slope there.
    pub(super) fn put_on(&mut self, agent: usize, burden: Burden, noise: i32) {
        let weekends = self.draw_weekends(agent);
        self.sums_of = None;
        self.price(agent, burden, noise);
        self.find(agent, &weekends);
        self.lay(agent);
    }

    /// Finds the best line of an agent for the values in hand: which choice of each day is taken.
    pub(super) fn find(&mut self, agent: usize, weekends: &[bool]) {
        let problem = self.problem;
        let ask = Ask {
            problem,
            ledger: &self.ledgers[problem.agents[agent].terms],
            menus: &self.menus,
            values: &self.values,
            weekends,
            extra_day: problem.weights.extra_day,
            lone_day_off: problem.weights.lone_day_off,
        };
        self.rebuild.run(&ask, &self.grounds[agent], &mut self.taken);
    }

    /// Gives the agent the line that was found, each pause where it costs the cover least.
    pub(super) fn lay(&mut self, agent: usize) {
        let problem = self.problem;
        let terms = &problem.terms[problem.agents[agent].terms];
        let mut line = vec![None; problem.days.len()];
        for (day, taken) in self.taken.iter().enumerate() {
            let Some(taken) = *taken else { continue };
            let choice = &self.menus.of(agent, day).choices[taken as usize];
            let template = &terms.templates[usize::from(choice.template)];
            let group = self.cover.group(agent, day);
            if self.sums_of.replace(group) != Some(group) {
                self.cover.savings(group, self.tail, &mut self.sums);
            }
            let sums = &self.sums[choice.start as usize..=choice.end as usize];
            if let Some((_, pauses)) = breaks::cheapest(template, sums) {
                let (template, step, start) = (choice.template, choice.step, choice.start);
                line[day] = Some(Placed { template, step, start, pauses });
            }
        }
        self.place(agent, line);
    }

    /// What each choice of each day would save.
    fn price(&mut self, agent: usize, burden: Burden, noise: i32) {
        let problem = self.problem;
        let terms = &problem.terms[problem.agents[agent].terms];
        let unfair = i64::from(problem.weights.unfair);
        self.seating.look(problem, agent);
        for (day, values) in self.values.iter_mut().enumerate() {
            values.clear();
            let group = self.cover.group(agent, day);
            if self.sums_of.replace(group) != Some(group) {
                self.cover.savings(group, self.tail, &mut self.sums);
            }
            let weekend = i64::from(problem.days[day].weekend)
                * unfair
                * (2 * burden.weekend_days - 1).max(1);
            for choice in &self.menus.of(agent, day).choices {
                if !self.seating.fits(choice) {
                    values.push(NEVER);
                    continue;
                }
                let template = &terms.templates[usize::from(choice.template)];
                let sums = &self.sums[choice.start as usize..=choice.end as usize];
                let pauses = breaks::cheapest(template, sums).map_or(0, |(cost, _)| cost);
                let night = i64::from(choice.night) * unfair * (2 * burden.nights - 1).max(1);
                let mut value = sums[sums.len() - 1] - sums[0] - pauses - (weekend + night) as i32;
                if noise > 0 {
                    value += (self.rng.next_u64() % (2 * noise as u64 + 1)) as i32 - noise;
                }
                if choice.kept {
                    value += KEEP;
                }
                values.push(value);
            }
        }
        self.people.price(problem, &self.menus, agent, &mut self.values);
    }

    /// Weekends that stay free so that there are never too many with work in a row. One with a shift
    /// that stays is never free.
    fn draw_weekends(&mut self, agent: usize) -> Vec<bool> {
        let weeks = self.problem.weeks();
        let of = &self.problem.agents[agent];
        let Some(most) = self.problem.terms[of.terms].max_weekends else {
            return vec![true; weeks];
        };
        let mut stays = vec![false; weeks];
        for kept in of.kept.iter().chain(of.held.iter().map(|held| &held.shift)) {
            if self.problem.days[kept.day].weekend {
                stays[self.problem.week_of(kept.day)] = true;
            }
        }
        let mut run = of.history.weekends_in_row;
        let mut open = Vec::with_capacity(weeks);
        for stays in stays {
            let works = stays || (run < most && self.draw(usize::from(most) + 1) > 0);
            run = if works { run + 1 } else { 0 };
            open.push(works);
        }
        open
    }
}
