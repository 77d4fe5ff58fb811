//! What a special day does to the calls, per kind, learned from the days of that kind.
//!
//! A holiday is either a smaller (or larger) day of its own weekday, or it is like another weekday
//! altogether: the eve of a feast like a Friday, the feast like a Saturday, wherever in the week it
//! falls. Which of the eight predicts the other days of the kind best is tried, each left out once.

use super::grid::Grid;

/// Days of a kind are few: being *like* another weekday counts as this many days without a factor.
const LIKE_DAYS: f64 = 0.5;
/// What a kind seen once must gain (log) to be likened to another weekday.
const ONE_DAY_MARGIN: f64 = 0.2;

/// What a kind of special day is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effect {
    /// The weekday it is like; its own when `None`.
    pub(super) like: Option<usize>,
    /// Log factor on that weekday's volume.
    pub(super) factor: f64,
}

/// The effect of the kind that the days `seen` are of, given the log volume of every day and that of
/// each weekday. `None` when none was seen: nothing is known of it.
pub(super) fn effect(
    grid: &Grid,
    logs: &[f64],
    seen: &[usize],
    weekday_logs: &[f64; 7],
) -> Option<Effect> {
    let mut best: Option<(f64, Effect)> = None;
    for like in std::iter::once(None).chain((0..7).map(Some)) {
        let prior = if like.is_some() { LIKE_DAYS } else { 0.0 };
        let ratios: Vec<f64> = seen
            .iter()
            .map(|&day| logs[day] - weekday_logs[like.unwrap_or(grid.weekday(day))])
            .filter(|ratio| ratio.is_finite())
            .collect();
        let (count, sum) = (ratios.len() as f64, ratios.iter().sum::<f64>());
        let error = match ratios[..] {
            [] => continue,
            [only] => only.abs() + if like.is_some() { ONE_DAY_MARGIN } else { 0.0 },
            _ => {
                let left_out = |ratio: f64| (ratio - (sum - ratio) / (count - 1.0 + prior)).abs();
                ratios.iter().map(|ratio| left_out(*ratio)).sum::<f64>() / count
            }
        };
        if best.is_none_or(|(least, _)| error < least) {
            best = Some((error, Effect { like, factor: sum / (count + prior) }));
        }
    }
    best.map(|(_, effect)| effect)
}
