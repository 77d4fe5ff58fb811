//! Batches look-ups of one operation: what sibling resolvers ask for travels in one query.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Mutex,
};

use tokio::sync::Notify;

/// Values by key, loaded in batches and kept for the length of one operation.
///
/// Made anew for each operation, so nothing is seen by another viewer or after a write of one.
#[derive(Debug)]
pub struct Loader<K, V> {
    state: Mutex<State<K, V>>,
    loaded: Notify,
}

#[derive(Debug)]
struct State<K, V> {
    /// `None` = asked for and not there.
    known: HashMap<K, Option<V>>,
    waiting: HashSet<K>,
    /// Keys that a running query is fetching.
    running: HashSet<K>,
}

impl<K, V> Default for Loader<K, V> {
    fn default() -> Self {
        let state =
            State { known: HashMap::new(), waiting: HashSet::new(), running: HashSet::new() };
        Self { state: Mutex::new(state), loaded: Notify::new() }
    }
}

impl<K, V> Loader<K, V> {
    fn lock(&self) -> std::sync::MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Loader<K, V> {
    /// The value of `key`. `fetch` is called with all keys that were asked for meanwhile.
    ///
    /// # Errors
    /// What `fetch` says; the keys of a failed batch may be asked for again.
    pub async fn load<E>(
        &self,
        key: K,
        fetch: impl AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, E>,
    ) -> Result<Option<V>, E> {
        let mut fetch = Some(fetch);
        {
            let mut state = self.lock();
            if let Some(value) = state.known.get(&key) {
                return Ok(value.clone());
            }
            if !state.running.contains(&key) {
                state.waiting.insert(key.clone());
            }
        }
        // Let the sibling resolvers of this level put their keys in first.
        tokio::task::yield_now().await;
        loop {
            let told = self.loaded.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            let batch: Vec<K> = {
                let mut state = self.lock();
                if let Some(value) = state.known.get(&key) {
                    return Ok(value.clone());
                }
                if state.running.contains(&key) {
                    Vec::new()
                } else {
                    state.waiting.insert(key.clone());
                    let batch: Vec<K> = state.waiting.drain().collect();
                    state.running.extend(batch.iter().cloned());
                    batch
                }
            };
            match fetch.take_if(|_| !batch.is_empty()) {
                None => told.await,
                Some(fetch) => {
                    let fetching = Fetching { loader: self, keys: batch };
                    let mut values = fetch(fetching.keys.clone()).await?;
                    let mut state = self.lock();
                    for key in &fetching.keys {
                        let value = values.remove(key);
                        state.known.insert(key.clone(), value);
                    }
                    return Ok(state.known.get(&key).cloned().flatten());
                }
            }
        }
    }
}

/// Keys under way. However their query ends, also dropped half-way because a sibling failed, whoever
/// waits for them is woken and finds them known or asks anew.
struct Fetching<'a, K: Eq + Hash, V> {
    loader: &'a Loader<K, V>,
    keys: Vec<K>,
}

impl<K: Eq + Hash, V> Drop for Fetching<'_, K, V> {
    fn drop(&mut self) {
        let mut state = self.loader.lock();
        for key in &self.keys {
            state.running.remove(key);
        }
        self.loader.loaded.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{FutureExt as _, future::join_all};

    use super::*;

    #[tokio::test]
    async fn sibling_look_ups_travel_in_one_query() {
        let loader = Loader::<u32, u32>::default();
        let queries = AtomicUsize::new(0);
        let values = join_all([3, 1, 2, 3].map(|key| {
            loader.load::<()>(key, async |keys| {
                queries.fetch_add(1, Ordering::Relaxed);
                Ok(keys.into_iter().filter(|key| *key != 2).map(|key| (key, key * 10)).collect())
            })
        }))
        .await;
        assert_eq!(values, [Ok(Some(30)), Ok(Some(10)), Ok(None), Ok(Some(30))]);
        assert_eq!(queries.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failed_batch_may_be_asked_for_again() {
        let loader = Loader::<u32, u32>::default();
        assert_eq!(loader.load(1, async |_| Err("gone")).await, Err("gone"));
        assert_eq!(loader.load::<()>(1, async |_| Ok(HashMap::from([(1, 5)]))).await, Ok(Some(5)));
    }

    #[tokio::test]
    async fn who_waits_for_a_query_that_is_dropped_asks_anew() {
        let loader = Loader::<u32, u32>::default();
        let mut dropped = Box::pin(loader.load::<()>(1, async |_| std::future::pending().await));
        let mut waits = Box::pin(loader.load::<()>(1, async |_| Ok(HashMap::from([(1, 5)]))));
        for _turn in 0..3 {
            assert_eq!(dropped.as_mut().now_or_never(), None);
            assert_eq!(waits.as_mut().now_or_never(), None, "the first one asks for both");
        }
        drop(dropped);
        assert_eq!(waits.now_or_never(), Some(Ok(Some(5))));
    }
}
