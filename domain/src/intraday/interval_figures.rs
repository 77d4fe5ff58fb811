use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    id::{QueueId, SiteId},
    kpis::{Measure, MeasureSet, ServiceLevelMethod},
};

/// Counts and sums of contacts. Unknown figures are `None`, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IntervalFigures {
    /// Contacts that arrived.
    pub offered: u64,
    /// Answered by an agent.
    pub answered: Option<u64>,
    /// Answered within the threshold.
    pub answered_in_threshold: Option<u64>,
    /// Abandoned while waiting.
    pub abandoned: Option<u64>,
    /// Abandoned within the threshold.
    pub abandoned_in_threshold: Option<u64>,
    /// Abandoned within the short-abandon limit.
    pub abandoned_short: Option<u64>,
    /// Seconds waited by the answered ones.
    pub wait_seconds: Option<u64>,
    /// Seconds of handling of the answered ones.
    pub handle_seconds: Option<u64>,
    /// Seconds of the threshold that was counted with.
    pub threshold: Threshold,
}

/// Threshold of summed figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// Nothing was counted, or it is not told.
    Untold,
    /// All parts were counted with so many seconds.
    Seconds(u32),
    /// Parts were counted with different ones, from the least to the greatest: not comparable with
    /// others.
    Between(u32, u32),
}

impl Threshold {
    /// The least and the greatest that parts were counted with; `None` when none is told.
    #[must_use]
    pub const fn range(self) -> Option<(u32, u32)> {
        match self {
            Self::Untold => None,
            Self::Seconds(seconds) => Some((seconds, seconds)),
            Self::Between(least, greatest) => Some((least, greatest)),
        }
    }

    /// The threshold of parts that were counted with `least` to `greatest`.
    #[must_use]
    pub const fn of_range(least: u32, greatest: u32) -> Self {
        if least == greatest { Self::Seconds(least) } else { Self::Between(least, greatest) }
    }

    /// The threshold of a sum. A part that tells none changes nothing.
    fn plus(self, other: Self) -> Self {
        match (self.range(), other.range()) {
            (Some(a), Some(b)) => Self::of_range(a.0.min(b.0), a.1.max(b.1)),
            (Some(_), None) => self,
            (None, _) => other,
        }
    }
}

impl IntervalFigures {
    /// Nothing happened. Adding it changes nothing.
    pub const ZERO: Self = Self {
        offered: 0,
        answered: Some(0),
        answered_in_threshold: Some(0),
        abandoned: Some(0),
        abandoned_in_threshold: Some(0),
        abandoned_short: Some(0),
        wait_seconds: Some(0),
        handle_seconds: Some(0),
        threshold: Threshold::Untold,
    };

    /// The sum of two. What is unknown in one is unknown in the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            offered: self.offered.saturating_add(other.offered),
            answered: add(self.answered, other.answered),
            answered_in_threshold: add(self.answered_in_threshold, other.answered_in_threshold),
            abandoned: add(self.abandoned, other.abandoned),
            abandoned_in_threshold: add(self.abandoned_in_threshold, other.abandoned_in_threshold),
            abandoned_short: add(self.abandoned_short, other.abandoned_short),
            wait_seconds: add(self.wait_seconds, other.wait_seconds),
            handle_seconds: add(self.handle_seconds, other.handle_seconds),
            threshold: self.threshold.plus(other.threshold),
        }
    }

    /// Service level in percent; `None` when a count that the method needs is unknown, nothing was
    /// offered, or nobody says within how many seconds is in time: then it says nothing.
    #[must_use]
    pub fn service_level(&self, method: ServiceLevelMethod) -> Option<Decimal> {
        self.threshold.range()?;
        let mut sums = MeasureSet::default();
        for (name, value) in [
            ("calls_offered", Some(self.offered)),
            ("calls_answered", self.answered),
            ("calls_answered_in_threshold", self.answered_in_threshold),
            ("calls_abandoned", self.abandoned),
            ("calls_abandoned_in_threshold", self.abandoned_in_threshold),
            ("calls_abandoned_short", self.abandoned_short),
        ] {
            if let Some(value) = value {
                sums.set(Measure::named(name)?, value.into());
            }
        }
        method.value(&sums)
    }
}

/// Which figures: queue, first instant of the interval, site. No site = contacts of a shared queue
/// that were never routed to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IntervalKey {
    /// Queue.
    pub queue: QueueId,
    /// First instant.
    pub starts_at: Timestamp,
    /// Site.
    pub site: Option<SiteId>,
}

/// What a feed says about an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalReport {
    /// Which figures.
    pub key: IntervalKey,
    /// When the source said so: what it says later replaces what it said before.
    pub source_at: Timestamp,
    /// The figures as a whole, not a difference.
    pub figures: IntervalFigures,
}

/// The newest figures of each interval, however often and in whatever order they arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IntervalBook {
    newest: BTreeMap<IntervalKey, (Timestamp, IntervalFigures)>,
}

impl IntervalBook {
    /// Takes a report in; `false` when a newer or the same one is there already.
    ///
    /// Of two reports of the same instant the greater one stays, so that order does not matter.
    pub fn put(&mut self, report: &IntervalReport) -> bool {
        let new = (report.source_at, report.figures);
        match self.newest.get(&report.key) {
            Some(old) if *old >= new => false,
            _ => {
                self.newest.insert(report.key, new);
                true
            }
        }
    }

    /// Reports in force, by key.
    pub fn iter(&self) -> impl Iterator<Item = IntervalReport> {
        self.newest.iter().map(|(key, (source_at, figures))| IntervalReport {
            key: *key,
            source_at: *source_at,
            figures: *figures,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn figures(offered: u64, in_threshold: u64, seconds: u32) -> IntervalFigures {
        IntervalFigures {
            offered,
            answered: Some(in_threshold),
            answered_in_threshold: Some(in_threshold),
            threshold: Threshold::Seconds(seconds),
            ..IntervalFigures::ZERO
        }
    }

    fn report(source_second: i64, offered: u64) -> IntervalReport {
        IntervalReport {
            key: IntervalKey {
                queue: QueueId::from_uuid(Uuid::from_u128(1)),
                starts_at: Timestamp::UNIX_EPOCH,
                site: None,
            },
            source_at: Timestamp::from_second(source_second).expect("instant"),
            figures: figures(offered, 0, 20),
        }
    }

    #[test]
    fn service_level_is_a_ratio_of_sums() {
        // 9 of 10, 120 of 300, 10 of 10: the peak weighs most.
        let sum = [figures(10, 9, 20), figures(300, 120, 20), figures(10, 10, 20)]
            .into_iter()
            .fold(IntervalFigures::ZERO, IntervalFigures::plus);
        assert_eq!(sum.service_level(ServiceLevelMethod::Offered), Some(Decimal::new(434_375, 4)));
        assert_eq!(sum.threshold, Threshold::Seconds(20));
    }

    #[test]
    fn unlike_thresholds_are_flagged_and_unknown_stays_unknown() {
        let sum = figures(10, 9, 20).plus(figures(10, 9, 40));
        assert_eq!(sum.threshold, Threshold::Between(20, 40));
        let three = sum.plus(figures(10, 9, 30));
        assert_eq!(three.threshold, Threshold::Between(20, 40), "the third lies between");
        assert!(three.service_level(ServiceLevelMethod::Offered).is_some());
        let untold = IntervalFigures { threshold: Threshold::Untold, ..figures(10, 9, 20) };
        let level = untold.service_level(ServiceLevelMethod::Offered);
        assert_eq!(level, None, "no figure without its threshold");
        let unknown = IntervalFigures { answered_in_threshold: None, ..figures(10, 9, 20) };
        let sum = sum.plus(unknown);
        assert_eq!(sum.service_level(ServiceLevelMethod::Offered), None);
        assert_eq!(IntervalFigures::ZERO.service_level(ServiceLevelMethod::Offered), None);
    }

    #[test]
    fn a_late_correction_replaces_and_a_stale_report_does_not() {
        let mut book = IntervalBook::default();
        assert!(book.put(&report(10, 100)));
        assert!(!book.put(&report(10, 100)));
        assert!(book.put(&report(20, 90)));
        assert!(!book.put(&report(10, 100)));
        let offered: Vec<_> = book.iter().map(|report| report.figures.offered).collect();
        assert_eq!(offered, [90]);
    }
}
