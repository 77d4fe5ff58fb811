//! Agents on queue in each slot, what that costs, and what one more would save.

use super::{
    plan::{Placed, Plan},
    problem::{Problem, Slot, Template, Weights},
};

/// Cover of a roster, kept up to date as shifts come and go.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    need: Vec<u32>,
    agents: Vec<u16>,
    weights: Weights,
    cost: i64,
}

/// Missing and surplus work of a roster, in hundredths of an agent × slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Work that is wanted.
    pub needed: u64,
    /// Work that is wanted and not there.
    pub missing: u64,
    /// Work that is there and not wanted.
    pub surplus: u64,
}

impl Balance {
    /// Missing work in percent of what is wanted; 0 when nothing is.
    #[must_use]
    pub fn missing_percent(&self) -> f64 {
        if self.needed == 0 { 0.0 } else { 100.0 * self.missing as f64 / self.needed as f64 }
    }
}

impl Cover {
    /// The cover of shifts that are not planned here.
    pub(super) fn new(problem: &Problem) -> Self {
        let mut agents = problem.carried.clone();
        agents.resize(problem.need.len(), 0);
        let mut cover =
            Self { need: problem.need.clone(), agents, weights: problem.weights, cost: 0 };
        cover.cost = (0..cover.need.len())
            .map(|slot| slot_cost(&cover.weights, cover.need[slot], cover.agents[slot]))
            .sum();
        cover
    }

    /// The cover of a whole roster.
    pub(super) fn of(problem: &Problem, plan: &Plan) -> Self {
        let mut cover = Self::new(problem);
        for (agent, line) in problem.agents.iter().zip(&plan.lines) {
            let templates = &problem.terms[agent.terms].templates;
            for placed in line.iter().flatten() {
                cover.add(placed, &templates[usize::from(placed.template)]);
            }
        }
        cover
    }

    pub(super) fn cost(&self) -> i64 {
        self.cost
    }

    pub(super) fn add(&mut self, placed: &Placed, template: &Template) {
        self.shift(placed, template, 1);
    }

    pub(super) fn remove(&mut self, placed: &Placed, template: &Template) {
        self.shift(placed, template, -1);
    }

    fn shift(&mut self, placed: &Placed, template: &Template, by: i16) {
        placed.work(template, |from, to| {
            for slot in from as usize..(to as usize).min(self.need.len()) {
                let need = self.need[slot];
                let before = self.agents[slot];
                let after = before.saturating_add_signed(by);
                self.agents[slot] = after;
                self.cost +=
                    slot_cost(&self.weights, need, after) - slot_cost(&self.weights, need, before);
            }
        });
    }

    /// Fills `sums` so that `sums[b] - sums[a]` is what one more agent in the slots `[a, b)` would
    /// save; it goes on for `tail` slots after the need, where an agent saves nothing.
    pub(super) fn savings(&self, tail: usize, sums: &mut Vec<i32>) {
        sums.clear();
        sums.push(0);
        let mut sum = 0;
        for (&need, &agents) in self.need.iter().zip(&self.agents) {
            let saved = slot_cost(&self.weights, need, agents)
                - slot_cost(&self.weights, need, agents.saturating_add(1));
            sum += saved as i32;
            sums.push(sum);
        }
        sums.resize(self.need.len() + 1 + tail, sum);
    }

    /// Like [`savings`](Self::savings) for the `length` slots from `start`.
    pub(super) fn savings_within(&self, start: Slot, length: usize, sums: &mut Vec<i32>) {
        sums.clear();
        sums.push(0);
        let mut sum = 0;
        for slot in start as usize..start as usize + length {
            if let (Some(&need), Some(&agents)) = (self.need.get(slot), self.agents.get(slot)) {
                let saved = slot_cost(&self.weights, need, agents)
                    - slot_cost(&self.weights, need, agents.saturating_add(1));
                sum += saved as i32;
            }
            sums.push(sum);
        }
    }

    pub(super) fn balance(&self) -> Balance {
        let mut balance = Balance::default();
        for (&need, &agents) in self.need.iter().zip(&self.agents) {
            let there = u32::from(agents) * 100;
            balance.needed += u64::from(need);
            balance.missing += u64::from(need.saturating_sub(there));
            balance.surplus += u64::from(there.saturating_sub(need));
        }
        balance
    }

    /// Missing hundredths in a slot.
    pub(super) fn missing(&self, slot: Slot) -> u32 {
        self.need[slot as usize].saturating_sub(u32::from(self.agents[slot as usize]) * 100)
    }
}

/// Missing work costs its amount and, so that it does not pile up in one place, its share of the
/// need; both are convex in the number of agents.
fn slot_cost(weights: &Weights, need: u32, agents: u16) -> i64 {
    let there = i64::from(agents) * 100;
    let need = i64::from(need);
    if there >= need {
        return i64::from(weights.over) * (there - need);
    }
    let missing = need - there;
    missing * i64::from(weights.under)
        + missing * missing * i64::from(weights.under_share) / (need + 100)
}
