//! How long to search: rounds, which any machine repeats exactly, or seconds of the processor.

use std::time::Instant;

/// How long a thread searches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    Rounds(u64),
    Seconds(f64),
}

impl Budget {
    /// The share that is spent, from 0 to 1.
    pub(crate) fn spent(self, rounds: u64, clock: &Clock) -> f64 {
        match self {
            Self::Rounds(all) => rounds as f64 / all.max(1) as f64,
            Self::Seconds(all) => clock.seconds() / all,
        }
    }

    /// Additions of programmes that the first roster may take: about a fifth of the budget.
    pub(crate) fn additions(self) -> f64 {
        match self {
            Self::Rounds(all) => 400_000.0 * all as f64,
            Self::Seconds(all) => 200_000_000.0 * all,
        }
    }
}

/// Processor time of this thread, so that figures do not depend on what else the machine does;
/// wall time where the system does not tell.
pub(crate) struct Clock {
    start: Instant,
    used: Option<f64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), used: Self::used() }
    }

    fn used() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(nanoseconds / 1e9)
    }

    pub(crate) fn seconds(&self) -> f64 {
        match (self.used, Self::used()) {
            (Some(start), Some(now)) => now - start,
            _ => self.start.elapsed().as_secs_f64(),
        }
    }
}
