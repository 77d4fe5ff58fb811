//! Who could take a shift. Everybody it names passes the rules as they stand.

use super::{Acceptance, ShiftSwap, SwapPolicy, SwapState, apart};
use crate::{
    id::{AgentId, ShiftId},
    schedules::CheckContext,
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
