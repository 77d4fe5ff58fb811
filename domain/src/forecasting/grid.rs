//! History as a table: one line a local day, one cell a slot of the wall clock.
//!
//! A slot that the clocks skip has no cell that day. An hour that they show twice has the mean of
//! both showings in one cell. Rows into which another local time was mapped are left out: they hold
//! more than their slot.

use jiff::{ToSpan as _, civil};

use super::history::Series;
use crate::time::local_of_instant;

/// Days that a model looks back at most: two years.
const MAX_DAYS: usize = 730;

/// The table. Days are counted from `first`; a cell is `NaN` where no row is.
pub(super) struct Grid {
    pub(super) first: civil::Date,
    pub(super) days: usize,
    pub(super) slots: usize,
    offered: Vec<f64>,
    answered: Vec<f32>,
    handle_seconds: Vec<f32>,
}

impl Grid {
    /// The last two years of a series; `None` when it has no row.
    pub(super) fn of(series: &Series) -> Option<Self> {
        let (first, last) = series.dates()?;
        let all = days_between(first, last) + 1;
        let days = all.min(MAX_DAYS);
        let first = first.saturating_add(((all - days) as i64).days());
        let slots = usize::from(series.key.grain.per_day());
        let minutes = usize::from(series.key.grain.minutes());
        let mut grid = Self {
            first,
            days,
            slots,
            offered: vec![f64::NAN; days * slots],
            answered: vec![0.0; days * slots],
            handle_seconds: vec![0.0; days * slots],
        };
        let from = crate::time::start_of_day(first, &series.zone);
        let begin = series.rows().partition_point(|row| row.start < from);
        let mut twice = Vec::new();
        // Rows of one day follow each other: the date is counted once a day.
        let (mut date, mut day) = (first, 0);
        for row in &series.rows()[begin..] {
            let local = local_of_instant(row.start, &series.zone);
            if local.date() != date {
                date = local.date();
                day = days_between(first, date);
            }
            let minute = usize::from(local.hour().unsigned_abs()) * 60
                + usize::from(local.minute().unsigned_abs());
            let cell = day * slots + minute / minutes;
            if row.is_merged() || cell >= grid.offered.len() {
                continue;
            }
            let offered = f64::from(row.offered);
            if grid.offered[cell].is_nan() {
                grid.offered[cell] = offered;
            } else {
                grid.offered[cell] += offered;
                twice.push(cell);
            }
            if let (Some(answered), Some(seconds)) = (row.answered, row.handle_seconds) {
                grid.answered[cell] += answered as f32;
                grid.handle_seconds[cell] += seconds as f32;
            }
        }
        for cell in twice {
            grid.offered[cell] /= 2.0;
        }
        Some(grid)
    }

    /// Weekday of a day, Monday 0. Days past the last are counted on.
    pub(super) fn weekday(&self, day: usize) -> usize {
        (usize::from(self.first.weekday().to_monday_zero_offset().unsigned_abs()) + day) % 7
    }

    /// Local date of a day.
    pub(super) fn date(&self, day: usize) -> civil::Date {
        self.first.saturating_add((day as i64).days())
    }

    /// Calls offered per slot of a day, `NaN` where unknown or closed.
    pub(super) fn offered(&self, day: usize) -> &[f64] {
        &self.offered[day * self.slots..(day + 1) * self.slots]
    }

    /// Calls answered and seconds they were handled for, per slot of a day.
    pub(super) fn handled(&self, day: usize) -> impl Iterator<Item = (f64, f64)> {
        let cells = day * self.slots..(day + 1) * self.slots;
        let (answered, seconds) = (&self.answered[cells.clone()], &self.handle_seconds[cells]);
        answered.iter().zip(seconds).map(|(n, s)| (f64::from(*n), f64::from(*s)))
    }

    /// Whether any row is there that day.
    pub(super) fn has_rows(&self, day: usize) -> bool {
        self.offered(day).iter().any(|cell| !cell.is_nan())
    }
}

/// Days from `first` to `last`; 0 when `last` is earlier.
pub(super) fn days_between(first: civil::Date, last: civil::Date) -> usize {
    usize::try_from((last - first).get_days()).unwrap_or(0)
}
