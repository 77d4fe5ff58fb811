//! Days as a whole: their totals, and which of them are unlike their weekday.

use super::grid::Grid;

/// Days on either side over which the level of a day is judged.
const AROUND: usize = 10;
/// Standard deviations beyond which a day is odd.
const ODD_DEVIATIONS: f64 = 4.0;
/// Log of the ratio to the expected below which no day is odd, however steady its weekday.
const ODD_AT_LEAST: f64 = 0.2;

/// One line a day of the grid.
pub(super) struct Days {
    /// Calls offered that day; what missing slots would have added is made up from the share of the
    /// others. `NaN` when less than half of the day is there.
    pub(super) total: Vec<f64>,
    /// Log of the total.
    pub(super) log: Vec<f64>,
    /// Log of the total less what the weekday and the level around it make expected, where known.
    pub(super) surprise: Vec<f64>,
    /// Unlike its weekday, by far: a holiday that nobody named, a breakdown, a storm.
    pub(super) odd: Vec<bool>,
}

impl Days {
    /// Totals of a grid. `set_aside` names days that are known to be special: they neither teach
    /// the usual nor are tested against it.
    pub(super) fn of(grid: &Grid, set_aside: impl Fn(usize) -> bool) -> Self {
        let total = totals(grid);
        // Half a call keeps the log of an empty day finite.
        let log: Vec<f64> = total.iter().map(|total| (total + 0.5).ln()).collect();
        let mut days = Self {
            odd: vec![false; total.len()],
            surprise: vec![f64::NAN; total.len()],
            total,
            log,
        };
        days.find_odd(grid, &set_aside);
        days
    }

    /// Median and median absolute deviation per weekday, twice: the second time without what the
    /// first found, so that a cluster of odd days cannot hide itself.
    fn find_odd(&mut self, grid: &Grid, set_aside: &impl Fn(usize) -> bool) {
        let count = self.log.len();
        let usable: Vec<bool> =
            (0..count).map(|day| self.log[day].is_finite() && !set_aside(day)).collect();
        let mut weekday = [0.0; 7];
        let mut level = vec![0.0; count];
        for _ in 0..2 {
            // Level: running median of what is left of the day without its weekday.
            for (day, level) in level.iter_mut().enumerate() {
                let around = day.saturating_sub(AROUND)..(day + AROUND + 1).min(count);
                let mut near: Vec<f64> = around
                    .filter(|day| usable[*day])
                    .map(|day| self.log[day] - weekday[grid.weekday(day)])
                    .collect();
                *level = median(&mut near).unwrap_or(0.0);
            }
            for (dow, effect) in weekday.iter_mut().enumerate() {
                let mut same: Vec<f64> = (0..count)
                    .filter(|day| usable[*day] && grid.weekday(*day) == dow)
                    .map(|day| self.log[day] - level[day])
                    .collect();
                *effect = median(&mut same).unwrap_or(0.0);
            }
        }
        let mut limits = [f64::INFINITY; 7];
        for day in 0..count {
            self.surprise[day] = self.log[day] - level[day] - weekday[grid.weekday(day)];
        }
        for (dow, limit) in limits.iter_mut().enumerate() {
            let mut deviations: Vec<f64> = (0..count)
                .filter(|day| usable[*day] && grid.weekday(*day) == dow)
                .map(|day| self.surprise[day].abs())
                .collect();
            if let Some(mad) = median(&mut deviations) {
                // 1.4826 MAD is a standard deviation of the normal.
                *limit = (ODD_DEVIATIONS * 1.4826 * mad).max(ODD_AT_LEAST);
            }
        }
        for day in 0..count {
            // A nearly empty day is judged by its own noise too.
            let noise = 3.0 / (self.total[day].max(1.0)).sqrt();
            self.odd[day] =
                usable[day] && self.surprise[day].abs() > limits[grid.weekday(day)].max(noise);
        }
    }
}

fn totals(grid: &Grid) -> Vec<f64> {
    // Mean of each slot per weekday: the share that a missing slot would have had.
    let mut sums = vec![(0.0, 0.0_f64); 7 * grid.slots];
    for day in 0..grid.days {
        let base = grid.weekday(day) * grid.slots;
        for (slot, cell) in grid.offered(day).iter().enumerate() {
            if !cell.is_nan() {
                let sum = &mut sums[base + slot];
                *sum = (sum.0 + cell, sum.1 + 1.0);
            }
        }
    }
    let occurs: [f64; 7] = std::array::from_fn(|dow| {
        (0..grid.days).filter(|day| grid.weekday(*day) == dow && grid.has_rows(*day)).count() as f64
    });
    (0..grid.days)
        .map(|day| {
            let dow = grid.weekday(day);
            let (mut total, mut share, mut whole, mut any) = (0.0, 0.0, 0.0, false);
            for (slot, cell) in grid.offered(day).iter().enumerate() {
                let (sum, times) = sums[dow * grid.slots + slot];
                // Slots that this weekday seldom has are not missed.
                let usual = 2.0 * times >= occurs[dow];
                let mean = if usual { sum / times.max(1.0) } else { 0.0 };
                whole += mean;
                if !cell.is_nan() {
                    (total, share, any) = (total + cell, share + mean, true);
                }
            }
            match (any, whole > 0.0) {
                (false, _) => f64::NAN,
                (true, false) => total,
                (true, true) if share < 0.5 * whole => f64::NAN,
                (true, true) => total * whole / share,
            }
        })
        .collect()
}

/// The median: the middle value, or the mean of the two middles.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    if !even {
        return Some(*upper);
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some((lower + *upper) / 2.0)
}
