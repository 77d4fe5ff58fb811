//! What an event brought: the intervals of its span against a forecast from what lay before it. It
//! is what the next event of the same name starts from.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil};

use super::error::ForecastError;
use super::history::{HistoryRow, Series};
use super::model::{FitOptions, Forecaster};
use crate::time::{Span, local_of_instant, next_day, start_of_day};

/// Sums over the intervals that lie in the span of an event as a whole and have a row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Effect {
    /// Intervals compared.
    pub intervals: u64,
    /// Calls that a usual day would have brought.
    pub expected: f64,
    /// Calls that came.
    pub actual: f64,
    /// Seconds that the answered calls would have taken on a usual day, where their time is known.
    pub expected_handle_seconds: f64,
    /// Seconds that they took.
    pub actual_handle_seconds: f64,
}

impl Effect {
    /// Adds what another queue saw of the same event.
    pub fn merge(&mut self, other: Self) {
        let Self { intervals, expected, actual, expected_handle_seconds, actual_handle_seconds } =
            other;
        self.intervals += intervals;
        self.expected += expected;
        self.actual += actual;
        self.expected_handle_seconds += expected_handle_seconds;
        self.actual_handle_seconds += actual_handle_seconds;
    }

    /// Share of calls added: 0.8 is +80 %. `None` when none were expected.
    #[must_use]
    pub fn volume_uplift(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| self.actual / self.expected - 1.0)
    }

    /// Share of handle time added. `None` when no handle time is known.
    #[must_use]
    pub fn handle_time_uplift(&self) -> Option<f64> {
        (self.expected_handle_seconds > 0.0 && self.actual_handle_seconds > 0.0)
            .then(|| self.actual_handle_seconds / self.expected_handle_seconds - 1.0)
    }
}

/// Measures what came in `span` against the forecast of its days from the days before. `named` are
/// the days that are not usual for other reasons, with their kinds.
///
/// # Errors
/// [`ForecastError::TooLittleHistory`] below seven usual days before it.
pub fn effect(
    series: &Series,
    span: Span,
    named: &BTreeMap<civil::Date, String>,
) -> Result<Effect, ForecastError> {
    let zone = &series.zone;
    let first = local_of_instant(span.start(), zone).date();
    let mut days = 1;
    let mut date = next_day(first);
    while start_of_day(date, zone) < span.end() {
        (date, days) = (next_day(date), days + 1);
    }
    let options = FitOptions { special_days: named.clone(), ..FitOptions::default() };
    let known = series.before(start_of_day(first, zone));
    let usual = Forecaster::fit(&known, &options)?.forecast(first, days);
    let rows: HashMap<Timestamp, &HistoryRow> =
        series.rows().iter().map(|row| (row.start, row)).collect();
    let mut found = Effect::default();
    for point in usual.iter().filter(|point| span.covers(point.span)) {
        let Some(row) = rows.get(&point.span.start()) else { continue };
        found.intervals += 1;
        found.expected += point.volume;
        found.actual += f64::from(row.offered);
        if let (Some(answered), Some(seconds)) = (row.answered, row.handle_seconds)
            && point.handle_time_seconds > 0.0
        {
            found.expected_handle_seconds += f64::from(answered) * point.handle_time_seconds;
            found.actual_handle_seconds += seconds as f64;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};

    use super::*;
    use crate::forecasting::history_file::parse;

    /// Ten weeks of mornings; on the last Tuesday from 10:00 to 11:00 80 % more calls, 10 % longer.
    fn series() -> Series {
        let mut file =
            "interval_start,tz,queue,interval_minutes,offered,answered,aht_seconds\n".to_owned();
        for day in 0..65_i64 {
            let date = date(2026, 1, 5).saturating_add(day.days());
            for slot in 18..24 {
                let (hour, minute) = (slot / 2, slot % 2 * 30);
                let (calls, seconds) =
                    if day == 64 && hour == 10 { (1800, 198) } else { (1000, 180) };
                file += &format!(
                    "{date}T{hour:02}:{minute:02},Asia/Shanghai,a,30,{calls},{calls},{seconds}\n"
                );
            }
        }
        parse(file.as_bytes()).series.remove(0)
    }

    fn warm_up() -> Span {
        Span::of_seconds("2026-03-10T02:00:00Z".parse().expect("instant"), 3600)
    }

    #[test]
    fn an_event_is_measured_by_its_own_intervals() {
        let found = effect(&series(), warm_up(), &BTreeMap::new()).expect("history");
        assert_eq!((found.intervals, found.actual), (2, 3600.0));
        let (volume, time) = (found.volume_uplift(), found.handle_time_uplift());
        assert!((volume.expect("share") - 0.8).abs() < 0.01, "{volume:?}");
        assert!((time.expect("share") - 0.1).abs() < 0.01, "{time:?}");
    }

    #[test]
    fn two_queues_are_one_ratio_of_sums_and_nothing_is_no_ratio() {
        let mut sums = Effect { intervals: 1, expected: 100.0, actual: 200.0, ..Effect::default() };
        sums.merge(Effect { intervals: 1, expected: 300.0, actual: 300.0, ..Effect::default() });
        assert_eq!((sums.volume_uplift(), sums.handle_time_uplift()), (Some(0.25), None));
        assert_eq!(Effect::default().volume_uplift(), None);
        let early = Span::of_seconds("2026-01-06T02:00:00Z".parse().expect("instant"), 3600);
        assert!(effect(&series(), early, &BTreeMap::new()).is_err());
    }
}
