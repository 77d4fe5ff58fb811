//! What was refused, in the audit: told beside the request and not by it, so that a refusal stays
//! cheap and takes no longer for accounts that there are; and at most once a minute for the same
//! thing, with the number of times, so that nobody fills the audit by being refused.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use moka::sync::Cache;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::Db,
    live::{Backoff, Key, LiveStore, Verdict},
};

use crate::{app::App, error::Outcome};

/// One row a minute for each kind of refusal of each account, however many servers there are.
const ONCE_A_MINUTE: Backoff = Backoff {
    free: 1,
    first: Duration::from_secs(60),
    cap: Duration::from_secs(60),
    life: Duration::from_secs(1),
};
/// Rows that are being written at once; what comes beyond waits for the next row of its kind.
const AT_ONCE: u32 = 16;
/// Kinds of refusals whose number is remembered until their next row.
const REMEMBERED: u64 = 20_000;

/// A refusal as the audit tells it.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Who was refused, in which tenant, from where. Somebody who has not shown who they are is nobody.
    pub(crate) ctx: Ctx,
    /// What was refused, such as `session.refuse`.
    pub(crate) action: &'static str,
    /// Id of the account or thing that it was about, as clients see it.
    pub(crate) subject: String,
    /// What was tried and why it was refused; never what was typed. An object.
    pub(crate) detail: Value,
}

/// Refusals that wait for their next row, and rows under way.
#[derive(Debug, Clone)]
pub struct Refusals {
    counted: Cache<Key, Arc<AtomicU32>>,
    room: Arc<Semaphore>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { counted: Cache::new(REMEMBERED), room: Arc::new(Semaphore::new(AT_ONCE as usize)) }
    }
}

impl Refusals {
    /// Counts a refusal of the kind `key`. Gives for how many a row is due, if one is.
    async fn due(&self, live: &LiveStore, key: &Key, now: Timestamp) -> Option<u32> {
        let counter = self.counted.get_with_by_ref(key, Arc::default);
        counter.fetch_add(1, Ordering::Relaxed);
        match live.attempt(key, ONCE_A_MINUTE, now).await {
            Verdict::Go => Some(counter.swap(0, Ordering::Relaxed).max(1)),
            Verdict::Wait(_) => None,
        }
    }

    /// Counts a refusal whose row nobody has room to write now.
    fn put_off(&self, key: &Key) {
        self.counted.get_with_by_ref(key, Arc::default).fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until the rows that are under way are written, before a program ends.
    pub async fn settled(&self) {
        // Closed by nobody, so this is no more than waiting.
        drop(self.room.acquire_many(AT_ONCE).await);
    }
}

impl App {
    /// Has the audit tell of a refusal; `key` says which refusals are of one kind. What has to be
    /// looked up for it is looked up only if a row is due; `None` = there is nothing to tell.
    pub(crate) fn tell_refusal(
        &self,
        key: Key,
        refusal: impl Future<Output = Outcome<Option<Refusal>>> + Send + 'static,
    ) {
        let refusals = self.refusals.clone();
        let Ok(place) = Arc::clone(&refusals.room).try_acquire_owned() else {
            return refusals.put_off(&key);
        };
        let (db, live, now) = (self.db.clone(), self.live.clone(), self.clock.now());
        tokio::spawn(async move {
            let _place = place;
            let Some(count) = refusals.due(&live, &key, now).await else { return };
            let told = async {
                match refusal.await? {
                    Some(refusal) => write(&db, refusal, count).await,
                    None => Ok(()),
                }
            };
            if let Err(error) = told.await {
                tracing::warn!(%error, "a refusal is missing in the audit");
            }
        });
    }

    /// The same for a refusal of which all is known: one kind is one action of one account.
    pub(crate) fn tell_known_refusal(&self, refusal: Refusal) {
        let Refusal { ctx, action, subject, .. } = &refusal;
        let key = Key::of(ctx.tenant(), "refusal", format_args!("{action}:{subject}"));
        self.tell_refusal(key, std::future::ready(Ok(Some(refusal))));
    }
}

async fn write(db: &Db, refusal: Refusal, count: u32) -> Outcome<()> {
    let Refusal { ctx, action, subject, mut detail } = refusal;
    // Of its own, so that it lasts when the transaction of what was refused does not.
    let ctx = ctx.at(ctx.now());
    detail["count"] = json!(count);
    let tx = db.begin(&ctx).await?;
    record(&tx, &ctx, Deed::refused(action, subject, detail)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_is_due_once_a_minute_and_says_how_often() {
        let (refusals, live) = (Refusals::default(), LiveStore::in_memory());
        let (key, other) = (Key::of_all("refusal", "a"), Key::of_all("refusal", "b"));
        let at = |second: i64| Timestamp::from_second(second).expect("instant");
        let due = async |key: &Key, second| refusals.due(&live, key, at(second)).await;
        assert_eq!(due(&key, 0).await, Some(1));
        assert_eq!(due(&key, 1).await, None);
        refusals.put_off(&key);
        assert_eq!(due(&key, 59).await, None);
        assert_eq!(due(&other, 59).await, Some(1), "another kind is told of by itself");
        assert_eq!(due(&key, 60).await, Some(4), "this one, and three since the last row");
        assert_eq!(due(&key, 90).await, None);
        assert_eq!(due(&key, 7200).await, Some(2));
    }
}
