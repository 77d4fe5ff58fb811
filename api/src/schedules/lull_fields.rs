use async_graphql::{Context, Object};

use super::{
    lull_types::{ActivityPlaceInput, ActivityPlacePayload},
    lulls::place_activity,
};
use crate::graphql::Operation;

/// Placing activities in lulls.
#[derive(Debug, Default)]
pub struct LullsMutation;

#[Object]
impl LullsMutation {
    /// Places a training or meeting in lulls: in the shifts of those who take part, where most agents are to spare above the requirement, never over a break, and as far as rules allow. For whom there is no place is told, the others have theirs.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, INVALID_STATE, STALE_VERSION, RULE_VIOLATED, FORBIDDEN.
    async fn activity_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to place, for whom and when.")] input: ActivityPlaceInput,
    ) -> async_graphql::Result<ActivityPlacePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => place_activity(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (done, user_errors) = operation.settle(outcome)?;
        Ok(ActivityPlacePayload::of(operation, done.unwrap_or_default(), user_errors))
    }
}
