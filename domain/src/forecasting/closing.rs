//! The close of a local day: what came in of it, what is missing, what came in by a detour.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, ToSpan as _, civil};

use super::gaps::gaps_between;
use super::history::Series;
use crate::time::{Grain, local_of_instant};

/// What a closed day of a queue holds, all its sites together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayClose {
    /// The local day.
    pub date: civil::Date,
    /// Intervals that are there.
    pub intervals: u64,
    /// Of them, those that hold more than their own local interval (changes of clocks, summed rows).
    pub flagged: u64,
    /// Intervals that the habit of the weekday says should be there and are not; of a day that is
    /// not there at all, 0.
    pub missing_intervals: u64,
    /// Nothing came in though its weekday usually is there.
    pub is_missing: bool,
}

/// Closes these days of a series that reaches some weeks back before them ([`gaps_between`]). Days
/// of which nothing is there and nothing was expected are closed as empty.
#[must_use]
pub fn close_days(series: &Series, dates: &BTreeSet<civil::Date>) -> Vec<DayClose> {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Vec::new() };
    let gaps = gaps_between(series, *first, *last);
    let missing: BTreeSet<_> = gaps.missing_days.into_iter().collect();
    let mut holes: BTreeMap<civil::Date, u64> = BTreeMap::new();
    let length = match series.key.grain {
        Grain::Day => SignedDuration::from_hours(24),
        grain => SignedDuration::from_mins(i64::from(grain.minutes())),
    };
    for hole in gaps.holes {
        let mut start = hole.start();
        while start < hole.end() {
            *holes.entry(local_of_instant(start, &series.zone).date()).or_default() += 1;
            start += length;
        }
    }
    let mut found: BTreeMap<civil::Date, (u64, u64)> = BTreeMap::new();
    for row in series.rows() {
        let counts = found.entry(local_of_instant(row.start, &series.zone).date()).or_default();
        counts.0 += 1;
        counts.1 += u64::from(row.is_merged() || row.repeated);
    }
    dates
        .iter()
        .map(|date| {
            let (intervals, flagged) = found.get(date).copied().unwrap_or_default();
            DayClose {
                date: *date,
                intervals,
                flagged,
                missing_intervals: holes.get(date).copied().unwrap_or(0),
                is_missing: missing.contains(date),
            }
        })
        .collect()
}

/// Days that nobody told anything of are looked for so far back.
const LOOKED_BACK: i64 = 31;

/// The days of a queue that are to be closed: those with figures that are not closed as they are
/// now (`open`), and those up to `last` after the last close, or where there was none after the first
/// day with figures, of which nothing came in.
#[must_use]
pub fn due(
    open: &[civil::Date],
    last_close: Option<civil::Date>,
    last: civil::Date,
) -> BTreeSet<civil::Date> {
    let mut dates: BTreeSet<_> = open.iter().copied().filter(|date| *date <= last).collect();
    if let Some(known) = last_close.or_else(|| dates.first().copied()) {
        let mut date = known.max(last.saturating_sub(LOOKED_BACK.days()));
        while date < last {
            date = date.saturating_add(1.day());
            dates.insert(date);
        }
    }
    dates
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::forecasting::history_file::parse;

    #[test]
    fn a_day_tells_what_is_there_and_what_is_not() {
        let mut file = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
        for day in 0..35_i64 {
            let date = date(2026, 3, 2).saturating_add(day.days());
            for hour in 9..12 {
                // Wednesday of the last week lost an hour, its Thursday all of them.
                if !(day == 30 && hour == 10 || day == 31) {
                    file += &format!("{date}T{hour:02}:00,Asia/Shanghai,a,60,100\n");
                }
            }
        }
        let series = parse(file.as_bytes()).series.remove(0);
        let dates = (30..33).map(|day: i64| date(2026, 3, 2).saturating_add(day.days())).collect();
        let closed = close_days(&series, &dates);
        let told: Vec<_> = closed
            .iter()
            .map(|day| (day.intervals, day.missing_intervals, day.is_missing, day.flagged))
            .collect();
        assert_eq!(told, [(2, 1, false, 0), (0, 0, true, 0), (3, 0, false, 0)]);
    }

    #[test]
    fn days_that_nobody_told_anything_of_are_due_too() {
        let day = |day| date(2026, 3, day);
        let open = [day(1), day(9), day(10)];
        assert_eq!(due(&open, None, day(9)), (1..=9).map(day).collect());
        assert_eq!(due(&open, Some(day(7)), day(9)), BTreeSet::from([day(1), day(8), day(9)]));
        assert_eq!(due(&[], Some(date(2025, 1, 1)), day(9)).len(), 31);
        assert_eq!(due(&[], Some(day(9)), day(9)), BTreeSet::new());
    }
}
