//! What a tenant decides for itself.

use serde_json::{Value, json};
use trunkline_domain::{identity::Permission, intraday::forgiven_seconds, network::TenantSettings};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{lock_tenant_settings, set_tenant_settings, tenant_settings},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::Operation,
    identity::permit_network,
};

/// What holds for the caller's tenant.
pub(super) async fn settings_of(operation: &Operation) -> Outcome<TenantSettings> {
    Ok(tenant_settings(&*operation.read().await?).await?)
}

/// Decides what `change` says; what it does not say stays. Gives what holds then.
pub(super) async fn change_settings(
    app: &App,
    ctx: &Ctx,
    change: TenantSettings,
) -> Outcome<TenantSettings> {
    permit_network(ctx, Permission::NetworkWrite)?;
    change.check().map_err(AppError::Faults)?;
    let tx = app.db.begin(ctx).await?;
    // Locked, so that the audit tells what this decision replaces, not what another one did meanwhile.
    let before = lock_tenant_settings(&tx).await?;
    set_tenant_settings(&tx, &change).await?;
    let after = tenant_settings(&tx).await?;
    let deed = Deed::changed("tenant.settings_set", ctx.tenant(), told(&before), told(&after));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    Ok(after)
}

/// The settings as they hold, defaults among them.
fn told(settings: &TenantSettings) -> Value {
    json!({"adherenceForgivenessSeconds": forgiven_seconds(settings.adherence_forgiveness_seconds),
           "agentStateRetentionDays": settings.agent_state_days()})
}
