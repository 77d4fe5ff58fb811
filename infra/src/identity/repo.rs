//! Writing tenants, users and their roles.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use trunkline_domain::{
    agents::covered,
    fault::Language,
    id::{AgentId, RoleAssignmentId, TenantId, UserId},
    identity::{Email, Grant, Scope},
    network::{Tenant, TenantState},
};

use crate::{
    db::{DbError, SystemTx, TenantTx},
    params, read_model,
};

/// Makes a tenant. Its rows are then reached by a context of the system for it.
///
/// # Errors
/// What the database says; a slug that is taken as constraint.
pub async fn insert_tenant(tx: &SystemTx, tenant: &Tenant, now: Timestamp) -> Result<(), DbError> {
    let Tenant { id, slug, names, time_zone, language, state } = tenant;
    tx.run(
        "insert into app.tenant (id, slug, name_en, name_zh, time_zone, language, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            *id,
            slug.as_str(),
            names.en,
            names.zh,
            *time_zone,
            language.tag(),
            state.as_str(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The tenant with this slug, whatever its state: for those who operate the installation.
///
/// # Errors
/// What the database says.
pub async fn find_tenant(tx: &SystemTx, slug: &str) -> Result<Option<TenantId>, DbError> {
    tx.scalar("select id as value from app.tenant where slug = $1", params![slug]).await
}

/// The active tenant with this slug: for strangers, to whom one that is suspended is unknown.
///
/// # Errors
/// What the database says.
pub async fn find_active_tenant(tx: &SystemTx, slug: &str) -> Result<Option<TenantId>, DbError> {
    tx.scalar(
        "select id as value from app.tenant where slug = $1 and state = 'ACTIVE'",
        params![slug],
    )
    .await
}

/// The tenant with this slug, unless it is closed: for strangers on the way to a provider, who are told
/// of a suspension only once the provider has let them in.
///
/// # Errors
/// What the database says.
pub async fn find_unclosed_tenant(tx: &SystemTx, slug: &str) -> Result<Option<TenantId>, DbError> {
    tx.scalar(
        "select id as value from app.tenant where slug = $1 and state <> 'CLOSED'",
        params![slug],
    )
    .await
}

/// Moves a tenant from one state to another. Says whether it was in the first one.
///
/// # Errors
/// What the database says.
pub async fn move_tenant(
    tx: &SystemTx,
    tenant: TenantId,
    from: TenantState,
    to: TenantState,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.tenant set state = $3 where id = $1 and state = $2",
            params![tenant, from.as_str(), to.as_str()],
        )
        .await?;
    Ok(rows == 1)
}

/// A person who may sign in.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Id.
    pub id: UserId,
    /// What the person types to sign in.
    pub email: Email,
    /// Name that colleagues see.
    pub display_name: String,
    /// PHC string; `None` = no password yet.
    pub password_hash: Option<String>,
    /// Language of texts; `None` = the tenant's.
    pub language: Option<Language>,
    /// The person's own agent record.
    pub agent: Option<AgentId>,
}

impl NewUser {
    /// What the audit says of the user: of the password only that there is one.
    #[must_use]
    pub fn as_recorded(&self) -> Json {
        let Self { id: _, email, display_name, password_hash, language, agent } = self;
        json!({"email": email, "displayName": display_name, "state": "ACTIVE",
               "password": password_hash.as_ref().map(|_| covered()),
               "language": language.map(Language::tag), "agentId": agent})
    }
}

/// Makes users.
///
/// # Errors
/// What the database says; an address or agent that has a user already as constraint.
pub async fn insert_users(tx: &TenantTx, users: &[NewUser], now: Timestamp) -> Result<(), DbError> {
    let rows = users.iter().map(|user| {
        let NewUser { id, email, display_name, password_hash, language, agent } = user;
        json!({"id": id.uuid(), "email": email, "display_name": display_name,
               "password_hash": password_hash, "language": language.map(Language::tag),
               "agent_id": agent.map(|it| it.uuid())})
    });
    tx.run(
        "insert into app.app_user (tenant_id, id, email, display_name, password_hash, language, agent_id,
                                   state, created_at, updated_at)
         select $1, r.id, r.email, r.display_name, r.password_hash, r.language, r.agent_id, 'ACTIVE', $3, $3
         from jsonb_to_recordset($2) as r(id uuid, email text, display_name text, password_hash text,
                                          language text, agent_id uuid)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    Ok(())
}

/// A role of a user, within its scope and time.
#[derive(Debug, Clone, Copy)]
pub struct NewRole {
    /// Id.
    pub id: RoleAssignmentId,
    /// Whose.
    pub user: UserId,
    /// Role, scope, first and last instant.
    pub grant: Grant,
}

/// Gives roles to users.
///
/// # Errors
/// What the database says.
pub async fn insert_roles(tx: &TenantTx, roles: &[NewRole], now: Timestamp) -> Result<(), DbError> {
    let rows = roles.iter().map(|NewRole { id, user, grant }| {
        let (scope, site, team) = match grant.scope {
            Scope::Tenant => ("TENANT", None, None),
            Scope::Site(site) => ("SITE", Some(site.uuid()), None),
            Scope::Team(team, _) => ("TEAM", None, Some(team.uuid())),
            Scope::Own(..) => ("OWN", None, None),
        };
        json!({"id": id.uuid(), "user_id": user.uuid(), "role": grant.role, "scope": scope,
               "site_id": site, "team_id": team, "valid_from": grant.from, "valid_until": grant.until})
    });
    tx.run(
        "insert into app.role_assignment (tenant_id, id, user_id, role, scope, site_id, team_id, valid_from,
                                          valid_until, created_at)
         select $1, r.id, r.user_id, r.role, r.scope, r.site_id, r.team_id, r.valid_from, r.valid_until, $3
         from jsonb_to_recordset($2) as r(id uuid, user_id uuid, role text, scope text, site_id uuid,
              team_id uuid, valid_from timestamptz, valid_until timestamptz)",
        params![tx.tenant(), Json::Array(rows.collect()), now],
    )
    .await?;
    Ok(())
}

read_model! {
    /// A role whose end was changed.
    pub struct EndedRole {
        /// Whose.
        pub user_id: UserId,
        /// When it ended before; `None` = it had no end.
        pub valid_until: Option<Timestamp>,
    }
}

/// Ends a role at `until`, unless it ends before. Gives the role as it was when that changed it.
///
/// # Errors
/// What the database says.
pub async fn end_role(
    tx: &TenantTx,
    id: RoleAssignmentId,
    until: Timestamp,
) -> Result<Option<EndedRole>, DbError> {
    tx.one(
        "with before as (
             select user_id, valid_until from app.role_assignment
             where tenant_id = $1 and id = $2 and (valid_until is null or valid_until > $3)
             for update)
         update app.role_assignment r set valid_until = $3 from before
         where r.tenant_id = $1 and r.id = $2
         returning before.user_id, before.valid_until",
        params![tx.tenant(), id, until],
    )
    .await
}

/// Sets a password. Says whether there is such an active user. Sessions are another matter.
///
/// # Errors
/// What the database says.
pub async fn set_password(
    tx: &TenantTx,
    user: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.app_user set password_hash = $3, version = version + 1, updated_at = $4
             where tenant_id = $1 and id = $2 and state = 'ACTIVE'",
            params![tx.tenant(), user, hash, now],
        )
        .await?;
    Ok(rows == 1)
}

/// Puts another hash of the same password in the place of `old`, unless it was changed meanwhile.
///
/// # Errors
/// What the database says.
pub async fn rehash_password(
    tx: &TenantTx,
    user: UserId,
    old: &str,
    hash: &str,
) -> Result<(), DbError> {
    tx.run(
        "update app.app_user set password_hash = $4
         where tenant_id = $1 and id = $2 and password_hash = $3",
        params![tx.tenant(), user, old, hash],
    )
    .await?;
    Ok(())
}

/// Switches a user off and voids all tokens. Says whether it was on.
///
/// # Errors
/// What the database says.
pub async fn disable_user(tx: &TenantTx, user: UserId, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.app_user
             set state = 'DISABLED', epoch = epoch + 1, version = version + 1, updated_at = $3
             where tenant_id = $1 and id = $2 and state = 'ACTIVE'",
            params![tx.tenant(), user, now],
        )
        .await?;
    tx.run(
        "update app.session set revoked_at = $3, revoke_reason = 'user disabled'
         where tenant_id = $1 and user_id = $2 and revoked_at is null",
        params![tx.tenant(), user, now],
    )
    .await?;
    Ok(rows == 1)
}
