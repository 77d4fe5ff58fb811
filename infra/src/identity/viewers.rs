//! The viewer behind a token or a key, as the database has it now.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use trunkline_domain::{
    fault::Language,
    id::{AgentId, CustomRoleId, SessionId, SiteId, TeamId, TenantId, UserId},
    identity::{
        CustomGrant, Grant, HeldPost, Permission, Permissions, Reach, Role, Scope, Stay, Subject,
        Target, Viewer, stays_of_own, stays_of_post,
    },
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
        /// Whether the user is active, of a tenant that is not closed.
        pub active: bool,
        /// Whether the tenant is suspended: who shows that the account is theirs is told so.
        pub suspended: bool,
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
                    coalesce(t.state <> 'CLOSED' and u.state = 'ACTIVE', false) as active,
                    t.state = 'SUSPENDED' as suspended
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
        suspended: bool,
        employed: bool,
        epoch: i32,
        language: Option<String>,
        agent_id: Option<AgentId>,
        agent_site_id: Option<SiteId>,
        session_alive: bool,
        grants: Json,
        posts: Json,
    }
}

#[derive(Deserialize)]
struct GrantRow {
    role: Option<String>,
    custom_role_id: Option<Uuid>,
    custom_role_name: Option<String>,
    permissions: Option<BTreeMap<String, Reach>>,
    scope: String,
    site_id: Option<Uuid>,
    team_id: Option<Uuid>,
    team_site_id: Option<Uuid>,
    post: Option<String>,
    valid_from: Timestamp,
    valid_until: Option<Timestamp>,
}

#[derive(Deserialize)]
struct PostRow {
    post: String,
    site_id: Uuid,
    team_id: Option<Uuid>,
    valid_from: Timestamp,
    valid_until: Option<Timestamp>,
}

impl PostRow {
    fn held(self) -> HeldPost {
        let Self { post, site_id, team_id, valid_from, valid_until } = self;
        HeldPost {
            post,
            site: SiteId::from_uuid(site_id),
            team: team_id.map(TeamId::from_uuid),
            from: valid_from,
            until: valid_until,
        }
    }
}

impl GrantRow {
    /// Where it holds, and from when to when: in several places in turn when it goes with the person.
    fn stays(&self, own: Option<(AgentId, SiteId)>, posts: &[HeldPost]) -> Option<Vec<Stay>> {
        let (from, until) = (self.valid_from, self.valid_until);
        let scope = match self.scope.as_str() {
            "TENANT" => Scope::Tenant,
            "SITE" => Scope::Site(SiteId::from_uuid(self.site_id?)),
            "TEAM" => {
                Scope::Team(TeamId::from_uuid(self.team_id?), SiteId::from_uuid(self.team_site_id?))
            }
            "OWN" => return own.map(|(agent, site)| stays_of_own(posts, agent, site, from, until)),
            "POST" => return Some(stays_of_post(posts, self.post.as_deref()?, from, until)),
            _ => return None,
        };
        Some(vec![Stay { scope, from, until }])
    }

    fn add_to(self, viewer: &mut Viewer, own: Option<(AgentId, SiteId)>, posts: &[HeldPost]) {
        let stays = self.stays(own, posts).unwrap_or_default();
        if let Some(role) = self.role.and_then(|role| role.parse::<Role>().ok()) {
            let grant = |Stay { scope, from, until }| Grant { role, scope, from, until };
            viewer.grants.extend(stays.iter().copied().map(grant));
        }
        if let (Some(role), Some(known)) = (self.custom_role_id, self.permissions) {
            let name = self.custom_role_name.unwrap_or_default();
            // A permission that is no longer known gives nothing.
            let permissions: Permissions = known
                .into_iter()
                .filter_map(|(code, reach)| Some((code.parse().ok()?, reach)))
                .collect();
            viewer.custom.extend(stays.into_iter().map(|Stay { scope, from, until }| {
                CustomGrant {
                    role: CustomRoleId::from_uuid(role),
                    name: name.clone(),
                    permissions: permissions.clone(),
                    scope,
                    from,
                    until,
                }
            }));
        }
    }
}

/// Whether `u`, at `$3`, is no agent `a` of site `w` whose employment is over: the last day of it, or
/// of the last contract, has passed there.
pub(crate) const EMPLOYED: &str = "(a.id is null
     or coalesce(a.left_on >= ($3::timestamptz at time zone w.time_zone)::date, a.status <> 'TERMINATED')
        and not exists (select from app.contract c
                        where c.tenant_id = a.tenant_id and c.agent_id = a.id
                        having max(coalesce(c.valid_until, 'infinity'))
                                   <= ($3::timestamptz at time zone w.time_zone)::date))";

/// Roles and posts of `u`, as [`GrantRow`] and [`PostRow`] read them.
const RIGHTS: &str = "coalesce((select jsonb_agg(jsonb_build_object(
                   'role', r.role, 'custom_role_id', c.id, 'custom_role_name', c.name,
                   'permissions', c.permissions, 'scope', r.scope, 'site_id', r.site_id,
                   'team_id', r.team_id, 'team_site_id', m.site_id, 'post', r.post,
                   'valid_from', r.valid_from, 'valid_until', r.valid_until))
               from app.role_assignment r
               left join app.team m on m.tenant_id = r.tenant_id and m.id = r.team_id
               left join app.custom_role c on c.tenant_id = r.tenant_id
                   and c.id = r.custom_role_id and c.state = 'ACTIVE'
               where r.tenant_id = u.tenant_id and r.user_id = u.id), '[]') as grants,
     coalesce((select jsonb_agg(jsonb_build_object(
                   'post', s.post, 'site_id', s.site_id, 'team_id', s.team_id,
                   'valid_from', s.valid_from, 'valid_until', s.valid_until))
               from app.assignment s
               where s.tenant_id = u.tenant_id and s.agent_id = u.agent_id), '[]') as posts";

/// Accounts `u` with the agent `a` of the person and its site `w`, as [`EMPLOYED`] names them.
pub(crate) const ACCOUNTS: &str = "from app.app_user u
     left join app.agent a on a.tenant_id = u.tenant_id and a.id = u.agent_id
     left join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id";

/// Whether a user who is an agent is still employed at `now`; others always are.
///
/// # Errors
/// What the database says.
pub async fn is_employed(tx: &TenantTx, user: UserId, now: Timestamp) -> Result<bool, DbError> {
    let sql = format!(
        "select {EMPLOYED} as value {ACCOUNTS}
         where u.tenant_id = $1 and u.id = $2"
    );
    Ok(tx.scalar(sql, params![tx.tenant(), user, now]).await?.unwrap_or(false))
}

/// Who is behind a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Somebody who may call.
    Viewer(Box<Viewer>),
    /// The credential is good, its tenant is suspended.
    Suspended,
    /// Nobody, or nobody any more.
    Nobody,
}

/// The viewer behind a user's token; nobody when tenant, user or session no longer stand, the user's
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
) -> Result<Found, DbError> {
    let ctx = Ctx::of_system(tenant, "viewer look-up", now);
    let row: Option<UserRow> = db
        .begin(&ctx)
        .await?
        .one(
            format!(
                "select u.state = 'ACTIVE' and t.state <> 'CLOSED' as active,
                    t.state = 'SUSPENDED' as suspended, u.epoch, u.agent_id,
                    coalesce(u.language, t.language) as language, a.site_id as agent_site_id,
                    {EMPLOYED} as employed,
                    exists (select from app.session s
                            where s.tenant_id = u.tenant_id and s.id = $4 and s.user_id = u.id
                              and s.revoked_at is null and s.expires_at > $3) as session_alive,
                    {RIGHTS}
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
        return Ok(Found::Nobody);
    };
    if row.suspended {
        return Ok(Found::Suspended);
    }
    let base = Viewer {
        subject: Subject::User(user),
        session: Some(session),
        agent: row.agent_id,
        language: Language::of_tag(row.language.as_deref().unwrap_or_default()),
        ..Viewer::system(tenant)
    };
    let viewer = with_rights(base, user, row.agent_site_id, row.grants, row.posts)?;
    Ok(Found::Viewer(Box::new(viewer)))
}

/// The viewer with the roles of the user whose rows [`RIGHTS`] gave.
fn with_rights(
    mut viewer: Viewer,
    user: UserId,
    site: Option<SiteId>,
    grants: Json,
    posts: Json,
) -> Result<Viewer, DbError> {
    let own = viewer.agent.zip(site);
    let unread = |error| DbError::Internal(format!("rights of {user}: {error}"));
    let grants: Vec<GrantRow> = serde_json::from_value(grants).map_err(unread)?;
    let posts: Vec<PostRow> = serde_json::from_value(posts).map_err(unread)?;
    let posts: Vec<HeldPost> = posts.into_iter().map(PostRow::held).collect();
    for grant in grants {
        grant.add_to(&mut viewer, own, &posts);
    }
    Ok(viewer)
}

read_model! {
    struct HolderRow {
        id: UserId,
        agent_id: Option<AgentId>,
        agent_site_id: Option<SiteId>,
        grants: Json,
        posts: Json,
    }
}

/// Most users of a site whose rights are looked at for one question.
const MOST_LOOKED_AT: i64 = 500;

/// Up to `most` users whose `permission` reaches somebody or something at `site`, which is `target`,
/// at `now`: with an account that works and employed. Those of the nearest scopes come first.
/// None is one of the agents `except`.
///
/// # Errors
/// What the database says.
pub async fn users_who_may(
    tx: &TenantTx,
    permission: Permission,
    (site, target): (SiteId, &Target),
    now: Timestamp,
    except: &[AgentId],
    most: usize,
) -> Result<Vec<UserId>, DbError> {
    let roles = Role::ALL.iter().filter(|role| role.has(permission));
    let roles: Vec<String> = roles.map(|role| role.as_str().to_owned()).collect();
    let sql = format!(
        "select u.id, u.agent_id, a.site_id as agent_site_id, {RIGHTS} {ACCOUNTS}
         cross join lateral (
             select min(case r.scope when 'TEAM' then 1 when 'POST' then 1 when 'SITE' then 2
                                     else 3 end) as distance
             from app.role_assignment r
             left join app.team m on m.tenant_id = r.tenant_id and m.id = r.team_id
             left join app.custom_role c on c.tenant_id = r.tenant_id and c.id = r.custom_role_id
                 and c.state = 'ACTIVE'
             where r.tenant_id = u.tenant_id and r.user_id = u.id
               and r.valid_from <= $3 and (r.valid_until is null or r.valid_until > $3)
               and (r.role = any($2) or jsonb_exists(c.permissions, $4))
               and (r.scope = 'TENANT' or $5 in (r.site_id, m.site_id, a.site_id))) near
         where u.tenant_id = $1 and u.state = 'ACTIVE' and near.distance is not null and {EMPLOYED}
         order by near.distance, u.id limit $6"
    );
    let params = params![tx.tenant(), roles, now, permission.as_str(), site, MOST_LOOKED_AT];
    let rows: Vec<HolderRow> = tx.all(sql, params).await?;
    let mut holders = Vec::new();
    for HolderRow { id, agent_id, agent_site_id, grants, posts } in rows {
        if agent_id.is_some_and(|agent| except.contains(&agent)) {
            continue;
        }
        let base =
            Viewer { subject: Subject::User(id), agent: agent_id, ..Viewer::system(tx.tenant()) };
        let viewer = with_rights(base, id, agent_site_id, grants, posts)?;
        if viewer.sees(permission, target, now) {
            holders.push(id);
        }
        if holders.len() == most {
            break;
        }
    }
    Ok(holders)
}
