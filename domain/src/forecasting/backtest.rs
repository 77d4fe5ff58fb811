//! Rolling origins: what the forecast would have been worth, had it been used.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan as _};

use super::accuracy::Accuracy;
use super::baselines::{last_year, seasonal_naive, weekday_mean};
use super::error::ForecastError;
use super::history::Series;
use super::method::Method;
use super::model::{FitOptions, Forecaster};
use crate::time::{next_day, start_of_day};

/// What rolling origins found, over the intervals that have a row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Backtest {
    /// The forecast: its volume, the mean.
    pub forecast: Accuracy,
    /// Its median, which errs least where calls are few.
    pub median: Accuracy,
    /// The same weekday of the week before.
    pub seasonal_naive: Accuracy,
    /// The mean of the last eight same weekdays.
    pub weekday_mean: Accuracy,
    /// The same weekday of the last year, where one is there: of fewer intervals.
    pub last_year: Accuracy,
    /// The forecast over those intervals.
    pub beside_last_year: Accuracy,
    /// Intervals compared.
    pub intervals: u64,
    /// Of them, inside the 10 % and 90 % quantiles.
    pub inside_80: u64,
    /// Of them, inside the 2.5 % and 97.5 % quantiles.
    pub inside_95: u64,
}

impl Backtest {
    /// What was found of a method.
    #[must_use]
    pub const fn of(&self, method: Method) -> Accuracy {
        match method {
            Method::LevelWeekdayProfile => self.forecast,
            Method::SeasonalNaive => self.seasonal_naive,
            Method::WeekdayMean => self.weekday_mean,
        }
    }

    /// Shares of intervals inside the 80 % and the 95 % band; `None` when none was compared.
    #[must_use]
    pub fn coverage(&self) -> Option<(f64, f64)> {
        let all = self.intervals as f64;
        (self.intervals > 0).then(|| (self.inside_80 as f64 / all, self.inside_95 as f64 / all))
    }
}

/// Forecasts each of the last `weeks` weeks of a series from what lay before it and compares.
///
/// # Errors
/// [`ForecastError::TooLittleHistory`] when the earliest of them has too little before it.
pub fn backtest(
    series: &Series,
    options: &FitOptions,
    weeks: u16,
) -> Result<Backtest, ForecastError> {
    backtest_by(Method::LevelWeekdayProfile, series, options, weeks, 1)
}

/// The same of a forecast by any method, made `lead` weeks before the end of the week that it is
/// for: 1 is the week that follows what was known.
///
/// # Errors
/// [`ForecastError::TooLittleHistory`] when the earliest of them has too little before it.
pub fn backtest_by(
    method: Method,
    series: &Series,
    options: &FitOptions,
    weeks: u16,
    lead: u16,
) -> Result<Backtest, ForecastError> {
    let mut found = Backtest::default();
    let Some((_, last)) = series.dates() else {
        return Forecaster::fit_by(method, series, options).map(|_| found);
    };
    let actual: HashMap<Timestamp, f64> = (series.rows().iter())
        .filter(|row| !row.is_merged())
        .map(|row| (row.start, f64::from(row.offered)))
        .collect();
    for week in (1..=i64::from(weeks)).rev() {
        let origin = next_day(last).saturating_sub((7 * week).days());
        let then = origin.saturating_sub((7 * (i64::from(lead) - 1)).days());
        let known = series.before(start_of_day(then, &series.zone));
        let of_last_year: HashMap<Timestamp, f64> = last_year(&known, origin, 7)
            .into_iter()
            .map(|(span, volume)| (span.start(), volume))
            .collect();
        for point in Forecaster::fit_by(method, &known, options)?.forecast(origin, 7) {
            let Some(&calls) = actual.get(&point.span.start()) else { continue };
            found.forecast.add(calls, point.volume);
            if let Some(volume) = of_last_year.get(&point.span.start()) {
                found.last_year.add(calls, *volume);
                found.beside_last_year.add(calls, point.volume);
            }
            let quantiles = point.quantiles;
            found.median.add(calls, quantiles.p50);
            found.intervals += 1;
            found.inside_80 += u64::from(quantiles.p10 <= calls && calls <= quantiles.p90);
            found.inside_95 += u64::from(quantiles.p025 <= calls && calls <= quantiles.p975);
        }
        let baselines = [
            (&mut found.seasonal_naive, seasonal_naive(&known, origin, 7)),
            (&mut found.weekday_mean, weekday_mean(&known, origin, 7, 8)),
        ];
        for (sums, points) in baselines {
            for (span, volume) in points {
                if let Some(&calls) = actual.get(&span.start()) {
                    sums.add(calls, volume);
                }
            }
        }
    }
    Ok(found)
}
