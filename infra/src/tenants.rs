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

read_model! {
    /// A tenant as its operator knows it.
    pub struct TenantName {
        /// Its id.
        pub id: TenantId,
        /// What its people type to sign in.
        pub slug: String,
    }
}

/// The tenant with this slug, or all of them, closed ones too, by slug.
///
/// # Errors
/// What the database says.
pub async fn tenants_by_slug(db: &Db, slug: Option<&str>) -> Result<Vec<TenantName>, DbError> {
    db.begin_system("work for each tenant")
        .await?
        .all(
            "select id, slug from app.tenant where $1::text is null or slug = $1 order by slug",
            params![slug],
        )
        .await
}
