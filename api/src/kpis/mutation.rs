use async_graphql::{Context, Object};

use super::{
    inputs::{KpiTargetSetInput, MeasureInput, MeasuresRecordInput},
    service::{record_measures, set_target},
    types::{Kpi, KpiTargetSetPayload, MeasuresRecordPayload},
};
use crate::{graphql::Operation, intraday::FeedResult};

/// Targets and recorded measures.
#[derive(Debug, Default)]
pub struct KpisMutation;

#[Object]
impl KpisMutation {
    /// Sets the target of a KPI for the network, a site or a queue, from a day on.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn kpi_target_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which target.")] input: KpiTargetSetInput,
    ) -> async_graphql::Result<KpiTargetSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(row) => set_target(&operation.app, &write, row).await,
            Err(fault) => Err(fault.into()),
        };
        let (set, user_errors) = operation.settle(outcome)?;
        Ok(KpiTargetSetPayload { kpi: set.map(|(kpi, target)| Kpi { kpi, target }), user_errors })
    }

    /// Records up to 500 measures of local days, each on its own; the same again changes nothing, another value replaces.
    /// Errors: LIMIT_EXCEEDED, NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn measures_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was measured.")] input: MeasuresRecordInput,
    ) -> async_graphql::Result<MeasuresRecordPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let items = input.measures.into_iter().map(MeasureInput::parse).collect();
        let outcome = record_measures(&operation.app, &write, items).await;
        let (taken, user_errors) = operation.settle(outcome)?;
        Ok(MeasuresRecordPayload { results: FeedResult::all(operation, taken), user_errors })
    }
}
