//! From a token or key to a viewer, with a short memory.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use moka::future::Cache;
use serde_json::json;
use trunkline_domain::{
    id::{ApiClientId, ApiKeyId, SessionId, TenantId, UserId},
    identity::{ApiKeyText, Viewer},
};
use trunkline_infra::{
    ctx::{Ctx, Origin},
    db::DbError,
    identity::{
        Bearer, Claims, Found, KeyHolder, KeyRefusal, Proof, load_client_viewer, load_user_viewer,
        secret_hash,
    },
};

use crate::{
    app::App,
    audit::Refusal,
    error::{AppError, Outcome},
};

/// Who calls, known or not.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The viewer; `None` for somebody who has not signed in.
    pub viewer: Option<Arc<Viewer>>,
    /// When the credential ends; `None` = it has no end.
    pub expires_at: Option<Timestamp>,
}

/// A viewer is asked from the database again after this time, so a revoked right is gone within it.
const MEMORY: Duration = Duration::from_secs(30);
/// The same where a connection stays open: its many streams, and those of others by the same
/// credential, share one look.
const GLANCE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    User(TenantId, UserId, SessionId, i32),
    /// By its secret, of which only the hash is kept.
    Secret(ApiKeyId, Vec<u8>),
    /// By a token for these scopes.
    Token(ApiKeyId, Vec<String>),
}

/// What the database said of a credential at an instant.
#[derive(Debug, Clone)]
enum Standing {
    Viewer(Arc<Viewer>),
    Suspended,
    Refused,
}

impl From<Found> for Standing {
    fn from(found: Found) -> Self {
        match found {
            Found::Viewer(viewer) => Self::Viewer(Arc::from(viewer)),
            Found::Suspended => Self::Suspended,
            Found::Nobody => Self::Refused,
        }
    }
}

/// A credential as it stood at an instant.
#[derive(Debug, Clone)]
struct Seen {
    standing: Standing,
    at: Timestamp,
    taken: Instant,
}

/// Viewers seen a moment ago.
#[derive(Debug, Clone)]
pub struct Callers(Cache<Key, Seen>);

impl Default for Callers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(20_000).time_to_live(MEMORY).build())
    }
}

impl Callers {
    /// Forgets everybody, after the commit of a change of rights on this server.
    pub async fn forget(&self, ctx: &Ctx) {
        let known = self.0.clone();
        ctx.after_commit(async move { known.invalidate_all() }).await;
    }
}

impl App {
    /// Finds out who is behind a credential. A key that is refused stands in the audit.
    ///
    /// # Errors
    /// UNAUTHENTICATED for whatever is wrong with it; TENANT_SUSPENDED for a good one of a tenant that
    /// is suspended; UNAVAILABLE when the database cannot be asked.
    pub async fn authenticate(&self, credential: &str, origin: &Origin) -> Outcome<Caller> {
        self.caller(credential, origin, MEMORY).await
    }

    /// The same for a connection that stays open: what was found more than a moment ago does not
    /// count.
    ///
    /// # Errors
    /// As for [`App::authenticate`].
    pub async fn authenticate_anew(&self, credential: &str, origin: &Origin) -> Outcome<Caller> {
        self.caller(credential, origin, GLANCE).await
    }

    async fn caller(&self, credential: &str, origin: &Origin, memory: Duration) -> Outcome<Caller> {
        let now = self.clock.now();
        if ApiKeyText::is_meant(credential) {
            let ApiKeyText { id, secret } =
                credential.parse().map_err(|_| AppError::Unauthenticated)?;
            let load = self.program(id, Proof::Secret(&secret), origin, now);
            let key = Key::Secret(id, secret_hash(&secret));
            let viewer = self.remembered(key, memory, now, load).await?;
            return Ok(Caller { expires_at: viewer.program_ends_at(), viewer: Some(viewer) });
        }
        let claims = self.tokens.check(credential, now).map_err(|_| AppError::Unauthenticated)?;
        let Claims { tenant, bearer, expires_at } = claims;
        let viewer = match bearer {
            Bearer::User { user, session, epoch } => {
                let load = load_user_viewer(&self.db, tenant, user, session, epoch, now);
                self.remembered(Key::User(tenant, user, session, epoch), memory, now, load).await?
            }
            Bearer::Client { key, scopes, client: _ } => {
                let load = self.program(key, Proof::Token(&scopes), origin, now);
                self.remembered(Key::Token(key, scopes.clone()), memory, now, load).await?
            }
        };
        let ends = viewer.program_ends_at().into_iter().fold(expires_at, Timestamp::min);
        Ok(Caller { viewer: Some(viewer), expires_at: Some(ends) })
    }

    /// The program behind a key, if it is let in.
    pub(super) async fn program(
        &self,
        key: ApiKeyId,
        proof: Proof<'_>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Found, DbError> {
        let holder = load_client_viewer(&self.db, key, proof, now).await?;
        if let KeyHolder::Refused(KeyRefusal { tenant, client, key, why }) = holder {
            self.tell_refused_program((tenant, client, key), why.as_str(), origin, now);
        }
        Ok(holder.found())
    }

    /// Tells that a program was not let in by a key of its own, and why.
    pub(super) fn tell_refused_program(
        &self,
        (tenant, client, key): (TenantId, ApiClientId, ApiKeyId),
        why: &'static str,
        origin: &Origin,
        now: Timestamp,
    ) {
        tracing::info!(%tenant, %client, %key, why, address = ?origin.address, "API key refused");
        self.tell_known_refusal(Refusal {
            ctx: Ctx::of_system(tenant, "API key", now).from(origin),
            action: "api_client.refuse",
            subject: client.to_string(),
            detail: json!({"apiKeyId": key, "reason": why}),
        });
    }

    async fn remembered(
        &self,
        key: Key,
        memory: Duration,
        now: Timestamp,
        load: impl Future<Output = Result<Found, DbError>>,
    ) -> Outcome<Arc<Viewer>> {
        let Callers(seen) = &self.callers;
        // By the server's own clock, too, which is not the machine's when it is set.
        let is_old = |seen: &Seen| now >= seen.at + memory || seen.taken.elapsed() >= memory;
        if seen.get(&key).await.as_ref().is_some_and(is_old) {
            seen.invalidate(&key).await;
        }
        let taken = Instant::now();
        let load =
            async { Ok::<_, DbError>(Seen { standing: load.await?.into(), at: now, taken }) };
        match seen.try_get_with(key, load).await.map(|seen| seen.standing) {
            Ok(Standing::Viewer(viewer)) => Ok(viewer),
            Ok(Standing::Suspended) => Err(AppError::TenantSuspended),
            Ok(Standing::Refused) => Err(AppError::Unauthenticated),
            Err(error) => {
                tracing::warn!(%error, "viewer look-up");
                Err(AppError::Unavailable)
            }
        }
    }
}
