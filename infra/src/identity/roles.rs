//! Roles that tenants made for themselves, and who is given a role.

use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    id::{CustomRoleId, RoleAssignmentId, UserId},
    identity::{NewCustomRole, Permission, Permissions, Reach, Role, Scope},
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A role of the tenant's own as it is read.
    pub struct CustomRoleView {
        /// Its id.
        pub id: CustomRoleId,
        /// Name.
        pub name: String,
        /// How far each permission reaches.
        pub permissions: Json,
        /// ACTIVE or ARCHIVED.
        pub state: String,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

impl CustomRoleView {
    /// What it may do; a permission that is no longer known is left out.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        let known = |(code, reach): (&String, &Json)| {
            Some((code.parse().ok()?, serde_json::from_value::<Reach>(reach.clone()).ok()?))
        };
        self.permissions.as_object().into_iter().flatten().filter_map(known).collect()
    }
}

const ROLE: &str = "id, name, permissions, state, version, created_at, updated_at";

/// Roles of the tenant's own, by name, archived ones included.
///
/// # Errors
/// What the database says.
pub async fn list_custom_roles(tx: &TenantTx) -> Result<Vec<CustomRoleView>, DbError> {
    let sql = format!("select {ROLE} from app.custom_role where tenant_id = $1 order by name");
    tx.all(sql, params![tx.tenant()]).await
}

/// A role of the tenant's own, kept from changing until the end of the transaction.
///
/// # Errors
/// What the database says.
pub async fn lock_custom_role(
    tx: &TenantTx,
    id: CustomRoleId,
) -> Result<Option<CustomRoleView>, DbError> {
    let sql =
        format!("select {ROLE} from app.custom_role where tenant_id = $1 and id = $2 for update");
    tx.one(sql, params![tx.tenant(), id]).await
}

/// Makes a role.
///
/// # Errors
/// What the database says; a name that is taken as constraint.
pub async fn insert_custom_role(
    tx: &TenantTx,
    id: CustomRoleId,
    role: &NewCustomRole,
    now: Timestamp,
) -> Result<(), DbError> {
    let NewCustomRole { name, permissions } = role;
    tx.run(
        "insert into app.custom_role (tenant_id, id, name, permissions, state, created_at, updated_at)
         values ($1, $2, $3, $4, 'ACTIVE', $5, $5)",
        params![tx.tenant(), id, *name, json!(permissions), now],
    )
    .await?;
    Ok(())
}

/// Gives a role another name, other permissions and a state.
///
/// # Errors
/// What the database says; a name that is taken as constraint.
pub async fn update_custom_role(
    tx: &TenantTx,
    id: CustomRoleId,
    role: &NewCustomRole,
    archived: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    let NewCustomRole { name, permissions } = role;
    let state = if archived { "ARCHIVED" } else { "ACTIVE" };
    tx.run(
        "update app.custom_role
         set name = $3, permissions = $4, state = $5, version = version + 1, updated_at = $6
         where tenant_id = $1 and id = $2",
        params![tx.tenant(), id, *name, json!(permissions), state, now],
    )
    .await?;
    Ok(())
}

/// Which role is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenRole {
    /// A built-in one.
    BuiltIn(Role),
    /// One of the tenant's own.
    Custom(CustomRoleId),
}

/// Where a role is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In one scope.
    Fixed(Scope),
    /// Where the person holds this post, and only while.
    Post(String),
}

/// A role for a user.
#[derive(Debug, Clone)]
pub struct RoleGift {
    /// Id of the assignment.
    pub id: RoleAssignmentId,
    /// Whose.
    pub user: UserId,
    /// Which role.
    pub role: GivenRole,
    /// Where.
    pub place: Place,
    /// First instant.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
}

impl RoleGift {
    /// What the audit says of it.
    #[must_use]
    pub fn as_recorded(&self) -> Json {
        let Self { id, user: _, role, place, from, until } = self;
        let role = match role {
            GivenRole::BuiltIn(role) => json!(role.as_str()),
            GivenRole::Custom(role) => json!(role),
        };
        let mut said =
            json!({"roleAssignmentId": id, "role": role, "validFrom": from, "validUntil": until});
        match place {
            Place::Fixed(Scope::Tenant) => said["scope"] = json!("TENANT"),
            Place::Fixed(Scope::Site(site)) => {
                said["scope"] = json!("SITE");
                said["siteId"] = json!(site);
            }
            Place::Fixed(Scope::Team(team, _)) => {
                said["scope"] = json!("TEAM");
                said["teamId"] = json!(team);
            }
            Place::Fixed(Scope::Own(agent, _)) => {
                said["scope"] = json!("OWN");
                said["agentId"] = json!(agent);
            }
            Place::Post(post) => {
                said["scope"] = json!("POST");
                said["post"] = json!(post);
            }
        }
        said
    }
}

/// Gives a role to a user.
///
/// # Errors
/// What the database says.
pub async fn give_role(tx: &TenantTx, gift: &RoleGift, now: Timestamp) -> Result<(), DbError> {
    let RoleGift { id, user, role, place, from, until } = gift;
    let (code, custom) = match role {
        GivenRole::BuiltIn(role) => (Some(role.as_str()), None),
        GivenRole::Custom(role) => (None, Some(*role)),
    };
    let (scope, site, team, post) = match place {
        Place::Fixed(Scope::Tenant) => ("TENANT", None, None, None),
        Place::Fixed(Scope::Site(site)) => ("SITE", Some(*site), None, None),
        Place::Fixed(Scope::Team(team, _)) => ("TEAM", None, Some(*team), None),
        Place::Fixed(Scope::Own(..)) => ("OWN", None, None, None),
        Place::Post(post) => ("POST", None, None, Some(post.as_str())),
    };
    tx.run(
        "insert into app.role_assignment (tenant_id, id, user_id, role, custom_role_id, scope, site_id, team_id,
                                          post, valid_from, valid_until, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            tx.tenant(),
            *id,
            *user,
            code,
            custom,
            scope,
            site,
            team,
            post,
            *from,
            *until,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Whose role it is; keeps it from changing until the end of the transaction.
///
/// # Errors
/// What the database says.
pub async fn holder_of_role(
    tx: &TenantTx,
    id: RoleAssignmentId,
) -> Result<Option<UserId>, DbError> {
    tx.scalar(
        "select user_id as value from app.role_assignment where tenant_id = $1 and id = $2 for update",
        params![tx.tenant(), id],
    )
    .await
}

/// Number of active users who can give rights to others in the whole tenant at `now` and without an
/// end, by whatever role. Keeps others from taking such rights away until the end of the transaction.
///
/// # Errors
/// What the database says.
pub async fn count_givers(tx: &TenantTx, now: Timestamp) -> Result<i64, DbError> {
    tx.run("select from app.tenant where id = $1 for update", params![tx.tenant()]).await?;
    let count = tx
        .scalar(
            "select count(distinct u.id) as value
             from app.role_assignment r
             join app.app_user u on u.tenant_id = r.tenant_id and u.id = r.user_id
             left join app.custom_role c on c.tenant_id = r.tenant_id and c.id = r.custom_role_id
             where r.tenant_id = $1 and r.scope = 'TENANT' and u.state = 'ACTIVE'
               and r.valid_from <= $3 and r.valid_until is null
               and (r.role = $2 or (c.state = 'ACTIVE' and c.permissions ->> $4 = 'NETWORK'))",
            params![tx.tenant(), Role::TenantAdmin.as_str(), now, Permission::UserWrite.as_str()],
        )
        .await?;
    Ok(count.unwrap_or(0))
}

/// Number of active users who administer the whole tenant at `now` and without an end. Keeps others
/// from taking such rights away until the end of the transaction.
///
/// # Errors
/// What the database says.
pub async fn count_administrators(tx: &TenantTx, now: Timestamp) -> Result<i64, DbError> {
    // The row of the tenant is the lock: two who would disable each other come one after the other.
    tx.run("select from app.tenant where id = $1 for update", params![tx.tenant()]).await?;
    let count = tx
        .scalar(
            "select count(distinct u.id) as value
             from app.role_assignment r
             join app.app_user u on u.tenant_id = r.tenant_id and u.id = r.user_id
             where r.tenant_id = $1 and r.role = $2 and r.scope = 'TENANT'
               and r.valid_from <= $3 and r.valid_until is null and u.state = 'ACTIVE'",
            params![tx.tenant(), Role::TenantAdmin.as_str(), now],
        )
        .await?;
    Ok(count.unwrap_or(0))
}
