use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Key;

/// A leaky bucket: `burst` at once, refilled evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Units that an empty bucket holds; at least 1.
    pub burst: u32,
    /// Time in which a full bucket drains.
    pub period: Duration,
}

/// Answer of the limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It fits.
    Go,
    /// It does not; it will after this time.
    Wait(Duration),
}

/// How a bucket stands after something was taken from it, or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Whether it fitted.
    pub verdict: Verdict,
    /// Units that would fit now.
    pub left: u32,
}

impl Limit {
    /// A bucket of `burst` units of which `per_second` drain each second; both at least 1, and
    /// `per_second` at most a million.
    #[must_use]
    pub fn per_second(burst: u32, per_second: u32) -> Self {
        let (burst, per_second) = (burst.max(1), per_second.clamp(1, 1_000_000));
        let unit = Duration::from_micros(1_000_000 / u64::from(per_second));
        Self { burst, period: unit.saturating_mul(burst) }
    }

    /// Microseconds in which one unit drains.
    pub(super) fn unit_us(self) -> u64 {
        let period = u64::try_from(self.period.as_micros()).unwrap_or(u64::MAX);
        period.checked_div(u64::from(self.burst)).unwrap_or(period)
    }

    /// The share of one of `instances` processes that cannot see each other.
    pub(super) fn share(self, instances: u32) -> Self {
        let instances = instances.max(1);
        let burst = (self.burst / instances).max(1);
        // The rate is divided exactly, also where the burst cannot be.
        let unit = self.unit_us().saturating_mul(u64::from(instances));
        Self { burst, period: Duration::from_micros(unit.saturating_mul(u64::from(burst))) }
    }
}

/// The buckets of this process, by the generic cell rate algorithm (ITU-T I.371): a bucket is
/// the instant at which it will be empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets(Arc<Mutex<HashMap<Key, Instant>>>);

/// From this many buckets on, the empty ones are thrown out.
const MANY: usize = 10_000;

impl Buckets {
    pub(super) fn take(&self, key: &Key, units: u32, limit: Limit, now: Instant) -> Level {
        let unit = limit.unit_us().max(1);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|_, empty| *empty > now);
        }
        let empty = buckets.get(key).copied().unwrap_or(now).max(now);
        let filled = empty + Duration::from_micros(unit.saturating_mul(u64::from(units)));
        let room = Duration::from_micros(unit.saturating_mul(u64::from(limit.burst)));
        let left = |empty: Instant| {
            let free = (now + room).saturating_duration_since(empty).as_micros() / u128::from(unit);
            u32::try_from(free).unwrap_or(u32::MAX)
        };
        match filled.checked_duration_since(now + room) {
            Some(over) if !over.is_zero() => {
                Level { verdict: Verdict::Wait(over), left: left(empty) }
            }
            _ => {
                if units > 0 {
                    buckets.insert(key.clone(), filled);
                }
                Level { verdict: Verdict::Go, left: left(filled) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_divides_the_rate_exactly_and_the_burst_down_to_one() {
        let limit = Limit { burst: 10, period: Duration::from_secs(10) };
        assert_eq!(limit.share(4), Limit { burst: 2, period: Duration::from_secs(8) });
        assert_eq!(limit.share(40), Limit { burst: 1, period: Duration::from_secs(40) });
        assert_eq!(limit.share(0), limit);
    }

    #[test]
    fn a_full_bucket_says_when_the_next_unit_fits() {
        let buckets = Buckets::default();
        let key = Key::of_all("test", 1);
        let limit = Limit { burst: 2, period: Duration::from_secs(4) };
        let start = Instant::now();
        let take =
            |seconds| buckets.take(&key, 1, limit, start + Duration::from_secs(seconds)).verdict;
        assert_eq!(take(0), Verdict::Go);
        assert_eq!(take(0), Verdict::Go);
        assert_eq!(take(0), Verdict::Wait(Duration::from_secs(2)));
        assert_eq!(take(2), Verdict::Go);
        assert_eq!(take(3), Verdict::Wait(Duration::from_secs(1)));
    }
    #[test]
    fn a_bucket_tells_what_would_fit_now_and_looking_takes_nothing() {
        let buckets = Buckets::default();
        let key = Key::of_all("test", 1);
        let limit = Limit::per_second(100, 10);
        let start = Instant::now();
        let left = |units, seconds| {
            buckets.take(&key, units, limit, start + Duration::from_secs(seconds)).left
        };
        assert_eq!((left(0, 0), left(60, 0), left(50, 0), left(0, 0)), (100, 40, 40, 40));
        assert_eq!((left(0, 1), left(0, 6), left(0, 9)), (50, 100, 100));
    }
}
