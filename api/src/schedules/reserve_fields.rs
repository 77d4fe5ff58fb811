use async_graphql::{Context, ID, Object};
use trunkline_domain::{id::SiteId, time::Span};
use trunkline_infra::network::SiteView;

use super::{
    query::plans,
    reserve::{calls, reserve_on, stand_in_reserve},
    reserve_types::{ReserveAgentSetInput, ReserveAgentSetPayload, ReserveCalls, ReserveMember},
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Date, DateTime, Operation},
};

/// Reading the reserve.
#[derive(Debug, Default)]
pub struct ReserveQuery;

#[Object]
impl ReserveQuery {
    /// The reserve of a site on a day, in the order in which it is called. Empty for who does not plan at the site.
    async fn reserve_pool(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "The day, in the site's zone.")] date: Date,
    ) -> async_graphql::Result<Vec<ReserveMember>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let Some(site) = planned_site(operation, &site_id).await? else {
                return Ok(Vec::new());
            };
            reserve_on(&*operation.read().await?, &site, date.0).await
        };
        let found = read().await.map_err(|error| operation.fail(error))?;
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
        let read = async || -> Outcome<Option<ReserveCalls>> {
            let Some(site) = planned_site(operation, &site_id).await? else { return Ok(None) };
            if !(60..=86_400).contains(&duration_seconds) {
                let rule = "durationSeconds must be 60 to 86400".to_owned();
                return Err(AppError::InvalidArgument(rule));
            }
            let span = Span::of_seconds(starts_at.0, duration_seconds.into());
            let (tx, now) = (operation.read().await?, operation.ctx()?);
            let plan = calls(&operation.app, &now, &tx, &site, span).await?;
            Ok(Some(plan.into()))
        };
        read().await.map_err(|error| operation.fail(error))
    }
}

/// The site, if the caller plans there.
async fn planned_site(operation: &Operation, id: &ID) -> Outcome<Option<SiteView>> {
    let Ok(id) = id.parse::<SiteId>() else { return Ok(None) };
    let directory = operation.directory().await?;
    Ok(directory.site(id).filter(|site| plans(operation, site.id)).cloned())
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
