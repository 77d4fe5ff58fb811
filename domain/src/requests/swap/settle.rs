//! How a swap ends other than by the rules alone: a leader decides, the proposer takes it back, or
//! its time runs out.

use jiff::Timestamp;

use super::{ShiftSwap, SwapDecision, SwapState};
use crate::{
    id::{AgentId, UserId},
    requests::{Decider, DecisionRecord, Outcome, RequestKind, SwapRefusal, SwapRefusalCode},
    schedules::{CheckContext, Severity, Shift, check},
};

/// A leader's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who decides.
    pub by: UserId,
    /// The leader's own agent record: nobody decides about a swap of their own.
    pub own: Option<AgentId>,
    /// Approve or deny.
    pub approve: bool,
    /// Approve in spite of `WARNING` violations.
    pub override_warnings: bool,
    /// Text for both agents.
    pub comment: Option<String>,
    /// Version of the swap the leader has seen.
    pub expected_version: Option<i32>,
}

impl ShiftSwap {
    /// Approves or denies a matched swap at `context.now`. Both rosters are judged again as they
    /// stand now: what came in between may stand against it.
    ///
    /// # Errors
    /// `FORBIDDEN` for one of its two sides; `INVALID_STATE`, `STALE_VERSION`; `RULE_VIOLATED` for `BLOCKING` violations, and for
    /// `WARNING` ones that the leader does not override; `NOT_FOUND` when a shift is gone.
    pub fn review(
        &self,
        context: &CheckContext<'_>,
        review: Review,
    ) -> Result<SwapDecision, SwapRefusal> {
        let Review { by, own, approve, override_warnings, comment, expected_version } = review;
        if own.is_some_and(|own| own == self.proposer || Some(own) == self.counterpart) {
            return Err(SwapRefusal::OwnSwap);
        }
        match self.state_at(context.now) {
            SwapState::Matched => {}
            state => return Err(SwapRefusal::InvalidState { state }),
        }
        self.expect_version(expected_version)?;
        let outcome = if approve { Outcome::Approved } else { Outcome::Denied };
        let (kind, decider) = (RequestKind::ShiftSwap, Decider::User(by));
        let record = DecisionRecord::plain(kind, outcome, decider, context.now);
        let record = DecisionRecord { comment, ..record };
        if !approve {
            let swap = self.stepped(SwapState::Denied);
            return Ok(SwapDecision { swap, change: None, violations: Vec::new(), record });
        }
        let change = self.change().ok_or(SwapRefusal::NotFound { what: "agent" })?;
        self.shifts_are_there(context)?;
        let violations = check(context, &change);
        let record = record.with_checks(context, &change, &violations);
        let in_the_way = |severity| match severity {
            Severity::Blocking => true,
            Severity::Warning => !override_warnings,
            Severity::NeedsApproval | Severity::Off => false,
        };
        if violations.iter().any(|it| !it.standing && in_the_way(it.severity)) {
            let reason = Some(SwapRefusalCode::RuleViolated);
            let record = DecisionRecord { outcome: Outcome::Refused, reason, ..record };
            return Err(SwapRefusal::RuleViolated { violations, record: Box::new(record) });
        }
        let swap = self.stepped(SwapState::Approved);
        Ok(SwapDecision { swap, change: Some(change), violations, record })
    }

    /// Takes a running offer back: the proposer, or a leader for the line. After approval there is no
    /// way back but a swap of its own.
    ///
    /// # Errors
    /// `NOT_FOUND` for an agent other than the proposer, `INVALID_STATE`, `STALE_VERSION`.
    pub fn cancel(
        &self,
        by: Decider,
        expected_version: Option<i32>,
        now: Timestamp,
    ) -> Result<SwapDecision, SwapRefusal> {
        if matches!(by, Decider::Agent(agent) if agent != self.proposer) {
            return Err(SwapRefusal::NotFound { what: "swap" });
        }
        let state = self.state_at(now);
        if !state.is_running() {
            return Err(SwapRefusal::InvalidState { state });
        }
        self.expect_version(expected_version)?;
        Ok(self.ended(SwapState::Cancelled, Outcome::Withdrawn, by, now))
    }

    /// Lets a running swap lapse whose time is over.
    ///
    /// # Errors
    /// `INVALID_STATE` when it is over already or has time left.
    pub fn expire(&self, now: Timestamp) -> Result<SwapDecision, SwapRefusal> {
        if !self.state.is_running() || now < self.expires_at {
            return Err(SwapRefusal::InvalidState { state: self.state });
        }
        Ok(self.ended(SwapState::Expired, Outcome::Expired, Decider::System, now))
    }

    fn ended(
        &self,
        state: SwapState,
        outcome: Outcome,
        decider: Decider,
        now: Timestamp,
    ) -> SwapDecision {
        let record = DecisionRecord::plain(RequestKind::ShiftSwap, outcome, decider, now);
        SwapDecision { swap: self.stepped(state), change: None, violations: Vec::new(), record }
    }

    /// Both shifts are still with those who give them, the offered one as it was offered: a planner
    /// may have changed one meanwhile, and nobody takes what was not offered.
    pub(super) fn shifts_are_there(&self, context: &CheckContext<'_>) -> Result<(), SwapRefusal> {
        let given = [
            (Some(self.proposer), Some(self.offered_shift)),
            (self.counterpart, self.return_shift),
        ];
        for (agent, shift) in given {
            let (Some(agent), Some(shift)) = (agent, shift) else { continue };
            let plan = context.roster.plans.get(&agent);
            let as_offered = |it: &&Shift| {
                let offered = shift == self.offered_shift;
                it.id() == shift && (!offered || it.version() == self.offered_version)
            };
            if plan.and_then(|plan| plan.shifts.iter().find(as_offered)).is_none() {
                return Err(SwapRefusal::NotFound { what: "shift" });
            }
        }
        Ok(())
    }
}
