//! On whose account somebody may act in their place.

use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::UserId,
    identity::{Permissions, Role, Scope, Subject, check_recipient, permissions_of},
};
use trunkline_infra::{
    agents::agents_by_id,
    ctx::Ctx,
    db::TenantTx,
    identity::{CustomRoleView, RoleView, list_custom_roles, roles_of_users, users_by_id},
};

use crate::{app::App, error::Outcome};

/// Lets the caller act on the account of somebody else, none of whose rights, present or to come,
/// is beyond what the caller could give: with the account come the rights.
///
/// # Errors
/// FORBIDDEN at `userId`.
pub(super) async fn permit_account(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    user: UserId,
) -> Outcome<()> {
    check_recipient(ctx.viewer(), user)?;
    permit_rank(app, tx, ctx, user, "userId").await
}

/// Lets the caller take away what somebody has: from the own person, or from somebody none of whose
/// rights, present or to come, is beyond what the caller could give. Who has less cannot shut out who
/// has more. That somebody is left who administers the tenant is another question.
///
/// # Errors
/// FORBIDDEN at `path`.
pub(super) async fn permit_taking(
    app: &App,
    tx: &TenantTx,
    ctx: &Ctx,
    user: UserId,
    path: &str,
) -> Outcome<()> {
    if ctx.viewer().subject == Subject::User(user) {
        return Ok(());
    }
    permit_rank(app, tx, ctx, user, path).await
}

async fn permit_rank(app: &App, tx: &TenantTx, ctx: &Ctx, user: UserId, path: &str) -> Outcome<()> {
    let custom = list_custom_roles(tx).await?;
    for role in roles_of_users(tx, &[user]).await? {
        if role.valid_until.is_some_and(|until| until <= ctx.now()) {
            continue;
        }
        let scope = scope_of(app, tx, ctx, &role).await?;
        if !ctx.viewer().may_give(&permissions_in(&role, &custom), scope, ctx.now()) {
            return Err(Fault::new(FaultCode::Forbidden).at(path).into());
        }
    }
    Ok(())
}

/// What a role opens; one that was archived opens nothing.
fn permissions_in(role: &RoleView, custom: &[CustomRoleView]) -> Permissions {
    let built_in = role.role.as_deref().and_then(|code| code.parse::<Role>().ok());
    if let Some(role) = built_in {
        return permissions_of(role);
    }
    let own = custom.iter().find(|it| Some(it.id) == role.custom_role_id && it.state == "ACTIVE");
    own.map(CustomRoleView::permissions).unwrap_or_default()
}

/// Where a role holds. Where a post will lead is not known, so that counts as everywhere.
async fn scope_of(app: &App, tx: &TenantTx, ctx: &Ctx, role: &RoleView) -> Outcome<Scope> {
    if let Some(site) = role.site_id {
        return Ok(Scope::Site(site));
    }
    if let Some(team) = role.team_id {
        let directory = app.directory(tx, ctx).await?;
        let team = directory.team(team);
        return Ok(team.map_or(Scope::Tenant, |team| Scope::Team(team.id, team.site_id)));
    }
    if role.scope == "OWN" {
        let person = users_by_id(tx, &[role.user_id]).await?.pop().and_then(|it| it.agent_id);
        let agents: Vec<_> = person.into_iter().collect();
        let agent = agents_by_id(tx, &agents).await?.pop();
        return Ok(agent.map_or(Scope::Tenant, |agent| Scope::Own(agent.id, agent.site_id)));
    }
    Ok(Scope::Tenant)
}
