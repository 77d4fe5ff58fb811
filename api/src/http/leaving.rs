//! When a connection that stays open ends because the server stops.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{engine::Engine, transport::Transport};

/// The end of one connection: at once when the server stops, or, while it carries a mutation, as soon
/// as that one has been answered, and at the latest when the time for it is up.
pub(super) struct Leaving {
    stop: CancellationToken,
    /// Time that a mutation under way has from the stop on.
    time: Duration,
    /// None until the stop has been seen.
    by: Option<Instant>,
}

impl Leaving {
    /// Of a connection of this server.
    pub(super) fn of<E: Engine>(transport: &Transport<E>) -> Self {
        Self { stop: transport.shutdown.clone(), time: transport.settings.drain, by: None }
    }

    /// Whether the server stops, so that nothing new is begun.
    pub(super) fn is_near(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits until the connection must end; `mutates` says whether it carries a mutation then. Dropped
    /// half-way, it goes on where it was.
    pub(super) async fn is_due(&mut self, mutates: impl Fn() -> bool) {
        self.stop.cancelled().await;
        let by = *self.by.get_or_insert_with(|| Instant::now() + self.time);
        if mutates() {
            sleep_until(by).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_connection_without_a_mutation_ends_at_once_and_one_with_it_when_its_time_is_up() {
        let (stop, time) = (CancellationToken::new(), Duration::from_millis(50));
        let mut leaving = Leaving { stop: stop.clone(), time, by: None };
        assert!(!leaving.is_near());
        assert_eq!(leaving.is_due(|| false).now_or_never(), None);
        stop.cancel();
        let began = Instant::now();
        // Asked again and again, as by a loop with other things to do.
        while leaving.is_due(|| true).now_or_never().is_none() {
            tokio::task::yield_now().await;
            assert!(leaving.is_near());
        }
        assert!(began.elapsed() >= time);
        assert_eq!(leaving.is_due(|| false).now_or_never(), Some(()));
    }
}
