//! Who could take a shift. Everybody it names passes the rules as they stand.

use std::collections::BTreeSet;

use super::{Acceptance, Audience, ShiftSwap, SwapPolicy, SwapState, apart};
use crate::{
    id::{AgentId, ShiftId},
    requests::Alternative,
    schedules::CheckContext,
    time::Span,
};

const MOST: usize = 3;

/// Most colleagues and shifts in return that are tried, the nearest first.
const MOST_TRIED: usize = 120;

/// A colleague who could take an offered shift so that the rules alone would approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    /// Who.
    pub agent: AgentId,
    /// The shift that would come back, when one is asked.
    pub return_shift: Option<ShiftId>,
}

impl ShiftSwap {
    /// Up to three colleagues who could take the shift at once, nearest first: by how far the shift
    /// in return lies from the offered one, then by agent.
    #[must_use]
    pub fn nearest_takers(&self, context: &CheckContext<'_>, policy: &SwapPolicy) -> Vec<Taker> {
        let takers = self.takers(context, policy, &BTreeSet::new());
        takers.into_iter().map(|(taker, _)| taker).collect()
    }

    /// Up to three other ways to the same exchange, nearest first, as
    /// [`nearest_takers`](Self::nearest_takers) finds them: what comes of it when the shift is offered
    /// anew, to everybody of the site where it was offered to one colleague. Shifts that are part of
    /// a running swap, which `busy` names, are not given in return.
    #[must_use]
    pub fn alternatives(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        busy: &BTreeSet<ShiftId>,
    ) -> Vec<Alternative> {
        let audience = match &self.audience {
            Audience::Agent(_) => Audience::Group(Vec::new()),
            Audience::Group(members) => Audience::Group(members.clone()),
        };
        let anew = Self {
            state: SwapState::Open,
            audience,
            counterpart: None,
            return_shift: None,
            ..self.clone()
        };
        let alternative = |(Taker { agent, return_shift }, span)| Alternative {
            agent: Some(agent),
            shift: return_shift.unwrap_or(self.offered_shift),
            span,
        };
        anew.takers(context, policy, busy).into_iter().map(alternative).collect()
    }

    /// The nearest who could take it, each with when the shift in return is or, without one, the
    /// offered one.
    fn takers(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        busy: &BTreeSet<ShiftId>,
    ) -> Vec<(Taker, Span)> {
        let mut candidates = Vec::new();
        for plan in context.roster.plans.values().filter(|plan| plan.agent != self.proposer) {
            if self.is_two_way() {
                let wanted = |span| self.acceptable_windows.iter().any(|it| it.covers(span));
                let free = plan.shifts.iter().filter(|shift| !busy.contains(&shift.id()));
                for shift in free.filter(|shift| wanted(shift.span())) {
                    let taker = Taker { agent: plan.agent, return_shift: Some(shift.id()) };
                    candidates.push((taker, shift.span()));
                }
            } else {
                let taker = Taker { agent: plan.agent, return_shift: None };
                candidates.push((taker, self.offered_span));
            }
        }
        candidates.sort_by_key(|(taker, span)| {
            (apart(*span, self.offered_span), taker.agent, taker.return_shift)
        });
        let tried = candidates.into_iter().take(MOST_TRIED);
        tried.filter(|(taker, _)| self.would_approve(context, policy, *taker)).take(MOST).collect()
    }

    fn would_approve(&self, context: &CheckContext<'_>, policy: &SwapPolicy, taker: Taker) -> bool {
        let Taker { agent, return_shift } = taker;
        let acceptance = Acceptance { agent, return_shift, expected_version: None };
        // Who reviews every swap anyway still wants to know which ones the rules alone would let by.
        let policy = SwapPolicy { always_reviewed: false, ..*policy };
        let decision = self.accept(context, &policy, acceptance);
        decision.is_ok_and(|decision| decision.swap.state == SwapState::Approved)
    }
}
