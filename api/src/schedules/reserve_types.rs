use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, SimpleObject};
use trunkline_domain::{
    id::AgentId,
    schedules::{NotCalled, ReserveCall as KnownCall, ReservePlan, ReserveTerms},
};

use super::{RuleViolation, draft_types::visible, reserve::SetReserve};
use crate::{
    agents::Agent,
    error::{AppError, Outcome},
    graphql::{Date, DateTime, Operation, UserError, parse_id},
};

/// An agent of a site's reserve.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct ReserveMember {
    #[graphql(skip)]
    agent: AgentId,
    /// Who is called first has the least.
    pub call_order: u32,
    /// Time from the call to the first contact.
    pub reach_seconds: u32,
}

#[ComplexObject]
impl ReserveMember {
    /// Who. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        visible(Operation::of(ctx)?, Some(self.agent)).await
    }
}

impl From<(AgentId, ReserveTerms)> for ReserveMember {
    fn from((agent, terms): (AgentId, ReserveTerms)) -> Self {
        let ReserveTerms { call_order, reach_seconds } = terms;
        Self { agent, call_order, reach_seconds }
    }
}

/// How an agent stands in the reserve.
#[derive(Debug, InputObject)]
pub struct ReserveMembershipInput {
    /// Who is called first has the least: 1 to 1000.
    pub call_order: i32,
    /// Time from the call to the first contact: at most a day.
    pub reach_seconds: i32,
}

/// An agent's place in the reserve, to set.
#[derive(Debug, InputObject)]
pub struct ReserveAgentSetInput {
    /// Whose.
    pub agent_id: ID,
    /// From which day on, in the zone of the agent's site; what was set for that day is replaced.
    pub valid_from_date: Date,
    /// Order and time. `null` = in the reserve no more.
    pub membership: Option<ReserveMembershipInput>,
}

impl ReserveAgentSetInput {
    pub(super) fn parse(self) -> Outcome<SetReserve> {
        let Self { agent_id, valid_from_date, membership } = self;
        let agent = parse_id(&agent_id, "agentId")?;
        let terms = membership.map(|it| {
            let ReserveMembershipInput { call_order, reach_seconds } = it;
            ReserveTerms::parse("membership", call_order, reach_seconds)
        });
        let terms = terms.transpose().map_err(AppError::Faults)?;
        Ok(SetReserve { agent, valid_from: valid_from_date.0, terms })
    }
}

/// Outcome of setting a place in the reserve.
#[derive(Debug, SimpleObject)]
pub struct ReserveAgentSetPayload {
    /// How the agent stands in the reserve from that day on. `null` when refused, and when it is in the reserve no more.
    pub reserve_member: Option<ReserveMember>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Why an agent of the reserve is not to be called. New values can be added: treat an unknown one as `RULE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ReserveRefusalReason {
    /// Has a shift then.
    WorksThen,
    /// Cannot be there before the time ends.
    TooLate,
    /// Nobody is missing whom the agent could stand in for, once those before are there.
    NotNeeded,
    /// A shift then would break a rule that blocks; see `violations`.
    Rule,
}

/// What is to be said of an agent of the reserve.
#[derive(Debug, SimpleObject)]
pub struct ReserveCall {
    /// Who it is about, and how it stands in the reserve.
    pub member: ReserveMember,
    /// When the agent would be there if called now.
    pub arrives_at: DateTime,
    /// When the shift to propose would begin: with the time, or in steps of five minutes once the agent is there. `null` for who works then or comes too late.
    pub starts_at: Option<DateTime>,
    /// When it would end: with the time, or later where rules or contract ask for a longer shift.
    pub ends_at: Option<DateTime>,
    /// Why the agent is not to be called. `null` = call.
    pub refusal: Option<ReserveRefusalReason>,
    /// Rules that a shift then would break; `BLOCKING` ones are why the agent is not to be called.
    pub violations: Vec<RuleViolation>,
}

impl From<KnownCall> for ReserveCall {
    fn from(call: KnownCall) -> Self {
        let KnownCall { agent, terms, arrives_at, span, refusal, told } = call;
        let (refusal, violations) = match refusal {
            None => (None, told),
            Some(NotCalled::WorksThen) => (Some(ReserveRefusalReason::WorksThen), told),
            Some(NotCalled::TooLate) => (Some(ReserveRefusalReason::TooLate), told),
            Some(NotCalled::NotNeeded) => (Some(ReserveRefusalReason::NotNeeded), told),
            Some(NotCalled::Refused(broken)) => (Some(ReserveRefusalReason::Rule), broken),
        };
        Self {
            member: (agent, terms).into(),
            arrives_at: DateTime(arrives_at),
            starts_at: span.map(|span| DateTime(span.start())),
            ends_at: span.map(|span| DateTime(span.end())),
            refusal,
            violations: violations.into_iter().map(RuleViolation).collect(),
        }
    }
}

/// Who of a site's reserve is to be called in for some time.
#[derive(Debug, SimpleObject)]
pub struct ReserveCalls {
    /// Seconds of agents that are missing in the intervals which the time touches, summed over skills.
    pub missing_seconds_before: i64,
    /// The same once all who are to be called are there.
    pub missing_seconds_after: i64,
    /// The whole reserve, in the order in which it is called.
    pub calls: Vec<ReserveCall>,
}

impl From<ReservePlan> for ReserveCalls {
    fn from(plan: ReservePlan) -> Self {
        let ReservePlan { calls, missing_before_seconds, missing_after_seconds } = plan;
        Self {
            missing_seconds_before: missing_before_seconds,
            missing_seconds_after: missing_after_seconds,
            calls: calls.into_iter().map(ReserveCall::from).collect(),
        }
    }
}
