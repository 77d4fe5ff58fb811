//! The intervals of a local day and the slots of the wall clock in which they lie.

use jiff::{SignedDuration, civil, tz::TimeZone};

use crate::time::{Grain, Span, local_of_instant};

/// An interval of a day.
pub(super) struct Slot {
    pub(super) span: Span,
    /// Place on the wall clock: 0 is midnight.
    pub(super) index: usize,
    /// Length over the nominal length: below 1 only where clocks change within an interval.
    pub(super) part: f64,
}

/// The intervals of a local day in order. A skipped hour has none; a repeated one has them twice.
pub(super) fn slots_of_day(date: civil::Date, zone: &TimeZone, grain: Grain) -> Vec<Slot> {
    let day = Span::of_day(date, zone);
    if grain == Grain::Day {
        return vec![Slot { span: day, index: 0, part: 1.0 }];
    }
    let length = i64::from(grain.minutes()) * 60;
    let mut slots = Vec::with_capacity(usize::from(grain.per_day()));
    let mut start = day.start();
    while start < day.end() {
        let local = local_of_instant(start, zone);
        let second = i64::from(local.hour()) * 3600
            + i64::from(local.minute()) * 60
            + i64::from(local.second());
        let left = length - second % length;
        let end = (start + SignedDuration::from_secs(left)).min(day.end());
        if let Some(span) = Span::new(start, end) {
            let index = usize::try_from(second / length).unwrap_or(0);
            slots.push(Slot { span, index, part: span.seconds() as f64 / length as f64 });
        }
        start = end;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(zone: &str, date: civil::Date, grain: Grain) -> Vec<Slot> {
        slots_of_day(date, &TimeZone::get(zone).expect("zone"), grain)
    }

    #[test]
    fn a_day_has_the_intervals_of_its_clock() {
        let spring = slots("Europe/Berlin", civil::date(2026, 3, 29), Grain::Minutes30);
        assert_eq!(spring.len(), 46);
        assert!(spring.iter().all(|slot| slot.index != 4 && slot.index != 5));
        let autumn = slots("Europe/Berlin", civil::date(2026, 10, 25), Grain::Minutes30);
        assert_eq!(autumn.len(), 50);
        assert_eq!(autumn.iter().filter(|slot| slot.index == 4).count(), 2);
    }

    #[test]
    fn half_an_hour_of_change_cuts_an_hour() {
        let spring = slots("Australia/Lord_Howe", civil::date(2026, 10, 4), Grain::Minutes60);
        let hours: f64 = spring.iter().map(|slot| slot.part).sum();
        assert_eq!(hours, 23.5);
        assert!(spring.windows(2).all(|pair| pair[0].span.end() == pair[1].span.start()));
    }
}
