//! What a planner would do without a model: the yardsticks of every forecast.

use jiff::{ToSpan as _, civil};

use super::grid::{Grid, days_between};
use super::history::Series;
use super::slot::slots_of_day;
use crate::time::Span;

/// The last such weekday that is there, again.
#[must_use]
pub fn seasonal_naive(series: &Series, from: civil::Date, days: u16) -> Vec<(Span, f64)> {
    weekday_mean(series, from, days, 1)
}

/// Per slot the mean of the last `weeks` days of the same weekday that are there, 8 by custom.
/// Slots that none of them had are zero.
#[must_use]
pub fn weekday_mean(
    series: &Series,
    from: civil::Date,
    days: u16,
    weeks: usize,
) -> Vec<(Span, f64)> {
    let Some(grid) = Grid::of(series) else { return Vec::new() };
    let means: Vec<Vec<f64>> = (0..7)
        .map(|weekday| mean_day(&grid, weekday, weeks, days_between(grid.first, from)))
        .collect();
    let mut points = Vec::new();
    for ahead in 0..i64::from(days) {
        let date = from.saturating_add(ahead.days());
        let mean = &means[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
        for slot in slots_of_day(date, &series.zone, series.key.grain) {
            points.push((slot.span, mean[slot.index] * slot.part));
        }
    }
    points
}

fn mean_day(grid: &Grid, weekday: usize, weeks: usize, before: usize) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); grid.slots];
    let days = (0..grid.days.min(before)).rev();
    for day in days.filter(|day| grid.weekday(*day) == weekday && grid.has_rows(*day)).take(weeks) {
        for (sum, cell) in sums.iter_mut().zip(grid.offered(day)) {
            if !cell.is_nan() {
                *sum = (sum.0 + cell, sum.1 + 1.0);
            }
        }
    }
    sums.iter().map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 }).collect()
}
