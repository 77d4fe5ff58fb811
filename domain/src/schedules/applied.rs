//! What a change makes of the plans that it touches, without copying what stays.

use std::borrow::Cow;

use super::{AgentPlan, Availability, Change, Edit, Roster, Shift};
use crate::{id::ShiftId, time::Span};

/// The plan of one agent after a change.
#[derive(Debug)]
pub(super) struct Applied<'a> {
    /// As it stood.
    pub(super) plan: &'a AgentPlan,
    /// Shifts afterwards, ordered by start.
    pub(super) shifts: Vec<Cow<'a, Shift>>,
    /// Time off afterwards, in order.
    pub(super) time_off: Cow<'a, [Span]>,
    /// Availability afterwards.
    pub(super) availability: &'a [Availability],
    /// Spans of all shifts that come, go or change.
    pub(super) touched: Vec<Span>,
}

impl<'a> Applied<'a> {
    /// A plan to which nothing happens.
    pub(super) fn unchanged(plan: &'a AgentPlan) -> Self {
        Self {
            plan,
            shifts: plan.shifts.iter().map(Cow::Borrowed).collect(),
            time_off: Cow::Borrowed(&plan.time_off),
            availability: &plan.availability,
            touched: Vec::new(),
        }
    }

    /// Shifts that are no longer there, or not like this.
    pub(super) fn gone(&self) -> impl Iterator<Item = &'a Shift> {
        let kept = |old: &&Shift| self.shifts.iter().any(|shift| std::ptr::eq(&**shift, *old));
        self.plan.shifts.iter().filter(move |old| !kept(old))
    }

    /// Shifts that were not there before, or not like this.
    pub(super) fn come(&self) -> impl Iterator<Item = &Shift> {
        let old = |new: &&Shift| self.plan.shifts.iter().any(|shift| std::ptr::eq(shift, *new));
        self.shifts.iter().map(|shift| &**shift).filter(move |new| !old(new))
    }

    fn take(&mut self, id: ShiftId) -> Option<Cow<'a, Shift>> {
        let index = self.shifts.iter().position(|shift| shift.id() == id)?;
        Some(self.shifts.remove(index))
    }
}

/// Carries out the steps in order and gives the touched plans that the roster holds. A step whose
/// shift or agent is not there changes nothing.
pub(super) fn apply<'a>(roster: &'a Roster, change: &'a Change) -> Vec<Applied<'a>> {
    let touched = change.agents();
    let plans = touched.iter().filter_map(|agent| roster.plans.get(agent));
    let mut states: Vec<_> = plans.map(Applied::unchanged).collect();
    for edit in &change.edits {
        let at = |agent| states.iter().position(|state| state.plan.agent == agent);
        match edit {
            Edit::Add(shift) => {
                if let Some(at) = at(shift.agent()) {
                    states[at].shifts.push(Cow::Borrowed(shift));
                }
            }
            Edit::Remove { agent, shift } => {
                if let Some(at) = at(*agent) {
                    states[at].take(*shift);
                }
            }
            Edit::Replace(shift) => {
                if let Some(at) = at(shift.agent())
                    && states[at].take(shift.id()).is_some()
                {
                    states[at].shifts.push(Cow::Borrowed(shift));
                }
            }
            Edit::Move { shift, from, to } => {
                if let (Some(from), Some(into)) = (at(*from), at(*to))
                    && let Some(moved) = states[from].take(*shift)
                {
                    states[into].shifts.push(Cow::Owned(moved.given_to(*to)));
                }
            }
            Edit::GrantTimeOff { agent, span } => {
                if let Some(at) = at(*agent) {
                    states[at].time_off.to_mut().push(*span);
                }
            }
            Edit::SetAvailability { agent, availability } => {
                if let Some(at) = at(*agent) {
                    states[at].availability = availability;
                }
            }
        }
    }
    for state in &mut states {
        state.shifts.sort_by_key(|shift| (shift.span(), shift.id()));
        state.touched = state.gone().map(Shift::span).collect();
        let come: Vec<_> = state.come().map(Shift::span).collect();
        state.touched.extend(come);
        if let Cow::Owned(time_off) = &mut state.time_off {
            time_off.sort_unstable();
        }
    }
    states
}

impl Roster {
    /// Carries out a change, accepted or not: ask [`check`](super::check) before.
    pub fn apply(&mut self, change: &Change) {
        let finished: Vec<_> = apply(self, change)
            .into_iter()
            .map(|state| {
                let shifts = state.shifts.into_iter().map(Cow::into_owned).collect();
                let time_off = state.time_off.into_owned();
                (state.plan.agent, shifts, time_off, state.availability.to_vec())
            })
            .collect();
        for (agent, shifts, time_off, availability) in finished {
            if let Some(plan) = self.plans.get_mut(&agent) {
                plan.shifts = shifts;
                plan.time_off = time_off;
                plan.availability = availability;
            }
        }
    }
}
