use async_graphql::{Context, Object};

use super::{
    seat_types::{SiteSeatsSetInput, SiteSeatsSetPayload},
    seats::set_seats,
};
use crate::{graphql::Operation, network::Site};

/// Saying how many people can sit at a site.
#[derive(Debug, Default)]
pub struct SeatsMutation;

#[Object]
impl SeatsMutation {
    /// Sets how many people can sit at a site at once, from a day on. Plans that need more seats are told by the rule SEATS, with the weight that it has in the site's work rules.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn site_seats_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many and from when on.")] input: SiteSeatsSetInput,
    ) -> async_graphql::Result<SiteSeatsSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => set_seats(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let (site, user_errors) = operation.settle(outcome)?;
        Ok(SiteSeatsSetPayload { site: site.map(Site), user_errors })
    }
}
