//! Mean handle time per slot of the week: a ratio of sums, not a mean of means.

use super::grid::Grid;
use super::level::weight;

/// Weeks in which a handle time is forgotten to 1/e.
const WEEKS: f64 = 4.0;
/// Answered calls for which the wider mean counts. The variation of handle times is about 1.5 times
/// their mean, so 200 calls know theirs to a tenth.
const PULL_CALLS: f64 = 200.0;

/// Seconds per weekday and slot: of the slot, shrunk to those of the slot on all weekdays, shrunk to
/// those of the queue; `default` where no handle time is known at all.
pub(super) fn handle_times(grid: &Grid, default: f64) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); 7 * grid.slots];
    for day in 0..grid.days {
        let weight = weight(grid.days - 1 - day, WEEKS);
        let base = grid.weekday(day) * grid.slots;
        for (sum, (answered, seconds)) in sums[base..].iter_mut().zip(grid.handled(day)) {
            sum.0 += weight * answered;
            sum.1 += weight * seconds;
        }
    }
    let add = |left: (f64, f64), right: &(f64, f64)| (left.0 + right.0, left.1 + right.1);
    let all = sums.iter().fold((0.0, 0.0), add);
    // Weights can be so small that nothing is left of an old history.
    let overall = if all.0 > 1e-6 { all.1 / all.0 } else { default };
    let shrink = |sum: (f64, f64), to: f64| (sum.1 + PULL_CALLS * to) / (sum.0 + PULL_CALLS);
    let pooled: Vec<f64> = (0..grid.slots)
        .map(|slot| shrink(sums[slot..].iter().step_by(grid.slots).fold((0.0, 0.0), add), overall))
        .collect();
    sums.iter().enumerate().map(|(cell, sum)| shrink(*sum, pooled[cell % grid.slots])).collect()
}
