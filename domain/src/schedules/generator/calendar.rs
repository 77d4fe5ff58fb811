//! Local days as ranges of slots.

use jiff::{Timestamp, civil, tz::TimeZone};

use super::problem::{Day, Slot};
use crate::time::{Span, instant_of_local, next_day, start_of_day};

/// The slots of some local days: equal pieces of real time, whatever the clocks do.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// First local date.
    pub first: civil::Date,
    /// Start of the first slot: that of the first day.
    pub origin: Timestamp,
    /// Seconds of a slot.
    pub slot_seconds: u32,
    /// The days.
    pub days: Vec<Day>,
}

impl Calendar {
    /// `count` days from `first` on in slots of `slot_minutes`, a divisor of 60. Weeks start on
    /// Monday; Saturday and Sunday are the weekend.
    #[must_use]
    pub fn new(first: civil::Date, count: usize, slot_minutes: u16, zone: &TimeZone) -> Self {
        let minutes = slot_minutes.clamp(1, 60);
        let slot_seconds = u32::from(minutes) * 60;
        let mut calendar = Self {
            first,
            origin: start_of_day(first, zone),
            slot_seconds,
            days: Vec::with_capacity(count),
        };
        let mut date = first;
        for _day in 0..count {
            let span = Span::of_day(date, zone);
            let wall = (0..1440 / minutes).map(|step| {
                let minute = step * minutes;
                let local = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
                calendar.slot_of(instant_of_local(local, zone).0)
            });
            let weekday = date.weekday().to_monday_zero_offset();
            let day = Day {
                first: calendar.slot_of(span.start()),
                end: calendar.slot_of(span.end()),
                wall: wall.collect(),
                starts_week: weekday == 0,
                weekend: weekday >= 5,
            };
            calendar.days.push(day);
            date = next_day(date);
        }
        calendar
    }

    /// The slot in which an instant lies; the first one for all instants before it.
    #[must_use]
    pub fn slot_of(&self, instant: Timestamp) -> Slot {
        Slot::try_from(self.offset_of(instant)).unwrap_or(0)
    }

    /// Slots from the origin to an instant, rounded down; negative before the origin.
    #[must_use]
    pub fn offset_of(&self, instant: Timestamp) -> i64 {
        let seconds = instant.as_second() - self.origin.as_second();
        seconds.div_euclid(i64::from(self.slot_seconds))
    }

    /// The time of the slots `[from, to)`.
    #[must_use]
    pub fn span(&self, from: Slot, to: Slot) -> Span {
        let step = i64::from(self.slot_seconds);
        let start = Span::of_seconds(self.origin, i64::from(from) * step).end();
        Span::of_seconds(start, i64::from(to.saturating_sub(from)) * step)
    }

    /// First slot after the last day.
    #[must_use]
    pub fn end(&self) -> Slot {
        self.days.last().map_or(0, |day| day.end)
    }
}
