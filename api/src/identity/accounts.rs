//! Users and their roles: use cases.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use trunkline_domain::{
    agents::is_post,
    fault::{Fault, FaultCode, Language, Rule},
    id::{AgentId, RoleAssignmentId, SiteId, TeamId, UserId},
    identity::{
        Email, Permission, Scope, check_administered, check_recipient, check_times, permissions_of,
    },
    notifications::{News, RoleName, RoleNews},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    identity::{
        GivenRole, NewUser, Place, RoleGift, RoleView, UserView, count_administrators,
        credentials_by_id, disable_user, end_role, give_role, holder_of_role, insert_users,
        load_tenant, lock_custom_role, roles_of_users, users_by_id,
    },
};

use super::{
    access::permit_network,
    passwords::{hash_new, invite},
    rank::permit_taking,
    roles::usable_role,
};
use crate::{
    app::App,
    error::{AppError, Outcome},
    notifications::{Whom, tell},
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
        faults.push(Fault::invalid("displayName", Rule::Characters(1, 100)));
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
    record(&tx, ctx, Deed::made("user.create", id, user.as_recorded())).await?;
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
    permit_taking(app, &tx, ctx, id, "userId").await?;
    if !disable_user(&tx, id, ctx.now()).await? {
        let fault = Fault::new(FaultCode::InvalidState).at("userId").with("state", "DISABLED");
        return Err(fault.into());
    }
    keep_administered(&tx, ctx, "userId").await?;
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed("user.disable", id, state("ACTIVE"), state("DISABLED"));
    record(&tx, ctx, deed).await?;
    let now = account(&tx, id, "userId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// Where a role is to hold, as a client says it.
#[derive(Debug, Clone)]
pub(super) enum SaidScope {
    Network,
    Site(SiteId),
    Team(TeamId),
    Own,
    Post(String),
}

/// A role as a client says it.
#[derive(Debug)]
pub(super) struct SaidRole {
    pub(super) user: UserId,
    pub(super) role: GivenRole,
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
    check_recipient(ctx.viewer(), user)?;
    let place = place_of(app, &tx, ctx, &known, scope).await?;
    let (built_in, permissions) = match role {
        GivenRole::BuiltIn(role) => (Some(role), permissions_of(role)),
        GivenRole::Custom(role) => (None, usable_role(&tx, role).await?.permissions()),
    };
    check_times(built_in, from, until).map_err(AppError::Faults)?;
    // Where a post will lead is not known, so the right must be held everywhere.
    let widest = match &place {
        Place::Fixed(scope) => *scope,
        Place::Post(_) => Scope::Tenant,
    };
    if !ctx.viewer().may_give(&permissions, widest, ctx.now()) {
        return Err(Fault::new(FaultCode::Forbidden).at("role").into());
    }
    let gift = RoleGift { id: ctx.new_id(), user, role, place, from, until };
    give_role(&tx, &gift, ctx.now()).await?;
    record(&tx, ctx, Deed::made("role.assign", user, gift.as_recorded())).await?;
    let now = account(&tx, user, "userId").await?;
    tell_of_role(app, ctx, &tx, &now, (gift.id, from), News::RoleGiven).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

async fn place_of(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    known: &Account,
    said: SaidScope,
) -> Outcome<Place> {
    let directory = app.directory(tx, ctx).await?;
    let own = |path: &str| {
        let rule = Rule::UserWithAgent;
        known.user.agent_id.ok_or_else(|| Fault::invalid(path, rule))
    };
    let scope = match said {
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
            let agent = agents_by_id(tx, &[own("scope.own")?]).await?.pop();
            let agent = agent.ok_or_else(|| Fault::not_found("scope.own"))?;
            Scope::Own(agent.id, agent.site_id)
        }
        SaidScope::Post(post) => {
            own("scope.post")?;
            if !is_post(&post) {
                let rule = Rule::Post;
                return Err(Fault::invalid("scope.post", rule).into());
            }
            return Ok(Place::Post(post));
        }
    };
    Ok(Place::Fixed(scope))
}

/// Somebody must be left who administers the tenant; asked after a change that takes rights away.
pub(super) async fn keep_administered(tx: &TenantTx, ctx: &Ctx, path: &str) -> Outcome<()> {
    Ok(check_administered(count_administrators(tx, ctx.now()).await?, path)?)
}

/// Tells the owner of an account of one of its roles, which begins or ends `at` an instant.
async fn tell_of_role(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    account: &Account,
    (id, at): (RoleAssignmentId, Timestamp),
    news: fn(RoleNews) -> News,
) -> Outcome<()> {
    let Some(role) = account.roles.iter().find(|role| role.id == id) else { return Ok(()) };
    let built_in = role.role.as_deref().and_then(|code| code.parse().ok());
    let role = match (built_in, role.custom_role_id) {
        (Some(role), _) => RoleName::BuiltIn(role),
        (None, Some(id)) => {
            RoleName::Own(lock_custom_role(tx, id).await?.map(|it| it.name).unwrap_or_default())
        }
        (None, None) => return Ok(()),
    };
    let zone = load_tenant(tx).await?.map(|it| it.time_zone).unwrap_or_default();
    let news = news(RoleNews { role, at, zone });
    tell(app, ctx, tx, &id.to_string(), [(Whom::User(account.user.id), news)]).await
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
    let absent = || Fault::not_found("roleAssignmentId");
    let holder = holder_of_role(&tx, id).await?.ok_or_else(absent)?;
    // Before it ends: rights that are over no longer count.
    permit_taking(app, &tx, ctx, holder, "roleAssignmentId").await?;
    let before = end_role(&tx, id, until).await?.ok_or_else(absent)?;
    let user = before.user_id;
    keep_administered(&tx, ctx, "roleAssignmentId").await?;
    let ends = |at: Option<Timestamp>| json!({"validUntil": at});
    let deed = Deed::changed("role.end", user, ends(before.valid_until), ends(Some(until)));
    record(&tx, ctx, deed.with(json!({"roleAssignmentId": id}))).await?;
    let now = account(&tx, user, "roleAssignmentId").await?;
    tell_of_role(app, ctx, &tx, &now, (id, until), News::RoleEnded).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}
