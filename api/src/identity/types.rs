use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::identity::{Permission, Target, Viewer as DomainViewer};

use super::service::SessionTokens;
use crate::{
    agents::Agent,
    graphql::{DateTime, LanguageTag, Operation, UserError},
    network::Site,
};

/// Who is calling.
#[derive(Debug)]
pub struct Viewer(pub(super) Arc<DomainViewer>);

/// Who is calling.
#[Object]
impl Viewer {
    /// The caller's agent record, when the caller is an agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.agent else { return Ok(None) };
        let agent = operation.agent(id).await.map_err(|error| operation.fail(error))?;
        Ok(agent.map(Agent))
    }
    /// Sites the caller may see; one entry for a site user, every site for head office.
    async fn sites(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Site>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let reach = operation.reach(Permission::NetworkRead);
        let seen = directory.sites.iter().filter(|site| reach.contains(&Target::site(site.id)));
        Ok(seen.cloned().map(Site).collect())
    }
    /// Scopes that the caller has anywhere now.
    async fn scopes(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<&'static str>> {
        let now = Operation::of(ctx)?.now;
        let scopes = Permission::ALL.iter().filter(|it| self.0.may_somewhere(**it, now));
        Ok(scopes.map(|it| it.as_str()).collect())
    }
    /// Roles that the caller has now, by code.
    async fn roles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<&'static str>> {
        let now = Operation::of(ctx)?.now;
        let in_force = self
            .0
            .grants
            .iter()
            .filter(|grant| grant.from <= now && grant.until.is_none_or(|until| now < until));
        Ok(in_force.map(|grant| grant.role.as_str()).collect())
    }
    /// Language in which `message` texts are given; set by `Accept-Language`, then the user's preference, then the tenant's.
    async fn language(&self, ctx: &Context<'_>) -> async_graphql::Result<LanguageTag> {
        Ok(LanguageTag(Operation::of(ctx)?.language.tag().to_owned()))
    }
}

/// Tokens of a session. Keep them as you would keep the password.
#[derive(Debug, SimpleObject)]
pub struct Session {
    /// Bearer token of the API.
    pub access_token: String,
    /// When the access token ends.
    pub access_token_expires_at: DateTime,
    /// Gives the next tokens, once.
    pub refresh_token: String,
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        let SessionTokens { access_token, access_expires_at, refresh_token } = tokens;
        Self { access_token, access_token_expires_at: DateTime(access_expires_at), refresh_token }
    }
}

/// Outcome of signing in.
#[derive(Debug, SimpleObject)]
pub struct SessionCreatePayload {
    /// The session. `null` when refused.
    pub session: Option<Session>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a refresh.
#[derive(Debug, SimpleObject)]
pub struct SessionRefreshPayload {
    /// The session with its new tokens. `null` when refused.
    pub session: Option<Session>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of signing out.
#[derive(Debug, SimpleObject)]
pub struct SessionRevokePayload {
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
