//! Every minute around what is known, with its local date and time.

use std::{collections::BTreeMap, ops::Range};

use jiff::{Timestamp, ToSpan as _, civil};

use super::super::*;
use crate::schedules::TimeBand;

/// Minutes before and after what is known.
const MARGIN: i64 = 8 * 1440;
const QUARTER: i64 = 900;

/// A place where a rule is not kept.
pub(super) struct Found {
    pub(super) first: civil::Date,
    pub(super) last: civil::Date,
    /// First minute in the window of what it concerns; `None` lies outside and is not told.
    pub(super) begins: Option<usize>,
}

/// A run of days by the calendar.
#[derive(Clone, Copy)]
pub(super) struct Days {
    pub(super) first: civil::Date,
    pub(super) last: civil::Date,
}

impl Days {
    pub(super) fn each(self) -> impl Iterator<Item = civil::Date> {
        self.first.series(1.day()).take_while(move |day| *day <= self.last)
    }
}

pub(super) struct Calendar {
    start: Timestamp,
    /// Date and minute of the day that the clock shows.
    local: Vec<(civil::Date, i64)>,
    days: BTreeMap<civil::Date, Range<usize>>,
    pub(super) known: Range<usize>,
    pub(super) window: Range<usize>,
}

impl Calendar {
    pub(super) fn new(roster: &Roster) -> Self {
        let start = roster.known.start() - jiff::SignedDuration::from_mins(MARGIN);
        let minutes = roster.known.seconds() / 60 + 2 * MARGIN;
        let mut local = Vec::new();
        for quarter in 0..minutes * 60 / QUARTER {
            // Clocks change at full quarters of an hour only.
            let at = roster.zone.to_datetime(Span::of_seconds(start, quarter * QUARTER).end());
            let minute = i64::from(at.hour()) * 60 + i64::from(at.minute());
            local.extend((0..QUARTER / 60).map(|more| (at.date(), minute + more)));
        }
        let mut days = BTreeMap::<civil::Date, Range<usize>>::new();
        for (minute, (date, _)) in local.iter().enumerate() {
            days.entry(*date).or_insert(minute..minute).end = minute + 1;
        }
        let mut calendar = Self { start, local, days, known: 0..0, window: 0..0 };
        calendar.known = calendar.minutes(roster.known);
        calendar.window = calendar.minutes(roster.window);
        calendar
    }

    pub(super) fn len(&self) -> usize {
        self.local.len()
    }

    pub(super) fn minute(&self, instant: Timestamp) -> usize {
        let minute = (instant.as_second() - self.start.as_second()).div_euclid(60);
        usize::try_from(minute).unwrap_or(0).min(self.local.len())
    }

    pub(super) fn minutes(&self, span: Span) -> Range<usize> {
        self.minute(span.start())..self.minute(span.end())
    }

    pub(super) fn date(&self, minute: usize) -> civil::Date {
        self.local[minute].0
    }

    /// Minutes of the day that the clock shows.
    pub(super) fn clock(&self, minute: usize) -> i64 {
        self.local[minute].1
    }

    pub(super) fn day(&self, date: civil::Date) -> Range<usize> {
        let end = self.local.len();
        self.days.get(&date).cloned().unwrap_or(end..end)
    }

    /// Dates of all that is known.
    pub(super) fn dates(&self) -> Vec<civil::Date> {
        let known = |day: &Range<usize>| self.known.contains(&day.start);
        self.days.iter().filter(|(_, day)| known(day)).map(|(date, _)| *date).collect()
    }

    /// The first minute at which the clock shows a time; a time that it skips is as much later as the
    /// clock was put forward.
    pub(super) fn at(&self, date: civil::Date, clock: i64) -> usize {
        let shown = |wanted: i64| self.day(date).find(|minute| self.clock(*minute) == wanted);
        shown(clock).unwrap_or_else(|| {
            let next = self.local.iter().position(|local| *local > (date, clock));
            let next = next.expect("within the calendar");
            let (before, after) = (self.local[next - 1], self.local[next]);
            let days = before.0.until(after.0).expect("days").get_days();
            let skipped = i64::from(days) * 1440 + after.1 - before.1 - 1;
            shown(clock + skipped).expect("after the gap")
        })
    }

    /// From the first time of a band on a day to its second time: on the next day where that is not
    /// later on the dial.
    pub(super) fn band(&self, band: TimeBand, date: civil::Date) -> Range<usize> {
        let (from, to) = (clock_of(band.from), clock_of(band.to));
        let day = if from < to { date } else { date.tomorrow().expect("date") };
        self.at(date, from)..self.at(day, to)
    }

    /// Weeks from Monday to Sunday with a known day.
    pub(super) fn weeks(&self) -> Vec<Days> {
        let dates = self.dates();
        let mondays = dates[0].checked_sub(6.days()).expect("date").series(1.day());
        let mondays = mondays.take_while(|date| date <= dates.last().expect("one"));
        let mondays = mondays.filter(|date| date.weekday() == civil::Weekday::Monday);
        mondays.map(|first| Days { first, last: first + 6.days() }).collect()
    }

    /// Periods of so many weeks from Monday 5 January 1970 on, with a known day.
    pub(super) fn periods(&self, weeks: i64) -> Vec<Days> {
        let dates = self.dates();
        let length = weeks * 7;
        let mut first = date(1970, 1, 5);
        let mut periods = Vec::new();
        while first <= dates[dates.len() - 1] {
            let last = first + (length - 1).days();
            if last >= dates[0] {
                periods.push(Days { first, last });
            }
            first = last.tomorrow().expect("date");
        }
        periods
    }

    /// Whether every day of a run is known.
    pub(super) fn knows(&self, days: Days) -> bool {
        let dates = self.dates();
        days.each().all(|day| dates.contains(&day))
    }

    /// What is found over some minutes and concerns others.
    pub(super) fn found(&self, minutes: Range<usize>, concerns: Range<usize>) -> Found {
        let last = minutes.end.saturating_sub(1).max(minutes.start);
        let begins = concerns.into_iter().find(|minute| self.window.contains(minute));
        Found { first: self.date(minutes.start), last: self.date(last), begins }
    }

    /// What is found over some days.
    pub(super) fn found_on(&self, days: Days) -> Found {
        let mut minutes = self.window.clone();
        let begins = minutes.find(|it| (days.first..=days.last).contains(&self.date(*it)));
        Found { first: days.first, last: days.last, begins }
    }
}

/// Minutes of the day.
pub(super) fn clock_of(time: civil::Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}
