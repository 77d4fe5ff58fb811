//! The tenants of this installation, for work that the system does for each of them.

use trunkline_domain::id::TenantId;

use crate::{
    db::{Db, DbError},
    params, read_model,
};

/// All active tenants, by id.
///
/// # Errors
/// What the database says.
pub async fn active_tenants(db: &Db) -> Result<Vec<TenantId>, DbError> {
    read_model! {
        struct Row { id: TenantId, }
    }
    let rows: Vec<Row> = db
        .begin_system("work for each tenant")
        .await?
        .all("select id from app.tenant where state = 'ACTIVE' order by id", params![])
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
