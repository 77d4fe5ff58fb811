//! What the system proposes by itself: who could take a shift, and what else somebody who was
//! refused could have. Everything it names passes the rules as they stand.

use super::{Acceptance, ShiftSwap, SwapPolicy, SwapState, apart};
use crate::{
    id::{AgentId, ShiftId},
    requests::Alternative,
    schedules::CheckContext,
    time::Span,
};

const MOST: usize = 3;

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
        let mut candidates = Vec::new();
        for plan in context.roster.plans.values() {
            if self.is_two_way() {
                let wanted = |span| self.acceptable_windows.iter().any(|it| it.covers(span));
                for shift in plan.shifts.iter().filter(|shift| wanted(shift.span())) {
                    let taker = Taker { agent: plan.agent, return_shift: Some(shift.id()) };
                    candidates.push((apart(shift.span(), self.offered_span), taker));
                }
            } else {
                candidates.push((0, Taker { agent: plan.agent, return_shift: None }));
            }
        }
        candidates.sort_by_key(|(apart, taker)| (*apart, taker.agent, taker.return_shift));
        let possible = candidates.into_iter().map(|(_, taker)| taker);
        possible.filter(|taker| self.would_approve(context, policy, *taker)).take(MOST).collect()
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

/// Up to three shifts of other running one-way offers that the agent could have at once, nearest in
/// time to `wanted` first; for the record of a refusal.
#[must_use]
pub fn nearest_offers(
    context: &CheckContext<'_>,
    policy: &SwapPolicy,
    offers: &[ShiftSwap],
    agent: AgentId,
    wanted: Span,
) -> Vec<Alternative> {
    let mut offers: Vec<_> = offers.iter().filter(|offer| !offer.is_two_way()).collect();
    offers.sort_by_key(|offer| (apart(offer.offered_span, wanted), offer.id));
    let taker = Taker { agent, return_shift: None };
    let possible = offers.into_iter().filter(|it| it.would_approve(context, policy, taker));
    let named = possible.map(|it| Alternative { shift: it.offered_shift, span: it.offered_span });
    named.take(MOST).collect()
}
