use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use trunkline_domain::{
    id::SessionId,
    identity::{Permission, Target, Viewer as DomainViewer},
};
use trunkline_infra::identity::SessionView;

use super::{second_factor::is_on, service::SessionTokens};
use crate::{
    agents::Agent,
    graphql::{DateTime, LanguageTag, Operation, UserError, show_id},
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
    /// Roles that the caller has now: built-in ones by code, the tenant's own by name.
    async fn roles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<&str>> {
        let now = Operation::of(ctx)?.now;
        let built_in = self.0.grants.iter().filter(|grant| grant.holds_at(now));
        let custom = self.0.custom.iter().filter(|grant| grant.holds_at(now));
        let mut roles: Vec<&str> = built_in.map(|grant| grant.role.as_str()).collect();
        roles.extend(custom.map(|grant| grant.name.as_str()));
        Ok(roles)
    }
    /// Whether signing in asks the caller for a code.
    async fn has_second_factor(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        let operation = Operation::of(ctx)?;
        let asked = async {
            let tx = operation.read().await?;
            is_on(&tx, &operation.ctx()?).await
        };
        asked.await.map_err(|error| operation.fail(error))
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

/// A session of the caller that goes on.
#[derive(Debug, SimpleObject)]
pub struct ActiveSession {
    /// Global id, prefix `ses_`.
    pub id: ID,
    /// Whether it is the session that asks.
    pub is_current: bool,
    /// Address it was opened from. `null` when that is not known.
    pub address: Option<String>,
    /// The program it was opened with, as that calls itself. `null` when it did not say.
    pub user_agent: Option<String>,
    /// Signed in at.
    pub created_at: DateTime,
    /// When it last got new tokens.
    pub refreshed_at: DateTime,
    /// Ends at the latest.
    pub expires_at: DateTime,
}

impl ActiveSession {
    pub(super) fn new(session: SessionView, current: Option<SessionId>) -> Self {
        let SessionView { id, address, user_agent, created_at, rotated_at, expires_at } = session;
        Self {
            id: show_id(id),
            is_current: current == Some(id),
            address,
            user_agent,
            created_at: DateTime(created_at),
            refreshed_at: DateTime(rotated_at),
            expires_at: DateTime(expires_at),
        }
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

/// Outcome of signing out everywhere.
#[derive(Debug, SimpleObject)]
pub struct SessionRevokeAllPayload {
    /// Sessions that ended. `null` when refused.
    pub ended_count: Option<i32>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
