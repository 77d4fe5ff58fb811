//! From agents on the phone to agents on the roster, and what is missing or too much.

use super::StaffingError;

/// Share of rostered time in which agents cannot take calls: leave, breaks, training, absence.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Shrinkage(f64);

impl Shrinkage {
    /// Nobody is ever away.
    pub const NONE: Self = Self(0.0);

    /// A share from 0 to less than 1.
    ///
    /// # Errors
    /// [`StaffingError::NotAShare`] otherwise: with a share of 1 no roster is long enough.
    pub fn new(share: f64) -> Result<Self, StaffingError> {
        if (0.0..1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(StaffingError::NotAShare { what: "shrinkage", value: share })
        }
    }

    /// The share, 0 to less than 1.
    #[must_use]
    pub const fn share(self) -> f64 {
        self.0
    }

    /// The mean of some shares by their weights; nobody is away where nothing has a weight.
    #[must_use]
    pub fn mean(weighted: impl Iterator<Item = (Self, f64)>) -> Self {
        let (mut above, mut weights) = (0.0, 0.0);
        // Above the first of them, so that the mean of equal shares is exactly that share.
        let mut first = None;
        for (share, weight) in weighted.filter(|(_, weight)| *weight > 0.0) {
            above += (share.0 - *first.get_or_insert(share.0)) * weight;
            weights += weight;
        }
        first.map_or(Self::NONE, |first| Self(first + above / weights))
    }

    /// How many of so many remain on average: `n × (1 − shrinkage)`.
    #[must_use]
    pub const fn remaining(self, agents: f64) -> f64 {
        agents * (1.0 - self.0)
    }

    /// Agents to roster so that `on_phone` remain: `⌈n / (1 − shrinkage)⌉`.
    ///
    /// # Errors
    /// [`StaffingError::Unreachable`] when that is more than a `u32` holds.
    pub fn on_roster(self, on_phone: u32) -> Result<u32, StaffingError> {
        // 7 / (1 − 0.3) is 10.000000000000002 in doubles: what lies this near is a whole number.
        const ROUNDING: f64 = 1e-9;
        let exact = f64::from(on_phone) / (1.0 - self.0);
        let needed = (exact * (1.0 - ROUNDING)).ceil();
        if needed > f64::from(u32::MAX) {
            return Err(StaffingError::Unreachable);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, not negative and checked against the largest u32"
        )]
        let needed = needed as u32;
        Ok(needed)
    }
}

/// Share of a queue's agents, 0 to below 1, who do not come without notice: what its newest requirement
/// `counted` with, for rosters were made for so many more; the queue's own `setting` where it does not
/// say.
#[must_use]
pub const fn unplanned_share(counted: Option<f64>, setting: f64) -> f64 {
    match counted {
        Some(share) => share,
        None => setting,
    }
}

/// Staff of one interval against its requirement; one of the two figures is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// Agents missing.
    pub gap: f64,
    /// Agents beyond the requirement.
    pub surplus: f64,
}

/// Gap or surplus of an interval: `staffed` agents (fractional where some are there for part of
/// it) against `required`. Undefined staff counts as none.
#[must_use]
pub fn balance(required: u32, staffed: f64) -> Balance {
    let required = f64::from(required);
    let staffed = staffed.max(0.0);
    Balance { gap: (required - staffed).max(0.0), surplus: (staffed - required).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gross_up_divides_by_what_remains() {
        let shrinkage = Shrinkage::new(0.3).expect("share");
        // Not 14 × 1.3 = 18.2.
        assert_eq!(shrinkage.on_roster(14), Ok(20));
        assert_eq!(shrinkage.on_roster(7), Ok(10));
        assert_eq!(shrinkage.on_roster(0), Ok(0));
        assert_eq!(Shrinkage::NONE.on_roster(14), Ok(14));
    }

    #[test]
    fn shares_are_averaged_by_what_they_weigh() {
        let share = |share| Shrinkage::new(share).expect("share");
        let mean = Shrinkage::mean([(share(0.08), 300.0), (share(0.04), 100.0)].into_iter());
        assert!((mean.share() - 0.07).abs() < 1e-12, "{mean:?}");
        assert!((mean.remaining(200.0) - 186.0).abs() < 1e-9);
        assert_eq!(Shrinkage::mean([(share(0.08), 0.0)].into_iter()), Shrinkage::NONE);
    }

    #[test]
    fn a_shrinkage_of_everything_is_refused() {
        for share in [1.0, -0.1, f64::NAN] {
            assert!(Shrinkage::new(share).is_err());
        }
        let nearly = Shrinkage::new(0.999_999_999).expect("share");
        assert_eq!(nearly.on_roster(1_000_000), Err(StaffingError::Unreachable));
    }

    #[test]
    fn a_setting_changed_later_leaves_what_a_requirement_counted_with() {
        let close = |share: f64, expected: f64| (share - expected).abs() < 1e-12;
        assert!(close(unplanned_share(Some(0.08), 0.04), 0.08));
        assert!(close(unplanned_share(Some(0.0), 0.04), 0.0), "nobody was counted absent");
        assert!(close(unplanned_share(None, 0.04), 0.04));
    }

    #[test]
    fn an_interval_is_short_or_long_never_both() {
        assert_eq!(balance(28, 24.0), Balance { gap: 4.0, surplus: 0.0 });
        assert_eq!(balance(13, 13.5), Balance { gap: 0.0, surplus: 0.5 });
        assert_eq!(balance(3, f64::NAN), Balance { gap: 3.0, surplus: 0.0 });
    }

    proptest! {
        #[test]
        fn the_roster_is_the_shortest_that_leaves_enough(on_phone in 0u32..100_000, percent in 0u32..95) {
            // Whole percents, so that the check is exact: roster × (100 − p) ≥ 100 × phone.
            let shrinkage = Shrinkage::new(f64::from(percent) / 100.0).expect("share");
            let roster = u64::from(shrinkage.on_roster(on_phone).expect("roster"));
            let left = u64::from(100 - percent);
            prop_assert!(roster * left >= 100 * u64::from(on_phone));
            prop_assert!(roster == 0 || (roster - 1) * left < 100 * u64::from(on_phone));
        }
    }
}
