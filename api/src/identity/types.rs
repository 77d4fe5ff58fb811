use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use trunkline_domain::{
    id::SessionId,
    identity::{Permission, Subject, Target, Viewer as DomainViewer},
};
use trunkline_infra::identity::{
    SessionView, TenantView, UserView, load_tenant, names_of_actors, users_by_id,
};

use super::{second_factor::is_on, service::SessionTokens};
use crate::{
    agents::Agent,
    error::{AppError, Outcome},
    graphql::{DateTime, LanguageTag, Operation, UserError, show_id},
    network::Site,
    requests::{Colleague, colleagues_of_caller},
};

/// Who is calling.
#[derive(Debug)]
pub struct Viewer(pub(super) Arc<DomainViewer>);

impl Viewer {
    /// The caller's own account; `None` for a program.
    async fn account(&self, operation: &Operation) -> Outcome<Option<UserView>> {
        let Subject::User(user) = self.0.subject else { return Ok(None) };
        Ok(users_by_id(&*operation.read().await?, &[user]).await?.pop())
    }

    async fn name(&self, operation: &Operation) -> Outcome<Option<String>> {
        match self.0.subject {
            Subject::User(_) => Ok(self.account(operation).await?.map(|it| it.display_name)),
            Subject::Client(client) => {
                let tx = operation.read().await?;
                Ok(names_of_actors(&tx, &[client.uuid()]).await?.remove(&client.uuid()))
            }
            Subject::System => Ok(None),
        }
    }
}

/// Who is calling.
#[Object]
impl Viewer {
    /// Name of the person as colleagues see it, or of the program. `null` when the account is gone meanwhile.
    async fn display_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        self.name(operation).await.map_err(|error| operation.fail(error))
    }
    /// E-mail address that the caller signs in with. `null` for a program.
    async fn email(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        let operation = Operation::of(ctx)?;
        let account = self.account(operation).await.map_err(|error| operation.fail(error))?;
        Ok(account.map(|it| it.email))
    }
    /// The company that the caller belongs to.
    async fn tenant(&self, ctx: &Context<'_>) -> async_graphql::Result<Tenant> {
        let operation = Operation::of(ctx)?;
        let tenant = async {
            let tenant = load_tenant(&*operation.read().await?).await?;
            tenant.map(Tenant).ok_or(AppError::Unavailable)
        };
        tenant.await.map_err(|error| operation.fail(error))
    }
    /// The caller's agent record, when the caller is an agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.agent else { return Ok(None) };
        let agent = operation.agent(id).await.map_err(|error| operation.fail(error))?;
        Ok(agent.map(Agent))
    }
    /// Colleagues to whom the caller can offer a shift, by name: active agents of the own site, or of all sites where swaps go across them. Empty for who is no agent, and where swaps are off.
    async fn colleagues(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many, 1 to 200; `nameStartsWith` narrows a longer list.",
            default = 50
        )]
        first: Option<i32>,
        #[graphql(desc = "Only those whose names begin so, case ignored.")]
        name_starts_with: Option<String>,
    ) -> async_graphql::Result<Vec<Colleague>> {
        let operation = Operation::of(ctx)?;
        colleagues_of_caller(operation, first, name_starts_with)
            .await
            .map_err(|error| operation.fail(error))
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

/// A company whose call centres work together; nobody sees another one's.
#[derive(Debug)]
pub struct Tenant(TenantView);

/// A company whose call centres work together; nobody sees another one's.
#[Object]
impl Tenant {
    /// Global id, prefix `tnt_`.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Short name that is typed to sign in.
    async fn slug(&self) -> &str {
        &self.0.slug
    }
    /// Name in the caller's language.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<&str> {
        Ok(Operation::of(ctx)?.language.pick(&self.0.name_en, &self.0.name_zh))
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
