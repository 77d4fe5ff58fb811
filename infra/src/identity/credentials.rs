//! What the owner of an account is asked by and written to.

use jiff::Timestamp;
use trunkline_domain::{
    id::UserId,
    identity::{Permission, roles_beyond_own},
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// An active account with what its passwords and letters need.
    pub struct CredentialsView {
        /// The user.
        pub id: UserId,
        /// Address.
        pub email: String,
        /// Name that colleagues see.
        pub display_name: String,
        /// PHC string; `None` while no password is set.
        pub password_hash: Option<String>,
        /// Tag of the language of texts.
        pub language: String,
        /// Short name of the company.
        pub tenant_slug: String,
        /// Name of the company in English.
        pub company_en: String,
        /// Name of the company in Chinese.
        pub company_zh: String,
    }
}

const ACTIVE: &str = "select u.id, u.email, u.display_name, u.password_hash,
            coalesce(u.language, t.language) as language, t.slug as tenant_slug,
            t.name_en as company_en, t.name_zh as company_zh
     from app.app_user u join app.tenant t on t.id = u.tenant_id
     where u.tenant_id = $1 and u.state = 'ACTIVE' and t.state = 'ACTIVE'";

/// The active account of a user.
///
/// # Errors
/// What the database says.
pub async fn credentials_by_id(
    tx: &TenantTx,
    user: UserId,
) -> Result<Option<CredentialsView>, DbError> {
    tx.one(format!("{ACTIVE} and u.id = $2"), params![tx.tenant(), user]).await
}

/// The active account with an address, in lower case.
///
/// # Errors
/// What the database says.
pub async fn credentials_by_email(
    tx: &TenantTx,
    email: &str,
) -> Result<Option<CredentialsView>, DbError> {
    tx.one(format!("{ACTIVE} and u.email = $2"), params![tx.tenant(), email]).await
}

/// Those who hold `permission` in the whole tenant at `now`, by a built-in role or one of the tenant's
/// own, deputies for a time included: up to `limit`, by address.
///
/// # Errors
/// What the database says.
pub async fn holders_everywhere(
    tx: &TenantTx,
    permission: Permission,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<CredentialsView>, DbError> {
    let roles = roles_beyond_own(permission);
    let roles: Vec<String> = roles.iter().map(|role| role.as_str().to_owned()).collect();
    let sql = format!(
        "{ACTIVE} and exists (select from app.role_assignment r
                              left join app.custom_role c on c.tenant_id = r.tenant_id
                                  and c.id = r.custom_role_id and c.state = 'ACTIVE'
                              where r.tenant_id = u.tenant_id and r.user_id = u.id
                                and (r.role = any($2) or c.permissions ->> $4 <> 'OWN')
                                and r.scope = 'TENANT' and r.valid_from <= $3
                                and (r.valid_until is null or r.valid_until > $3))
         order by u.email limit $5"
    );
    tx.all(sql, params![tx.tenant(), roles, now, permission.as_str(), limit]).await
}
