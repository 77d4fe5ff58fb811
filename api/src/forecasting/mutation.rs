use async_graphql::{Context, Object};

use super::{
    event_service::{decide, propose_event},
    event_types::{DemandEvent, DemandEventDecidePayload, DemandEventProposePayload},
    forecast_service::run_forecast,
    history_types::{HistoryImportPayload, HistoryImportReport},
    inputs::{
        DemandEventDecideInput, DemandEventProposeInput, ForecastRunInput, HistoryImportInput,
    },
    service::import_history,
    types::{Forecast, ForecastRunPayload},
};
use crate::{error::Outcome, graphql::Operation};

/// Writing history, demand events and forecasts.
#[derive(Debug, Default)]
pub struct ForecastMutation;

#[Object]
impl ForecastMutation {
    /// Takes interval history in: all of it or, unless the good rows are to be kept, nothing. The same file again changes nothing.
    /// Errors: IMPORT_REFUSED.
    async fn history_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and how to take it in.")] input: HistoryImportInput,
    ) -> async_graphql::Result<HistoryImportPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = import_history(&operation.app, &write, input.parse()).await;
        let (report, mut user_errors) = operation.settle(outcome)?;
        let (report, refusal) = report.map(HistoryImportReport::of).unzip();
        user_errors.extend(refusal.flatten().map(|fault| operation.user_error(fault)));
        Ok(HistoryImportPayload { report, user_errors })
    }

    /// Makes the next version of a queue's forecast from its history, with the accepted demand events laid over it.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, TOO_LITTLE_HISTORY.
    async fn forecast_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which forecast to make.")] input: ForecastRunInput,
    ) -> async_graphql::Result<ForecastRunPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let run =
            async || -> Outcome<_> { run_forecast(&operation.app, &write, input.parse()?).await };
        let (forecast, user_errors) = operation.settle(run().await)?;
        Ok(ForecastRunPayload { forecast: forecast.map(Forecast), user_errors })
    }

    /// Proposes a promotion, holiday or incident to the planners of its queues.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn demand_event_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] input: DemandEventProposeInput,
    ) -> async_graphql::Result<DemandEventProposePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let propose =
            async || -> Outcome<_> { propose_event(&operation.app, &write, input.parse()?).await };
        let (event, user_errors) = operation.settle(propose().await)?;
        Ok(DemandEventProposePayload { demand_event: event.map(DemandEvent), user_errors })
    }

    /// Accepts or rejects a demand event; forecasts that are run from then on have it or have it not.
    /// Errors: NOT_FOUND, FORBIDDEN, STALE_VERSION, INVALID_STATE.
    async fn demand_event_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which event and what is decided.")] input: DemandEventDecideInput,
    ) -> async_graphql::Result<DemandEventDecidePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let word = async || -> Outcome<_> { decide(&operation.app, &write, input.parse()?).await };
        let (event, user_errors) = operation.settle(word().await)?;
        Ok(DemandEventDecidePayload { demand_event: event.map(DemandEvent), user_errors })
    }
}
