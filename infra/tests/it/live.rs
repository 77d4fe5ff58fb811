//! The contract of the live store, on both of its kinds, and what happens when Redis goes.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use trunkline_infra::live::{Backoff, BusEvent, Key, Limit, LiveStore, Unavailable, Verdict};
use trunkline_testkit::redis::RedisServer;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(30);

/// Runs each part of the contract as one test a kind of store.
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::LiveStore::in_memory()).await;
            })*
        }
        mod in_redis {
            $(#[tokio::test]
            async fn $name() {
                if let Some((store, _server)) = super::redis(stringify!($name)) {
                    super::$name(store).await;
                }
            })*
        }
    };
}

contract!(
    a_value_is_there_until_its_time_is_up,
    many_who_ask_at_once_share_one_load,
    a_load_that_fails_is_not_kept,
    subscribers_hear_their_channel_alone,
    a_bucket_lets_its_burst_through_and_no_more,
    attempts_too_many_close_the_door_for_twice_as_long_each_time,
);

/// A store on the Redis of `REDIS_URL`, or on one of its own.
fn redis(test: &str) -> Option<(LiveStore, Option<RedisServer>)> {
    let (url, server) = match std::env::var("REDIS_URL") {
        Ok(url) => (url, None),
        Err(_) => {
            let server = RedisServer::start(test)?;
            (server.url(), Some(server))
        }
    };
    Some((LiveStore::in_redis(url.as_str(), 2).unwrap(), server))
}

/// A key that no other test uses, also on a shared Redis.
fn key(name: &str) -> Key {
    let dir = tempfile::tempdir().unwrap();
    Key::of_all("test", format!("{name}:{}", dir.path().display()))
}

/// Waits until `done`; the test's own time limit ends it otherwise.
async fn until(mut done: impl AsyncFnMut() -> bool) {
    while !done().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn a_value_is_there_until_its_time_is_up(store: LiveStore) {
    let (kept, brief) = (key("kept"), key("brief"));
    assert_eq!(store.get(&kept).await, None);
    store.set(&kept, "one".into(), LONG).await;
    store.set(&kept, "two".into(), LONG).await;
    store.set(&brief, "x".into(), SHORT).await;
    until(async || store.get(&brief).await.is_none()).await;
    assert_eq!(store.get(&kept).await, Some("two".into()));
}

async fn many_who_ask_at_once_share_one_load(store: LiveStore) {
    let (key, loads) = (key("board"), AtomicUsize::new(0));
    let ask = || {
        store.get_or_load(&key, LONG, async || {
            loads.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(SHORT).await;
            Ok::<_, Infallible>(Bytes::from_static(b"board"))
        })
    };
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    for value in [a, b, c, d, ask().await] {
        assert_eq!(value.unwrap(), "board");
    }
    assert_eq!(loads.load(Ordering::SeqCst), 1);
}

async fn a_load_that_fails_is_not_kept(store: LiveStore) {
    let key = key("board");
    let failed = store.get_or_load(&key, LONG, async || Err("database")).await;
    assert_eq!(failed, Err("database"));
    let loaded = store.get_or_load(&key, LONG, async || Ok::<_, &str>("board".into())).await;
    assert_eq!(loaded, Ok("board".into()));
}

async fn subscribers_hear_their_channel_alone(store: LiveStore) {
    let (here, there) = (key("here"), key("there"));
    let (mut one, mut two) = (store.subscribe(&here).await, store.subscribe(&here).await);
    let mut other = store.subscribe(&there).await;
    store.publish(&here, "a\0b".into()).await.unwrap();
    store.publish(&there, "c".into()).await.unwrap();
    for subscriber in [&mut one, &mut two] {
        assert_eq!(subscriber.next().await, Some(BusEvent::Message("a\0b".into())));
    }
    assert_eq!(other.next().await, Some(BusEvent::Message("c".into())));
    drop(two);
    store.publish(&here, "d".into()).await.unwrap();
    assert_eq!(one.next().await, Some(BusEvent::Message("d".into())));
}

async fn a_bucket_lets_its_burst_through_and_no_more(store: LiveStore) {
    let key = key("address");
    let limit = Limit { burst: 3, period: LONG };
    assert_eq!(store.draw(&key, 2, limit).await.verdict, Verdict::Go);
    assert_eq!(store.draw(&key, 1, limit).await.verdict, Verdict::Go);
    let Verdict::Wait(wait) = store.draw(&key, 1, limit).await.verdict else {
        panic!("over the burst")
    };
    assert!(wait > LONG / 3 - Duration::from_secs(60) && wait <= LONG / 3, "{wait:?}");
    let level = store.draw(&key, 0, limit).await;
    assert_eq!((level.verdict, level.left), (Verdict::Go, 0));
    let wide = Limit { burst: 6, period: LONG };
    let level = store.draw(&self::key("address"), 2, wide).await;
    assert_eq!((level.verdict, level.left), (Verdict::Go, 4));
    let quick = Limit { burst: 1, period: SHORT };
    let key = self::key("address");
    assert_eq!(store.draw(&key, 1, quick).await.verdict, Verdict::Go);
    until(async || store.draw(&key, 1, quick).await.verdict == Verdict::Go).await;
}

async fn attempts_too_many_close_the_door_for_twice_as_long_each_time(store: LiveStore) {
    let key = key("account");
    let second = Duration::from_secs(1);
    let rule = Backoff { free: 2, first: second, cap: 3 * second, life: LONG };
    let mut now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
    assert_eq!(store.pause(&key, now).await, Verdict::Go);
    assert_eq!(store.attempt(&key, rule, now).await, Verdict::Go);
    assert_eq!(store.pause(&key, now).await, Verdict::Go);
    assert_eq!(store.attempt(&key, rule, now).await, Verdict::Go);
    for wait in [1, 2, 3, 3].map(Duration::from_secs) {
        assert_eq!(store.attempt(&key, rule, now).await, Verdict::Wait(wait));
        assert_eq!(store.pause(&key, now).await, Verdict::Wait(wait));
        now += SignedDuration::try_from(wait).unwrap();
        assert_eq!(store.attempt(&key, rule, now).await, Verdict::Go);
    }
    store.forgive(&key).await;
    assert_eq!(store.attempt(&key, rule, now).await, Verdict::Go);
    assert_eq!(store.attempt(&key, rule, now).await, Verdict::Go);
}

#[tokio::test]
async fn without_redis_the_cache_misses_and_each_process_allows_its_share() {
    let Some(mut server) = RedisServer::start("without_redis_the_cache_misses") else { return };
    let store = LiveStore::in_redis(server.url().as_str(), 2).unwrap();
    let key = key("value");
    let limit = Limit { burst: 4, period: LONG };
    store.set(&key, "one".into(), LONG).await;
    assert_eq!(store.get(&key).await, Some("one".into()));

    server.kill();
    assert_eq!(store.get(&key).await, None);
    store.set(&key, "two".into(), LONG).await;
    assert_eq!(store.ping().await, Err(Unavailable));
    assert_eq!(store.publish(&key, "news".into()).await, Err(Unavailable));
    let loaded = store.get_or_load(&key, LONG, async || Ok::<_, Infallible>("fresh".into())).await;
    assert_eq!(loaded, Ok("fresh".into()));
    for expected in [true, true, false] {
        let verdict = store.draw(&key, 1, limit).await.verdict;
        assert_eq!(verdict == Verdict::Go, expected, "{verdict:?}");
    }

    let rule = Backoff { free: 1, first: LONG, cap: LONG, life: LONG };
    assert_eq!(store.attempt(&key, rule, Timestamp::UNIX_EPOCH).await, Verdict::Go);
    assert_eq!(store.attempt(&key, rule, Timestamp::UNIX_EPOCH).await, Verdict::Wait(LONG));

    server.restart();
    until(async || {
        store.set(&key, "three".into(), LONG).await;
        store.get(&key).await == Some("three".into())
    })
    .await;
    // The scripts went with the old server.
    assert_eq!(store.draw(&self::key("bucket"), 4, limit).await.verdict, Verdict::Go);
    assert_eq!(store.ping().await, Ok(()));
}

#[tokio::test]
async fn a_subscriber_is_told_when_messages_may_be_missing_and_hears_the_next() {
    let Some(mut server) = RedisServer::start("a_subscriber_is_told") else { return };
    let store = LiveStore::in_redis(server.url().as_str(), 2).unwrap();
    let (before, during) = (key("before"), key("during"));
    let mut early = store.subscribe(&before).await;
    store.publish(&before, "one".into()).await.unwrap();
    assert_eq!(early.next().await, Some(BusEvent::Message("one".into())));

    server.kill();
    let mut late = store.subscribe(&during).await;
    server.restart();
    for (subscriber, channel) in [(&mut early, &before), (&mut late, &during)] {
        assert_eq!(subscriber.next().await, Some(BusEvent::MayHaveMissed));
        until(async || store.publish(channel, "two".into()).await.is_ok()).await;
        assert_eq!(subscriber.next().await, Some(BusEvent::Message("two".into())));
    }
}

#[tokio::test]
async fn a_silent_redis_is_given_up_like_a_missing_one() {
    // Takes connections and never says a word.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("silent.sock");
    let _silent = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let store =
        LiveStore::in_redis(format!("redis+unix://{}", path.display()).as_str(), 1).unwrap();
    let key = key("value");
    assert_eq!(store.get(&key).await, None);
    assert_eq!(store.publish(&key, "news".into()).await, Err(Unavailable));
    let _subscription = store.subscribe(&key).await;
    assert_eq!(store.draw(&key, 1, Limit { burst: 1, period: LONG }).await.verdict, Verdict::Go);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    assert!(LiveStore::in_redis("no such thing", 1).is_err());
}
