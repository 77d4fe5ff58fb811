//! Instants, half-open spans and the way local wall time maps onto them.
//!
//! Instants are UTC. Patterns are local wall time with an IANA zone. A local day has 23, 24 or 25
//! hours (or 23.5 and 24.5 on Lord Howe), so a day is always asked from its zone, never added up.

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A half-open span of time `[start, end)`. Never negative; may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    /// A span, or `None` when it would end before it starts.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    /// The span of `seconds` from `start`. Negative lengths are taken as empty; one beyond the end of the
    /// calendar ends there.
    #[must_use]
    pub fn of_seconds(start: Timestamp, seconds: i64) -> Self {
        let length = SignedDuration::from_secs(seconds.max(0));
        Self { start, end: start.saturating_add(length).unwrap_or(start) }
    }

    /// The whole local day `date` in `zone`, 23 to 25 hours long.
    #[must_use]
    pub fn of_day(date: civil::Date, zone: &TimeZone) -> Self {
        Self { start: start_of_day(date, zone), end: start_of_day(next_day(date), zone) }
    }

    /// The whole local days from `first` to `last`, both inclusive, in `zone`; empty at `first` when
    /// `last` is before it.
    #[must_use]
    pub fn of_days(first: civil::Date, last: civil::Date, zone: &TimeZone) -> Self {
        let start = start_of_day(first, zone);
        Self { start, end: start_of_day(next_day(last), zone).max(start) }
    }

    /// First instant that belongs to the span.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// First instant that no longer belongs to it.
    #[must_use]
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// Length in whole seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }

    /// Whether nothing lies in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `instant` lies in it.
    #[must_use]
    pub fn contains(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether all of `other` lies in it.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least an instant. Spans that only touch do not.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What the two share, if anything.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        self.overlaps(other)
            .then(|| Self { start: self.start.max(other.start), end: self.end.min(other.end) })
    }
}

/// How a local wall time found its instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LocalMapping {
    /// It exists once.
    Exact,
    /// The clocks skipped it: mapped forward by the length of the gap.
    Skipped,
    /// The clocks showed it twice: mapped to its first occurrence.
    Repeated,
}

/// Maps local wall time to an instant: a time that does not exist maps forward, an ambiguous one to
/// its first occurrence. The second value says which of the two happened, so that callers can flag it.
#[must_use]
pub fn instant_of_local(local: civil::DateTime, zone: &TimeZone) -> (Timestamp, LocalMapping) {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let mapping = match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => LocalMapping::Exact,
        jiff::tz::AmbiguousOffset::Gap { .. } => LocalMapping::Skipped,
        jiff::tz::AmbiguousOffset::Fold { .. } => LocalMapping::Repeated,
    };
    // `compatible` is exactly this rule; it fails only at the ends of the calendar (year ±9999).
    let instant = ambiguous.compatible().unwrap_or(Timestamp::MAX);
    (instant, mapping)
}

/// The first instant of a local day. Not always midnight: some zones skip it.
#[must_use]
pub fn start_of_day(date: civil::Date, zone: &TimeZone) -> Timestamp {
    instant_of_local(date.at(0, 0, 0, 0), zone).0
}

/// Local date and time of an instant.
#[must_use]
pub fn local_of_instant(instant: Timestamp, zone: &TimeZone) -> civil::DateTime {
    zone.to_datetime(instant)
}

/// The day after `date`; the last day of the calendar is its own next day.
#[must_use]
pub fn next_day(date: civil::Date) -> civil::Date {
    date.saturating_add(1.day())
}

/// Monday of the ISO week in which `date` lies.
#[must_use]
pub fn monday_of(date: civil::Date) -> civil::Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

/// Length of the intervals of a series of figures.
///
/// Coarser figures are sums of finer ones; finer ones are never made up from coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grain {
    /// Five minutes.
    Minutes5,
    /// Fifteen minutes.
    Minutes15,
    /// Thirty minutes.
    Minutes30,
    /// Sixty minutes.
    Minutes60,
    /// A local day.
    Day,
}

impl Grain {
    /// All grains, finest first.
    pub const ALL: [Self; 5] =
        [Self::Minutes5, Self::Minutes15, Self::Minutes30, Self::Minutes60, Self::Day];

    /// Nominal minutes: 5 to 60, or 1440 for a day.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        match self {
            Self::Minutes5 => 5,
            Self::Minutes15 => 15,
            Self::Minutes30 => 30,
            Self::Minutes60 => 60,
            Self::Day => 1440,
        }
    }

    /// The grain of so many minutes, if there is one.
    #[must_use]
    pub fn from_minutes(minutes: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|grain| u32::from(grain.minutes()) == minutes)
    }

    /// Intervals in a day of 24 hours.
    #[must_use]
    pub const fn per_day(self) -> u16 {
        1440 / self.minutes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("zone of the bundled database")
    }

    #[test]
    fn a_day_has_as_many_hours_as_its_zone_says() {
        let cases = [
            ("Europe/Berlin", civil::date(2026, 3, 29), 23.0),
            ("Europe/Berlin", civil::date(2026, 10, 25), 25.0),
            ("America/New_York", civil::date(2026, 3, 8), 23.0),
            ("Australia/Lord_Howe", civil::date(2026, 4, 5), 24.5),
            ("Australia/Lord_Howe", civil::date(2026, 10, 4), 23.5),
            ("Asia/Shanghai", civil::date(2026, 3, 29), 24.0),
            ("Asia/Kathmandu", civil::date(2026, 3, 29), 24.0),
            // Samoa went from one side of the date line to the other: 30 December 2011 was not.
            ("Pacific/Apia", civil::date(2011, 12, 30), 0.0),
        ];
        for (name, date, hours) in cases {
            let seconds = Span::of_day(date, &zone(name)).seconds();
            assert_eq!(seconds as f64 / 3600.0, hours, "{name} {date}");
        }
    }

    #[test]
    fn days_are_whole_from_the_first_to_the_last() {
        let (berlin, march) = (zone("Europe/Berlin"), |day| civil::date(2026, 3, day));
        let weekend = Span::of_days(march(28), march(29), &berlin);
        assert_eq!(weekend.seconds(), (24 + 23) * 3600);
        assert_eq!(Span::of_days(march(28), march(28), &berlin), Span::of_day(march(28), &berlin));
        let turned = Span::of_days(march(29), march(20), &berlin);
        assert_eq!(turned, Span::of_seconds(start_of_day(march(29), &berlin), 0));
    }

    #[test]
    fn skipped_time_maps_forward_and_says_so() {
        let (instant, mapping) =
            instant_of_local(civil::date(2026, 3, 29).at(2, 30, 0, 0), &zone("Europe/Berlin"));
        assert_eq!(mapping, LocalMapping::Skipped);
        assert_eq!(instant.to_string(), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn repeated_time_maps_to_its_first_occurrence() {
        let (instant, mapping) =
            instant_of_local(civil::date(2026, 10, 25).at(2, 30, 0, 0), &zone("Europe/Berlin"));
        assert_eq!(mapping, LocalMapping::Repeated);
        assert_eq!(instant.to_string(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn ramadan_pause_of_casablanca_is_known() {
        // Morocco drops an hour for Ramadan: 15 February 2026, 03:00 back to 02:00.
        let (_, mapping) =
            instant_of_local(civil::date(2026, 2, 15).at(2, 30, 0, 0), &zone("Africa/Casablanca"));
        assert_eq!(mapping, LocalMapping::Repeated);
    }

    #[test]
    fn spans_that_touch_do_not_overlap() {
        let start: Timestamp = "2026-03-04T07:00:00Z".parse().expect("instant");
        let first = Span::of_seconds(start, 3600);
        let second = Span::of_seconds(first.end(), 3600);
        assert!(!first.overlaps(second));
        assert_eq!(first.intersection(second), None);
        assert_eq!(Span::new(second.end(), first.start()), None);
        assert_eq!(Span::of_seconds(Timestamp::MAX, 60).end(), Timestamp::MAX);
    }

    #[test]
    fn the_week_starts_on_monday() {
        assert_eq!(monday_of(civil::date(2026, 3, 8)), civil::date(2026, 3, 2));
        assert_eq!(monday_of(civil::date(2026, 3, 2)), civil::date(2026, 3, 2));
    }
}
