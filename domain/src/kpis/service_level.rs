//! Service level: five methods, a threshold per queue, and the histogram that lets another
//! threshold be tried later.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Measure, MeasureSet, definition};

/// What calls in time are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ServiceLevelMethod {
    /// All offered calls.
    #[default]
    Offered,
    /// Answered calls only: looks good exactly when many callers give up.
    AnsweredOnly,
    /// Offered calls without those abandoned within the threshold.
    AbandonIgnored,
    /// Offered calls, those abandoned within the threshold counted as in time.
    AbandonPositive,
    /// Offered calls without short abandons.
    ShortExcluded,
}

impl ServiceLevelMethod {
    /// Name of the variant in the catalogue.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::AnsweredOnly => "ANSWERED_ONLY",
            Self::AbandonIgnored => "ABANDON_IGNORED",
            Self::AbandonPositive => "ABANDON_POSITIVE",
            Self::ShortExcluded => "SHORT_EXCLUDED",
        }
    }

    /// The method of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Offered,
            Self::AnsweredOnly,
            Self::AbandonIgnored,
            Self::AbandonPositive,
            Self::ShortExcluded,
        ]
        .into_iter()
        .find(|method| method.code() == code)
    }

    /// Service level in percent by this method; `None` when a measure it needs is missing or the
    /// denominator is 0.
    #[must_use]
    pub fn value(self, sums: &MeasureSet) -> Option<Decimal> {
        definition("service_level")?.value_by(self.code(), sums)
    }
}

/// How a service level was measured. Values compare only where both are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServiceLevelSetting {
    /// What calls in time are divided by.
    pub method: ServiceLevelMethod,
    /// Seconds within which a call counts as in time.
    pub threshold_seconds: u32,
}

/// Calls by their wait, in the bins of the feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WaitHistogram {
    /// Answered calls per bin: up to 5 s, up to 10 s, … up to 600 s, longer.
    pub answered: [u64; 13],
    /// Abandoned calls in the same bins.
    pub abandoned: [u64; 13],
}

impl WaitHistogram {
    /// Upper borders of all bins but the last, in seconds; a wait on a border lies below it.
    pub const BORDERS: [u32; 12] = [5, 10, 15, 20, 30, 40, 60, 90, 120, 180, 300, 600];

    /// Calls answered within `threshold_seconds`; `None` unless it is a border, because a bin
    /// cannot be split.
    #[must_use]
    pub fn answered_within(&self, threshold_seconds: u32) -> Option<u64> {
        within(&self.answered, threshold_seconds)
    }

    /// Calls abandoned within `threshold_seconds`; `None` unless it is a border.
    #[must_use]
    pub fn abandoned_within(&self, threshold_seconds: u32) -> Option<u64> {
        within(&self.abandoned, threshold_seconds)
    }

    /// `sums` as they would be with another threshold; `None` unless it is a border.
    #[must_use]
    pub fn at_threshold(&self, sums: &MeasureSet, threshold_seconds: u32) -> Option<MeasureSet> {
        let mut sums = sums.clone();
        sums.set(
            Measure::named("calls_answered_in_threshold")?,
            self.answered_within(threshold_seconds)?.into(),
        );
        sums.set(
            Measure::named("calls_abandoned_in_threshold")?,
            self.abandoned_within(threshold_seconds)?.into(),
        );
        Some(sums)
    }
}

fn within(bins: &[u64; 13], threshold_seconds: u32) -> Option<u64> {
    let border = WaitHistogram::BORDERS.iter().position(|border| *border == threshold_seconds)?;
    Some(bins[..=border].iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_answers_for_borders_only() {
        let mut waits = WaitHistogram::default();
        waits.answered[..5].copy_from_slice(&[8, 4, 2, 1, 100]);
        waits.abandoned[0] = 3;
        assert_eq!(waits.answered_within(20), Some(15));
        assert_eq!(waits.answered_within(30), Some(115));
        assert_eq!(waits.abandoned_within(5), Some(3));
        assert_eq!(waits.answered_within(25), None);
    }

    #[test]
    fn every_method_has_a_formula_in_the_catalogue() {
        let kpi = definition("service_level").expect("kpi");
        for (code, _) in &kpi.variants {
            assert!(ServiceLevelMethod::from_code(code).is_some(), "{code}");
        }
        assert_eq!(ServiceLevelMethod::from_code("BEST"), None);
    }
}
