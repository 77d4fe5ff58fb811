//! A change, carried out step by step on a copy.

use std::{collections::BTreeSet, ops::Range};

use jiff::Timestamp;

use super::{super::*, calendar::Found, people::Person};
use crate::id::AgentId;

pub(super) fn touched(change: &Change) -> BTreeSet<AgentId> {
    let mut agents = BTreeSet::new();
    for edit in &change.edits {
        match edit {
            Edit::Add(shift) | Edit::Replace(shift) => agents.extend([shift.agent()]),
            Edit::Move { from, to, .. } => agents.extend([*from, *to]),
            Edit::Remove { agent, .. }
            | Edit::GrantTimeOff { agent, .. }
            | Edit::SetAvailability { agent, .. } => agents.extend([*agent]),
        }
    }
    agents
}

pub(super) fn carried_out(roster: &Roster, change: &Change) -> Roster {
    let mut after = roster.clone();
    for edit in &change.edits {
        let take = |after: &mut Roster, agent, id| {
            let shifts = &mut after.plans.get_mut(&agent)?.shifts;
            let place = shifts.iter().position(|shift| shift.id() == id)?;
            Some(shifts.remove(place))
        };
        match edit.clone() {
            Edit::Add(shift) => {
                if let Some(plan) = after.plans.get_mut(&shift.agent()) {
                    plan.shifts.push(shift);
                }
            }
            Edit::Remove { agent, shift } => drop(take(&mut after, agent, shift)),
            Edit::Replace(shift) => {
                let (agent, id) = (shift.agent(), shift.id());
                if take(&mut after, agent, id).is_some() {
                    after.plans.get_mut(&agent).expect("there").shifts.push(shift);
                }
            }
            Edit::Move { shift, from, to } => {
                if after.plans.contains_key(&to)
                    && let Some(shift) = take(&mut after, from, shift)
                {
                    after.plans.get_mut(&to).expect("there").shifts.push(shift.given_to(to));
                }
            }
            Edit::GrantTimeOff { agent, span } => {
                if let Some(plan) = after.plans.get_mut(&agent) {
                    plan.time_off.push(span);
                }
            }
            Edit::SetAvailability { agent, availability } => {
                if let Some(plan) = after.plans.get_mut(&agent) {
                    plan.availability = availability;
                }
            }
        }
    }
    after
}

/// Spans of shifts that come, go or become others.
pub(super) fn moved(before: &AgentPlan, after: &AgentPlan) -> Vec<Span> {
    let gone = before.shifts.iter().filter(|shift| !after.shifts.contains(shift));
    let come = after.shifts.iter().filter(|shift| !before.shifts.contains(shift));
    gone.chain(come).map(Shift::span).collect()
}

/// The soonest of the moved shifts of a part of the window, where it is too soon.
pub(super) fn too_soon(
    person: &Person<'_>,
    moved: Vec<Span>,
    now: Timestamp,
    piece: &Range<usize>,
) -> Vec<Found> {
    let calendar = person.calendar;
    let mut soonest: Option<Span> = None;
    for span in moved {
        let told = calendar.found(calendar.minutes(span), calendar.minutes(span)).begins;
        let here = told.is_some_and(|minute| piece.contains(&minute));
        let soon = span.start().as_second() - now.as_second() < person.limits.notice.limit;
        if here && soon && soonest.is_none_or(|earlier| span.start() < earlier.start()) {
            soonest = Some(span);
        }
    }
    let found = soonest.map(|span| {
        let first = calendar.minute(span.start());
        calendar.found(first..first + 1, calendar.minutes(span))
    });
    found.into_iter().collect()
}
