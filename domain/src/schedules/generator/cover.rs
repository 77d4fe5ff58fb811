//! Agents on queue in each slot, what that costs, and what one more would save.

use super::{
    plan::{Placed, Plan},
    pool::Pool,
    problem::{Problem, Slot, Weights},
    queue_set::QueueSet,
    template::Template,
};

/// Cover of a roster, kept up to date as shifts come and go.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    crew: Crew,
    weights: Weights,
    board: Board,
}

/// Who counts for what: an index into the sets of queues that agents can serve.
pub(super) type Group = u16;

/// The group of each agent on each day.
#[derive(Debug, Clone)]
struct Crew {
    sets: Vec<QueueSet>,
    /// By agent: one for all days, or one for each day.
    groups: Vec<Vec<Group>>,
}

/// Where everybody can serve the only queue, heads are counted. Everywhere else agents are shared
/// among queues.
#[derive(Debug, Clone)]
enum Board {
    One(Count),
    Several(Box<Pool>),
}

#[derive(Debug, Clone)]
struct Count {
    need: Vec<u32>,
    agents: Vec<u16>,
    /// What one more agent would save in each slot.
    saved: Vec<i32>,
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

    /// Adds a slot with so many hundredths wanted and so many agents there.
    pub(super) fn count(&mut self, need: u32, agents: u16) {
        let there = u32::from(agents) * 100;
        self.needed += u64::from(need);
        self.missing += u64::from(need.saturating_sub(there));
        self.surplus += u64::from(there.saturating_sub(need));
    }
}

impl Crew {
    fn of(problem: &Problem) -> Self {
        let every: QueueSet = (0..problem.needs.len()).collect();
        let mut sets: Vec<QueueSet> = Vec::new();
        let mut group = |set: QueueSet| {
            let set = set.and(every);
            let place = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            });
            place as Group
        };
        let of_agent = |covers: &Vec<QueueSet>| match covers.as_slice() {
            [] => vec![group(every)],
            [first, others @ ..] if others.iter().all(|it| it == first) => vec![group(*first)],
            days => days.iter().map(|set| group(*set)).collect(),
        };
        let groups = problem.agents.iter().map(|agent| &agent.covers).map(of_agent).collect();
        for carried in &problem.carried {
            group(carried.covers);
        }
        Self { sets, groups }
    }

    fn carried(&self, covers: QueueSet, queues: usize) -> Group {
        let every: QueueSet = (0..queues).collect();
        self.sets.iter().position(|set| *set == covers.and(every)).unwrap_or(0) as Group
    }
}

impl Cover {
    /// The cover of shifts that are not planned here.
    pub(super) fn new(problem: &Problem) -> Self {
        let (crew, weights) = (Crew::of(problem), problem.weights);
        let every = crew.sets.iter().all(|set| set.contains(0));
        let board = match problem.needs.as_slice() {
            [need] if every => {
                let mut agents = vec![0_u16; need.len()];
                for carried in &problem.carried {
                    for (sum, more) in agents.iter_mut().zip(&carried.agents) {
                        *sum += more;
                    }
                }
                Board::One(Count::new(need.clone(), agents, &weights))
            }
            needs => {
                let mut pool = Pool::new(needs, crew.sets.clone(), weights);
                for carried in &problem.carried {
                    let group = crew.carried(carried.covers, needs.len());
                    for (slot, &agents) in carried.agents.iter().enumerate().take(pool.slots()) {
                        (0..agents).for_each(|_| pool.add(slot, group));
                    }
                }
                Board::Several(Box::new(pool))
            }
        };
        Self { crew, weights, board }
    }

    /// The cover of a whole roster.
    pub(super) fn of(problem: &Problem, plan: &Plan) -> Self {
        let mut cover = Self::new(problem);
        for (agent, line) in plan.lines.iter().enumerate() {
            let templates = &problem.terms[problem.agents[agent].terms].templates;
            for (day, placed) in line.iter().enumerate() {
                if let Some(placed) = placed {
                    let template = &templates[usize::from(placed.template)];
                    cover.add(cover.group(agent, day), placed, template);
                }
            }
        }
        cover
    }

    pub(super) fn cost(&self) -> i64 {
        match &self.board {
            Board::One(count) => count.cost,
            Board::Several(pool) => pool.cost(),
        }
    }

    /// What an agent counts for on a day.
    pub(super) fn group(&self, agent: usize, day: usize) -> Group {
        let groups = &self.crew.groups[agent];
        groups.get(day).or(groups.last()).copied().unwrap_or(0)
    }

    /// Whether the group can serve the queue.
    pub(super) fn serves(&self, group: Group, queue: usize) -> bool {
        self.crew.sets[usize::from(group)].contains(queue)
    }

    pub(super) fn add(&mut self, group: Group, placed: &Placed, template: &Template) {
        match &mut self.board {
            Board::One(count) => count.shift(&self.weights, placed, template, 1),
            Board::Several(pool) => placed.work(template, |from, to| {
                for slot in from as usize..(to as usize).min(pool.slots()) {
                    pool.add(slot, group);
                }
            }),
        }
    }

    pub(super) fn remove(&mut self, group: Group, placed: &Placed, template: &Template) {
        match &mut self.board {
            Board::One(count) => count.shift(&self.weights, placed, template, -1),
            Board::Several(pool) => placed.work(template, |from, to| {
                for slot in from as usize..(to as usize).min(pool.slots()) {
                    pool.remove(slot, group);
                }
            }),
        }
    }

    /// Fills `sums` so that `sums[b] - sums[a]` is what one more agent of the group in the slots
    /// `[a, b)` would save; it goes on for `tail` slots after the need, where an agent saves nothing.
    pub(super) fn savings(&mut self, group: Group, tail: usize, sums: &mut Vec<i32>) {
        sums.clear();
        sums.push(0);
        let mut sum = 0;
        match &mut self.board {
            Board::One(count) => {
                for saved in &count.saved {
                    sum += saved;
                    sums.push(sum);
                }
            }
            Board::Several(pool) => {
                for saved in pool.savings(group) {
                    sum += saved;
                    sums.push(sum);
                }
            }
        }
        sums.resize(sums.len() + tail, sum);
    }

    /// Like [`savings`](Self::savings) for the `length` slots from `start`.
    pub(super) fn savings_within(
        &mut self,
        group: Group,
        start: Slot,
        length: usize,
        sums: &mut Vec<i32>,
    ) {
        sums.clear();
        sums.push(0);
        let mut sum = 0;
        for slot in start as usize..start as usize + length {
            sum += match &mut self.board {
                Board::One(count) => count.saved.get(slot).copied().unwrap_or(0),
                Board::Several(pool) => pool.saving(group, slot),
            };
            sums.push(sum);
        }
    }

    /// All queues together.
    pub(super) fn balance(&self) -> Balance {
        match &self.board {
            Board::One(count) => count.balance(),
            Board::Several(pool) => pool.balance(),
        }
    }

    /// Each queue by itself. Agents who are on queue and can serve none count for none.
    pub(super) fn by_queue(&self) -> Vec<Balance> {
        match &self.board {
            Board::One(count) => vec![count.balance()],
            Board::Several(pool) => pool.by_queue(),
        }
    }

    /// Whether one of the agents of the group in a slot would be missed there if he could not serve
    /// these queues: he saves more than somebody in his place who can serve only the others.
    pub(super) fn misses(&mut self, group: Group, slot: Slot, queues: QueueSet) -> bool {
        let (all, slot) = (self.crew.sets[usize::from(group)], slot as usize);
        let others = all.without(queues);
        if all == others {
            return false;
        }
        match &mut self.board {
            Board::One(count) => {
                let Some(&agents) = count.agents.get(slot) else { return false };
                let saved = saving(&self.weights, count.need[slot], agents.saturating_sub(1));
                saved > -100 * self.weights.over
            }
            Board::Several(pool) => {
                if slot >= pool.slots() {
                    return false;
                }
                pool.remove(slot, group);
                let (with, without) = (pool.saving_of(all, slot), pool.saving_of(others, slot));
                pool.add(slot, group);
                with > without
            }
        }
    }

    /// Agents who serve the queue in a slot.
    pub(super) fn serving(&self, queue: usize, slot: Slot) -> u16 {
        match &self.board {
            Board::One(count) => count.agents[slot as usize],
            Board::Several(pool) => pool.serving(queue, slot as usize),
        }
    }
}

impl Count {
    fn new(need: Vec<u32>, agents: Vec<u16>, weights: &Weights) -> Self {
        let slots = || need.iter().zip(&agents);
        let cost = slots().map(|(&need, &agents)| slot_cost(weights, need, agents)).sum();
        let saved = slots().map(|(&need, &agents)| saving(weights, need, agents)).collect();
        Self { saved, cost, need, agents }
    }

    fn shift(&mut self, weights: &Weights, placed: &Placed, template: &Template, by: i16) {
        placed.work(template, |from, to| {
            for slot in from as usize..(to as usize).min(self.need.len()) {
                let before = self.saved[slot];
                let agents = self.agents[slot].saturating_add_signed(by);
                self.agents[slot] = agents;
                let after = saving(weights, self.need[slot], agents);
                self.saved[slot] = after;
                self.cost += i64::from(if by > 0 { -before } else { after });
            }
        });
    }

    fn balance(&self) -> Balance {
        let mut balance = Balance::default();
        for (&need, &agents) in self.need.iter().zip(&self.agents) {
            balance.count(need, agents);
        }
        balance
    }
}

/// What one more agent saves.
#[inline]
pub(super) fn saving(weights: &Weights, need: u32, agents: u16) -> i32 {
    (slot_cost(weights, need, agents) - slot_cost(weights, need, agents.saturating_add(1))) as i32
}

/// Missing work costs its amount and, so that it does not pile up in one place, its share of the
/// need; both are convex in the number of agents.
#[inline]
pub(super) fn slot_cost(weights: &Weights, need: u32, agents: u16) -> i64 {
    let there = i64::from(agents) * 100;
    let need = i64::from(need);
    if there >= need {
        return i64::from(weights.over) * (there - need);
    }
    let missing = need - there;
    missing * i64::from(weights.under)
        + missing * missing * i64::from(weights.under_share) / (need + 100)
}
