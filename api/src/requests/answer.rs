//! What a step of a swap comes to.

use trunkline_domain::{
    fault::{Fault, FaultCode},
    requests::{Alternative, SwapDecision, SwapRefusal},
    schedules::Violation,
};
use trunkline_infra::requests::SwapView;

use super::refusal::fault;

/// What a step came to.
#[derive(Debug, Default)]
pub(super) struct SwapAnswer {
    /// The swap as it stands now, where the caller may see it.
    pub(super) swap: Option<SwapView>,
    /// What was found.
    pub(super) violations: Vec<Violation>,
    /// What would pass instead of what the rules refuse, nearest first.
    pub(super) alternatives: Vec<Alternative>,
    /// Why it was not done; empty = done.
    pub(super) faults: Vec<Fault>,
}

impl SwapAnswer {
    /// Refused before anything was looked at.
    pub(super) fn refused(fault: impl Into<Fault>) -> Self {
        Self { faults: vec![fault.into()], ..Self::default() }
    }

    /// Refused by the rules of swaps. Whoever is told of more than that it is not there sees the
    /// swap as it stands.
    pub(super) fn of_refusal(refusal: &SwapRefusal, stands: Option<SwapView>) -> Self {
        let fault = fault(refusal);
        let hidden = fault.code == FaultCode::NotFound;
        Self {
            swap: stands.filter(|_| !hidden),
            violations: refusal.violations().to_vec(),
            alternatives: refusal.alternatives().to_vec(),
            faults: vec![fault],
        }
    }

    /// Would be done: a dry run.
    pub(super) fn of_decision(decision: SwapDecision) -> Self {
        Self { violations: decision.violations, ..Self::default() }
    }
}
