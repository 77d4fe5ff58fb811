//! Work that is carried to its end, whoever waits for it.
//!
//! The future of an answer goes with the connection that it is for: with a client that leaves, stops
//! an operation or is cut off. A mutation must not end so: what follows its commit would be lost, and
//! there would be a change that nobody is told of.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

/// Longest time that something goes on for which nobody waits. It has limits of its own; what hangs at
/// a database that does not answer would hold its connection for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// Work that goes on although nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub struct Unattended(TaskTracker);

impl Unattended {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits until there is none, or none any more.
    pub async fn ended(&self) {
        self.0.close();
        self.0.wait().await;
    }

    /// The same future, which goes on by itself when it is dropped after it has begun.
    pub(super) fn carry<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Carried<T> {
        let (work, unattended) = (Some(work.boxed()), self.clone());
        Carried { work, begun: false, span: Span::current(), unattended }
    }
}

/// A future that is carried to its end.
pub(super) struct Carried<T: Send + 'static> {
    /// None once it has ended, or was given up.
    work: Option<BoxFuture<'static, T>>,
    begun: bool,
    /// Of the request that it belongs to, for what it logs.
    span: Span,
    unattended: Unattended,
}

impl<T: Send + 'static> Carried<T> {
    /// Ends it where it is.
    pub(super) fn give_up(mut self) {
        self.work = None;
    }
}

impl<T: Send + 'static> Future for Carried<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.begun = true;
        // Not there while it runs: one that panics is not taken up again.
        let Some(mut work) = self.work.take() else { return Poll::Pending };
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            self.work = Some(work);
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Carried<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take().filter(|_| self.begun) else { return };
        // Without a runtime the program has ended.
        let Ok(runtime) = Handle::try_current() else { return };
        let rest = async move {
            if timeout(LONGEST, work).await.is_err() {
                tracing::warn!("given up: nobody has waited for it for a minute");
            }
        };
        self.unattended.0.spawn_on(rest.instrument(self.span.clone()), &runtime);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn what_has_begun_goes_on_when_nobody_waits_and_what_is_given_up_does_not() {
        let (unattended, gate) = (Unattended::default(), CancellationToken::new());
        let ended = Arc::<AtomicU32>::default();
        let work = || {
            let (gate, ended) = (gate.clone(), Arc::clone(&ended));
            unattended.carry(async move {
                gate.cancelled().await;
                ended.fetch_add(1, Ordering::Relaxed);
            })
        };
        let (mut left, mut given_up, untouched) = (work(), work(), work());
        assert!((&mut left).now_or_never().is_none());
        assert!((&mut given_up).now_or_never().is_none());
        assert!(unattended.is_empty(), "somebody waits for them");
        drop(left);
        given_up.give_up();
        drop(untouched);
        assert!(!unattended.is_empty());
        gate.cancel();
        unattended.ended().await;
        assert_eq!(ended.load(Ordering::Relaxed), 1);
        work().await;
        assert_eq!(ended.load(Ordering::Relaxed), 2);
        assert!(unattended.is_empty());
    }
}
