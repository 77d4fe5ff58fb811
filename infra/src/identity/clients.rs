//! API clients and their keys.

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::{
    fault::Language,
    id::{ApiClientId, ApiKeyId, SiteId, TenantId},
    identity::{ClientRate, ClientRights, Permission, Viewer},
};

use super::{Found, secret_hash};
use crate::{
    ctx::Ctx,
    db::{Db, DbError, TenantTx},
    params, read_model,
};

/// The use of a key is written down again after this time, not with every call.
const USE_PAUSE: SignedDuration = SignedDuration::from_mins(1);

read_model! {
    /// An API client as it is read.
    pub struct ApiClientView {
        /// Its id.
        pub id: ApiClientId,
        /// Name.
        pub name: String,
        /// Codes of what it may do at most.
        pub scopes: Vec<String>,
        /// Sites it is limited to; empty = all.
        pub site_ids: Vec<SiteId>,
        /// Points at once; `None` = those that everybody has.
        pub rate_burst: Option<i32>,
        /// Points that come back each second.
        pub rate_restore: Option<i32>,
        /// ACTIVE or DISABLED.
        pub state: String,
        /// First instant at which it and its keys are void.
        pub expires_at: Option<Timestamp>,
        /// Made at.
        pub created_at: Timestamp,
    }
}

read_model! {
    /// A key of an API client as it is read, without its secret.
    pub struct ApiKeyView {
        /// Its id, a part of its text.
        pub id: ApiKeyId,
        /// Whose.
        pub client_id: ApiClientId,
        /// First instant at which it is void.
        pub expires_at: Option<Timestamp>,
        /// Revoked at.
        pub revoked_at: Option<Timestamp>,
        /// Last use, to the minute.
        pub last_used_at: Option<Timestamp>,
        /// Made at.
        pub created_at: Timestamp,
    }
}

impl ApiKeyView {
    /// Whether it is good at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|until| now < until)
    }
}

/// A partner's program.
#[derive(Debug, Clone)]
pub struct NewApiClient {
    /// Id.
    pub id: ApiClientId,
    /// Name, unique in the tenant.
    pub name: String,
    /// What it may do at most.
    pub scopes: Vec<Permission>,
    /// Sites it is limited to; empty = all.
    pub sites: Vec<SiteId>,
    /// Points of its own; `None` = those that everybody has.
    pub rate: Option<ClientRate>,
    /// First instant at which it is void; `None` = no end.
    pub expires_at: Option<Timestamp>,
}

/// Makes an API client, without a key yet.
///
/// # Errors
/// What the database says; a name that is taken as constraint.
pub async fn insert_api_client(
    tx: &TenantTx,
    client: &NewApiClient,
    now: Timestamp,
) -> Result<(), DbError> {
    let NewApiClient { id, name, scopes, sites, rate, expires_at } = client;
    let scopes: Vec<String> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    let points = |points: fn(&ClientRate) -> u32| {
        rate.as_ref().map(|rate| i32::try_from(points(rate)).unwrap_or(i32::MAX))
    };
    let (burst, restore) = (points(|rate| rate.burst), points(|rate| rate.restore));
    tx.run(
        "insert into app.api_client (tenant_id, id, name, scopes, site_ids, rate_burst, rate_restore, state,
                                     expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'ACTIVE', $8, $9)",
        params![tx.tenant(), *id, *name, scopes, *sites, burst, restore, *expires_at, now],
    )
    .await?;
    Ok(())
}

/// Makes a key with this secret. Only its hash is kept.
///
/// # Errors
/// What the database says.
pub async fn insert_api_key(
    tx: &TenantTx,
    id: ApiKeyId,
    client: ApiClientId,
    secret: &str,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.api_key (tenant_id, id, client_id, key_hash, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        params![tx.tenant(), id, client, secret_hash(secret), expires_at, now],
    )
    .await?;
    Ok(())
}

/// Keeps others from changing the keys of the client until the end of the transaction.
///
/// # Errors
/// What the database says.
pub async fn lock_api_client(tx: &TenantTx, client: ApiClientId) -> Result<(), DbError> {
    tx.run(
        "select from app.api_client where tenant_id = $1 and id = $2 for update",
        params![tx.tenant(), client],
    )
    .await?;
    Ok(())
}

/// Revokes a key. Gives its client when it was not revoked before.
///
/// # Errors
/// What the database says.
pub async fn revoke_api_key(
    tx: &TenantTx,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<Option<ApiClientId>, DbError> {
    tx.scalar(
        "update app.api_key set revoked_at = $3
         where tenant_id = $1 and id = $2 and revoked_at is null returning client_id as value",
        params![tx.tenant(), key, now],
    )
    .await
}

/// Switches an API client off. Says whether it was on.
///
/// # Errors
/// What the database says.
pub async fn disable_api_client(tx: &TenantTx, client: ApiClientId) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.api_client set state = 'DISABLED'
             where tenant_id = $1 and id = $2 and state = 'ACTIVE'",
            params![tx.tenant(), client],
        )
        .await?;
    Ok(rows == 1)
}

/// API clients of the tenant, by name.
///
/// # Errors
/// What the database says.
pub async fn list_api_clients(tx: &TenantTx) -> Result<Vec<ApiClientView>, DbError> {
    tx.all(
        "select id, name, scopes, site_ids, rate_burst, rate_restore, state, expires_at, created_at
         from app.api_client where tenant_id = $1 order by name",
        params![tx.tenant()],
    )
    .await
}

/// Keys of these clients, oldest first, revoked ones included.
///
/// # Errors
/// What the database says.
pub async fn keys_of_clients(
    tx: &TenantTx,
    clients: &[ApiClientId],
) -> Result<Vec<ApiKeyView>, DbError> {
    tx.all(
        "select id, client_id, expires_at, revoked_at, last_used_at, created_at
         from app.api_key where tenant_id = $1 and client_id = any($2) order by client_id, created_at, id",
        params![tx.tenant(), clients],
    )
    .await
}

read_model! {
    struct KeyRow {
        tenant_id: TenantId,
        client_id: ApiClientId,
        key_hash: Vec<u8>,
        scopes: Vec<String>,
        site_ids: Vec<SiteId>,
        rate_burst: Option<i32>,
        rate_restore: Option<i32>,
        until: Option<Timestamp>,
        language: String,
        suspended: bool,
        idle: bool,
        live: bool,
    }
}

/// How somebody shows that a key is theirs.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// By its secret.
    Secret(&'a str),
    /// By a token of ours that was made for it, with these scopes at most.
    Token(&'a [String]),
}

/// What is behind a key that somebody shows.
#[derive(Debug, Clone)]
pub enum KeyHolder {
    /// A program.
    Program(Box<Viewer>),
    /// A program that is not let in, for now or for good.
    Refused(KeyRefusal),
    /// There is no such key.
    Nobody,
}

impl KeyHolder {
    /// The program, if it is let in.
    #[must_use]
    pub fn found(self) -> Found {
        match self {
            Self::Program(viewer) => Found::Viewer(viewer),
            Self::Refused(KeyRefusal { why: KeyBar::Suspended, .. }) => Found::Suspended,
            Self::Refused(_) | Self::Nobody => Found::Nobody,
        }
    }
}

/// What keeps a program out that has a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyBar {
    /// Key, client or tenant no longer stand.
    NotInForce,
    /// They do, and the secret is wrong.
    Secret,
    /// Nothing is wrong with the key; its tenant is suspended.
    Suspended,
}

impl KeyBar {
    /// The word for it in the audit.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInForce => "NOT_IN_FORCE",
            Self::Secret => "SECRET",
            Self::Suspended => "SUSPENDED",
        }
    }
}

/// A program that is not let in by a key that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRefusal {
    /// Whose program.
    pub tenant: TenantId,
    /// Which program.
    pub client: ApiClientId,
    /// Which key.
    pub key: ApiKeyId,
    /// Why.
    pub why: KeyBar,
}

/// The program behind a key; refused when key, client or tenant no longer stand, or the proof fails.
/// Whether the tenant is suspended is told for good keys alone.
/// Writes the use of the key down, at most once a minute.
///
/// # Errors
/// What the database says.
pub async fn load_client_viewer(
    db: &Db,
    key: ApiKeyId,
    proof: Proof<'_>,
    now: Timestamp,
) -> Result<KeyHolder, DbError> {
    let row: Option<KeyRow> = db
        .begin_system("API key look-up")
        .await?
        .one(
            "select k.tenant_id, k.client_id, k.key_hash, c.scopes, c.site_ids, c.rate_burst, c.rate_restore,
                    least(k.expires_at, c.expires_at) as until, t.language,
                    t.state = 'SUSPENDED' as suspended,
                    coalesce(k.last_used_at <= $3, true) as idle,
                    k.revoked_at is null and c.state = 'ACTIVE' and t.state <> 'CLOSED'
                    and (k.expires_at is null or k.expires_at > $2)
                    and (c.expires_at is null or c.expires_at > $2) as live
             from app.api_key k
             join app.api_client c on c.tenant_id = k.tenant_id and c.id = k.client_id
             join app.tenant t on t.id = k.tenant_id
             where k.id = $1",
            params![key, now, now - USE_PAUSE],
        )
        .await?;
    let Some(row) = row else { return Ok(KeyHolder::Nobody) };
    let proven = match proof {
        Proof::Secret(secret) => {
            let presented = secret_hash(secret);
            aws_lc_rs::constant_time::verify_slices_are_equal(&row.key_hash, &presented).is_ok()
        }
        Proof::Token(_) => true,
    };
    let fault = match (row.live, proven, row.suspended) {
        (false, ..) => Some(KeyBar::NotInForce),
        (true, false, _) => Some(KeyBar::Secret),
        (true, true, true) => Some(KeyBar::Suspended),
        (true, true, false) => None,
    };
    if let Some(why) = fault {
        let KeyRow { tenant_id: tenant, client_id: client, .. } = row;
        return Ok(KeyHolder::Refused(KeyRefusal { tenant, client, key, why }));
    }
    if row.idle {
        write_use(db, row.tenant_id, key, now).await?;
    }
    let asked = |scope: &&String| match proof {
        Proof::Secret(_) => true,
        Proof::Token(scopes) => scopes.contains(scope),
    };
    let points = |points: Option<i32>| points.and_then(|points| u32::try_from(points).ok());
    let rate = points(row.rate_burst).zip(points(row.rate_restore));
    let rights = ClientRights {
        tenant: row.tenant_id,
        client: row.client_id,
        scopes: row.scopes.iter().filter(asked).filter_map(|scope| scope.parse().ok()).collect(),
        sites: row.site_ids,
        until: row.until,
        rate: rate.map(|(burst, restore)| ClientRate { burst, restore }),
        language: Language::of_tag(&row.language),
    };
    Ok(KeyHolder::Program(Box::new(rights.viewer())))
}

async fn write_use(
    db: &Db,
    tenant: TenantId,
    key: ApiKeyId,
    now: Timestamp,
) -> Result<(), DbError> {
    let tx = db.begin(&Ctx::of_system(tenant, "use of an API key", now)).await?;
    tx.run(
        "update app.api_key set last_used_at = $3
         where tenant_id = $1 and id = $2 and coalesce(last_used_at <= $4, true)",
        params![tx.tenant(), key, now, now - USE_PAUSE],
    )
    .await?;
    tx.commit().await
}
