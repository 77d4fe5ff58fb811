//! History: what was offered, answered and handled per queue, site and interval.

use jiff::{Timestamp, civil, tz::TimeZone};

use crate::time::{Grain, local_of_instant};

/// Which figures a row belongs to. Coarser grains are sums of finer ones, so the grain is part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// Name of the queue as its source writes it.
    pub queue: String,
    /// Site that handled the calls; empty for calls of a shared queue that never reached one.
    pub site: Option<String>,
    /// Length of the intervals.
    pub grain: Grain,
}

/// The figures of one interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// First instant of the interval.
    pub start: Timestamp,
    /// Calls that arrived, those later abandoned among them.
    pub offered: u32,
    /// Calls answered by an agent, where known.
    pub answered: Option<u32>,
    /// Calls abandoned while waiting, where known.
    pub abandoned: Option<u32>,
    /// Seconds of handling of the answered calls, where known: `answered` × mean handle time,
    /// rounded to whole seconds.
    pub handle_seconds: Option<u64>,
    /// Holds a row whose local time does not exist, mapped forward into this interval.
    pub mapped_forward: bool,
    /// Holds a row whose local time the clocks showed twice, mapped to the first occurrence.
    pub repeated: bool,
    /// How many rows of the source were summed into this one.
    pub source_rows: u32,
}

impl HistoryRow {
    /// Whether more than the calls of its own local interval may lie in it, so that it counts in
    /// totals but teaches nothing about its time of day.
    #[must_use]
    pub const fn is_merged(&self) -> bool {
        self.mapped_forward || self.source_rows > 1
    }

    /// Whether more calls were answered and abandoned in it than arrived: some had come in the interval
    /// before. Switches count so, in what they export as in what they feed, so it is no fault.
    #[must_use]
    pub fn is_carried_over(&self) -> bool {
        let left = u64::from(self.answered.unwrap_or(0)) + u64::from(self.abandoned.unwrap_or(0));
        left > u64::from(self.offered)
    }

    /// Adds the figures of another row of the same interval. A figure unknown in both stays
    /// unknown; one known in either keeps what is known, so that totals stay.
    pub fn merge(&mut self, other: &Self) {
        self.offered = self.offered.saturating_add(other.offered);
        self.answered = sum(self.answered, other.answered, u32::saturating_add);
        self.abandoned = sum(self.abandoned, other.abandoned, u32::saturating_add);
        self.handle_seconds = sum(self.handle_seconds, other.handle_seconds, u64::saturating_add);
        self.mapped_forward |= other.mapped_forward;
        self.repeated |= other.repeated;
        self.source_rows = self.source_rows.saturating_add(other.source_rows);
    }
}

fn sum<T>(left: Option<T>, right: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(add(left, right)),
        (left, right) => left.or(right),
    }
}

/// The history of one queue at one grain: at most one row an interval, in order of time.
///
/// Closed hours and missing days are rows that are not there; a row of zero is an open interval in
/// which nobody called.
#[derive(Debug, Clone)]
pub struct Series {
    /// What it is the history of.
    pub key: SeriesKey,
    /// Zone whose wall time the pattern of the queue follows.
    pub zone: TimeZone,
    rows: Vec<HistoryRow>,
}

impl Series {
    /// A series from rows in any order; rows of the same interval are summed.
    #[must_use]
    pub fn new(key: SeriesKey, zone: TimeZone, mut rows: Vec<HistoryRow>) -> Self {
        rows.sort_by_key(|row| row.start);
        rows.dedup_by(|later, earlier| {
            let same = later.start == earlier.start;
            if same {
                earlier.merge(later);
            }
            same
        });
        Self { key, zone, rows }
    }

    /// All rows, in order of time, one an interval.
    #[must_use]
    pub fn rows(&self) -> &[HistoryRow] {
        &self.rows
    }

    /// Sum of the calls offered.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.rows.iter().map(|row| u64::from(row.offered)).sum()
    }

    /// Local date of the first and of the last row.
    #[must_use]
    pub fn dates(&self) -> Option<(civil::Date, civil::Date)> {
        let date = |row: &HistoryRow| local_of_instant(row.start, &self.zone).date();
        Some((date(self.rows.first()?), date(self.rows.last()?)))
    }

    /// The rows before `end`: what was known then.
    #[must_use]
    pub fn before(&self, end: Timestamp) -> Self {
        let kept = self.rows.partition_point(|row| row.start < end);
        Self { key: self.key.clone(), zone: self.zone.clone(), rows: self.rows[..kept].to_vec() }
    }

    /// The same history at a coarser grain, or `None` when `grain` is finer than its own: finer
    /// figures are never made up.
    #[must_use]
    pub fn at_grain(&self, grain: Grain) -> Option<Self> {
        if grain < self.key.grain {
            return None;
        }
        if grain == self.key.grain {
            return Some(self.clone());
        }
        let mut rows: Vec<HistoryRow> = Vec::new();
        for row in &self.rows {
            let start = interval_start(row.start, grain, &self.zone);
            match rows.last_mut() {
                Some(last) if last.start == start => last.merge(row),
                _ => rows.push(HistoryRow { start, ..row.clone() }),
            }
        }
        for row in &mut rows {
            row.source_rows = 1;
        }
        Some(Self { key: SeriesKey { grain, ..self.key.clone() }, zone: self.zone.clone(), rows })
    }
}

/// First instant of the interval of `grain` in which `instant` lies, on the wall clock of `zone`.
///
/// Never before the change of clocks that precedes `instant`, so that the first and the second
/// showing of a repeated hour stay two intervals.
#[must_use]
pub fn interval_start(instant: Timestamp, grain: Grain, zone: &TimeZone) -> Timestamp {
    let local = local_of_instant(instant, zone);
    if grain == Grain::Day {
        return crate::time::start_of_day(local.date(), zone);
    }
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let past = (minute % i64::from(grain.minutes())) * 60 + i64::from(local.second());
    instant - jiff::SignedDuration::from_secs(past)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(start: &str, offered: u32) -> HistoryRow {
        HistoryRow {
            start: start.parse().expect("instant"),
            offered,
            answered: None,
            abandoned: None,
            handle_seconds: None,
            mapped_forward: false,
            repeated: false,
            source_rows: 1,
        }
    }

    fn series(grain: Grain, rows: Vec<HistoryRow>) -> Series {
        let key = SeriesKey { queue: "presale".into(), site: None, grain };
        Series::new(key, TimeZone::get("Asia/Kathmandu").expect("zone"), rows)
    }

    #[test]
    fn coarser_grains_are_sums_on_the_local_clock() {
        // Kathmandu is 5 h 45 min ahead: its hours start at a quarter past in UTC.
        let fine = series(
            Grain::Minutes15,
            vec![row("2026-03-04T03:00:00Z", 5), row("2026-03-04T03:15:00Z", 2)],
        );
        let hours = fine.at_grain(Grain::Minutes60).expect("coarser");
        let starts: Vec<_> =
            hours.rows().iter().map(|row| (row.start.to_string(), row.offered)).collect();
        assert_eq!(
            starts,
            [("2026-03-04T02:15:00Z".to_owned(), 5), ("2026-03-04T03:15:00Z".to_owned(), 2)]
        );
    }

    #[test]
    fn finer_grains_are_never_made_up() {
        let hours = series(Grain::Minutes60, vec![row("2026-03-04T02:15:00Z", 5)]);
        assert!(hours.at_grain(Grain::Minutes30).is_none());
    }

    #[test]
    fn a_figure_known_in_one_row_survives_the_sum() {
        let mut left = row("2026-03-04T02:15:00Z", 5);
        let mut right = row("2026-03-04T02:15:00Z", 3);
        right.answered = Some(2);
        left.merge(&right);
        assert_eq!((left.offered, left.answered, left.abandoned), (8, Some(2), None));
        assert!(left.is_merged());
    }
}
