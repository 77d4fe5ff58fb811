//! The facts of boards, shared: by everybody who asks this process within a moment, and by all
//! processes until a feed says something new.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use trunkline_domain::id::TenantId;
use trunkline_infra::{
    ctx::{Ctx, new_id},
    intraday::{BoardFacts, load_facts},
    live::Key,
};

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// A board is at most this old, and all that look within it look at the same one.
const SHARED: Duration = Duration::from_millis(250);
/// Facts to which nothing new was said are read again after this time, because the word of a change
/// may have been lost with the live store.
const KEPT: Duration = Duration::from_secs(10);
/// How long the mark of the last change is kept. Without it the facts are read again.
const MARK: Duration = Duration::from_secs(86_400);

/// Facts of boards that were asked for a moment ago, by tenant.
#[derive(Debug, Clone)]
pub struct Boards(Cache<TenantId, Arc<BoardFacts>>);

impl Default for Boards {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1000).time_to_live(SHARED).build())
    }
}

impl Boards {
    /// Forgets what this server remembers of a tenant's boards.
    pub async fn forget(&self, tenant: TenantId) {
        self.0.invalidate(&tenant).await;
    }
}

/// Mark of the last change of a tenant's facts: another one after each change.
fn mark(tenant: TenantId) -> Key {
    Key::of(tenant, "board", "mark")
}

/// Where changes of a tenant's boards are told.
pub(super) fn channel(tenant: TenantId) -> Key {
    Key::of(tenant, "bus", "intraday")
}

impl App {
    /// The facts of the boards of the context's tenant. Reads the database only when a feed has
    /// said something new since, and once for all that ask.
    ///
    /// # Errors
    /// What the database says.
    pub(super) async fn board_facts(&self, ctx: &Ctx) -> Outcome<Arc<BoardFacts>> {
        let tenant = ctx.tenant();
        let shared = self.boards.0.try_get_with(tenant, self.kept_facts(ctx)).await;
        shared.map_err(|error| match *error {
            AppError::Unavailable => AppError::Unavailable,
            AppError::Deadline => AppError::Deadline,
            ref other => AppError::Internal(other.to_string()),
        })
    }

    async fn kept_facts(&self, ctx: &Ctx) -> Outcome<Arc<BoardFacts>> {
        let changed = self.live.get(&mark(ctx.tenant())).await.unwrap_or_default();
        let key = Key::of(ctx.tenant(), "board", String::from_utf8_lossy(&changed));
        let internal = |error: serde_json::Error| AppError::Internal(error.to_string());
        let load = async || {
            let tx = self.db.begin(ctx).await?;
            let facts = load_facts(&tx, ctx.now()).await?;
            serde_json::to_vec(&facts).map(Into::into).map_err(internal)
        };
        let facts = self.live.get_or_load(&key, KEPT, load).await?;
        match serde_json::from_slice(&facts) {
            Ok(facts) => Ok(Arc::new(facts)),
            // Written by another version of the program.
            Err(_) => Ok(Arc::new(load_facts(&self.db.begin(ctx).await?, ctx.now()).await?)),
        }
    }

    /// Tells everybody that the facts of the context's tenant have changed. To be called after the
    /// commit. Without the live store, others notice when what they keep has run out.
    pub(super) async fn facts_changed(&self, ctx: &Ctx, feed: &'static str) {
        let (live, boards, tenant) = (self.live.clone(), self.boards.clone(), ctx.tenant());
        let other = new_id::<()>(ctx.now()).uuid().to_string();
        ctx.after_commit(async move {
            live.set(&mark(tenant), other.into(), MARK).await;
            boards.forget(tenant).await;
            if live.publish(&channel(tenant), feed.into()).await.is_err() {
                tracing::debug!(%tenant, feed, "a change was not told: no live store answers");
            }
        })
        .await;
    }
}
