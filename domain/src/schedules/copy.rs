//! Shifts on another day by the same clock.

use jiff::{ToSpan as _, tz::TimeZone};

use super::{Activity, NewShift, Shift, ShiftError};
use crate::{
    id::ShiftId,
    time::{Span, instant_of_local, local_of_instant},
};

impl Shift {
    /// The same shift so many local days later, as a new one: every part begins at the same wall
    /// time, so a shift over a clock change is longer or shorter. Time that does not exist maps
    /// forward; a part of which nothing is left is left out.
    ///
    /// # Errors
    /// [`ShiftError`] when clock changes leave nothing of it.
    pub fn days_later(&self, days: i64, id: ShiftId, zone: &TimeZone) -> Result<Self, ShiftError> {
        let later = |instant| {
            let local = local_of_instant(instant, zone);
            instant_of_local(local.saturating_add(days.days()), zone).0
        };
        let end = later(self.span().end());
        let mut start = later(self.span().start());
        let whole = Span::new(start, end).ok_or(ShiftError::Length)?;
        let mut activities = Vec::with_capacity(self.activities().len());
        for activity in self.activities() {
            // A gap of the clocks can turn two borders around: the later one then takes its place.
            let until = later(activity.span.end()).clamp(start, end);
            if let Some(span) = Span::new(start, until).filter(|span| span.seconds() >= 60) {
                activities.push(Activity { span, ..*activity });
                start = until;
            }
        }
        let new = NewShift {
            id,
            agent: self.agent(),
            site: self.site(),
            span: whole,
            activities,
            needs: self.needs().to_vec(),
            version: 1,
        };
        Self::new(new, zone)
    }

    /// Whether the other one asks the same of the same agent.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.agent() == other.agent()
            && self.site() == other.site()
            && self.span() == other.span()
            && self.activities() == other.activities()
            && self.needs() == other.needs()
    }

    /// The same under the id of another, of which it is the next version.
    #[must_use]
    pub fn in_place_of(&self, other: &Self) -> Self {
        self.clone().identified(other.id(), other.version().saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::schedules::{ActivityCategory, sample::World};

    fn id() -> ShiftId {
        ShiftId::from_uuid(Uuid::from_u128(99))
    }

    fn walls(shift: &Shift, zone: &TimeZone) -> Vec<String> {
        let times = shift.activities().iter().map(|it| local_of_instant(it.span.start(), zone));
        times.map(|time| time.to_string()).collect()
    }

    #[test]
    fn a_day_shift_keeps_its_wall_times_over_a_clock_change() {
        let mut world = World::new("Europe/Berlin", date(2026, 3, 23), date(2026, 4, 6));
        let shift = world.shift(1, "2026-03-24T09:00", 8.0);
        let copy = shift.days_later(7, id(), &world.roster.zone).expect("a shift");
        assert_eq!(
            walls(&copy, &world.roster.zone),
            ["2026-03-31T09:00:00", "2026-03-31T13:00:00", "2026-03-31T13:30:00"]
        );
        assert_eq!(copy.span().seconds(), 8 * 3600);
        assert_eq!(copy.span().start().duration_since(shift.span().start()).as_hours(), 7 * 24 - 1);
        assert_eq!(copy.local_date(), date(2026, 3, 31));
    }

    #[test]
    fn a_night_of_the_clock_change_is_shorter_or_longer() {
        for (first, day, hours) in [
            (date(2026, 3, 16), "2026-03-21T22:00", 7),
            (date(2026, 10, 12), "2026-10-17T22:00", 9),
        ] {
            let end = first.saturating_add(jiff::Span::new().weeks(2));
            let mut world = World::new("Europe/Berlin", first, end);
            let shift = world.shift(1, day, 8.0);
            let copy = shift.days_later(7, id(), &world.roster.zone).expect("a shift");
            assert_eq!(copy.span().seconds() / 3600, hours, "{day}");
            let end = local_of_instant(copy.span().end(), &world.roster.zone);
            assert_eq!(end.time().to_string(), "06:00:00");
        }
    }

    #[test]
    fn a_part_that_the_clocks_skip_is_left_out() {
        let mut world = World::new("Europe/Berlin", date(2026, 3, 16), date(2026, 3, 30));
        use ActivityCategory::{Meal, OnQueue};
        let parts = [(OnQueue, 270), (Meal, 30), (OnQueue, 180)];
        let shift = world.shift_of(1, "2026-03-21T22:00", &parts);
        let copy = shift.days_later(7, id(), &world.roster.zone).expect("a shift");
        // The meal from 02:30 to 03:00 lies in the hour that is not.
        let categories: Vec<_> = copy.activities().iter().map(|it| it.category).collect();
        assert_eq!(categories, [OnQueue, OnQueue]);
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_shift_where_no_clock_changes(
            day in 1u8..28, hour in 0u8..24, days in -400i64..400, minutes in 2i64..900,
        ) {
            let mut world = World::march();
            let start = format!("2026-03-{day:02}T{hour:02}:00");
            let shift = world.shift_of(1, &start, &[
                (ActivityCategory::OnQueue, minutes),
                (ActivityCategory::Break, 15),
            ]);
            let zone = &world.roster.zone;
            let there = shift.days_later(days, id(), zone).expect("a shift");
            let back = there.days_later(-days, shift.id(), zone).expect("a shift");
            prop_assert_eq!(back, shift);
        }
    }
}
