//! The second step: a colleague takes the shift or declines it.

use super::{Audience, ShiftSwap, SwapDecision, SwapPolicy, SwapState, in_time};
use crate::{
    fault::Rule,
    id::{AgentId, ShiftId},
    requests::{Decider, DecisionRecord, Outcome, RequestKind, SwapRefusal, SwapRefusalCode},
    schedules::{CheckContext, Severity, Shift, Violation, check, worst},
};

/// A colleague's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance {
    /// Who takes the shift.
    pub agent: AgentId,
    /// Own shift given in return, when one is asked.
    pub return_shift: Option<ShiftId>,
    /// Version of the swap the agent has seen.
    pub expected_version: Option<i32>,
}

impl ShiftSwap {
    /// Takes the offered shift at `context.now`.
    ///
    /// Both final rosters are judged. Nothing above `WARNING` approves at once, `NEEDS_APPROVAL` (or
    /// a policy that has every swap reviewed) makes it `MATCHED` and leaves it to the leader.
    ///
    /// # Errors
    /// `NOT_FOUND` also for an agent to whom the offer is not made, `ALREADY_TAKEN`, `ALREADY_YOURS`,
    /// `INVALID_STATE`, `STALE_VERSION`, `INVALID_VALUE`, `NOTICE_TOO_SHORT`, `RULE_VIOLATED`.
    pub fn accept(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        acceptance: Acceptance,
    ) -> Result<SwapDecision, SwapRefusal> {
        let Acceptance { agent, return_shift, expected_version } = acceptance;
        self.visible_to(agent, context, policy)?;
        match self.state_at(context.now) {
            SwapState::Open => {}
            SwapState::Matched | SwapState::Approved => {
                return Err(SwapRefusal::taken(self.counterpart, Some(agent)));
            }
            state => return Err(SwapRefusal::InvalidState { state }),
        }
        self.expect_version(expected_version)?;
        let back = self.shift_in_return(agent, return_shift, context)?;
        let earlier = back.map_or(self.offered_span, |shift| self.offered_span.min(shift.span()));
        in_time(earlier.start(), context.now, context.rules.limits.swap_deadline_seconds)?;

        let taken = Self { counterpart: Some(agent), return_shift, ..self.clone() };
        taken.shifts_are_there(context)?;
        let change = taken.change().ok_or(SwapRefusal::NotFound { what: "agent" })?;
        let violations = check(context, &change);
        let worst = worst(&violations);
        let (state, outcome) = match worst {
            Severity::Blocking => (SwapState::Open, Outcome::Refused),
            Severity::NeedsApproval => (SwapState::Matched, Outcome::NeedsApproval),
            _ if policy.always_reviewed => (SwapState::Matched, Outcome::NeedsApproval),
            _ => (SwapState::Approved, Outcome::Approved),
        };
        let kind = RequestKind::ShiftSwap;
        let mut record = DecisionRecord::plain(kind, outcome, Decider::System, context.now)
            .with_checks(context, &change, &violations);
        if outcome == Outcome::Refused {
            record.reason = Some(SwapRefusalCode::RuleViolated);
            return Err(SwapRefusal::RuleViolated { violations, record: Box::new(record) });
        }
        let change = (state == SwapState::Approved).then_some(change);
        Ok(SwapDecision { swap: taken.stepped(state), change, violations, record })
    }

    /// What would stand against this colleague taking the shift; nothing is decided.
    #[must_use]
    pub fn preview(
        &self,
        context: &CheckContext<'_>,
        agent: AgentId,
        return_shift: Option<ShiftId>,
    ) -> Vec<Violation> {
        let taken = Self { counterpart: Some(agent), return_shift, ..self.clone() };
        taken.change().map(|change| check(context, &change)).unwrap_or_default()
    }

    /// Declines. An offer to one colleague is over with that, an offer to a group stays open for
    /// the others (then the swap comes back as it stands, with the same version).
    ///
    /// # Errors
    /// `NOT_FOUND`, `INVALID_STATE`, `STALE_VERSION`.
    pub fn decline(
        &self,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
        agent: AgentId,
        expected_version: Option<i32>,
    ) -> Result<SwapDecision, SwapRefusal> {
        self.visible_to(agent, context, policy)?;
        match self.state_at(context.now) {
            SwapState::Open => {}
            state => return Err(SwapRefusal::InvalidState { state }),
        }
        self.expect_version(expected_version)?;
        let swap = match self.audience {
            Audience::Agent(_) => self.stepped(SwapState::Denied),
            Audience::Group(_) => self.clone(),
        };
        let record = DecisionRecord::plain(
            RequestKind::ShiftSwap,
            Outcome::Denied,
            Decider::Agent(agent),
            context.now,
        );
        Ok(SwapDecision { swap, change: None, violations: Vec::new(), record })
    }

    /// What is not offered to somebody does not exist for that person, taken or not; who offers
    /// knows it, and has nothing to answer.
    fn visible_to(
        &self,
        agent: AgentId,
        context: &CheckContext<'_>,
        policy: &SwapPolicy,
    ) -> Result<(), SwapRefusal> {
        if agent == self.proposer {
            let (field, rule) = ("swap", Rule::NotTheOwnOffer);
            return Err(SwapRefusal::InvalidValue { field, rule });
        }
        let plan = context.roster.plans.get(&agent);
        let at_site = plan.is_some_and(|plan| plan.site == self.site || policy.across_sites);
        if at_site && self.audience.includes(agent) {
            Ok(())
        } else {
            Err(SwapRefusal::NotFound { what: "swap" })
        }
    }

    /// The shift given in return: there when asked for, the agent's own, and in a window.
    fn shift_in_return<'a>(
        &self,
        agent: AgentId,
        shift: Option<ShiftId>,
        context: &CheckContext<'a>,
    ) -> Result<Option<&'a Shift>, SwapRefusal> {
        let field = "return_shift";
        let Some(id) = shift else {
            if self.is_two_way() {
                return Err(SwapRefusal::InvalidValue { field, rule: Rule::ShiftInReturn });
            }
            return Ok(None);
        };
        if !self.is_two_way() {
            return Err(SwapRefusal::InvalidValue { field, rule: Rule::NothingInReturn });
        }
        let plan = context.roster.plans.get(&agent);
        let shift = plan.and_then(|plan| plan.shifts.iter().find(|it| it.id() == id));
        let shift = shift.ok_or(SwapRefusal::NotFound { what: "shift" })?;
        if self.acceptable_windows.iter().any(|window| window.covers(shift.span())) {
            Ok(Some(shift))
        } else {
            Err(SwapRefusal::InvalidValue { field, rule: Rule::ShiftInAWindow })
        }
    }
}
