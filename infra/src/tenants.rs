//! The tenants of this installation, for work that the system does for each of them.

use trunkline_domain::id::TenantId;

use crate::{
    db::{Db, DbError},
    params, read_model,
};

read_model! {
    /// A tenant that the system works for.
    pub struct ServedTenant {
        /// Its id.
        pub id: TenantId,
        /// Whether its people and programs are let in: it is neither suspended nor closed.
        pub is_active: bool,
    }
}

/// All tenants, by id.
///
/// # Errors
/// What the database says.
pub async fn served_tenants(db: &Db) -> Result<Vec<ServedTenant>, DbError> {
    db.begin_system("work for each tenant")
        .await?
        .all("select id, state = 'ACTIVE' as is_active from app.tenant order by id", params![])
        .await
}

/// Whether somebody could sign in: some tenant has a user.
///
/// # Errors
/// What the database says.
pub async fn has_users(db: &Db) -> Result<bool, DbError> {
    let tx = db.begin_system("look for a user").await?;
    let sql = "select exists (select from app.app_user) as value";
    Ok(tx.scalar::<bool>(sql, params![]).await?.unwrap_or(false))
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
