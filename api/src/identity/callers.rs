//! From a token or key to a viewer, with a short memory.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use moka::future::Cache;
use trunkline_domain::{
    id::{ApiKeyId, SessionId, TenantId, UserId},
    identity::{ApiKeyText, Viewer},
};
use trunkline_infra::{
    ctx::Ctx,
    db::DbError,
    identity::{Bearer, Claims, Proof, load_client_viewer, load_user_viewer, secret_hash},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Who calls, known or not.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The viewer; `None` for somebody who has not signed in.
    pub viewer: Option<Arc<Viewer>>,
    /// When the credential ends; `None` = not within the life of a connection.
    pub expires_at: Option<Timestamp>,
}

/// A viewer is asked from the database again after this time, so a revoked right is gone within it.
const MEMORY: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    User(TenantId, UserId, SessionId, i32),
    /// By its secret, of which only the hash is kept.
    Secret(ApiKeyId, Vec<u8>),
    /// By a token for these scopes.
    Token(ApiKeyId, Vec<String>),
}

/// A viewer as the database had it at an instant; `None` = refused then.
#[derive(Debug, Clone)]
struct Seen {
    viewer: Option<Arc<Viewer>>,
    at: Timestamp,
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
    /// Finds out who is behind a credential.
    ///
    /// # Errors
    /// UNAUTHENTICATED for whatever is wrong with it; UNAVAILABLE when the database cannot be asked.
    pub async fn authenticate(&self, credential: &str) -> Outcome<Caller> {
        let now = self.clock.now();
        if ApiKeyText::is_meant(credential) {
            return self.authenticate_key(credential, now).await;
        }
        let claims = self.tokens.check(credential, now).map_err(|_| AppError::Unauthenticated)?;
        let Claims { tenant, bearer, expires_at } = claims;
        let viewer = match bearer {
            Bearer::User { user, session, epoch } => {
                let load = load_user_viewer(&self.db, tenant, user, session, epoch, now);
                self.remembered(Key::User(tenant, user, session, epoch), now, load).await?
            }
            Bearer::Client { key, scopes, client: _ } => {
                let load = load_client_viewer(&self.db, key, Proof::Token(&scopes), now);
                self.remembered(Key::Token(key, scopes.clone()), now, load).await?
            }
        };
        Ok(Caller { viewer: Some(viewer), expires_at: Some(expires_at) })
    }

    async fn authenticate_key(&self, credential: &str, now: Timestamp) -> Outcome<Caller> {
        let ApiKeyText { id, secret } =
            credential.parse().map_err(|_| AppError::Unauthenticated)?;
        let load = load_client_viewer(&self.db, id, Proof::Secret(&secret), now);
        let viewer = self.remembered(Key::Secret(id, secret_hash(&secret)), now, load).await?;
        Ok(Caller { viewer: Some(viewer), expires_at: None })
    }

    async fn remembered(
        &self,
        key: Key,
        now: Timestamp,
        load: impl Future<Output = Result<Option<Viewer>, DbError>>,
    ) -> Outcome<Arc<Viewer>> {
        let Callers(seen) = &self.callers;
        // By the server's own clock, too: the cache measures time by the machine's.
        if seen.get(&key).await.is_some_and(|seen| now >= seen.at + MEMORY) {
            seen.invalidate(&key).await;
        }
        let load = async { Ok::<_, DbError>(Seen { viewer: load.await?.map(Arc::new), at: now }) };
        match seen.try_get_with(key, load).await {
            Ok(seen) => seen.viewer.ok_or(AppError::Unauthenticated),
            Err(error) => {
                tracing::warn!(%error, "viewer look-up");
                Err(AppError::Unavailable)
            }
        }
    }
}
