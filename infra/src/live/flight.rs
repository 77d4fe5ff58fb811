use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::sync::Mutex as AsyncMutex;

use super::Key;

/// What a load under way will leave for those who wait for it.
type Flight = Arc<AsyncMutex<Option<Bytes>>>;

/// The loads under way in this process: one a key, however many ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<Key, Flight>>>);

impl Flights {
    /// Loads, or waits for the load under way and takes what it brought. When that one fails or is
    /// given up, the next in the queue loads.
    pub(super) async fn share<E>(
        &self,
        key: &Key,
        load: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        let flight = self.lock().entry(key.clone()).or_default().clone();
        let mut value = flight.lock().await;
        if let Some(value) = &*value {
            return Ok(value.clone());
        }
        // Also when this future is dropped: whoever asks from now on starts afresh, so that nobody
        // gets a value older than the cache would have kept.
        let _landing = Landing { flights: self, key, flight: &flight };
        let loaded = load.await?;
        *value = Some(loaded.clone());
        Ok(loaded)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Landing<'a> {
    flights: &'a Flights,
    key: &'a Key,
    flight: &'a Flight,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        if flights.get(self.key).is_some_and(|flight| Arc::ptr_eq(flight, self.flight)) {
            flights.remove(self.key);
        }
    }
}
