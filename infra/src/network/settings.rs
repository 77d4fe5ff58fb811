use trunkline_domain::network::TenantSettings;

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct Row {
        forgiveness: Option<i64>,
        state_days: Option<i64>,
    }
}

/// What the tenant has decided for itself.
///
/// # Errors
/// What the database says.
pub async fn tenant_settings(tx: &TenantTx) -> Result<TenantSettings, DbError> {
    read(tx, "").await
}

/// The same, and nobody else decides until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn lock_tenant_settings(tx: &TenantTx) -> Result<TenantSettings, DbError> {
    read(tx, "for update").await
}

/// Makes who decides for the tenant as a whole wait until the transaction ends. Others who hold it so go
/// on.
///
/// # Errors
/// What the database says.
pub async fn share_tenant_settings(tx: &TenantTx) -> Result<(), DbError> {
    read(tx, "for share").await?;
    Ok(())
}

async fn read(tx: &TenantTx, lock: &str) -> Result<TenantSettings, DbError> {
    let sql = format!(
        "select (settings -> 'adherence' ->> 'forgivenessSeconds')::bigint as forgiveness,
                (settings -> 'retention' ->> 'agentStateDays')::bigint as state_days
         from app.tenant where id = $1 {lock}"
    );
    let row: Option<Row> = tx.one(sql, params![tx.tenant()]).await?;
    Ok(row.map_or_else(TenantSettings::default, |row| TenantSettings {
        adherence_forgiveness_seconds: row.forgiveness,
        agent_state_retention_days: row.state_days,
    }))
}

/// Writes what `change` says; the rest, also what belongs to other rooms, stays as it is.
///
/// # Errors
/// What the database says.
pub async fn set_tenant_settings(tx: &TenantTx, change: &TenantSettings) -> Result<(), DbError> {
    let TenantSettings { adherence_forgiveness_seconds, agent_state_retention_days } = *change;
    tx.run(
        "update app.tenant
         set settings = settings || jsonb_build_object(
                 'adherence', coalesce(settings -> 'adherence', '{}')
                     || jsonb_strip_nulls(jsonb_build_object('forgivenessSeconds', $2::bigint)),
                 'retention', coalesce(settings -> 'retention', '{}')
                     || jsonb_strip_nulls(jsonb_build_object('agentStateDays', $3::bigint)))
         where id = $1",
        params![tx.tenant(), adherence_forgiveness_seconds, agent_state_retention_days],
    )
    .await?;
    Ok(())
}
