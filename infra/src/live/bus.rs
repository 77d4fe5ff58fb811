//! Redis' channels over one connection of their own.
//!
//! The client's stream ends without a word when its connection is lost, and what was published
//! meanwhile is gone. So a loop of our own connects again, takes up all channels and tells
//! every subscriber that something may be missing.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use redis::{Client, RedisError, aio::PubSub};
use tokio::{
    sync::{mpsc, oneshot},
    time::{interval, sleep, timeout},
};

use super::{BusEvent, Key, Subscription, redis::PATIENCE, topics::Topics};

/// Connections that die without a word are found by asking this often.
const PING: Duration = Duration::from_secs(5);
/// Pause between two attempts to connect, doubled from the first to the second.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

type Wish = (Key, oneshot::Sender<()>);

/// Sends wishes to the loop, which ends when the last sender is gone.
#[derive(Debug, Clone)]
pub(super) struct Bus {
    topics: Topics,
    wishes: mpsc::Sender<Wish>,
}

impl Bus {
    pub(super) fn start(client: Client) -> Self {
        let topics = Topics::default();
        let (wishes, inbox) = mpsc::channel(64);
        tokio::spawn(run(client, topics.clone(), inbox));
        Self { topics, wishes }
    }

    /// Subscribes. Waits until Redis has confirmed, but not longer than for any other answer: the
    /// channel is taken up with the next connection then, and the subscriber told.
    pub(super) async fn subscribe(&self, channel: &Key) -> Subscription {
        let subscription = self.topics.subscribe(channel);
        let (done, confirmed) = oneshot::channel();
        let wish = async {
            if self.wishes.send((channel.clone(), done)).await.is_ok() {
                let _ = confirmed.await;
            }
        };
        let _ = timeout(PATIENCE, wish).await;
        subscription
    }
}

async fn run(client: Client, topics: Topics, mut inbox: mpsc::Receiver<Wish>) {
    let mut pause = PAUSE.0;
    // Nobody listens yet: the connection is made for the first who does.
    let Some(first) = inbox.recv().await else { return };
    let mut waiting = vec![first.1];
    let mut missed = false;
    loop {
        match connect(&client, &topics).await {
            Ok(connection) => {
                pause = PAUSE.0;
                for done in waiting.drain(..) {
                    // Who stopped waiting may have counted on messages since.
                    missed |= done.send(()).is_err();
                }
                if missed {
                    topics.send_all(&BusEvent::MayHaveMissed);
                }
                match relay(connection, &topics, &mut inbox).await {
                    Some(unfulfilled) => waiting.extend(unfulfilled),
                    None => return,
                }
                tracing::warn!("the connection to redis' channels is lost: connecting again");
            }
            Err(reason) => tracing::debug!(%reason, "redis' channels cannot be reached"),
        }
        missed = true;
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
        // Who came meanwhile is in the topics already, and is taken up with all others.
        waiting.extend(std::iter::from_fn(|| inbox.try_recv().ok()).map(|(_, done)| done));
        if inbox.is_closed() {
            return;
        }
    }
}

async fn connect(client: &Client, topics: &Topics) -> Result<PubSub, String> {
    let attempt = async {
        let mut connection = client.get_async_pubsub().await?;
        for channel in topics.channels() {
            connection.subscribe(channel.as_str()).await?;
        }
        Ok::<_, RedisError>(connection)
    };
    let patience = PATIENCE * 10;
    match timeout(patience, attempt).await {
        Ok(attempt) => attempt.map_err(|error| error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Hands messages on until the connection is lost: then a wish that it could not fulfil, if any.
/// `None` when nobody can wish any more.
async fn relay(
    connection: PubSub,
    topics: &Topics,
    inbox: &mut mpsc::Receiver<Wish>,
) -> Option<Option<oneshot::Sender<()>>> {
    let (mut sink, mut messages) = connection.split();
    let mut taken = topics.channels();
    let mut ping = interval(PING);
    loop {
        tokio::select! {
            message = messages.next() => {
                let Some(message) = message else { return Some(None) };
                let channel = Key::from_wire(message.get_channel_name());
                topics.send(&channel, BusEvent::Message(Bytes::copy_from_slice(message.get_payload_bytes())));
            }
            wish = inbox.recv() => {
                let (channel, done) = wish?;
                let subscribed = timeout(PATIENCE, sink.subscribe(channel.as_str())).await;
                if !matches!(subscribed, Ok(Ok(()))) {
                    return Some(Some(done));
                }
                if !taken.contains(&channel) {
                    taken.push(channel.clone());
                }
                if done.send(()).is_err() {
                    topics.send(&channel, BusEvent::MayHaveMissed);
                }
            }
            _ = ping.tick() => {
                let wanted = topics.channels();
                let (kept, left): (Vec<_>, Vec<_>) =
                    taken.into_iter().partition(|channel| wanted.contains(channel));
                taken = kept;
                let round = async {
                    for channel in &left {
                        sink.unsubscribe(channel.as_str()).await?;
                    }
                    sink.ping::<redis::Value>().await
                };
                if !matches!(timeout(PATIENCE * 5, round).await, Ok(Ok(_))) {
                    return Some(None);
                }
            }
        }
    }
}
