use async_graphql::{Context, Object};

use super::{
    wish_types::{ShiftWish, ShiftWishesSetInput, ShiftWishesSetPayload},
    wishes::set_wishes,
};
use crate::graphql::Operation;

/// Saying what agents wish.
#[derive(Debug, Default)]
pub struct WishesMutation;

#[Object]
impl WishesMutation {
    /// Sets what an agent wishes of a week, in place of what it wished of that week before: shifts that it wants or rather not, days on which it wants to work or to be off, each with a weight. They count when a schedule is made by headcounts. Agents say it for themselves, leaders of the line and managers and planners of the site for theirs.
    ///
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn shift_wishes_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose wishes, and of which week.")] input: ShiftWishesSetInput,
    ) -> async_graphql::Result<ShiftWishesSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_wishes(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (set, user_errors) = operation.settle(outcome)?;
        let shift_wishes = set.into_iter().flatten().map(ShiftWish::from).collect();
        Ok(ShiftWishesSetPayload { shift_wishes, user_errors })
    }
}
