//! What lives for seconds: cached values, the bus between processes, limits.
//!
//! In the memory of one process, or in a Redis that several share; both hold the same contract
//! (`infra/tests/it/live.rs`). Nothing is kept here only: when Redis is gone the cache misses, the
//! limiter counts locally at its share, subscribers are told that they may have missed something,
//! and the rest answers [`Unavailable`] within 200 ms.

mod address;
mod attempts;
mod bus;
mod flight;
mod key;
mod limit;
mod memory;
mod redis;
mod topics;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

pub use self::{
    address::RedisAddress,
    attempts::Backoff,
    key::Key,
    limit::{Level, Limit, Verdict},
    topics::{BusEvent, Subscription},
};
use self::{memory::Memory, redis::Redis};

/// Redis does not answer. Take the slower way, or leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the live store does not answer")]
pub struct Unavailable;

/// Why Redis cannot be used as it is configured. Each text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The address is none.
    #[error(
        "REDIS_URL is not usable: {0}: correct TRUNKLINE_REDIS_URL, or leave it out to keep live \
         data in this process"
    )]
    Url(#[from] ::redis::RedisError),
    /// Live data would go over the network as anybody can read them.
    #[error(
        "in production Redis at {0} must be reached encrypted: write rediss:// in TRUNKLINE_REDIS_URL, \
         and give the authority of its certificate as TRUNKLINE_REDIS_CA_FILE; \
         TRUNKLINE_PLAIN_CONNECTIONS=true does without"
    )]
    Plain(String),
    /// The authorities that are to be trusted cannot be read, or would not be asked.
    #[error(
        "redis_ca_file {path}: {why}: put the authority of the server's certificate there, as PEM"
    )]
    Authority {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

/// The live store. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub enum LiveStore {
    /// In this process.
    Memory(Memory),
    /// In a Redis.
    Redis(Redis),
}

impl LiveStore {
    /// A store of this process alone.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::Memory(Memory::default())
    }

    /// The store in the Redis at `address`, shared by about `instances` processes. Connects when first
    /// used; to be called inside a Tokio runtime.
    ///
    /// # Errors
    /// [`LiveError`] when the address cannot be read, or is not protected as it must be.
    pub fn in_redis<'a>(
        address: impl Into<RedisAddress<'a>>,
        instances: u32,
    ) -> Result<Self, LiveError> {
        Ok(Self::Redis(Redis::open(address.into(), instances)?))
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn ping(&self) -> Result<(), Unavailable> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Redis(redis) => redis.ping().await,
        }
    }

    /// The cached value; `None` is a miss, also when Redis is gone.
    pub async fn get(&self, key: &Key) -> Option<Bytes> {
        match self {
            Self::Memory(memory) => memory.get(key),
            Self::Redis(redis) => redis.get(key).await.unwrap_or_default(),
        }
    }

    /// Caches a value for `ttl`. Without effect when Redis is gone.
    pub async fn set(&self, key: &Key, value: Bytes, ttl: Duration) {
        match self {
            Self::Memory(memory) => memory.set(key, value, ttl),
            // Not cached is what a cache may always be.
            Self::Redis(redis) => redis.set(key, &value, ttl).await.unwrap_or_default(),
        }
    }

    /// The cached value, else what `load` brings, which is cached for `ttl`. However many ask this
    /// process for a key at once, one load runs; with Redis gone, too.
    ///
    /// # Errors
    /// Those of `load`. The next one who waits then loads itself.
    pub async fn get_or_load<E>(
        &self,
        key: &Key,
        ttl: Duration,
        load: impl AsyncFnOnce() -> Result<Bytes, E>,
    ) -> Result<Bytes, E> {
        if let Some(value) = self.get(key).await {
            return Ok(value);
        }
        let flights = match self {
            Self::Memory(memory) => &memory.flights,
            Self::Redis(redis) => &redis.flights,
        };
        let load = async {
            // Another load may have landed between the look and the flight.
            if let Some(value) = self.get(key).await {
                return Ok(value);
            }
            let value = load().await?;
            self.set(key, value.clone(), ttl).await;
            Ok(value)
        };
        flights.share(key, load).await
    }

    /// Sends a message to all who listen to `channel` now, in this process and the others.
    ///
    /// # Errors
    /// [`Unavailable`]: nobody, or not everybody, may have heard it.
    pub async fn publish(&self, channel: &Key, message: Bytes) -> Result<(), Unavailable> {
        match self {
            Self::Memory(memory) => {
                memory.publish(channel, message);
                Ok(())
            }
            Self::Redis(redis) => redis.publish(channel, &message).await,
        }
    }

    /// Listens to `channel`: hears what is published from now on, or that it may have missed
    /// something.
    pub async fn subscribe(&self, channel: &Key) -> Subscription {
        match self {
            Self::Memory(memory) => memory.subscribe(channel),
            Self::Redis(redis) => redis.subscribe(channel).await,
        }
    }

    /// Counts an attempt, unless an earlier one closed the door until later than `now`. With Redis
    /// gone, each process counts its own.
    pub async fn attempt(&self, key: &Key, rule: Backoff, now: Timestamp) -> Verdict {
        match self {
            Self::Memory(memory) => memory.attempts.attempt(key, rule, now),
            Self::Redis(redis) => redis.attempt(key, rule, now).await,
        }
    }

    /// Whether an attempt would have to wait; counts none.
    pub async fn pause(&self, key: &Key, now: Timestamp) -> Verdict {
        match self {
            Self::Memory(memory) => memory.attempts.pause(key, now),
            Self::Redis(redis) => redis.pause(key, now).await,
        }
    }

    /// Forgets the attempts, after one that succeeded.
    pub async fn forgive(&self, key: &Key) {
        match self {
            Self::Memory(memory) => memory.attempts.forgive(key),
            Self::Redis(redis) => redis.forgive(key).await,
        }
    }

    /// Takes `units` from the bucket `key` and tells what is left in it; no units only look. With
    /// Redis gone, each process allows its share.
    pub async fn draw(&self, key: &Key, units: u32, limit: Limit) -> Level {
        match self {
            Self::Memory(memory) => memory.draw(key, units, limit),
            Self::Redis(redis) => redis.draw(key, units, limit).await,
        }
    }
}
