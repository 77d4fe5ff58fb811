use jiff::Timestamp;
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, query};
use trunkline_domain::id::TenantId;

use super::{Access, UpkeepFault, access::connect};
use crate::db::chrono_of;

/// Takes the audit rows of a tenant out that ended before `kept_since`, whole segments only, and
/// leaves their signed roots. Done as the owner of the schema: the program's own roles may not
/// delete what was recorded. Says how many rows.
///
/// # Errors
/// What the database says; then nothing is gone.
#[expect(
    clippy::disallowed_methods,
    reason = "the owner of the schema has no pool, and the tenant is set by the first statement"
)]
pub async fn prune_audit(
    access: &Access,
    tenant: TenantId,
    kept_since: Timestamp,
) -> Result<u64, UpkeepFault> {
    let mut connection = connect(&access.owner).await?;
    let mut tx = connection.begin().await?;
    // The owner is bound by row-level security too.
    let set = format!("set local app.tenant_id = '{}'", tenant.uuid());
    query(AssertSqlSafe(set)).execute(&mut *tx).await?;
    let gone = query(
        "delete from app.audit_event e using app.audit_link l, app.audit_segment s
         where e.tenant_id = $1 and l.tenant_id = $1 and s.tenant_id = $1 and l.event_id = e.id
           and l.position between s.first_position and s.last_position and s.until_at < $2",
    )
    .bind(tenant.uuid())
    .bind(chrono_of(kept_since))
    .execute(&mut *tx)
    .await?
    .rows_affected();
    query(
        "delete from app.audit_link l using app.audit_segment s
         where l.tenant_id = $1 and s.tenant_id = $1
           and l.position between s.first_position and s.last_position and s.until_at < $2",
    )
    .bind(tenant.uuid())
    .bind(chrono_of(kept_since))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    // Closing is a courtesy to the server.
    let _ = connection.close().await;
    Ok(gone)
}
