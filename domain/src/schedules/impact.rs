//! What a change does to the people it touches, in figures: for the person who decides, and for the
//! record of a decision that nothing stood against.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::{
    Change, CheckContext, Shift,
    applied::{Applied, apply},
};
use crate::{
    id::{AgentId, ShiftId},
    time::monday_of,
};

/// What a change does to one agent by one shift that comes to the agent (or, for an agent who
/// only gives away, by one that goes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Whose roster.
    pub agent: AgentId,
    /// The shift that comes or goes.
    pub shift: ShiftId,
    /// Whether it comes.
    pub comes: bool,
    /// Monday of the local week in which it counts.
    pub week: civil::Date,
    /// Paid seconds of that week before the change.
    pub paid_before_seconds: i64,
    /// Paid seconds of that week after the change.
    pub paid_after_seconds: i64,
    /// Rest between the end of the shift before and its start; `None` when none is known before.
    /// Of a shift that goes: the rest that was.
    pub rest_before_seconds: Option<i64>,
    /// Rest between its end and the start of the next shift; `None` when none is known after.
    pub rest_after_seconds: Option<i64>,
}

impl Impact {
    /// The shorter of both rests.
    #[must_use]
    pub fn shortest_rest_seconds(&self) -> Option<i64> {
        [self.rest_before_seconds, self.rest_after_seconds].into_iter().flatten().min()
    }
}

/// Measures a change for every agent it touches, in order of agent and time. Measures only; whether
/// it may happen is said by [`check`](super::check).
#[must_use]
pub fn impact(context: &CheckContext<'_>, change: &Change) -> Vec<Impact> {
    let states = apply(context.roster, change);
    let mut impacts = Vec::new();
    for state in &states {
        let before: Vec<_> = state.plan.shifts.iter().collect();
        let after: Vec<_> = state.shifts.iter().map(|shift| &**shift).collect();
        let mut of_state: Vec<_> =
            state.come().map(|shift| measure(state, shift, true, &before, &after)).collect();
        if of_state.is_empty() {
            let gone = state.gone().map(|shift| measure(state, shift, false, &before, &after));
            of_state.extend(gone);
        }
        impacts.append(&mut of_state);
    }
    impacts
}

fn measure(
    state: &Applied<'_>,
    shift: &Shift,
    comes: bool,
    before: &[&Shift],
    after: &[&Shift],
) -> Impact {
    let week = monday_of(shift.local_date());
    let paid = |shifts: &[&Shift]| {
        let in_week = shifts.iter().filter(|other| monday_of(other.local_date()) == week);
        in_week.map(|other| other.paid_seconds()).sum()
    };
    let around = if comes { after } else { before };
    let others = || around.iter().filter(|other| other.id() != shift.id());
    let presence = shift.presence().unwrap_or(shift.span());
    let spans = || others().filter_map(|other| other.presence());
    let last_end = spans().map(|it| it.end()).filter(|end| *end <= presence.start()).max();
    let next_start = spans().map(|it| it.start()).filter(|start| *start >= presence.end()).min();
    Impact {
        agent: state.plan.agent,
        shift: shift.id(),
        comes,
        week,
        paid_before_seconds: paid(before),
        paid_after_seconds: paid(after),
        rest_before_seconds: last_end.map(|end| presence.start().as_second() - end.as_second()),
        rest_after_seconds: next_start.map(|next| next.as_second() - presence.end().as_second()),
    }
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Change, Edit, impact,
        sample::{HOUR, World, agent},
    };

    #[test]
    fn rest_and_paid_time_are_measured_for_both_sides_of_a_hand_over() {
        let mut world = World::march();
        world.works(1, "2026-03-03T09:00", 8.0);
        let shift = world.works(1, "2026-03-04T07:00", 8.0);
        world.works(2, "2026-03-03T08:00", 8.0);
        world.works(2, "2026-03-05T09:00", 8.0);
        let change = Change::request(vec![Edit::Move { shift, from: agent(1), to: agent(2) }]);
        let found = impact(&world.context(), &change);
        assert_eq!(found.len(), 2);
        let (giver, taker) = (&found[0], &found[1]);
        assert!(!giver.comes && taker.comes);
        assert_eq!((giver.paid_before_seconds, giver.paid_after_seconds), (16 * HOUR, 8 * HOUR));
        assert_eq!((taker.paid_before_seconds, taker.paid_after_seconds), (16 * HOUR, 24 * HOUR));
        assert_eq!(taker.rest_before_seconds, Some(15 * HOUR));
        assert_eq!(taker.rest_after_seconds, Some(18 * HOUR));
        assert_eq!(taker.shortest_rest_seconds(), Some(15 * HOUR));
    }
}
