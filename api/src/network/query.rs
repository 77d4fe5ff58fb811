use async_graphql::{Context, ID, Object};
use trunkline_domain::identity::{Permission, Target};

use super::{
    Queue, Site, Skill, settings::settings_of, settings_types::TenantSettings,
    week_types::QueueWeek, weeks::weeks_seen,
};
use crate::{
    error::Outcome,
    graphql::{Operation, parse_id},
};

/// Reading the network.
#[derive(Debug, Default)]
pub struct NetworkQuery;

#[Object]
impl NetworkQuery {
    /// Sites the caller may see, by code: one for a site user, all for head office.
    async fn sites(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Site>> {
        let operation = Operation::root(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let reach = operation.reach(Permission::NetworkRead);
        let seen = directory.sites.iter().filter(|site| reach.contains(&Target::site(site.id)));
        Ok(seen.cloned().map(Site).collect())
    }

    /// Queues served by the sites that the caller may see, by code.
    async fn queues(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Queue>> {
        let operation = Operation::root(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let seen = directory.queues.iter().filter(|queue| Queue::seen(operation, queue));
        Ok(seen.cloned().map(Queue).collect())
    }

    /// What differs by weekday and time of day in how a queue is staffed, the latest first; at most 50. Empty for a queue that is staffed alike at all times.
    async fn queue_weeks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
    ) -> async_graphql::Result<Vec<QueueWeek>> {
        let operation = Operation::root(ctx)?;
        let read =
            async || -> Outcome<_> { weeks_seen(operation, parse_id(&queue_id, "queueId")?).await };
        let found = read().await.map_err(|error| operation.fail(error))?;
        Ok(found.into_iter().map(QueueWeek::from).collect())
    }

    /// Skills of the tenant, by code.
    async fn skills(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Skill>> {
        let operation = Operation::root(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(directory.skills.iter().cloned().map(Skill).collect())
    }

    /// What the tenant has decided for itself.
    async fn tenant_settings(&self, ctx: &Context<'_>) -> async_graphql::Result<TenantSettings> {
        let operation = Operation::root(ctx)?;
        let settings = settings_of(operation).await.map_err(|error| operation.fail(error))?;
        Ok(TenantSettings(settings))
    }
}
