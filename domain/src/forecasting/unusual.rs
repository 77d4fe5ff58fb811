//! Days that were unlike their weekday: those that have a name already, and those that nobody named.

use std::collections::BTreeMap;

use jiff::civil;

use super::days::Days;
use super::grid::Grid;
use super::history::Series;

/// A day unlike its weekday, with what it brought.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualDay {
    /// Local date.
    pub date: civil::Date,
    /// Name by a calendar or an event; `None` = nobody named it.
    pub name: Option<String>,
    /// Calls offered; what missing intervals would have added is made up from the share of the others.
    pub offered: f64,
    /// Calls that its weekday and the level of the weeks around it made expect.
    pub expected: f64,
}

impl UnusualDay {
    /// 100 (offered − expected) / expected, per cent; `None` when nothing was expected.
    #[must_use]
    pub fn change_percent(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| 100.0 * (self.offered - self.expected) / self.expected)
    }
}

/// The unusual days of a history in order: `named` ones, whatever they brought, and those that lie
/// more than four robust deviations from their weekday (`days`). Days with less than half of their
/// intervals say nothing.
#[must_use]
pub fn unusual_days(series: &Series, named: &BTreeMap<civil::Date, String>) -> Vec<UnusualDay> {
    let Some(grid) = Grid::of(series) else { return Vec::new() };
    let name = |day: usize| named.get(&grid.date(day));
    let days = Days::of(&grid, |day| name(day).is_some());
    (0..grid.days)
        .filter(|day| days.surprise[*day].is_finite() && (days.odd[*day] || name(*day).is_some()))
        .map(|day| UnusualDay {
            date: grid.date(day),
            name: name(day).cloned(),
            offered: days.total[day],
            // `log` is of the total and half a call.
            expected: ((days.log[day] - days.surprise[day]).exp() - 0.5).max(0.0),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};

    use super::*;
    use crate::forecasting::history_file::parse;

    /// Twenty weeks with two bad days, of which one has a name.
    fn series() -> Series {
        let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
        for day in 0..140_i64 {
            let date = date(2026, 1, 5).saturating_add(day.days());
            let offered = match day {
                50 => 40,
                80 => 300,
                _ => 100 + day * 7 % 5,
            };
            for hour in 9..12 {
                file += &format!("{date}T{hour:02}:00,Asia/Shanghai,a,60,{offered}\n");
            }
        }
        parse(file.as_bytes()).series.remove(0)
    }

    #[test]
    fn named_days_and_days_that_nobody_named_are_found_with_what_they_brought() {
        let named = BTreeMap::from([(date(2026, 2, 24), "Feast".to_owned())]);
        let found = unusual_days(&series(), &named);
        let told: Vec<_> =
            found.iter().map(|it| (it.date.to_string(), it.name.as_deref())).collect();
        assert_eq!(
            told,
            [("2026-02-24".to_owned(), Some("Feast")), ("2026-03-26".to_owned(), None)]
        );
        let change: Vec<_> = found.iter().filter_map(UnusualDay::change_percent).collect();
        assert!((change[0] + 60.0).abs() < 3.0 && (change[1] - 194.0).abs() < 6.0, "{change:?}");
        assert_eq!(found[0].offered, 120.0);
    }
}
