//! The viewer behind a token or a key, as the database has it now.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use trunkline_domain::{
    fault::Language,
    id::{AgentId, ApiClientId, SessionId, SiteId, TeamId, TenantId, UserId},
    identity::{Grant, Permission, Role, Scope, Subject, Viewer},
};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{Db, DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// What sign-in needs to know of an account.
    pub struct Account {
        /// Its tenant.
        pub tenant_id: TenantId,
        /// `None` when the tenant has no such user.
        pub user_id: Option<UserId>,
        /// PHC string; `None` while no password is set.
        pub password_hash: Option<String>,
        /// Whether tenant and user are active.
        pub active: bool,
        /// Epoch of the user.
        pub epoch: Option<i32>,
    }
}

/// Looks an account up by the slug of its tenant and its e-mail address.
///
/// # Errors
/// What the database says.
pub async fn find_account(db: &Db, slug: &str, email: &str) -> Result<Option<Account>, DbError> {
    db.begin_system("sign-in look-up")
        .await?
        .one(
            "select t.id as tenant_id, u.id as user_id, u.password_hash, u.epoch,
                    coalesce(t.state = 'ACTIVE' and u.state = 'ACTIVE', false) as active
             from app.tenant t
             left join app.app_user u on u.tenant_id = t.id and u.email = $2
             where t.slug = $1",
            params![slug, email],
        )
        .await
}

read_model! {
    struct UserRow {
        active: bool,
        employed: bool,
        epoch: i32,
        language: Option<String>,
        agent_id: Option<AgentId>,
        agent_site_id: Option<SiteId>,
        session_alive: bool,
        grants: Json,
    }
}

#[derive(Deserialize)]
struct GrantRow {
    role: String,
    scope: String,
    site_id: Option<Uuid>,
    team_id: Option<Uuid>,
    team_site_id: Option<Uuid>,
    valid_from: Timestamp,
    valid_until: Option<Timestamp>,
}

impl GrantRow {
    fn grant(self, own: Option<(AgentId, SiteId)>) -> Option<Grant> {
        let scope = match self.scope.as_str() {
            "TENANT" => Scope::Tenant,
            "SITE" => Scope::Site(SiteId::from_uuid(self.site_id?)),
            "TEAM" => {
                Scope::Team(TeamId::from_uuid(self.team_id?), SiteId::from_uuid(self.team_site_id?))
            }
            "OWN" => own.map(|(agent, site)| Scope::Own(agent, site))?,
            _ => return None,
        };
        let role: Role = self.role.parse().ok()?;
        Some(Grant { role, scope, from: self.valid_from, until: self.valid_until })
    }
}

/// Whether `u`, at `$3`, is no agent `a` of site `w` whose employment is over: the last day of it, or
/// of the last contract, has passed there.
const EMPLOYED: &str = "(a.id is null
     or coalesce(a.left_on >= ($3::timestamptz at time zone w.time_zone)::date, a.status <> 'TERMINATED')
        and not exists (select from app.contract c
                        where c.tenant_id = a.tenant_id and c.agent_id = a.id
                        having max(coalesce(c.valid_until, 'infinity'))
                                   <= ($3::timestamptz at time zone w.time_zone)::date))";

/// Whether a user who is an agent is still employed at `now`; others always are.
///
/// # Errors
/// What the database says.
pub async fn is_employed(tx: &TenantTx, user: UserId, now: Timestamp) -> Result<bool, DbError> {
    let sql = format!(
        "select {EMPLOYED} as value from app.app_user u
         left join app.agent a on a.tenant_id = u.tenant_id and a.id = u.agent_id
         left join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id
         where u.tenant_id = $1 and u.id = $2"
    );
    Ok(tx.scalar(sql, params![tx.tenant(), user, now]).await?.unwrap_or(false))
}

/// The viewer behind a user's token; `None` when tenant, user or session no longer stand, the user's
/// epoch has moved on, or the user is an agent whose employment is over.
///
/// # Errors
/// What the database says.
pub async fn load_user_viewer(
    db: &Db,
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    epoch: i32,
    now: Timestamp,
) -> Result<Option<Viewer>, DbError> {
    let ctx = Ctx::of_system(tenant, "viewer look-up", now);
    let row: Option<UserRow> = db
        .begin(&ctx)
        .await?
        .one(
            format!(
                "select u.state = 'ACTIVE' and t.state = 'ACTIVE' as active, u.epoch, u.agent_id,
                    coalesce(u.language, t.language) as language, a.site_id as agent_site_id,
                    {EMPLOYED} as employed,
                    exists (select from app.session s
                            where s.tenant_id = u.tenant_id and s.id = $4 and s.user_id = u.id
                              and s.revoked_at is null and s.expires_at > $3) as session_alive,
                    coalesce((select jsonb_agg(jsonb_build_object(
                                  'role', r.role, 'scope', r.scope, 'site_id', r.site_id,
                                  'team_id', r.team_id, 'team_site_id', m.site_id,
                                  'valid_from', r.valid_from, 'valid_until', r.valid_until))
                              from app.role_assignment r
                              left join app.team m on m.tenant_id = r.tenant_id and m.id = r.team_id
                              where r.tenant_id = u.tenant_id and r.user_id = u.id), '[]') as grants
             from app.app_user u
             join app.tenant t on t.id = u.tenant_id
             left join app.agent a on a.tenant_id = u.tenant_id and a.id = u.agent_id
             left join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id
             where u.tenant_id = $1 and u.id = $2"
            ),
            params![tenant, user, now, session],
        )
        .await?;
    let Some(row) =
        row.filter(|row| row.active && row.employed && row.session_alive && row.epoch == epoch)
    else {
        return Ok(None);
    };
    let own = row.agent_id.zip(row.agent_site_id);
    let grants: Vec<GrantRow> = serde_json::from_value(row.grants)
        .map_err(|error| DbError::Internal(format!("grants of {user}: {error}")))?;
    Ok(Some(Viewer {
        tenant,
        subject: Subject::User(user),
        session: Some(session),
        agent: row.agent_id,
        grants: grants.into_iter().filter_map(|grant| grant.grant(own)).collect(),
        scopes: None,
        language: Language::of_tag(row.language.as_deref().unwrap_or_default()),
    }))
}

read_model! {
    struct ClientRow {
        tenant_id: TenantId,
        key_hash: Vec<u8>,
        scopes: Vec<String>,
        site_ids: Vec<SiteId>,
        created_at: Timestamp,
        expires_at: Option<Timestamp>,
        language: String,
    }
}

/// The viewer behind a partner's key; `None` when the key is unknown, wrong, expired or switched
/// off.
///
/// # Errors
/// What the database says.
pub async fn load_client_viewer(
    db: &Db,
    client: ApiClientId,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Viewer>, DbError> {
    let row: Option<ClientRow> = db
        .begin_system("API key look-up")
        .await?
        .one(
            "select c.tenant_id, c.key_hash, c.scopes, c.site_ids, c.created_at, c.expires_at, t.language
             from app.api_client c join app.tenant t on t.id = c.tenant_id
             where c.id = $1 and c.state = 'ACTIVE' and t.state = 'ACTIVE'
               and (c.expires_at is null or c.expires_at > $2)",
            params![client, now],
        )
        .await?;
    let presented = super::secret_hash(secret);
    let Some(row) = row.filter(|row| {
        aws_lc_rs::constant_time::verify_slices_are_equal(&row.key_hash, &presented).is_ok()
    }) else {
        return Ok(None);
    };
    let scopes: Vec<Scope> = if row.site_ids.is_empty() {
        vec![Scope::Tenant]
    } else {
        row.site_ids.iter().copied().map(Scope::Site).collect()
    };
    let grant = |scope| Grant {
        role: Role::PartnerClient,
        scope,
        from: row.created_at.min(now),
        until: row.expires_at,
    };
    Ok(Some(Viewer {
        tenant: row.tenant_id,
        subject: Subject::Client(client),
        session: None,
        agent: None,
        grants: scopes.into_iter().map(grant).collect(),
        scopes: Some(
            row.scopes
                .iter()
                .filter_map(|scope| scope.parse().ok())
                .collect::<BTreeSet<Permission>>(),
        ),
        language: Language::of_tag(&row.language),
    }))
}
