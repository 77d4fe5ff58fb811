use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_domain::{
    id::{AgentId, ShiftSwapId},
    identity::Permission as Right,
    requests::{Decider, DecisionCheck, DecisionRecord, Outcome as Decided, SwapState, WaitingFor},
    schedules::{Quantity, RuleCode},
    time::Span,
};
use trunkline_infra::{requests::SwapView, schedules::ShiftView};

use super::{event_types::ShiftSwapEvent, taking_types::ShiftSwapTaking};
use crate::{
    agents::Agent,
    connection,
    error::{AppError, Outcome},
    graphql::{DateTime, Operation, show_id},
    schedules::{RuleSeverity, RuleViolation, ScheduleRule, Shift, may_know},
};

/// Where a swap stands. New values can be added: treat an unknown one as `CANCELLED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SwapState")]
pub enum ShiftSwapState {
    /// Waits for a colleague.
    Open,
    /// A colleague accepted; waits for approval.
    Matched,
    /// Approved; both schedules are changed.
    Approved,
    /// Turned down by the colleague or the supervisor.
    Denied,
    /// Taken back by the proposer.
    Cancelled,
    /// Lapsed.
    Expired,
}

/// Whose turn it is. New values can be added: treat an unknown one as `NOBODY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "WaitingFor")]
pub enum ShiftSwapTurn {
    /// A colleague has to answer.
    Colleague,
    /// A leader has to decide.
    Leader,
    /// It is over.
    Nobody,
}

/// What was decided. New values can be added: treat an unknown one as `REFUSED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Decided")]
pub enum DecisionOutcome {
    /// Granted; the rosters change.
    Approved,
    /// A leader has to decide.
    NeedsApproval,
    /// Turned down by the colleague or the leader.
    Denied,
    /// Not possible by the rules.
    Refused,
    /// Taken back by whoever asked.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

/// Half-open span of time.
#[derive(Debug, Clone, SimpleObject)]
pub struct DateTimeWindow {
    /// Start, inclusive.
    pub starts_at: DateTime,
    /// End, exclusive.
    pub ends_at: DateTime,
}

impl From<Span> for DateTimeWindow {
    fn from(span: Span) -> Self {
        Self { starts_at: DateTime(span.start()), ends_at: DateTime(span.end()) }
    }
}

/// An offer to hand over or exchange a shift.
#[derive(Debug, Clone)]
pub struct ShiftSwap(pub Arc<SwapView>);

impl ShiftSwap {
    /// The swap, if the caller may see it.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<ShiftSwapId>() else { return Ok(None) };
        Ok(operation.swap(id).await?.map(Self))
    }

    /// The running swap of a shift, if the caller may see it.
    pub(crate) async fn of_shift(
        operation: &Operation,
        shift: &ShiftView,
    ) -> Outcome<Option<Self>> {
        match operation.running_swap(shift.id).await? {
            Some(swap) => Ok(operation.swap(swap.id).await?.map(Self)),
            None => Ok(None),
        }
    }
}

/// The agent, as far as the caller may see them.
pub(super) async fn agent(
    ctx: &Context<'_>,
    id: Option<AgentId>,
) -> async_graphql::Result<Option<Agent>> {
    let operation = Operation::of(ctx)?;
    let Some(id) = id else { return Ok(None) };
    let agent = operation.visible_agent(id, Right::AgentRead).await;
    Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
}

/// An offer to hand over or exchange a shift.
#[Object]
impl ShiftSwap {
    /// Global id, prefix `swp_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Where it stands. An offer whose time is over has lapsed, also before anybody wrote so.
    async fn state(&self, ctx: &Context<'_>) -> async_graphql::Result<ShiftSwapState> {
        Ok(self.state_now(Operation::of(ctx)?)?.into())
    }
    /// Whose turn it is.
    async fn waiting_for(&self, ctx: &Context<'_>) -> async_graphql::Result<ShiftSwapTurn> {
        Ok(self.state_now(Operation::of(ctx)?)?.waiting_for().into())
    }
    /// Shift given away.
    async fn offered_shift(&self, ctx: &Context<'_>) -> async_graphql::Result<Shift> {
        let operation = Operation::of(ctx)?;
        let shift = operation.shift(self.0.offered_shift_id).await;
        shift
            .and_then(|shift| shift.map(Shift).ok_or(AppError::Unavailable))
            .map_err(|error| operation.fail(error))
    }
    /// Shift given in return. `null` for a one-way hand-over or while unmatched.
    async fn requested_shift(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Shift>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.return_shift_id else { return Ok(None) };
        let shift = operation.shift(id).await.map_err(|error| operation.fail(error))?;
        Ok(shift.map(Shift))
    }
    /// Agent who offers. `null` when the caller may not see that agent.
    async fn proposer(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        agent(ctx, Some(self.0.proposer_id)).await
    }
    /// Name of who offers, as colleagues of the site know it. `null` for others.
    async fn proposer_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        let name = operation.colleague_name(Some(self.0.proposer_id)).await;
        name.map_err(|error| operation.fail(error))
    }
    /// Agent who takes. `null` while unmatched, and when the caller may not see that agent.
    async fn counterpart(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        agent(ctx, self.0.counterpart_id).await
    }
    /// Name of who takes, as colleagues of the site know it. `null` while unmatched, and for others.
    async fn counterpart_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        let name = operation.colleague_name(self.0.counterpart_id).await;
        name.map_err(|error| operation.fail(error))
    }
    /// Whether the caller could take it now, with the rules that stand against it. `null` when it is not offered to the caller, or no longer open.
    async fn viewer_can_take(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Option<ShiftSwapTaking>> {
        let operation = Operation::of(ctx)?;
        let trial = operation.trial(self.0.id).await.map_err(|error| operation.fail(error))?;
        Ok(trial.map(ShiftSwapTaking))
    }
    /// Windows in which the proposer would take a shift in return; empty means one-way.
    async fn acceptable_windows(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<Vec<DateTimeWindow>> {
        let operation = Operation::of(ctx)?;
        let windows = self.0.windows().map_err(|error| operation.fail(error.into()))?;
        Ok(windows.into_iter().map(Into::into).collect())
    }
    /// Rules that stood against the swap when it was last decided; `BLOCKING` ones prevent approval.
    async fn violations(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RuleViolation>> {
        let operation = Operation::of(ctx)?;
        let violations = self.0.violations().map_err(|error| operation.fail(error.into()))?;
        Ok(violations.into_iter().map(RuleViolation).collect())
    }
    /// The record of the last decision. `null` while nobody has answered.
    async fn decision(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Decision>> {
        let operation = Operation::of(ctx)?;
        let decision = self.0.decision().map_err(|error| operation.fail(error.into()))?;
        Ok(decision.map(Decision))
    }
    /// When the offer lapses.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
    /// Text of the proposer. `null` when none was given.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
    /// Steps taken, oldest first.
    async fn history(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ShiftSwapEvent>> {
        let operation = Operation::of(ctx)?;
        let history = self.0.history().map_err(|error| operation.fail(error.into()))?;
        let decision = self.0.decision().map_err(|error| operation.fail(error.into()))?;
        Ok(ShiftSwapEvent::of(history, decision.as_ref()))
    }
    /// Made at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Last step.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
    /// Grows by one with every step; hand it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl ShiftSwap {
    fn state_now(&self, operation: &Operation) -> async_graphql::Result<SwapState> {
        let swap = self.0.swap(Vec::new()).map_err(|error| operation.fail(error.into()))?;
        Ok(swap.state_at(operation.now))
    }
}

/// The record of a decision: what was looked at, measured and found.
#[derive(Debug)]
pub struct Decision(DecisionRecord);

/// The record of a decision: what was looked at, measured and found.
#[Object]
impl Decision {
    /// What was decided.
    async fn outcome(&self) -> DecisionOutcome {
        self.0.outcome.into()
    }
    /// When.
    async fn decided_at(&self) -> DateTime {
        DateTime(self.0.decided_at)
    }
    /// Whether the rules alone decided.
    async fn by_system(&self) -> bool {
        self.0.decider == Decider::System
    }
    /// Text of whoever decided. `null` when none was given.
    async fn comment(&self) -> Option<&str> {
        self.0.comment.as_deref()
    }
    /// Versions of the rule sets that were in force, each once.
    async fn rules_versions(&self) -> Vec<i32> {
        self.0.rules.iter().map(|rules| rules.version).collect()
    }
    /// Rules looked at, by agent and rule. Those of agents whom the caller may not see come without the agent.
    async fn checks(&self) -> Vec<DecidedCheck> {
        self.0.checks.iter().cloned().map(DecidedCheck).collect()
    }
}

/// One rule that was looked at.
#[derive(Debug)]
pub struct DecidedCheck(DecisionCheck);

/// One rule that was looked at.
#[Object]
impl DecidedCheck {
    /// Which rule.
    async fn rule(&self) -> ScheduleRule {
        self.0.rule.into()
    }
    /// Whose roster. `null` when it is nobody's in particular or the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        agent(ctx, self.0.agent).await
    }
    /// Its weight.
    async fn severity(&self) -> RuleSeverity {
        self.0.severity.into()
    }
    /// Whether it is kept, or stood unkept before and is not worsened.
    async fn passed(&self) -> bool {
        self.0.passed
    }
    /// What was measured, e.g. `15 h`. `null` where a kept rule has no single figure, and of availability that the caller may not read.
    async fn measured(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.figure(ctx, self.0.measured.as_ref()).await
    }
    /// What is allowed. `null` like `measured`.
    async fn limit(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        self.figure(ctx, self.0.limit.as_ref()).await
    }
}

impl DecidedCheck {
    async fn figure(
        &self,
        ctx: &Context<'_>,
        what: Option<&Quantity>,
    ) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        if let (RuleCode::Availability, Some(agent)) = (self.0.rule, self.0.agent) {
            let told = may_know(operation, agent).await.map_err(|error| operation.fail(error))?;
            if !told {
                return Ok(None);
            }
        }
        Ok(what.map(|what| what.text(operation.language)))
    }
}

connection!(
    ShiftSwapConnection,
    ShiftSwapEdge,
    ShiftSwap,
    "A page of swaps.",
    "A swap and its cursor."
);
