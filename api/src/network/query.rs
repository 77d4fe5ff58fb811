use async_graphql::{Context, Object};
use trunkline_domain::identity::{Permission, Target};

use super::{Queue, Site, Skill, settings::settings_of, settings_types::TenantSettings};
use crate::graphql::Operation;

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
