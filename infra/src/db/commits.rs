//! Whether what a task does can still be undone by giving it up: until it begins to commit, it can.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static BEGUN: Arc<AtomicBool>;
}

/// Drives a future that sets `begun` when it begins to commit a transaction for the first time. What
/// is committed within a [`Unit`](super::Unit) does not count: it lasts only once the unit does.
pub fn noting_commits<F: Future>(
    begun: Arc<AtomicBool>,
    future: F,
) -> TaskLocalFuture<Arc<AtomicBool>, F> {
    BEGUN.scope(begun, future)
}

/// A commit begins.
pub(super) fn note() {
    // Where nobody drives so, nobody wants to know.
    let _ = BEGUN.try_with(|begun| begun.store(true, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_commits_of_the_own_task_are_noted() {
        let (own, other) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        noting_commits(Arc::clone(&own), async {
            tokio::task::yield_now().await;
            note();
        })
        .await;
        noting_commits(Arc::clone(&other), async {}).await;
        note();
        assert!(own.load(Ordering::Relaxed));
        assert!(!other.load(Ordering::Relaxed));
    }
}
