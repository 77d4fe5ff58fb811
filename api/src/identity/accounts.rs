//! Users, their roles, and API clients: use cases.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Language},
    id::{AgentId, ApiClientId, RoleAssignmentId, SiteId, TeamId, UserId},
    identity::{Email, Grant, Permission, Role, Scope, check_grant, client_scopes},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit,
    ctx::Ctx,
    db::TenantTx,
    identity::{
        ApiClientView, NewApiClient, NewRole, NewUser, RoleView, UserView, credentials_by_id,
        disable_api_client, disable_user, end_role, insert_api_client, insert_roles, insert_users,
        list_api_clients, load_tenant, new_secret, roles_of_users, users_by_id,
    },
};

use super::{
    access::permit_network,
    callers::api_key,
    passwords::{hash_new, invite},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// A user with all roles, past ones included.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) user: UserView,
    pub(super) roles: Vec<RoleView>,
}

/// Users with their roles, in the order given.
pub(super) async fn accounts(tx: &TenantTx, users: Vec<UserView>) -> Outcome<Vec<Account>> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let roles = roles_of_users(tx, &ids).await?;
    let roles_of = |id| roles.iter().filter(|role| role.user_id == id).cloned().collect();
    Ok(users.into_iter().map(|user| Account { roles: roles_of(user.id), user }).collect())
}

async fn account(tx: &TenantTx, id: UserId, path: &str) -> Outcome<Account> {
    let users = users_by_id(tx, &[id]).await?;
    let found = accounts(tx, users).await?.pop();
    found.ok_or_else(|| Fault::not_found(path).into())
}

/// A user as a client says it.
#[derive(Debug)]
pub(super) struct SaidUser {
    pub(super) email: String,
    pub(super) display_name: String,
    pub(super) password: Option<SecretString>,
    pub(super) language: Option<Language>,
    pub(super) agent: Option<AgentId>,
    /// Whether a link to set the first password is sent.
    pub(super) invited: bool,
}

/// Makes a user, without any role yet.
pub(super) async fn create_user(app: &App, ctx: &Ctx, said: SaidUser) -> Outcome<Account> {
    permit_network(ctx, Permission::UserWrite)?;
    let SaidUser { email, display_name, password, language, agent, invited } = said;
    let display_name = display_name.trim().to_owned();
    let mut faults = Vec::new();
    let email = Email::parse("email", &email).map_err(|fault| faults.push(fault));
    if display_name.is_empty() || display_name.chars().count() > 100 {
        faults.push(Fault::invalid("displayName", "1 to 100 characters"));
    }
    let email = match email {
        Ok(email) if faults.is_empty() => email,
        _ => return Err(AppError::Faults(faults)),
    };
    let password_hash = match password {
        None => None,
        Some(password) => {
            // Given back before the hash: it would hold a connection for nothing.
            let tenant = load_tenant(&app.db.begin(ctx).await?).await?;
            let tenant =
                tenant.ok_or_else(|| AppError::Internal("tenant of the caller".to_owned()))?;
            let owner = (&email, display_name.as_str(), tenant.slug.as_str());
            Some(hash_new(app, "password", password, owner).await?)
        }
    };
    let tx = app.db.begin(ctx).await?;
    if let Some(agent) = agent
        && agents_by_id(&tx, &[agent]).await?.is_empty()
    {
        return Err(Fault::not_found("agentId").into());
    }
    let id = ctx.new_id();
    let user = NewUser { id, email, display_name, password_hash, language, agent };
    insert_users(&tx, std::slice::from_ref(&user), ctx.now()).await?;
    let detail = json!({"email": user.email, "agent": agent});
    audit::record(&tx, ctx, "user.create", &id.to_string(), detail).await?;
    if invited && let Some(account) = credentials_by_id(&tx, id).await? {
        invite(app, &tx, ctx, &account).await?;
    }
    let made = account(&tx, id, "userId").await?;
    tx.commit().await?;
    Ok(made)
}

/// Switches a user off; its tokens are void at once on this server, within half a minute on others.
pub(super) async fn disable(app: &App, ctx: &Ctx, id: UserId) -> Outcome<Account> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    account(&tx, id, "userId").await?;
    if !disable_user(&tx, id, ctx.now()).await? {
        let fault = Fault::new(FaultCode::InvalidState).at("userId").with("state", "DISABLED");
        return Err(fault.into());
    }
    audit::record(&tx, ctx, "user.disable", &id.to_string(), json!({})).await?;
    let now = account(&tx, id, "userId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// Where a role is to hold, as a client says it.
#[derive(Debug, Clone, Copy)]
pub(super) enum SaidScope {
    Network,
    Site(SiteId),
    Team(TeamId),
    Own,
}

/// A role as a client says it.
#[derive(Debug)]
pub(super) struct SaidRole {
    pub(super) user: UserId,
    pub(super) role: Role,
    pub(super) scope: SaidScope,
    pub(super) from: Timestamp,
    pub(super) until: Option<Timestamp>,
}

/// Gives a user a role, from one instant to another.
pub(super) async fn assign_role(app: &App, ctx: &Ctx, said: SaidRole) -> Outcome<Account> {
    permit_network(ctx, Permission::UserWrite)?;
    let SaidRole { user, role, scope, from, until } = said;
    let tx = app.db.begin(ctx).await?;
    let known = account(&tx, user, "userId").await?;
    let directory = app.directory(&tx, ctx).await?;
    let scope = match scope {
        SaidScope::Network => Scope::Tenant,
        SaidScope::Site(site) => {
            let site = directory.site(site).ok_or_else(|| Fault::not_found("scope.siteId"))?;
            Scope::Site(site.id)
        }
        SaidScope::Team(team) => {
            let team = directory.team(team).ok_or_else(|| Fault::not_found("scope.teamId"))?;
            Scope::Team(team.id, team.site_id)
        }
        SaidScope::Own => {
            let rule = "a user with an agent record of its own";
            let none = || Fault::invalid("scope.own", rule);
            let agent = known.user.agent_id.ok_or_else(none)?;
            let agent = agents_by_id(&tx, &[agent]).await?.pop().ok_or_else(none)?;
            Scope::Own(agent.id, agent.site_id)
        }
    };
    let grant = Grant { role, scope, from, until };
    check_grant(&grant).map_err(AppError::Faults)?;
    let id = ctx.new_id();
    insert_roles(&tx, &[NewRole { id, user, grant }], ctx.now()).await?;
    let detail = json!({"id": id, "role": role, "scope": format!("{scope:?}"), "from": from, "until": until});
    audit::record(&tx, ctx, "role.assign", &user.to_string(), detail).await?;
    let now = account(&tx, user, "userId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// Ends a role at an instant.
pub(super) async fn finish_role(
    app: &App,
    ctx: &Ctx,
    id: RoleAssignmentId,
    until: Timestamp,
) -> Outcome<Account> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    let ended = end_role(&tx, id, until).await?;
    let user = ended.ok_or_else(|| Fault::not_found("roleAssignmentId"))?;
    let detail = json!({"id": id, "until": until});
    audit::record(&tx, ctx, "role.end", &user.to_string(), detail).await?;
    let now = account(&tx, user, "roleAssignmentId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// An API client as a client says it.
#[derive(Debug)]
pub(super) struct SaidClient {
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) sites: Vec<SiteId>,
    pub(super) expires_at: Option<Timestamp>,
}

/// Makes an API client. Its key is given here and nowhere else again.
pub(super) async fn create_client(
    app: &App,
    ctx: &Ctx,
    said: SaidClient,
) -> Outcome<(ApiClientView, String)> {
    permit_network(ctx, Permission::UserWrite)?;
    let SaidClient { name, scopes, sites, expires_at } = said;
    let name = name.trim().to_owned();
    let mut faults = Vec::new();
    if name.is_empty() || name.chars().count() > 100 {
        faults.push(Fault::invalid("name", "1 to 100 characters"));
    }
    if expires_at.is_some_and(|at| at <= ctx.now()) {
        faults.push(Fault::invalid("expiresAt", "later than now"));
    }
    let scopes = client_scopes(&scopes).map_err(|wrong| faults.extend(wrong));
    let scopes = match scopes {
        Ok(scopes) if faults.is_empty() => scopes,
        _ => return Err(AppError::Faults(faults)),
    };
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    for (at, site) in sites.iter().enumerate() {
        if directory.site(*site).is_none() {
            return Err(Fault::not_found(&format!("siteIds.{at}")).into());
        }
    }
    let (id, secret) = (ctx.new_id(), new_secret());
    let client = NewApiClient { id, name, scopes, sites, expires_at };
    insert_api_client(&tx, &client, &secret, ctx.now()).await?;
    let detail = json!({"name": client.name, "scopes": client.scopes, "sites": client.sites});
    audit::record(&tx, ctx, "api_client.create", &id.to_string(), detail).await?;
    let made = find_client(&tx, id).await?;
    tx.commit().await?;
    Ok((made, api_key(id, &secret)))
}

async fn find_client(tx: &TenantTx, id: ApiClientId) -> Outcome<ApiClientView> {
    let found = list_api_clients(tx).await?.into_iter().find(|client| client.id == id);
    found.ok_or_else(|| Fault::not_found("apiClientId").into())
}

/// Switches an API client off.
pub(super) async fn disable_client(
    app: &App,
    ctx: &Ctx,
    id: ApiClientId,
) -> Outcome<ApiClientView> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    find_client(&tx, id).await?;
    if !disable_api_client(&tx, id).await? {
        let state = Fault::new(FaultCode::InvalidState).at("apiClientId").with("state", "DISABLED");
        return Err(state.into());
    }
    audit::record(&tx, ctx, "api_client.disable", &id.to_string(), json!({})).await?;
    let now = find_client(&tx, id).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}
