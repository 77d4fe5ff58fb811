//! Who may have how many connections, and who waits for one.
//!
//! A pool that everybody waits for answers nobody in time. So no tenant has more than its share,
//! and who would wait behind too many others is told to come again.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use trunkline_domain::id::TenantId;

use super::DbError;

/// Part of the pool that one tenant can hold, in percent.
const TENANT_PERCENT: usize = 40;
/// Waiters for each connection: at 20 ms a transaction the last waits a third of a second.
const WAITERS_PER_CONNECTION: usize = 16;
/// From this many tenants on, those without work are forgotten.
const MANY: usize = 1_000;

/// The places in and before the pool.
#[derive(Debug, Clone)]
pub(super) struct Shares {
    /// Connections that one tenant can hold.
    share: usize,
    /// Places in the pool and in the queue before it, for all tenants together.
    places: Arc<Semaphore>,
    tenants: Arc<Mutex<HashMap<TenantId, Arc<Share>>>>,
}

/// What one tenant has.
#[derive(Debug)]
struct Share {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Held as long as the connection.
#[derive(Debug)]
pub(super) struct Hold {
    _share: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// Counts one waiter as long as it lives, also when its request is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shares {
    /// Shares of a pool of so many connections.
    pub(super) fn of(connections: u32) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX).max(1);
        let places = connections.saturating_mul(1 + WAITERS_PER_CONNECTION);
        Self {
            share: (connections.saturating_mul(TENANT_PERCENT) / 100).max(1),
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            tenants: Arc::default(),
        }
    }

    /// Waits at most `patience` for a place of the tenant.
    ///
    /// # Errors
    /// [`DbError::Crowded`] at once when too many wait already, [`DbError::Timeout`] after the wait.
    pub(super) async fn enter(
        &self,
        tenant: TenantId,
        patience: Duration,
    ) -> Result<Hold, DbError> {
        let share = self.share_of(tenant);
        let share = match Arc::clone(&share.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait(&share, patience).await?,
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| DbError::Crowded)?;
        Ok(Hold { _share: share, _place: place })
    }

    async fn wait(
        &self,
        share: &Share,
        patience: Duration,
    ) -> Result<OwnedSemaphorePermit, DbError> {
        let before = share.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&share.waiting);
        if before >= self.queue() {
            return Err(DbError::Crowded);
        }
        match timeout(patience, Arc::clone(&share.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(DbError::Unavailable("the pool is closed".to_owned())),
            Err(_) => Err(DbError::Timeout),
        }
    }

    /// Whether another transaction of the tenant could wait for its turn.
    pub(super) fn has_room(&self, tenant: TenantId) -> bool {
        let waiting = self.share_of(tenant).waiting.load(Ordering::Relaxed);
        waiting < self.queue() && self.has_room_for_some()
    }

    /// Whether a transaction of a tenant that has none could wait for its turn.
    pub(super) fn has_room_for_some(&self) -> bool {
        self.places.available_permits() > 0
    }

    /// Transactions of one tenant that may wait for its share.
    const fn queue(&self) -> usize {
        self.share * WAITERS_PER_CONNECTION
    }

    fn share_of(&self, tenant: TenantId) -> Arc<Share> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= MANY && !tenants.contains_key(&tenant) {
            // Whoever holds or waits has the share in hand.
            tenants.retain(|_, share| {
                Arc::strong_count(share) > 1 || share.free.available_permits() < self.share
            });
        }
        let fresh = || {
            let free = Arc::new(Semaphore::new(self.share));
            Arc::new(Share { free, waiting: AtomicUsize::new(0) })
        };
        Arc::clone(tenants.entry(tenant).or_insert_with(fresh))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn a_tenant_holds_two_fifths_of_the_pool_and_another_still_gets_in() {
        let shares = Shares::of(10);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(shares.enter(tenant(1), SHORT).await.expect("its share"));
        }
        let fifth = shares.enter(tenant(1), SHORT).await;
        assert!(matches!(fifth, Err(DbError::Timeout)), "{fifth:?}");
        shares.enter(tenant(2), SHORT).await.expect("the share of another");
        held.pop();
        shares.enter(tenant(1), SHORT).await.expect("a place given back");
    }

    #[tokio::test]
    async fn who_would_wait_behind_too_many_is_sent_away_at_once() {
        let shares = Shares::of(5);
        let _held = [
            shares.enter(tenant(1), SHORT).await.expect("its share"),
            shares.enter(tenant(1), SHORT).await.expect("its share"),
        ];
        let waiters = join_all((0..33).map(|_| shares.enter(tenant(1), SHORT))).await;
        let crowded = waiters.iter().filter(|it| matches!(it, Err(DbError::Crowded))).count();
        let late = waiters.iter().filter(|it| matches!(it, Err(DbError::Timeout))).count();
        assert_eq!((late, crowded), (32, 1));
        assert!(shares.has_room(tenant(1)), "who gave up waits no more");
    }

    #[tokio::test]
    async fn the_queue_of_all_tenants_is_bounded_too() {
        let shares = Shares::of(2);
        let mut held = Vec::new();
        for number in 0..34 {
            held.push(shares.enter(tenant(number), SHORT).await.expect("a place"));
        }
        assert!(!shares.has_room(tenant(34)));
        assert!(!shares.has_room_for_some());
        let next = shares.enter(tenant(34), SHORT).await;
        assert!(matches!(next, Err(DbError::Crowded)), "{next:?}");
    }

    #[tokio::test]
    async fn idle_tenants_are_forgotten_and_busy_ones_are_not() {
        let shares = Shares::of(10);
        let _held = shares.enter(tenant(0), SHORT).await.expect("a place");
        for number in 1..=(MANY as u128) {
            drop(shares.enter(tenant(number), SHORT).await.expect("a place"));
        }
        let tenants = shares.tenants.lock().expect("no panic");
        assert!(tenants.contains_key(&tenant(0)) && tenants.len() <= 2, "{}", tenants.len());
    }
}
