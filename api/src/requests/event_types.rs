//! Steps of swaps.

use async_graphql::{Context, Object};
use trunkline_domain::requests::{Decider, DecisionRecord, SwapState};
use trunkline_infra::requests::SwapEvent;

use super::types::{ShiftSwapState, agent};
use crate::{agents::Agent, graphql::DateTime};

/// A step in the life of a swap.
#[derive(Debug)]
pub struct ShiftSwapEvent {
    event: SwapEvent,
    /// Whether the rules alone decided it, on the word of whoever took it.
    by_rules: bool,
}

impl ShiftSwapEvent {
    /// The steps of a swap whose last decision is this.
    pub(super) fn of(history: Vec<SwapEvent>, decision: Option<&DecisionRecord>) -> Vec<Self> {
        let by_rules = |event: &SwapEvent| {
            let ends = matches!(event.state, SwapState::Approved | SwapState::Denied);
            let last = decision.filter(|it| it.decided_at == event.at);
            ends && last.is_some_and(|it| it.decider == Decider::System)
        };
        let told = history.into_iter().map(|event| Self { by_rules: by_rules(&event), event });
        told.collect()
    }
}

/// A step in the life of a swap.
#[Object]
impl ShiftSwapEvent {
    /// State after the step.
    async fn state(&self) -> ShiftSwapState {
        self.event.state.into()
    }
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.event.at)
    }
    /// Who, as far as the caller may see that agent; `null` where the system did it unasked, and for people who are no agents.
    async fn actor(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        agent(ctx, self.event.agent).await
    }
    /// Whether the step was the system's own, or decided by the rules alone; then `actor` is whose word they decided on.
    async fn by_system(&self) -> bool {
        self.by_rules || (self.event.agent.is_none() && self.event.user.is_none())
    }
    /// Text given with the step. `null` when none was.
    async fn comment(&self) -> Option<&str> {
        self.event.comment.as_deref()
    }
}
