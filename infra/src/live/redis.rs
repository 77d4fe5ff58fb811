//! The live store that several processes share.

use std::{
    fmt,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use redis::{
    Cmd, FromRedisValue, RedisResult, Script, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::time::{Instant, timeout};

use super::{
    Backoff, Key, Level, Limit, LiveError, RedisAddress, Subscription, Unavailable, Verdict,
    attempts::{self, Attempts, verdict},
    bus::Bus,
    flight::Flights,
    limit::Buckets,
};

/// Longest wait for an answer. A cache that takes longer is no cache.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);
/// Connecting has to leave time for the question.
const CONNECT: Duration = Duration::from_millis(150);
/// The limiter goes on without a Redis that did not answer for this long.
const PAUSE: Duration = Duration::from_secs(1);

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/take.lua")));
static ATTEMPT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/attempt.lua")));

/// Values, channels and buckets in a Redis. Connects when first used and again after each
/// loss.
#[derive(Clone)]
pub struct Redis {
    connection: ConnectionManager,
    bus: Bus,
    /// Counts what Redis cannot while it is gone.
    buckets: Buckets,
    attempts: Attempts,
    pub(super) flights: Flights,
    instances: u32,
    down: Arc<AtomicBool>,
    silent_since: Arc<Mutex<Option<Instant>>>,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("instances", &self.instances).finish_non_exhaustive()
    }
}

impl Redis {
    pub(super) fn open(address: RedisAddress<'_>, instances: u32) -> Result<Self, LiveError> {
        let client = address.client()?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(PATIENCE));
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client.clone(), config)?,
            bus: Bus::start(client),
            buckets: Buckets::default(),
            attempts: Attempts::default(),
            flights: Flights::default(),
            instances,
            down: Arc::default(),
            silent_since: Arc::default(),
        })
    }

    pub(super) async fn ping(&self) -> Result<(), Unavailable> {
        self.ask(Cmd::ping()).await
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Bytes>, Unavailable> {
        let value: Option<Vec<u8>> = self.ask(Cmd::get(key.as_str())).await?;
        Ok(value.map(Bytes::from))
    }

    pub(super) async fn set(
        &self,
        key: &Key,
        value: &Bytes,
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        self.ask(Cmd::pset_ex(key.as_str(), value.as_ref(), millis(ttl))).await
    }

    async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        self.ask(Cmd::del(key.as_str())).await
    }

    pub(super) async fn publish(&self, channel: &Key, message: &Bytes) -> Result<(), Unavailable> {
        self.ask(Cmd::publish(channel.as_str(), message.as_ref())).await
    }

    pub(super) async fn subscribe(&self, channel: &Key) -> Subscription {
        self.bus.subscribe(channel).await
    }

    pub(super) async fn draw(&self, key: &Key, units: u32, limit: Limit) -> Level {
        let mut call = TAKE.key(key.as_str());
        call.arg(units).arg(limit.unit_us()).arg(limit.burst);
        // Every request asks: while Redis is silent, one in a second waits for it, not all.
        let answer = if self.is_silent() { Err(Unavailable) } else { self.run(&call).await };
        match answer {
            Ok((0, left)) => Level { verdict: Verdict::Go, left },
            Ok((wait_us, left)) => {
                Level { verdict: Verdict::Wait(Duration::from_micros(wait_us)), left }
            }
            Err(Unavailable) => {
                self.buckets.take(key, units, limit.share(self.instances), Instant::now())
            }
        }
    }

    pub(super) async fn attempt(&self, key: &Key, rule: Backoff, now: Timestamp) -> Verdict {
        let mut call = ATTEMPT.key(key.as_str());
        call.arg(now.as_millisecond()).arg(rule.free);
        for time in [rule.first, rule.cap, rule.life] {
            call.arg(attempts::millis(time));
        }
        match self.run(&call).await {
            Ok(wait_ms) => verdict(wait_ms),
            Err(Unavailable) => self.attempts.attempt(key, rule, now),
        }
    }

    pub(super) async fn pause(&self, key: &Key, now: Timestamp) -> Verdict {
        let closed: Result<Option<i64>, _> = self.ask(Cmd::hget(key.as_str(), "closed")).await;
        match closed {
            Ok(until) => verdict(until.unwrap_or(0).saturating_sub(now.as_millisecond())),
            Err(Unavailable) => self.attempts.pause(key, now),
        }
    }

    pub(super) async fn forgive(&self, key: &Key) {
        self.attempts.forgive(key);
        // What is left in a Redis that is gone delays, and runs out.
        self.remove(key).await.unwrap_or_default();
    }

    /// Whether the last answer failed to come less than [`PAUSE`] ago.
    fn is_silent(&self) -> bool {
        let asked = self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        self.down.load(Ordering::Relaxed) && asked.is_some_and(|at| at.elapsed() < PAUSE)
    }

    async fn ask<T: FromRedisValue>(&self, command: Cmd) -> Result<T, Unavailable> {
        let mut connection = self.connection.clone();
        self.within_patience(command.query_async(&mut connection)).await
    }

    async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T, Unavailable> {
        let mut connection = self.connection.clone();
        self.within_patience(call.invoke_async(&mut connection)).await
    }

    /// The answer, or [`Unavailable`]. The log hears once of each loss and each return.
    async fn within_patience<T>(
        &self,
        answer: impl Future<Output = RedisResult<T>>,
    ) -> Result<T, Unavailable> {
        let reason = match timeout(PATIENCE, answer).await {
            Ok(Ok(value)) => {
                if self.down.swap(false, Ordering::Relaxed) {
                    tracing::info!("redis answers again");
                }
                return Ok(value);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        if !self.down.swap(true, Ordering::Relaxed) {
            tracing::warn!(reason, "redis does not answer: going on without it");
        }
        Err(Unavailable)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
