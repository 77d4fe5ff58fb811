//! Work that is carried to its end, whoever waits for it.
//!
//! The future of an answer goes with the connection that it is for: with a client that leaves, stops
//! an operation or is cut off. A mutation must not end so: what follows its commit would be lost, and
//! there would be a change that nobody is told of.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};
use tracing::{Instrument as _, Span};

/// Longest time that something goes on for which nobody waits. It has limits of its own; what hangs at
/// a database that does not answer would hold its connection for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// Longest time that a stop waits for a moment without a mutation while new ones are still begun: where
/// many come on connections that stay open there may be none. What is under way then has the rest of the
/// time of the stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// The mutations of a server: those under way, and work that goes on although nobody waits for it any
/// more.
#[derive(Clone, Debug, Default)]
pub struct Unattended {
    under_way: TaskTracker,
    rest: TaskTracker,
    shut: Arc<AtomicBool>,
}

/// Held as long as a mutation is under way, whether somebody waits for it or not.
pub(super) type UnderWay = TaskTrackerToken;

impl Unattended {
    /// Whether there is nothing that goes on unattended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Waits until no mutation is under way and nothing goes on unattended. None is begun after that, nor
    /// once that has taken some seconds.
    pub async fn ended(&self) {
        self.ended_after(PATIENCE).await;
    }

    async fn ended_after(&self, patience: Duration) {
        let _ = timeout(patience, self.quiet()).await;
        self.shut.store(true, Ordering::SeqCst);
        // Those that were begun since.
        self.quiet().await;
    }

    async fn quiet(&self) {
        // What goes on unattended was left while its mutation was under way.
        for tracker in [&self.under_way, &self.rest] {
            tracker.close();
            tracker.wait().await;
        }
    }

    /// A mutation begins; `None` = it must not any more.
    pub(super) fn begin(&self) -> Option<UnderWay> {
        // In this order: who is not refused is waited for.
        let under_way = self.under_way.token();
        (!self.shut.load(Ordering::SeqCst)).then_some(under_way)
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
        self.unattended.rest.spawn_on(rest.instrument(self.span.clone()), &runtime);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

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

    #[tokio::test]
    async fn the_end_waits_for_mutations_under_way_and_lets_none_begin_after_it() {
        let unattended = Unattended::default();
        let first = unattended.begin().expect("it may");
        let mut ending = Box::pin(unattended.ended());
        assert!((&mut ending).now_or_never().is_none());
        let second = unattended.begin().expect("it is still served");
        drop(first);
        assert!((&mut ending).now_or_never().is_none());
        drop(second);
        ending.await;
        assert!(unattended.begin().is_none());
    }

    #[tokio::test]
    async fn the_end_comes_although_there_is_always_a_mutation_under_way() {
        let unattended = Unattended::default();
        let first = unattended.begin().expect("it may");
        let mut ending = Box::pin(unattended.ended_after(Duration::from_millis(20)));
        assert!((&mut ending).now_or_never().is_none());
        assert!(unattended.begin().is_some(), "it is still served");
        let waited = timeout(Duration::from_millis(200), &mut ending).await;
        assert!(waited.is_err(), "what is under way is waited for");
        assert!(unattended.begin().is_none(), "nothing new is begun");
        drop(first);
        ending.await;
    }
}
