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

/// The same weekday of the last year, 52 weeks before, where a row is there: the yardstick of
/// forecasts of months.
#[must_use]
pub fn last_year(series: &Series, from: civil::Date, days: u16) -> Vec<(Span, f64)> {
    let Some(grid) = Grid::of(series) else { return Vec::new() };
    let mut points = Vec::new();
    for ahead in 0..i64::from(days) {
        let date = from.saturating_add(ahead.days());
        let then = date.saturating_sub(364.days());
        let day = days_between(grid.first, then);
        if then < grid.first || day >= grid.days {
            continue;
        }
        for slot in slots_of_day(date, &series.zone, series.key.grain) {
            let calls = grid.offered(day)[slot.index];
            if !calls.is_nan() {
                points.push((slot.span, calls * slot.part));
            }
        }
    }
    points
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
    let week = mean_week(&grid, weeks, days_between(grid.first, from));
    let mut points = Vec::new();
    for ahead in 0..i64::from(days) {
        let date = from.saturating_add(ahead.days());
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        for slot in slots_of_day(date, &series.zone, series.key.grain) {
            points.push((slot.span, week[weekday * grid.slots + slot.index] * slot.part));
        }
    }
    points
}

/// Means per weekday and slot, Monday first, of the last `weeks` days of each weekday that are there,
/// of the first `before` days.
pub(super) fn mean_week(grid: &Grid, weeks: usize, before: usize) -> Vec<f64> {
    (0..7).flat_map(|weekday| mean_day(grid, weekday, weeks, before)).collect()
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
