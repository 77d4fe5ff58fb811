//! Attempts at something that must not be tried without end: each one over a number delays the next
//! for twice as long, up to a cap, so that nobody is locked out for good.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{Key, Verdict};

/// How attempts are delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// So many follow each other without delay; at least 1.
    pub free: u32,
    /// Delay after the last free one; each further one doubles it.
    pub first: Duration,
    /// Longest delay.
    pub cap: Duration,
    /// After so long without an attempt all are forgotten.
    pub life: Duration,
}

impl Backoff {
    /// Milliseconds that the next attempt has to wait after `count` of them.
    pub(super) fn delay_ms(self, count: u32) -> i64 {
        let Some(doubled) = count.checked_sub(self.free) else { return 0 };
        let cap = millis(self.cap);
        // 2^40 ms are 35 years.
        millis(self.first).saturating_mul(1 << doubled.min(40)).min(cap)
    }
}

pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn verdict(wait_ms: i64) -> Verdict {
    match u64::try_from(wait_ms) {
        Ok(wait) if wait > 0 => Verdict::Wait(Duration::from_millis(wait)),
        _ => Verdict::Go,
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    count: u32,
    /// Milliseconds since the epoch before which none is looked at.
    closed_until: i64,
    /// Milliseconds since the epoch at which all are forgotten.
    forgotten_at: i64,
}

/// The attempts that this process knows of.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempts(Arc<Mutex<HashMap<Key, Tried>>>);

/// From this many on, the forgotten ones are thrown out.
const MANY: usize = 10_000;

impl Attempts {
    pub(super) fn attempt(&self, key: &Key, rule: Backoff, now: Timestamp) -> Verdict {
        let now = now.as_millisecond();
        let mut all = self.lock();
        if all.len() >= MANY {
            all.retain(|_, tried| tried.forgotten_at > now);
        }
        let tried = all.entry(key.clone()).or_default();
        if tried.forgotten_at <= now {
            *tried = Tried::default();
        }
        if tried.closed_until > now {
            return verdict(tried.closed_until - now);
        }
        tried.count = tried.count.saturating_add(1);
        tried.closed_until = now.saturating_add(rule.delay_ms(tried.count));
        tried.forgotten_at = tried.closed_until.saturating_add(millis(rule.life));
        Verdict::Go
    }

    pub(super) fn pause(&self, key: &Key, now: Timestamp) -> Verdict {
        let closed_until = self.lock().get(key).map_or(0, |tried| tried.closed_until);
        verdict(closed_until.saturating_sub(now.as_millisecond()))
    }

    pub(super) fn forgive(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Tried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_from_the_last_free_attempt_up_to_the_cap() {
        let second = Duration::from_secs(1);
        let rule = Backoff { free: 3, first: second, cap: 60 * second, life: 3600 * second };
        let delays: Vec<i64> = [1, 2, 3, 4, 5, 8, 9, 1000].map(|n| rule.delay_ms(n)).into();
        assert_eq!(delays, [0, 0, 1000, 2000, 4000, 32_000, 60_000, 60_000]);
    }
}
