//! A roster as the search sees it.

use super::{
    problem::{MAX_PAUSES, Problem, Slot},
    template::Template,
};

/// A shift given to an agent on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Index into the templates of the agent's terms.
    pub template: u16,
    /// Step of the wall clock at which it starts.
    pub step: u16,
    /// Slot in which it starts.
    pub start: Slot,
    /// Start of each pause of the template, in slots after the start.
    pub pauses: [u16; MAX_PAUSES],
}

/// The shifts of one agent, one place for each day.
pub type Line = Vec<Option<Placed>>;

/// A roster: one line for each agent of the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In the order of [`Problem::agents`].
    pub lines: Vec<Line>,
}

impl Plan {
    /// A roster in which nobody works.
    #[must_use]
    pub fn empty(problem: &Problem) -> Self {
        Self { lines: vec![vec![None; problem.days.len()]; problem.agents.len()] }
    }

    /// The same with nobody at work after the first `days` days.
    pub(super) fn until(&self, days: usize) -> Self {
        let mut until = self.clone();
        for line in &mut until.lines {
            line.iter_mut().skip(days).for_each(|placed| *placed = None);
        }
        until
    }

    /// Paid minutes of all agents.
    #[must_use]
    pub fn paid_minutes(&self, problem: &Problem) -> u64 {
        let lines = self.lines.iter().enumerate();
        let minutes = lines.flat_map(|(agent, line)| problem.week_minutes(agent, line));
        minutes.map(u64::from).sum()
    }
}

impl Placed {
    /// Calls `visit` with each piece of work `[from, to)` between the pauses.
    pub(super) fn work(&self, template: &Template, mut visit: impl FnMut(Slot, Slot)) {
        let mut from = self.start;
        for (pause, &offset) in template.pauses.iter().zip(&self.pauses) {
            let start = self.start + Slot::from(offset);
            visit(from, start);
            from = start + Slot::from(pause.length);
        }
        visit(from, self.start + Slot::from(template.length));
    }
}
