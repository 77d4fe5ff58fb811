use async_graphql::{Context, Object};

use super::{
    inputs::{
        AgentStatesPushInput, IntervalFiguresPushInput, QueueGaugeInput, QueueGaugesPushInput,
    },
    service::{push_figures, push_gauges, push_states},
    types::{
        AgentStatesPushPayload, FeedResult, IntervalFiguresPushPayload, QueueGaugesPushPayload,
    },
};
use crate::graphql::Operation;

/// Feeds of the switches.
#[derive(Debug, Default)]
pub struct IntradayMutation;

#[Object]
impl IntradayMutation {
    /// Takes up to 500 gauges of waiting contacts, each on its own; of each queue and site the latest by source time counts.
    /// Errors: LIMIT_EXCEEDED, NOT_FOUND, FORBIDDEN, SITE_REQUIRED, INVALID_VALUE.
    async fn queue_gauges_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What waits.")] input: QueueGaugesPushInput,
    ) -> async_graphql::Result<QueueGaugesPushPayload> {
        let operation = Operation::root(ctx)?;
        let QueueGaugesPushInput { gauges } = input;
        let items = gauges.into_iter().map(QueueGaugeInput::parse).collect();
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = push_gauges(&operation.app, &write, items).await;
        let (taken, user_errors) = operation.settle(outcome)?;
        Ok(QueueGaugesPushPayload { results: FeedResult::all(operation, taken), user_errors })
    }

    /// Takes up to 500 state events of agents, each on its own. Repeats change nothing, late ones correct the history.
    /// Errors: LIMIT_EXCEEDED, NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn agent_states_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What happened.")] input: AgentStatesPushInput,
    ) -> async_graphql::Result<AgentStatesPushPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((source, items)) => push_states(&operation.app, &write, source, items).await,
            Err(fault) => Err(fault.into()),
        };
        let (taken, user_errors) = operation.settle(outcome)?;
        Ok(AgentStatesPushPayload { results: FeedResult::all(operation, taken), user_errors })
    }

    /// Takes figures of up to 500 intervals, each on its own and as a whole. Repeats change nothing, the latest word by source time counts, and sums of days follow.
    /// Errors: LIMIT_EXCEEDED, NOT_FOUND, FORBIDDEN, SITE_REQUIRED, INVALID_VALUE.
    async fn interval_figures_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was counted.")] input: IntervalFiguresPushInput,
    ) -> async_graphql::Result<IntervalFiguresPushPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((source, items)) => push_figures(&operation.app, &write, source, items).await,
            Err(fault) => Err(fault.into()),
        };
        let (taken, user_errors) = operation.settle(outcome)?;
        Ok(IntervalFiguresPushPayload { results: FeedResult::all(operation, taken), user_errors })
    }
}
