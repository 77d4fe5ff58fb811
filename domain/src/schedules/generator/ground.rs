//! The states of the rebuilding programme, and what of them is fixed for an agent.

use super::{
    ledger::Ledger,
    menu::{Menus, Tail},
    problem::{Agent, Problem, Terms},
};

/// Everything about one agent that stays the same between rebuilds.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) agent: usize,
    /// Days off in a row over which the last tail is remembered.
    pub(super) memory: usize,
    pub(super) tails: usize,
    pub(super) history: Tail,
    /// Sums of the ledger with at most so many days.
    pub(super) up_to_days: [usize; 8],
}

#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) phase: usize,
    pub(super) rested: usize,
    pub(super) sum: usize,
    pub(super) tail: usize,
}

/// Sizes of one table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) phases: usize,
    pub(super) bits: usize,
    pub(super) sums: usize,
    pub(super) tails: usize,
    pub(super) memory: usize,
}

impl Shape {
    pub(super) fn day(&self) -> usize {
        self.phases * self.bits * self.sums * self.tails
    }

    pub(super) fn at(&self, state: State) -> usize {
        ((state.phase * self.bits + state.rested) * self.sums + state.sum) * self.tails + state.tail
    }

    /// The phase after `run` days of work. Phase 0 is a long time off, 1..=memory a short one.
    pub(super) fn work(&self, run: usize) -> usize {
        self.memory + run
    }

    pub(super) fn after_day_off(&self, phase: usize) -> usize {
        match phase {
            0 => 0,
            off if off < self.memory => off + 1,
            off if off == self.memory => 0,
            _work if self.memory > 0 => 1,
            _work => 0,
        }
    }

    /// Days off since the last shift, if its tail is remembered.
    pub(super) fn days_off(&self, phase: usize) -> Option<usize> {
        match phase {
            0 => None,
            off if off <= self.memory => Some(off),
            _work => Some(0),
        }
    }
}

impl Ground {
    pub(super) fn new(problem: &Problem, menus: &Menus, ledger: &Ledger, agent: usize) -> Self {
        let of = &problem.agents[agent];
        let terms = &problem.terms[of.terms];
        let longest = terms.min_rest.max(terms.weekly_rest.unwrap_or(0));
        let days = problem.days.len();
        let last_end = |day: usize| menus.of(agent, day).tails.iter().map(|tail| tail.end).max();
        let rests = |from: usize, day: usize| {
            let first = problem.days[day].first as i32;
            last_end(from).is_none_or(|end| first - end >= longest as i32)
        };
        let history_rests = |memory: usize| {
            let day = memory + usize::from(of.history.run > 0);
            let first = problem.days.get(day).map(|day| day.first as i32);
            match (first, of.history.last_end) {
                (Some(first), Some(end)) => first - end >= longest as i32,
                _ => true,
            }
        };
        let memory = (0..days)
            .find(|&memory| {
                history_rests(memory) && (memory + 2..days).all(|day| rests(day - memory - 2, day))
            })
            .unwrap_or(days);
        // A day off that stands alone is told from two where that costs.
        let tells = terms.usual.is_some() && problem.weights.lone_day_off > 0;
        let memory = memory.max(usize::from(tells));
        let tails = (0..days).map(|day| menus.of(agent, day).tails.len()).max().unwrap_or(0).max(1);
        let mut up_to_days = [0; 8];
        for (days, count) in up_to_days.iter_mut().enumerate() {
            *count = ledger.sums.partition_point(|sum| usize::from(sum.days) <= days);
        }
        let long_ago = i32::MIN / 2;
        let history = Tail {
            end: of.history.last_end.unwrap_or(long_ago),
            step: if terms.max_start_change.is_some() { of.history.last_start } else { 0 },
        };
        Self { agent, memory, tails, history, up_to_days }
    }

    /// Tails of the shifts of the day that lies `back` days before `day`.
    pub(super) fn tails_before<'a>(
        &'a self,
        menus: &'a Menus,
        day: usize,
        back: usize,
    ) -> &'a [Tail] {
        match day.checked_sub(back) {
            Some(earlier) => &menus.of(self.agent, earlier).tails,
            None => std::slice::from_ref(&self.history),
        }
    }

    pub(super) fn first_state(&self, shape: Shape, of: &Agent, terms: &Terms) -> State {
        let phase = match of.history.run {
            0 if of.history.last_end.is_some() && self.memory > 0 => 1,
            0 => 0,
            run => shape.work(usize::from(run.min(terms.max_run))),
        };
        State { phase, rested: 0, sum: 0, tail: 0 }
    }
}
