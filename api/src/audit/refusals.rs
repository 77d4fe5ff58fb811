//! What was refused, in the audit: told beside the request and not by it, so that a refusal stays
//! cheap and takes no longer for accounts that there are; and at most once a minute for the same
//! thing, with the number of times, so that nobody fills the audit by being refused. What is followed
//! by nothing of its kind is told once its minute is over, or when the program ends.

use std::{
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use trunkline_infra::{
    audit::{Deed, record},
    clock::Clock,
    ctx::Ctx,
    db::Db,
    live::{Backoff, Key, LiveStore, Verdict},
};

use crate::{app::App, error::Outcome};

const MINUTE: Duration = Duration::from_secs(60);
/// One row a minute for each kind of refusal of each account, however many servers there are.
const ONCE_A_MINUTE: Backoff =
    Backoff { free: 1, first: MINUTE, cap: MINUTE, life: Duration::from_secs(1) };
/// Rows that are being written at once; what comes beyond waits for the next row of its kind.
const AT_ONCE: u32 = 16;
/// Kinds of refusals whose number is remembered until their next row.
const REMEMBERED: u64 = 20_000;
/// A row that is written so long after the last refusal says when that was.
const LATE: SignedDuration = SignedDuration::from_secs(1);

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

/// What there is to tell of a refusal, looked up when its row is due; `None` = nothing.
type Told = BoxFuture<'static, Outcome<Option<Refusal>>>;

/// Refusals of one kind since the last row.
#[derive(Default)]
struct Waiting {
    count: u32,
    /// The last one, which stands for all.
    last: Option<Told>,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("count", &self.count).finish_non_exhaustive()
    }
}

/// Refusals that wait for their next row, and rows under way.
#[derive(Debug, Clone)]
pub struct Refusals {
    waiting: Cache<Key, Arc<Mutex<Waiting>>>,
    /// Whether somebody looks after those that nothing of their kind follows.
    looked_after: Arc<AtomicBool>,
    room: Arc<Semaphore>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self {
            waiting: Cache::new(REMEMBERED),
            looked_after: Arc::default(),
            room: Arc::new(Semaphore::new(AT_ONCE as usize)),
        }
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Refusals {
    /// Counts a refusal of the kind `key`.
    fn count(&self, key: &Key, told: Told) {
        let waiting = self.waiting.get_with_by_ref(key, Arc::default);
        let mut waiting = lock(&waiting);
        waiting.count = waiting.count.saturating_add(1);
        waiting.last = Some(told);
    }

    /// Takes what waits for the next row of a kind, and how many refusals it stands for.
    fn take(&self, key: &Key) -> Option<(u32, Told)> {
        let waiting = self.waiting.get(key)?;
        let mut waiting = lock(&waiting);
        let told = waiting.last.take()?;
        Some((mem::take(&mut waiting.count), told))
    }

    /// The same once a row of the kind is due.
    async fn due(&self, live: &LiveStore, key: &Key, now: Timestamp) -> Option<(u32, Told)> {
        match live.attempt(key, ONCE_A_MINUTE, now).await {
            Verdict::Go => self.take(key),
            Verdict::Wait(_) => None,
        }
    }

    /// Kinds of which something waits.
    fn kinds(&self) -> Vec<Key> {
        let all = self.waiting.iter();
        let waiting = all.filter(|(_, waiting)| lock(waiting).last.is_some());
        waiting.map(|(key, _)| Key::clone(&key)).collect()
    }

    /// Waits until the rows that are under way are written.
    pub async fn settled(&self) {
        // Closed by nobody, so this is no more than waiting.
        drop(self.room.acquire_many(AT_ONCE).await);
    }
}

/// Who writes the rows, also when the request is over.
#[derive(Debug, Clone)]
struct Teller {
    db: Db,
    live: LiveStore,
    clock: Clock,
    refusals: Refusals,
}

impl Teller {
    /// Writes the row of a kind if it is due. Says whether it was.
    async fn tell_due(&self, key: &Key) -> bool {
        let due = self.refusals.due(&self.live, key, self.clock.now()).await;
        let is_due = due.is_some();
        if let Some((count, told)) = due {
            self.tell(count, told).await;
        }
        is_due
    }

    async fn tell(&self, count: u32, told: Told) {
        let told = async {
            match told.await? {
                Some(refusal) => write(&self.db, refusal, count, self.clock.now()).await,
                None => Ok(()),
            }
        };
        if let Err(error) = told.await {
            tracing::warn!(%error, count, "a refusal is missing in the audit");
        }
    }

    /// Writes the rows that are due of kinds that nothing has followed.
    async fn tell_late(&self) {
        for key in self.refusals.kinds() {
            // Closed by nobody.
            let _place = self.refusals.room.acquire().await;
            self.tell_due(&key).await;
        }
    }

    /// Has somebody look after what waits, until nothing does: one for all kinds, so that many of them
    /// cost no more than one.
    fn look_after(self) {
        if self.refusals.looked_after.swap(true, Ordering::SeqCst) {
            return;
        }
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(MINUTE).await;
                self.tell_late().await;
                let looked_after = &self.refusals.looked_after;
                looked_after.store(false, Ordering::SeqCst);
                // What is counted from here on is looked after by whoever counts it; what was counted
                // before is seen here.
                let is_left = !self.refusals.kinds().is_empty();
                if !is_left || looked_after.swap(true, Ordering::SeqCst) {
                    return;
                }
            }
        });
    }
}

impl App {
    fn teller(&self) -> Teller {
        let Self { db, live, clock, refusals, .. } = self;
        let (db, live) = (db.clone(), live.clone());
        Teller { db, live, clock: clock.clone(), refusals: refusals.clone() }
    }

    /// Has the audit tell of a refusal; `key` says which refusals are of one kind. What has to be
    /// looked up for it is looked up only if a row is due; `None` = there is nothing to tell. It may wait
    /// for a minute, so it must hold nothing that others need.
    pub(crate) fn tell_refusal(
        &self,
        key: Key,
        refusal: impl Future<Output = Outcome<Option<Refusal>>> + Send + 'static,
    ) {
        let teller = self.teller();
        teller.refusals.count(&key, Box::pin(refusal));
        let Ok(place) = Arc::clone(&teller.refusals.room).try_acquire_owned() else {
            return teller.look_after();
        };
        tokio::spawn(async move {
            let _place = place;
            if !teller.tell_due(&key).await {
                teller.look_after();
            }
        });
    }

    /// The same for a refusal of which all is known.
    pub(crate) fn tell_refusal_of(&self, key: Key, refusal: Refusal) {
        // Of its own, so that it lasts when the transaction of what was refused does not, and holds none.
        let ctx = refusal.ctx.at(refusal.ctx.now());
        let refusal = Refusal { ctx, ..refusal };
        self.tell_refusal(key, std::future::ready(Ok(Some(refusal))));
    }

    /// The same where one kind is one action of one account.
    pub(crate) fn tell_known_refusal(&self, refusal: Refusal) {
        let Refusal { ctx, action, subject, .. } = &refusal;
        let key = Key::of(ctx.tenant(), "refusal", format_args!("{action}:{subject}"));
        self.tell_refusal_of(key, refusal);
    }

    /// Has the audit tell of refusals whose minute is over and that none of their kind has followed. Done
    /// by itself every minute while there are any.
    pub async fn tell_late_refusals(&self) {
        self.teller().tell_late().await;
    }

    /// Has the audit tell of all refusals that wait for their minute to be over, before a program ends.
    pub async fn tell_last_refusals(&self) {
        let teller = self.teller();
        teller.refusals.settled().await;
        for key in teller.refusals.kinds() {
            if let Some((count, told)) = teller.refusals.take(&key) {
                teller.tell(count, told).await;
            }
        }
    }
}

async fn write(db: &Db, refusal: Refusal, count: u32, now: Timestamp) -> Outcome<()> {
    let Refusal { ctx, action, subject, mut detail } = refusal;
    detail["count"] = json!(count);
    let last_at = ctx.now();
    if now >= last_at + LATE {
        detail["lastAt"] = json!(last_at);
    }
    let ctx = ctx.at(now);
    let tx = db.begin(&ctx).await?;
    record(&tx, &ctx, Deed::refused(action, subject, detail)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("instant")
    }

    #[tokio::test]
    async fn a_row_is_due_once_a_minute_and_says_how_often() {
        let (refusals, live) = (Refusals::default(), LiveStore::in_memory());
        let (key, other) = (Key::of_all("refusal", "a"), Key::of_all("refusal", "b"));
        let count = |key: &Key| refusals.count(key, Box::pin(std::future::ready(Ok(None))));
        let due = async |key: &Key, second| {
            count(key);
            refusals.due(&live, key, at(second)).await.map(|(count, _)| count)
        };
        assert_eq!(due(&key, 0).await, Some(1));
        assert_eq!(due(&key, 1).await, None);
        // One that nobody has room for.
        count(&key);
        assert_eq!(due(&key, 59).await, None);
        assert_eq!(due(&other, 59).await, Some(1), "another kind is told of by itself");
        assert_eq!(due(&key, 60).await, Some(4), "this one, and three since the last row");
        assert_eq!(due(&key, 90).await, None);
        assert_eq!(due(&key, 7200).await, Some(2));
    }

    #[tokio::test]
    async fn what_nothing_follows_waits_until_it_is_taken() {
        let (refusals, live) = (Refusals::default(), LiveStore::in_memory());
        let key = Key::of_all("refusal", "a");
        let count = || refusals.count(&key, Box::pin(std::future::ready(Ok(None))));
        let due =
            async |second| refusals.due(&live, &key, at(second)).await.map(|(count, _)| count);
        count();
        assert_eq!(due(0).await, Some(1));
        assert!(refusals.kinds().is_empty(), "told");
        count();
        count();
        assert_eq!(due(59).await, None);
        assert_eq!(refusals.kinds(), std::slice::from_ref(&key));
        assert_eq!(due(60).await, Some(2), "nothing has followed");
        assert!(refusals.kinds().is_empty());
        count();
        assert_eq!(refusals.take(&key).map(|(count, _)| count), Some(1), "at the end at once");
        assert!(refusals.take(&key).is_none());
    }
}
