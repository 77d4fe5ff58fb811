//! Growth: what the level gained a week over the last quarter of a year, less its time of year.
//!
//! It is carried on with a damping, so that months ahead it comes to an end (Gardner & McKenzie 1985), and only where
//! that would have foreseen the levels 4 to 26 weeks ahead better. The week that follows the history is
//! not touched by it: the short memories of the level follow fast enough.

use super::hindsight::Misses;
use super::lead::LEADS;

/// Weeks over which growth is measured.
const WEEKS: usize = 13;
/// What of a week's growth is left the week after.
const DAMPING: f64 = 0.9;
/// Days without which a level says nothing of growth: twice the memory that it is read from.
const NEED_DAYS: usize = 112;
/// Misses without which nothing is decided: those of a quarter of a year, every second week.
const NEED_MISSES: usize = 7;
/// Share of the squared misses that it must save.
const MARGIN: f64 = 0.05;

/// Log growth a week at the end of `levels`, which are those of the days `usual`.
pub(super) fn growth(usual: &[usize], levels: &[f64]) -> f64 {
    let (Some(last), Some(now)) = (usual.last(), levels.last()) else { return 0.0 };
    let then = usual.partition_point(|day| day + 7 * WEEKS < *last);
    if then < NEED_DAYS { 0.0 } else { (now - levels[then]) / WEEKS as f64 }
}

/// Log gain until so many weeks after the first.
pub(super) fn grown(growth: f64, weeks: usize) -> f64 {
    let left = DAMPING.powi(i32::try_from(weeks).unwrap_or(i32::MAX));
    growth * DAMPING * (1.0 - left) / (1.0 - DAMPING)
}

/// Whether growth would have foreseen the levels of the past better.
pub(super) fn helps(misses: &[Misses]) -> bool {
    let (mut without, mut with, mut decided) = (0.0, 0.0, 0);
    for misses in misses.iter().filter(|misses| misses.growth != 0.0) {
        for (miss, lead) in misses.at.iter().zip(LEADS).skip(1) {
            let Some(miss) = miss else { continue };
            without += miss * miss;
            with += (miss - grown(misses.growth, lead - 1)).powi(2);
        }
        decided += usize::from(misses.at[1].is_some());
    }
    decided >= NEED_MISSES && with < (1.0 - MARGIN) * without
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Origins at which the level grew by a tenth in a quarter of a year, with what came after.
    fn misses(count: usize, after: impl Fn(usize) -> f64) -> Vec<Misses> {
        let growth = 0.1 / WEEKS as f64;
        let at = LEADS.map(|lead| Some(after(lead - 1)));
        let doubts = [0.0; LEADS.len()];
        vec![Misses { with_season: false, at, doubts, growth }; count]
    }

    #[test]
    fn growth_is_what_the_level_gained_in_a_quarter_of_a_year() {
        let usual: Vec<usize> = (0..300).collect();
        let levels: Vec<f64> = (0..300).map(|day| 0.01 * f64::from(day) / 7.0).collect();
        assert!((growth(&usual, &levels) - 0.01).abs() < 1e-9);
        assert_eq!(growth(&usual[..150], &levels[..150]), 0.0, "too short to tell");
        assert_eq!(growth(&[], &[]), 0.0);
    }

    #[test]
    fn growth_comes_to_an_end() {
        assert_eq!(grown(0.01, 0), 0.0);
        assert!((grown(0.01, 1) - 0.009).abs() < 1e-12);
        assert!(grown(0.01, 26) < 0.09 && grown(0.01, 400) < 0.0901);
    }

    #[test]
    fn growth_is_carried_on_only_where_it_went_on_before() {
        assert!(helps(&misses(10, |weeks| 0.005 * weeks as f64)), "it went on");
        assert!(!helps(&misses(10, |_| 0.0)), "it stopped");
        assert!(!helps(&misses(10, |weeks| -0.005 * weeks as f64)), "it turned");
        assert!(!helps(&misses(5, |weeks| 0.005 * weeks as f64)), "seen too seldom");
    }
}
