//! Gaps: intervals that the habit of the weekday says should be there and are not.
//!
//! Nothing tells a closed hour from a lost one but habit. A day is expected when its weekday was
//! there in at least half of the 26 weeks around it; an interval, when more than half of the eight
//! days nearest to it of the same weekday had it. Opening hours may so change over the years. What a
//! change of clocks skips is no gap, and the second showing of a repeated hour is never expected.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil};

use super::history::Series;
use crate::time::{Grain, LocalMapping, Span, instant_of_local, local_of_instant, next_day};

/// Weeks looked at on either side of a day.
const WEEKS_AROUND: i64 = 13;
/// Days of the same weekday looked at on either side of a day.
const DAYS_AROUND: usize = 4;

/// What is missing in a series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GapReport {
    /// Local days of which no row is there though their weekday usually is: holidays among them.
    pub missing_days: Vec<civil::Date>,
    /// Missing intervals of days that are there, neighbours joined.
    pub holes: Vec<Span>,
    /// How many intervals the holes are.
    pub missing_intervals: u64,
}

/// The gaps of `series` between its first and its last day.
#[must_use]
pub fn gaps(series: &Series) -> GapReport {
    match series.dates() {
        Some((first, last)) => gaps_between(series, first, last),
        None => GapReport::default(),
    }
}

/// The gaps of `series` on the local days `from` to `until`, both included: days after its last
/// row among them, which is how a day that never came in is noticed. Days before its first row are
/// no gaps.
#[must_use]
pub fn gaps_between(series: &Series, from: civil::Date, until: civil::Date) -> GapReport {
    let Some((first, last)) = series.dates() else { return GapReport::default() };
    let days = slots_by_day(series);
    let mut report = GapReport::default();
    let mut date = from.max(first);
    while date <= until {
        match days.get(&date) {
            None if is_expected(date, first, last, &days) => report.missing_days.push(date),
            Some(slots) if series.key.grain != Grain::Day => {
                add_holes(&mut report, series, date, slots, &days);
            }
            _ => {}
        }
        date = next_day(date);
    }
    report
}

/// Which slots of the wall clock each day has.
type Days = BTreeMap<civil::Date, Vec<bool>>;

fn slots_by_day(series: &Series) -> Days {
    let grain = series.key.grain;
    let mut days = Days::new();
    for row in series.rows() {
        let local = local_of_instant(row.start, &series.zone);
        let slots =
            days.entry(local.date()).or_insert_with(|| vec![false; usize::from(grain.per_day())]);
        let minute = usize::from(local.hour().unsigned_abs()) * 60
            + usize::from(local.minute().unsigned_abs());
        if let Some(slot) = slots.get_mut(minute / usize::from(grain.minutes())) {
            *slot = true;
        }
    }
    days
}

fn is_expected(date: civil::Date, first: civil::Date, last: civil::Date, days: &Days) -> bool {
    let (mut there, mut all) = (0, 0);
    for weeks in -WEEKS_AROUND..=WEEKS_AROUND {
        let other = date.saturating_add((weeks * 7).days());
        if weeks != 0 && first <= other && other <= last {
            all += 1;
            there += usize::from(days.contains_key(&other));
        }
    }
    all > 0 && 2 * there >= all
}

fn add_holes(
    report: &mut GapReport,
    series: &Series,
    date: civil::Date,
    slots: &[bool],
    days: &Days,
) {
    let same_weekday = |other: &(&civil::Date, &Vec<bool>)| other.0.weekday() == date.weekday();
    let near: Vec<&Vec<bool>> = (days.range(..date).rev().filter(same_weekday).take(DAYS_AROUND))
        .chain(days.range(next_day(date)..).filter(same_weekday).take(DAYS_AROUND))
        .map(|(_, slots)| slots)
        .collect();
    let minutes = i64::from(series.key.grain.minutes());
    for (slot, there) in slots.iter().enumerate() {
        let habit = near.iter().filter(|slots| slots[slot]).count();
        if *there || 2 * habit <= near.len() {
            continue;
        }
        let local = date.at(0, 0, 0, 0).saturating_add((slot as i64 * minutes).minutes());
        let (start, mapping) = instant_of_local(local, &series.zone);
        if mapping == LocalMapping::Skipped {
            continue;
        }
        report.missing_intervals += 1;
        let hole = Span::of_seconds(start, minutes * 60);
        match report.holes.last_mut() {
            Some(last) if last.end() == start => {
                *last = Span::new(last.start(), hole.end()).unwrap_or(hole);
            }
            _ => report.holes.push(hole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecasting::history_file::parse;

    /// Ten weeks of Berlin mornings, Monday to Friday 09:00 to 11:00, without the rows that `lost`
    /// names.
    fn series(lost: impl Fn(civil::DateTime) -> bool) -> Series {
        let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
        for day in 0..70_i64 {
            let date = civil::date(2026, 3, 2).saturating_add(day.days());
            for minutes in [540_i64, 570, 600, 630] {
                let local = date.at(0, 0, 0, 0).saturating_add(minutes.minutes());
                if day % 7 < 5 && !lost(local) {
                    file += &local.strftime("%Y-%m-%dT%H:%M,Europe/Berlin,a,30,7\n").to_string();
                }
            }
        }
        parse(file.as_bytes()).series.remove(0)
    }

    #[test]
    fn closed_hours_and_days_are_no_gaps() {
        assert_eq!(gaps(&series(|_| false)), GapReport::default());
    }

    #[test]
    fn a_weekday_that_is_not_there_is_a_missing_day() {
        let holiday = civil::date(2026, 4, 6);
        let report = gaps(&series(|local| local.date() == holiday));
        assert_eq!(report.missing_days, [holiday]);
        assert!(report.holes.is_empty());
    }

    #[test]
    fn a_day_that_never_came_in_is_noticed_after_the_last_row() {
        let series = series(|_| false);
        let (_, friday) = series.dates().expect("rows");
        let monday = friday.saturating_add(3.days());
        let report = gaps_between(&series, friday, monday);
        assert_eq!(report.missing_days, [monday]);
    }

    #[test]
    fn missing_neighbours_are_one_hole() {
        let date = civil::date(2026, 3, 25);
        let report = gaps(&series(|local| local.date() == date && local.hour() == 9));
        let start = "2026-03-25T08:00:00Z".parse().expect("instant");
        assert_eq!(report.holes, [Span::of_seconds(start, 3600)]);
        assert_eq!(report.missing_intervals, 2);
    }

    #[test]
    fn new_opening_hours_are_no_gaps_once_they_are_habit() {
        let report =
            gaps(&series(|local| local.date() >= civil::date(2026, 4, 6) && local.hour() == 9));
        assert_eq!(report.missing_intervals, 0);
    }
}
