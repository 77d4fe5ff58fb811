//! A forecast beside what came.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil};

use super::accuracy::Accuracy;
use super::history::Series;
use crate::time::local_of_instant;

/// What a forecast was worth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Review {
    /// Intervals that have both a forecast and an actual.
    pub intervals: u64,
    /// Over all of them.
    pub total: Accuracy,
    /// Over those of each local day.
    pub days: BTreeMap<civil::Date, Accuracy>,
}

/// An interval of a forecast beside what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// First instant.
    pub starts_at: Timestamp,
    /// Calls forecast.
    pub forecast: f64,
    /// Calls that came.
    pub actual: f64,
}

/// Puts the volumes of a forecast, by first instant of the interval, beside the rows of a history at
/// the same grain. Intervals without a row say nothing: they were closed, or are not there yet.
#[must_use]
pub fn compare(points: &[(Timestamp, f64)], actual: &Series) -> Vec<Compared> {
    let rows: HashMap<Timestamp, f64> =
        actual.rows().iter().map(|row| (row.start, f64::from(row.offered))).collect();
    let beside = |(starts_at, forecast): &(Timestamp, f64)| {
        let actual = *rows.get(starts_at)?;
        Some(Compared { starts_at: *starts_at, forecast: *forecast, actual })
    };
    points.iter().filter_map(beside).collect()
}

/// Sums what [`compare`] finds, over all and over each local day.
#[must_use]
pub fn review(points: &[(Timestamp, f64)], actual: &Series) -> Review {
    let mut found = Review::default();
    for Compared { starts_at, forecast, actual: calls } in compare(points, actual) {
        found.intervals += 1;
        found.total.add(calls, forecast);
        let date = local_of_instant(starts_at, &actual.zone).date();
        found.days.entry(date).or_default().add(calls, forecast);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecasting::history_file::parse;

    #[test]
    fn the_promotion_day_is_reviewed_by_its_own_date() {
        let file = "interval_start,tz,queue,interval_minutes,offered\n\
                    2026-11-10T10:00,Asia/Shanghai,presale,30,210\n\
                    2026-11-10T10:30,Asia/Shanghai,presale,30,215\n";
        let actual = parse(file.as_bytes()).series.remove(0);
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let points = [
            (at("2026-11-10T02:00:00Z"), 180.0),
            (at("2026-11-10T02:30:00Z"), 198.0),
            (at("2026-11-10T03:00:00Z"), 189.0),
        ];
        let found = review(&points, &actual);
        assert_eq!(found.intervals, 2, "what is not there yet is left out");
        assert_eq!(found.total.abs_error, 47.0);
        let dates: Vec<_> = found.days.keys().map(ToString::to_string).collect();
        assert_eq!(dates, ["2026-11-10"]);
    }
}
