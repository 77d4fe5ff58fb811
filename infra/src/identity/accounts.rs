//! Reading users and their roles.

use jiff::Timestamp;
use trunkline_domain::id::{
    AgentId, CustomRoleId, RoleAssignmentId, SiteId, TeamId, TenantId, UserId,
};
use uuid::Uuid;

use crate::{
    db::{Cursor, DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// A user as it is read.
    pub struct UserView {
        /// Its id.
        pub id: UserId,
        /// Address to sign in with.
        pub email: String,
        /// Name that colleagues see.
        pub display_name: String,
        /// ACTIVE or DISABLED.
        pub state: String,
        /// The person's own agent record.
        pub agent_id: Option<AgentId>,
        /// Whether a password is set.
        pub has_password: bool,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

impl UserView {
    /// Its place in the list of [`list_users`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.email.clone(), id: self.id.uuid() }
    }
}

read_model! {
    /// A role of a user as it is read.
    pub struct RoleView {
        /// Its id.
        pub id: RoleAssignmentId,
        /// Whose.
        pub user_id: UserId,
        /// Code of a built-in role.
        pub role: Option<String>,
        /// A role of the tenant's own.
        pub custom_role_id: Option<CustomRoleId>,
        /// TENANT, SITE, TEAM, OWN or POST.
        pub scope: String,
        /// Site of a SITE scope.
        pub site_id: Option<SiteId>,
        /// Team of a TEAM scope.
        pub team_id: Option<TeamId>,
        /// Post of a POST scope.
        pub post: Option<String>,
        /// First instant.
        pub valid_from: Timestamp,
        /// First instant at which it no longer holds.
        pub valid_until: Option<Timestamp>,
    }
}

read_model! {
    /// A tenant as its own people know it.
    pub struct TenantView {
        /// Its id.
        pub id: TenantId,
        /// Short name for signing in.
        pub slug: String,
        /// Name in English.
        pub name_en: String,
        /// Name in Chinese.
        pub name_zh: String,
        /// IANA zone of network-wide days.
        pub time_zone: String,
    }
}

const USER: &str =
    "id, email, display_name, state, agent_id, password_hash is not null as has_password,
     version, created_at, updated_at";

/// Up to `limit` users after `after`, by address.
///
/// # Errors
/// What the database says.
pub async fn list_users(
    tx: &TenantTx,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<UserView>, DbError> {
    let mut params = params![tx.tenant(), limit];
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and (email, id) > ($3, $4)";
        params.extend(params![cursor.key, cursor.id]);
    }
    let sql = format!(
        "select {USER} from app.app_user where tenant_id = $1 {keyset} order by email, id limit $2"
    );
    tx.all(sql, params).await
}

/// Number of users, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_users(tx: &TenantTx, bound: i64) -> Result<i64, DbError> {
    let sql = "select count(*) as value
               from (select from app.app_user where tenant_id = $1 limit $2) counted";
    Ok(tx.scalar(sql, params![tx.tenant(), bound]).await?.unwrap_or(0))
}

/// The users with these ids.
///
/// # Errors
/// What the database says.
pub async fn users_by_id(tx: &TenantTx, ids: &[UserId]) -> Result<Vec<UserView>, DbError> {
    let sql = format!("select {USER} from app.app_user where tenant_id = $1 and id = any($2)");
    tx.all(sql, params![tx.tenant(), ids]).await
}

/// Roles of these users, oldest first, past ones included.
///
/// # Errors
/// What the database says.
pub async fn roles_of_users(tx: &TenantTx, ids: &[UserId]) -> Result<Vec<RoleView>, DbError> {
    tx.all(
        "select id, user_id, role, custom_role_id, scope, site_id, team_id, post, valid_from,
                valid_until
         from app.role_assignment where tenant_id = $1 and user_id = any($2)
         order by user_id, valid_from, id",
        params![tx.tenant(), ids],
    )
    .await
}

read_model! {
    struct NameRow {
        id: Uuid,
        name: String,
    }
}

/// Names of the users and API clients with these ids, in one question.
///
/// # Errors
/// What the database says.
pub async fn names_of_actors(
    tx: &TenantTx,
    ids: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, String>, DbError> {
    let rows: Vec<NameRow> = tx
        .all(
            "select id, display_name as name from app.app_user where tenant_id = $1 and id = any($2)
             union all
             select id, name from app.api_client where tenant_id = $1 and id = any($2)",
            params![tx.tenant(), ids],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The transaction's tenant.
///
/// # Errors
/// What the database says.
pub async fn load_tenant(tx: &TenantTx) -> Result<Option<TenantView>, DbError> {
    tx.one(
        "select id, slug, name_en, name_zh, time_zone from app.tenant where id = $1",
        params![tx.tenant()],
    )
    .await
}
