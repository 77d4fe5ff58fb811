//! The live store of one process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use moka::{Expiry, sync::Cache};
use tokio::time::Instant;

use super::{
    BusEvent, Gauge, Key, Level, Limit, Subscription, attempts::Attempts, flight::Flights,
    limit::Buckets, topics::Topics,
};

/// Most bytes that the cache holds, keys included.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// From this many hashes on, the expired ones are thrown out.
const MANY: usize = 10_000;

/// Values, hashes, channels and buckets in the memory of this process.
#[derive(Debug, Clone)]
pub struct Memory {
    cache: Cache<Key, (Bytes, Duration)>,
    hashes: Arc<Mutex<HashMap<Key, Hash>>>,
    pub(super) topics: Topics,
    pub(super) buckets: Buckets,
    pub(super) attempts: Attempts,
    pub(super) flights: Flights,
}

#[derive(Debug)]
struct Hash {
    fields: BTreeMap<String, Gauge>,
    /// Additions made, until they may be forgotten.
    once: HashMap<String, Instant>,
    version: Option<i64>,
    expires: Instant,
}

/// Every value brings its own life.
#[derive(Debug)]
struct OwnLife;

impl Expiry<Key, (Bytes, Duration)> for OwnLife {
    fn expire_after_create(
        &self,
        _: &Key,
        value: &(Bytes, Duration),
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(value.1)
    }

    fn expire_after_update(
        &self,
        _: &Key,
        value: &(Bytes, Duration),
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(value.1)
    }
}

impl Default for Memory {
    fn default() -> Self {
        let weight = |key: &Key, value: &(Bytes, Duration)| {
            u32::try_from(key.as_str().len() + value.0.len()).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder()
            .max_capacity(CACHE_BYTES)
            .weigher(weight)
            .expire_after(OwnLife)
            .build();
        Self {
            cache,
            hashes: Arc::default(),
            topics: Topics::default(),
            buckets: Buckets::default(),
            attempts: Attempts::default(),
            flights: Flights::default(),
        }
    }
}

impl Memory {
    pub(super) fn get(&self, key: &Key) -> Option<Bytes> {
        self.cache.get(key).map(|(value, _)| value)
    }

    pub(super) fn set(&self, key: &Key, value: Bytes, ttl: Duration) {
        self.cache.insert(key.clone(), (value, ttl));
    }

    pub(super) fn remove(&self, key: &Key) {
        self.cache.invalidate(key);
    }

    pub(super) fn merge_gauges(
        &self,
        key: &Key,
        fields: &[(&str, i64, i64)],
        life: Duration,
    ) -> usize {
        self.with_hash(key, life, |hash| {
            let mut changed = 0;
            for &(field, value, at_ms) in fields {
                let known = hash.fields.get(field);
                if known.is_none_or(|known| (at_ms, value) > (known.at_ms, known.value)) {
                    hash.fields.insert(field.to_owned(), Gauge { value, at_ms });
                    changed += 1;
                }
            }
            changed
        })
    }

    pub(super) fn add_counters(
        &self,
        key: &Key,
        fields: &[(&str, i64)],
        once: &str,
        life: Duration,
    ) -> bool {
        self.with_hash(key, life, |hash| {
            let now = Instant::now();
            hash.once.retain(|_, until| *until > now);
            if hash.once.contains_key(once) {
                return false;
            }
            hash.once.insert(once.to_owned(), now + life);
            for &(field, delta) in fields {
                let gauge =
                    hash.fields.entry(field.to_owned()).or_insert(Gauge { value: 0, at_ms: 0 });
                gauge.value = gauge.value.saturating_add(delta);
            }
            true
        })
    }

    pub(super) fn put_interval(
        &self,
        key: &Key,
        fields: &[(&str, i64)],
        version: i64,
        life: Duration,
    ) -> bool {
        let mut hashes = self.hashes();
        let now = Instant::now();
        let known = hashes.get(key).filter(|hash| hash.expires > now);
        if known.and_then(|hash| hash.version).is_some_and(|known| known >= version) {
            return false;
        }
        let fields = fields
            .iter()
            .map(|&(field, value)| (field.to_owned(), Gauge { value, at_ms: 0 }))
            .collect();
        let once = HashMap::new();
        let hash = Hash { fields, once, version: Some(version), expires: now + life };
        hashes.insert(key.clone(), hash);
        true
    }

    pub(super) fn read_hash(&self, key: &Key) -> BTreeMap<String, Gauge> {
        let now = Instant::now();
        let hashes = self.hashes();
        let hash = hashes.get(key).filter(|hash| hash.expires > now);
        hash.map(|hash| hash.fields.clone()).unwrap_or_default()
    }

    pub(super) fn publish(&self, channel: &Key, message: Bytes) {
        self.topics.send(channel, BusEvent::Message(message));
    }

    pub(super) fn subscribe(&self, channel: &Key) -> Subscription {
        self.topics.subscribe(channel)
    }

    pub(super) fn draw(&self, key: &Key, units: u32, limit: Limit) -> Level {
        self.buckets.take(key, units, limit, Instant::now())
    }

    fn with_hash<T>(&self, key: &Key, life: Duration, change: impl FnOnce(&mut Hash) -> T) -> T {
        let mut hashes = self.hashes();
        let now = Instant::now();
        if hashes.len() >= MANY {
            hashes.retain(|_, hash| hash.expires > now);
        }
        let fresh = || Hash {
            fields: BTreeMap::new(),
            once: HashMap::new(),
            version: None,
            expires: now + life,
        };
        let hash = hashes.entry(key.clone()).or_insert_with(fresh);
        if hash.expires <= now {
            *hash = fresh();
        }
        hash.expires = now + life;
        change(hash)
    }

    fn hashes(&self) -> MutexGuard<'_, HashMap<Key, Hash>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
