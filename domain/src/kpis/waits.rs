//! Waits of contacts in bins, which let another threshold be tried later.

use serde::{Deserialize, Serialize};

use super::{Measure, MeasureSet};
use crate::fault::{Fault, Rule};

/// Contacts by their wait, in the bins of the catalogue's `wait_histogram`. Histograms add up bin by
/// bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WaitHistogram {
    /// Answered contacts per bin: up to 5 s, up to 10 s, … up to 600 s, longer.
    pub answered: [u64; Self::BINS],
    /// Abandoned contacts in the same bins.
    pub abandoned: [u64; Self::BINS],
}

/// Contacts whose wait lies above the bound of the bin before and not above this one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitBin {
    /// Longest wait in it, in seconds; `None` = no bound.
    pub up_to_seconds: Option<u32>,
    /// Answered after such a wait.
    pub answered: u64,
    /// Abandoned after such a wait.
    pub abandoned: u64,
}

impl WaitHistogram {
    /// Upper borders of all bins but the last, in seconds; a wait on a border lies below it.
    pub const BORDERS: [u32; 12] = [5, 10, 15, 20, 30, 40, 60, 90, 120, 180, 300, 600];
    /// Number of bins.
    pub const BINS: usize = Self::BORDERS.len() + 1;

    /// The histogram of a feed's own bins. They may be finer than ours, and bins that hold nothing
    /// may be left out; what cannot be is a bin with contacts on both sides of one of our borders,
    /// because nobody knows how many belong to each.
    ///
    /// # Errors
    /// INVALID_VALUE at the bin that does not fit: bounds that do not grow, something behind the bin
    /// without bound, or a border inside a bin that holds contacts.
    pub fn of_bins(bins: &[WaitBin]) -> Result<Self, Fault> {
        let mut histogram = Self::default();
        // The bound of the bin before; `None` once there was one without.
        let mut below = Some(0);
        for (at, bin) in bins.iter().enumerate() {
            let fault = |rule: Rule| Fault::invalid(&format!("waits.{at}.upToSeconds"), rule);
            let Some(start) = below else {
                return Err(fault(Rule::LastBin));
            };
            if bin.up_to_seconds.is_some_and(|end| end <= start) {
                return Err(fault(Rule::MoreThan(start.into())));
            }
            below = bin.up_to_seconds;
            if bin.answered == 0 && bin.abandoned == 0 {
                continue;
            }
            let inside = |border: &&u32| {
                start < **border && bin.up_to_seconds.is_none_or(|end| **border < end)
            };
            if let Some(border) = Self::BORDERS.iter().find(inside) {
                return Err(fault(Rule::BinTo(*border)));
            }
            let bin_of = Self::BORDERS.iter().position(|border| start < *border);
            let place = bin_of.unwrap_or(Self::BORDERS.len());
            for (sum, more) in [
                (&mut histogram.answered[place], bin.answered),
                (&mut histogram.abandoned[place], bin.abandoned),
            ] {
                *sum = sum.saturating_add(more);
            }
        }
        Ok(histogram)
    }

    /// The histogram of both together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        let add = |sums: &mut [u64; Self::BINS], more: &[u64; Self::BINS]| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum = sum.saturating_add(*more);
            }
        };
        add(&mut self.answered, &other.answered);
        add(&mut self.abandoned, &other.abandoned);
        self
    }

    /// Contacts answered within `threshold_seconds`; `None` unless it is a border, because a bin
    /// cannot be split.
    #[must_use]
    pub fn answered_within(&self, threshold_seconds: u32) -> Option<u64> {
        within(&self.answered, threshold_seconds)
    }

    /// Contacts abandoned within `threshold_seconds`; `None` unless it is a border.
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

fn within(bins: &[u64; WaitHistogram::BINS], threshold_seconds: u32) -> Option<u64> {
    let border = WaitHistogram::BORDERS.iter().position(|border| *border == threshold_seconds)?;
    Some(bins[..=border].iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(up_to: u32, answered: u64) -> WaitBin {
        WaitBin { up_to_seconds: Some(up_to), answered, abandoned: 0 }
    }

    fn refused(bins: &[WaitBin]) -> Vec<String> {
        WaitHistogram::of_bins(bins).expect_err("a fault").path
    }

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
    fn finer_bins_are_summed_and_empty_ones_may_be_left_out() {
        let open = WaitBin { up_to_seconds: None, answered: 0, abandoned: 2 };
        let bins = [bin(3, 1), bin(5, 2), bin(10, 4), bin(600, 0), open];
        let waits = WaitHistogram::of_bins(&bins).expect("sound");
        assert_eq!(waits.answered[..3], [3, 4, 0]);
        assert_eq!(waits.abandoned[12], 2);
        assert_eq!(waits.plus(&waits).answered_within(10), Some(14));
        assert_eq!(WaitHistogram::of_bins(&[]), Ok(WaitHistogram::default()));
    }

    #[test]
    fn bounds_that_do_not_grow_are_refused_at_their_bin() {
        assert_eq!(refused(&[bin(5, 1), bin(5, 1)]).join("."), "waits.1.upToSeconds");
        assert_eq!(refused(&[bin(10, 0), bin(5, 0)]).join("."), "waits.1.upToSeconds");
        assert_eq!(refused(&[bin(0, 1)]).join("."), "waits.0.upToSeconds");
        let open = WaitBin { up_to_seconds: None, answered: 0, abandoned: 0 };
        assert_eq!(refused(&[open, bin(5, 1)]).join("."), "waits.1.upToSeconds");
    }

    #[test]
    fn a_bin_that_holds_contacts_on_both_sides_of_a_border_is_refused() {
        assert_eq!(refused(&[bin(5, 1), bin(15, 1)]).join("."), "waits.1.upToSeconds");
        let open = WaitBin { up_to_seconds: None, answered: 1, abandoned: 0 };
        assert_eq!(refused(&[bin(300, 0), open]).join("."), "waits.1.upToSeconds");
        assert!(WaitHistogram::of_bins(&[bin(600, 0), open]).is_ok());
    }
}
