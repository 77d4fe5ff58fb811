//! The one place that reads the time. Everything else gets `now` from its context.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;

/// Where `now` comes from: the machine, or a value that tests and sandboxes set.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved. Microseconds since the epoch.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn standing_at(now: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(now.as_microsecond())))
    }

    /// The current instant, in whole microseconds as the database keeps them.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let microseconds = match self {
            #[expect(clippy::disallowed_methods, reason = "this is where `now` is made")]
            Self::System => Timestamp::now().as_microsecond(),
            Self::Set(at) => at.load(Ordering::Relaxed),
        };
        Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a standing clock; the machine's clock stays as it is.
    pub fn set(&self, now: Timestamp) {
        if let Self::Set(at) = self {
            at.store(now.as_microsecond(), Ordering::Relaxed);
        }
    }
}
