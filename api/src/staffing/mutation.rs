use async_graphql::{Context, Object};

use super::{
    inputs::RequirementComputeInput,
    service::compute_requirement,
    types::{RequirementComputePayload, StaffingRequirement},
};
use crate::{error::Outcome, graphql::Operation};

/// Computing requirements.
#[derive(Debug, Default)]
pub struct StaffingMutation;

#[Object]
impl StaffingMutation {
    /// Computes how many agents each interval of a forecast needs: Erlang A when the patience of the queue's callers is known, otherwise Erlang C.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn requirement_compute(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which requirement to compute.")] input: RequirementComputeInput,
    ) -> async_graphql::Result<RequirementComputePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let compute = async || -> Outcome<_> {
            compute_requirement(&operation.app, &write, input.parse()?).await
        };
        let (requirement, user_errors) = operation.settle(compute().await)?;
        let requirement = requirement.map(StaffingRequirement);
        Ok(RequirementComputePayload { requirement, user_errors })
    }
}
