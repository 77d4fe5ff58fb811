//! How many seats a site has from which day on, and who sits on them.

use jiff::{civil, tz::TimeZone};

use super::{IntervalAxis, SeatCount, Shift};
use crate::{
    fault::{Fault, Rule},
    id::SiteId,
    time::{Span, start_of_day},
};

/// Seats of a site from a local day on, until the next day for which others are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatsFrom {
    /// The day.
    pub valid_from: civil::Date,
    /// How many there are; `None` is enough.
    pub seats: Option<u32>,
}

impl SeatsFrom {
    /// Most seats of a site.
    pub const MOST: i64 = 10_000;

    /// Reads what somebody says of a site.
    ///
    /// # Errors
    /// INVALID_VALUE at `seats` unless they are 0 to [`Self::MOST`].
    pub fn parse(valid_from: civil::Date, seats: Option<i32>) -> Result<Self, Fault> {
        let fault = || Fault::invalid("seats", Rule::Between(0, Self::MOST));
        let read = |seats: i32| {
            let seats = u32::try_from(seats).ok();
            seats.filter(|seats| i64::from(*seats) <= Self::MOST).ok_or_else(fault)
        };
        Ok(Self { valid_from, seats: seats.map(read).transpose()? })
    }
}

impl SeatCount {
    /// Seconds of an interval in which seats are counted: as fine as the finest requirement, so that
    /// who leaves does not sit beside who comes after.
    pub const STEP_SECONDS: u32 = 300;

    /// The seats that are in force in `window`, with nobody on them. `None` where there are always
    /// enough.
    #[must_use]
    pub fn empty(rows: &[SeatsFrom], window: Span, zone: &TimeZone) -> Option<Self> {
        let step_seconds = Self::STEP_SECONDS;
        let len = usize::try_from(window.seconds() / i64::from(step_seconds)).ok()?;
        let axis = IntervalAxis { start: window.start(), step_seconds, len };
        let mut rows: Vec<&SeatsFrom> = rows.iter().collect();
        rows.sort_by_key(|row| row.valid_from);
        let mut seats = vec![None; len];
        for row in rows {
            let begins = start_of_day(row.valid_from, zone);
            let from = match Span::new(window.start(), begins) {
                Some(before) => axis.indices(before).end,
                None => 0,
            };
            seats[from..].fill(row.seats);
        }
        let limited = seats.iter().any(Option::is_some);
        limited.then(|| Self { axis, seats, taken: vec![0; len] })
    }

    /// Counts those of the shifts that are worked at the site.
    pub fn add<'a>(&mut self, site: SiteId, shifts: impl IntoIterator<Item = &'a Shift>) {
        for shift in shifts.into_iter().filter(|shift| shift.site() == site) {
            let present = shift.presence().map(|it| self.axis.indices(it)).unwrap_or_default();
            for taken in &mut self.taken[present] {
                *taken += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::schedules::sample::{World, site};

    fn rows() -> [SeatsFrom; 3] {
        let row = |day, seats| SeatsFrom { valid_from: date(2026, 3, day), seats };
        // Not in order: the day decides.
        [row(6, None), row(4, Some(20)), row(5, Some(12))]
    }

    #[test]
    fn seats_hold_from_their_day_to_the_next() {
        let world = World::march();
        let window = world.span("2026-03-03T00:00", "2026-03-08T00:00");
        let count = SeatCount::empty(&rows(), window, &world.roster.zone).expect("seats");
        let days: Vec<_> = count.seats.chunks(288).map(|day| (day[0], day[287])).collect();
        let expected = [None, Some(20), Some(12), None, None].map(|seats| (seats, seats));
        assert_eq!(days, expected);
    }

    #[test]
    fn a_window_without_a_limit_counts_nobody() {
        let world = World::march();
        let zone = &world.roster.zone;
        let after = world.span("2026-03-06T00:00", "2026-03-08T00:00");
        assert_eq!(SeatCount::empty(&rows(), after, zone), None);
        assert_eq!(SeatCount::empty(&[], after, zone), None);
        let begun = world.span("2026-03-05T00:00", "2026-03-06T00:00");
        let count = SeatCount::empty(&rows(), begun, zone).expect("seats");
        assert_eq!(count.seats, vec![Some(12); 288], "those set before the window hold in it");
    }

    #[test]
    fn who_comes_when_another_leaves_takes_the_same_seat() {
        let mut world = World::march();
        let window = world.span("2026-03-04T00:00", "2026-03-05T00:00");
        let mut count = SeatCount::empty(&rows(), window, &world.roster.zone).expect("seats");
        let early = world.shift(1, "2026-03-04T06:00", 8.0);
        let late = world.shift(2, "2026-03-04T14:00", 8.0);
        count.add(site(1), [&early, &late]);
        assert_eq!(count.taken.iter().max(), Some(&1));
        assert_eq!(count.taken.iter().sum::<u32>(), 16 * 12);
        count.add(site(2), [&early]);
        assert_eq!(count.taken.iter().sum::<u32>(), 16 * 12, "worked at another site");
    }

    #[test]
    fn a_number_of_seats_that_no_site_has_is_refused() {
        let day = date(2026, 3, 4);
        assert_eq!(SeatsFrom::parse(day, Some(0)).expect("none").seats, Some(0));
        assert_eq!(SeatsFrom::parse(day, None).expect("enough").seats, None);
        for seats in [-1, 10_001] {
            let fault = SeatsFrom::parse(day, Some(seats)).expect_err("out of range");
            assert_eq!(fault.path, ["seats"]);
        }
    }
}
