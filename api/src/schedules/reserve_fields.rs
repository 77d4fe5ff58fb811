use async_graphql::{Context, ID, Object};

use super::{
    reserve::{calls_seen, pool_seen, stand_in_reserve},
    reserve_types::{ReserveAgentSetInput, ReserveAgentSetPayload, ReserveCalls, ReserveMember},
};
use crate::graphql::{Date, DateTime, Operation};

/// Reading the reserve.
#[derive(Debug, Default)]
pub struct ReserveQuery;

#[Object]
impl ReserveQuery {
    /// The reserve of a site on a day, in the order in which it is called, at most 1000. Empty for who does not plan at the site.
    async fn reserve_pool(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The day, in the site's zone.")] date: Date,
    ) -> async_graphql::Result<Vec<ReserveMember>> {
        let operation = Operation::root(ctx)?;
        let found = pool_seen(operation, site_id.parse().ok(), date.0).await;
        let found = found.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(ReserveMember::from).collect())
    }

    /// Who of a site's reserve is to be called in for a time in which agents are missing, if called now: in their order, without those who work then, come too late, are not needed, or whom a rule keeps away, each with the reason. `null` for who does not plan at the site.
    async fn reserve_calls(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "From when on agents are missing.")] starts_at: DateTime,
        #[graphql(desc = "For how long, 60 to 86400.")] duration_seconds: i32,
    ) -> async_graphql::Result<Option<ReserveCalls>> {
        let operation = Operation::root(ctx)?;
        let time = (starts_at.0, duration_seconds.into());
        let found = calls_seen(operation, site_id.parse().ok(), time).await;
        Ok(found.map_err(|error| operation.fail(error))?.map(ReserveCalls::from))
    }
}

/// Making the reserve.
#[derive(Debug, Default)]
pub struct ReserveMutation;

#[Object]
impl ReserveMutation {
    /// Puts an agent into the reserve of its site from a day on, or takes it out: in which order it is called in when agents are missing, and how long it takes to be there.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, FORBIDDEN.
    async fn reserve_agent_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and in which order.")] input: ReserveAgentSetInput,
    ) -> async_graphql::Result<ReserveAgentSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => stand_in_reserve(&operation.app, &write, ask).await,
            Err(error) => Err(error),
        };
        let (done, user_errors) = operation.settle(outcome)?;
        let reserve_member = done.flatten().map(ReserveMember::from);
        Ok(ReserveAgentSetPayload { reserve_member, user_errors })
    }
}
