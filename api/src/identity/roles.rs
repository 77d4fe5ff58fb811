//! Roles that the tenant makes for itself: use cases.

use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::CustomRoleId,
    identity::{NewCustomRole, Permission, Permissions, Reach, check_administered, gives_no_more},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    identity::{
        CustomRoleView, count_givers, insert_custom_role, lock_custom_role, update_custom_role,
    },
};

use super::access::permit_network;
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// A role as a client says it; `None` keeps.
#[derive(Debug)]
pub(super) struct SaidCustomRole {
    pub(super) name: Option<String>,
    pub(super) permissions: Option<Vec<(String, Reach)>>,
}

/// The role, if it can be given.
pub(super) async fn usable_role(tx: &TenantTx, id: CustomRoleId) -> Outcome<CustomRoleView> {
    let role = lock_custom_role(tx, id).await?.ok_or_else(|| Fault::not_found("customRoleId"))?;
    check_usable(&role)?;
    Ok(role)
}

fn check_usable(role: &CustomRoleView) -> Outcome<()> {
    if role.state == "ACTIVE" {
        return Ok(());
    }
    let state = Fault::new(FaultCode::InvalidState).at("customRoleId");
    Err(state.with("state", role.state.clone()).into())
}

fn permit_definition(
    ctx: &Ctx,
    role: Option<CustomRoleId>,
    before: &Permissions,
    after: &Permissions,
) -> Outcome<()> {
    if ctx.viewer().may_define(role, before, after, ctx.now()) {
        Ok(())
    } else {
        Err(Fault::new(FaultCode::Forbidden).at("permissions").into())
    }
}

/// Somebody must be left who can give rights; asked after a change of a role.
async fn keep_giver(
    tx: &TenantTx,
    ctx: &Ctx,
    before: &Permissions,
    after: &Permissions,
) -> Outcome<()> {
    if gives_no_more(before, after) {
        check_administered(count_givers(tx, ctx.now()).await?, "customRoleId")?;
    }
    Ok(())
}

async fn role_now(tx: &TenantTx, id: CustomRoleId) -> Outcome<CustomRoleView> {
    let lost = || AppError::Internal(format!("{id} is gone within its own transaction"));
    lock_custom_role(tx, id).await?.ok_or_else(lost)
}

/// What the audit says of a role.
fn recorded(role: &NewCustomRole, state: &str) -> Value {
    let NewCustomRole { name, permissions } = role;
    json!({"name": name, "permissions": permissions, "state": state})
}

/// Makes a role. Nobody puts a permission into it that they could not give.
pub(super) async fn create_role(
    app: &App,
    ctx: &Ctx,
    name: &str,
    permissions: &[(String, Reach)],
) -> Outcome<CustomRoleView> {
    permit_network(ctx, Permission::UserWrite)?;
    let role = NewCustomRole::parse(name, permissions).map_err(AppError::Faults)?;
    permit_definition(ctx, None, &Permissions::new(), &role.permissions)?;
    let tx = app.db.begin(ctx).await?;
    let id = ctx.new_id();
    insert_custom_role(&tx, id, &role, ctx.now()).await?;
    record(&tx, ctx, Deed::made("role.create", id, recorded(&role, "ACTIVE"))).await?;
    let made = role_now(&tx, id).await?;
    tx.commit().await?;
    Ok(made)
}

/// Changes a role for everybody who has it.
pub(super) async fn change_role(
    app: &App,
    ctx: &Ctx,
    id: CustomRoleId,
    expected: Option<i32>,
    said: SaidCustomRole,
) -> Outcome<CustomRoleView> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    let current = usable_role(&tx, id).await?;
    if expected.is_some_and(|expected| expected != current.version) {
        let stale = Fault::new(FaultCode::StaleVersion).at("expectedVersion");
        return Err(stale.with("current", current.version.to_string()).into());
    }
    let before = current.permissions();
    let SaidCustomRole { name, permissions } = said;
    let kept = || before.iter().map(|(it, reach)| (it.as_str().to_owned(), *reach)).collect();
    let name = name.unwrap_or_else(|| current.name.clone());
    let role =
        NewCustomRole::parse(&name, &permissions.unwrap_or_else(kept)).map_err(AppError::Faults)?;
    permit_definition(ctx, Some(id), &before, &role.permissions)?;
    update_custom_role(&tx, id, &role, false, ctx.now()).await?;
    keep_giver(&tx, ctx, &before, &role.permissions).await?;
    let before = NewCustomRole { name: current.name, permissions: before };
    let (before, after) = (recorded(&before, "ACTIVE"), recorded(&role, "ACTIVE"));
    record(&tx, ctx, Deed::changed("role.update", id, before, after)).await?;
    let changed = role_now(&tx, id).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(changed)
}

/// Puts a role away: it gives nothing any more, to nobody.
pub(super) async fn archive_role(
    app: &App,
    ctx: &Ctx,
    id: CustomRoleId,
) -> Outcome<CustomRoleView> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    let current = usable_role(&tx, id).await?;
    let permissions = current.permissions();
    let role = NewCustomRole { name: current.name, permissions };
    update_custom_role(&tx, id, &role, true, ctx.now()).await?;
    keep_giver(&tx, ctx, &role.permissions, &Permissions::new()).await?;
    let (before, after) = (recorded(&role, "ACTIVE"), recorded(&role, "ARCHIVED"));
    record(&tx, ctx, Deed::changed("role.archive", id, before, after)).await?;
    let archived = role_now(&tx, id).await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(archived)
}
