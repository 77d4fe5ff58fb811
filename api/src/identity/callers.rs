//! From a token or key to a viewer, with a short memory.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use moka::future::Cache;
use trunkline_domain::{
    id::{ApiClientId, SessionId, TenantId, UserId},
    identity::Viewer,
};
use trunkline_infra::{
    ctx::Ctx,
    db::DbError,
    identity::{Bearer, Claims, load_client_viewer, load_user_viewer, secret_hash},
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
    Client(ApiClientId, Vec<u8>),
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

const KEY_PREFIX: &str = "tl_live_";
const ID_LENGTH: usize = 26;

/// The text of an API client's key, shown once.
#[must_use]
pub fn api_key(client: ApiClientId, secret: &str) -> String {
    let id = client.to_string();
    format!("{KEY_PREFIX}{}_{secret}", id.trim_start_matches("cli_"))
}

impl App {
    /// Finds out who is behind a credential.
    ///
    /// # Errors
    /// UNAUTHENTICATED for whatever is wrong with it; UNAVAILABLE when the database cannot be asked.
    pub async fn authenticate(&self, credential: &str) -> Outcome<Caller> {
        let now = self.clock.now();
        if let Some(rest) = credential.strip_prefix(KEY_PREFIX) {
            return self.authenticate_client(rest, now).await;
        }
        let claims = self.tokens.check(credential, now).map_err(|_| AppError::Unauthenticated)?;
        let Claims { tenant, bearer, expires_at } = claims;
        let Bearer::User { user, session, epoch } = bearer else {
            return Err(AppError::Unauthenticated);
        };
        let key = Key::User(tenant, user, session, epoch);
        let load = load_user_viewer(&self.db, tenant, user, session, epoch, now);
        let viewer = self.remembered(key, now, load).await?;
        Ok(Caller { viewer: Some(viewer), expires_at: Some(expires_at) })
    }

    async fn authenticate_client(&self, rest: &str, now: Timestamp) -> Outcome<Caller> {
        let (id, secret) = rest
            .split_at_checked(ID_LENGTH)
            .and_then(|(id, secret)| Some((id, secret.strip_prefix('_')?)))
            .ok_or(AppError::Unauthenticated)?;
        let client: ApiClientId =
            format!("cli_{id}").parse().map_err(|_| AppError::Unauthenticated)?;
        let key = Key::Client(client, secret_hash(secret));
        let viewer =
            self.remembered(key, now, load_client_viewer(&self.db, client, secret, now)).await?;
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
