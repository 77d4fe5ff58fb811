//! The local weeks, periods and months that a window touches.

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::Roster;
use crate::time::{Span, local_of_instant, monday_of, next_day, start_of_day};

/// The first Monday of the calendar from which periods are counted.
const FIRST_MONDAY: civil::Date = civil::date(1970, 1, 5);

/// A run of local days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocalDays {
    /// First date.
    pub(super) first: civil::Date,
    /// First date after it.
    pub(super) end: civil::Date,
    /// The same in time.
    pub(super) span: Span,
    /// Whether all of it is known, so that too little can be told from not yet loaded.
    pub(super) complete: bool,
}

/// The local calendar of a window.
#[derive(Debug)]
pub(super) struct Horizon<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) window: Span,
    known: Span,
    /// Weeks that share time with the window, in order.
    pub(super) weeks: Vec<LocalDays>,
    /// Months that share time with the window, in order.
    pub(super) months: Vec<LocalDays>,
    /// Local date on which the window begins.
    pub(super) first: civil::Date,
}

impl<'a> Horizon<'a> {
    /// Of the piece `window` of the roster's window.
    pub(super) fn new(roster: &'a Roster, window: Span) -> Self {
        let first = local_of_instant(window.start(), &roster.zone).date();
        let mut horizon = Self {
            zone: &roster.zone,
            window,
            known: roster.known,
            weeks: Vec::new(),
            months: Vec::new(),
            first,
        };
        horizon.weeks = horizon.runs(monday_of(first), |monday| monday.saturating_add(7.days()));
        horizon.months = horizon
            .runs(first.first_of_month(), |month| month.last_of_month().saturating_add(1.day()));
        horizon
    }

    /// Periods of so many weeks that share time with the window.
    pub(super) fn periods(&self, weeks: i64) -> Vec<LocalDays> {
        let days = weeks.clamp(1, 52) * 7;
        let passed = FIRST_MONDAY.until(self.first).map_or(0, |span| i64::from(span.get_days()));
        let first = FIRST_MONDAY.saturating_add((passed.div_euclid(days) * days).days());
        self.runs(first, |start| start.saturating_add(days.days()))
    }

    /// Time of one local day.
    pub(super) fn day(&self, date: civil::Date) -> Span {
        Span::of_day(date, self.zone)
    }

    /// Time from the start of `first` to the end of `last`.
    pub(super) fn dates(&self, first: civil::Date, last: civil::Date) -> Span {
        let start = start_of_day(first, self.zone);
        Span::new(start, start_of_day(next_day(last), self.zone)).unwrap_or(self.day(first))
    }

    fn runs(
        &self,
        first: civil::Date,
        next: impl Fn(civil::Date) -> civil::Date,
    ) -> Vec<LocalDays> {
        let mut runs = Vec::new();
        let mut start = first;
        loop {
            let end = next(start);
            let (from, to) = (start_of_day(start, self.zone), start_of_day(end, self.zone));
            let Some(span) = Span::new(from, to).filter(|span| !span.is_empty()) else { break };
            if span.start() >= self.window.end() {
                break;
            }
            let complete = self.known.covers(span);
            runs.push(LocalDays { first: start, end, span, complete });
            start = end;
        }
        runs
    }
}
