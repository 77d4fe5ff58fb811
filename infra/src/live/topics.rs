use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;

use tokio::sync::broadcast::{self, error::RecvError};

use super::Key;

/// What a subscriber hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusEvent {
    /// Something was published.
    Message(Bytes),
    /// Messages may have been lost, by a broken connection or a slow reader: read the state anew.
    MayHaveMissed,
}

/// Messages that wait for a slow reader before the oldest are dropped.
const BUFFER: usize = 256;

/// The channels with subscribers in this process.
#[derive(Debug, Clone, Default)]
pub(super) struct Topics(Arc<Mutex<HashMap<Key, broadcast::Sender<BusEvent>>>>);

impl Topics {
    pub(super) fn subscribe(&self, channel: &Key) -> Subscription {
        let mut topics = self.lock();
        let topic = topics.entry(channel.clone()).or_insert_with(|| broadcast::Sender::new(BUFFER));
        Subscription(topic.subscribe())
    }

    /// Hands `event` to the subscribers of `channel`; a channel without any is forgotten.
    pub(super) fn send(&self, channel: &Key, event: BusEvent) {
        let mut topics = self.lock();
        if topics.get(channel).is_some_and(|topic| topic.send(event).is_err()) {
            topics.remove(channel);
        }
    }

    /// Hands `event` to all.
    pub(super) fn send_all(&self, event: &BusEvent) {
        self.lock().retain(|_, topic| topic.send(event.clone()).is_ok());
    }

    /// The channels that somebody still listens to.
    pub(super) fn channels(&self) -> Vec<Key> {
        let mut topics = self.lock();
        topics.retain(|_, topic| topic.receiver_count() > 0);
        topics.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, broadcast::Sender<BusEvent>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One subscriber of one channel. Dropping it ends the subscription.
#[derive(Debug)]
pub struct Subscription(broadcast::Receiver<BusEvent>);

impl Subscription {
    /// The next event; `None` when the store was dropped.
    pub async fn next(&mut self) -> Option<BusEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(BusEvent::MayHaveMissed),
            Err(RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_hears_that_it_missed_something_and_then_the_latest() {
        let topics = Topics::default();
        let channel = Key::of_all("test", 1);
        let mut slow = topics.subscribe(&channel);
        for n in 0..=BUFFER {
            topics.send(&channel, BusEvent::Message(n.to_string().into()));
        }
        assert_eq!(slow.next().await, Some(BusEvent::MayHaveMissed));
        assert_eq!(slow.next().await, Some(BusEvent::Message("1".into())));
    }

    #[test]
    fn a_channel_without_subscribers_is_forgotten() {
        let topics = Topics::default();
        let channel = Key::of_all("test", 1);
        drop(topics.subscribe(&channel));
        topics.send(&channel, BusEvent::MayHaveMissed);
        assert_eq!(topics.lock().len(), 0);
    }
}
