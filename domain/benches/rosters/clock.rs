//! How long to search: rounds, which the same program repeats exactly on the same kind of machine, or
//! seconds of the processor.

use std::{cell::Cell, time::Instant};

use trunkline_domain::schedules::whole_shifts::{Pace, Rounds};

/// How long a thread searches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    Rounds(u64),
    Seconds(f64),
}

/// Additions of programmes in a fifth of a second.
const ADDITIONS: f64 = 200_000_000.0;
/// Rounds between two looks at the clock, unless they take longer than so many seconds.
const ROUNDS: u64 = 16;
const LONG: f64 = 0.2;

/// A budget on its clock.
pub(crate) struct Watch<'a> {
    budget: Budget,
    clock: &'a Clock,
    /// The round of the next look, seconds at the last one.
    next: Cell<(u64, f64)>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(budget: Budget, clock: &'a Clock) -> Self {
        Self { budget, clock, next: Cell::default() }
    }
}

impl Pace for Watch<'_> {
    fn spent(&self, rounds: u64) -> f64 {
        match self.budget {
            Budget::Rounds(all) => Rounds(all).spent(rounds),
            Budget::Seconds(all) => {
                let (next, mut seconds) = self.next.get();
                if rounds >= next {
                    let now = self.clock.seconds();
                    let step = if rounds > 0 && now - seconds < LONG { ROUNDS } else { 1 };
                    self.next.set((rounds + step, now));
                    seconds = now;
                }
                seconds / all
            }
        }
    }

    fn additions(&self) -> f64 {
        match self.budget {
            Budget::Rounds(all) => Rounds(all).additions(),
            Budget::Seconds(all) => ADDITIONS * all,
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
