//! The live store of one process.

use std::time::Duration;

use bytes::Bytes;
use moka::{Expiry, sync::Cache};
use tokio::time::Instant;

use super::{
    BusEvent, Key, Level, Limit, Subscription, attempts::Attempts, flight::Flights, limit::Buckets,
    topics::Topics,
};

/// Most bytes that the cache holds, keys included.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// Values, channels and buckets in the memory of this process.
#[derive(Debug, Clone)]
pub struct Memory {
    cache: Cache<Key, (Bytes, Duration)>,
    pub(super) topics: Topics,
    pub(super) buckets: Buckets,
    pub(super) attempts: Attempts,
    pub(super) flights: Flights,
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

    pub(super) fn publish(&self, channel: &Key, message: Bytes) {
        self.topics.send(channel, BusEvent::Message(message));
    }

    pub(super) fn subscribe(&self, channel: &Key) -> Subscription {
        self.topics.subscribe(channel)
    }

    pub(super) fn draw(&self, key: &Key, units: u32, limit: Limit) -> Level {
        self.buckets.take(key, units, limit, Instant::now())
    }
}
