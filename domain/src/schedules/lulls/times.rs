//! When an activity may be.

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};

use crate::{
    fault::{Fault, Rule},
    schedules::TimeBand,
    time::Span,
};

/// Shortest and longest activity, in seconds.
const LENGTH: (i64, i64) = (300, 28_800);

/// How long an activity lasts, and on which days and at which times it may be.
#[derive(Debug, Clone, Copy)]
pub struct LullTimes {
    /// How long it lasts, in seconds.
    pub seconds: i64,
    /// First day.
    pub first: civil::Date,
    /// Last day, inclusive.
    pub last: civil::Date,
    /// Local times of each day between which it lies; `None` = any.
    pub hours: Option<TimeBand>,
}

impl LullTimes {
    /// What it may lie in, whole: these times on those of the days that a schedule has, both inclusive,
    /// from `now` on.
    ///
    /// # Errors
    /// INVALID_VALUE at `durationSeconds` unless they are whole minutes, 300 to 28,800; at `startsOn`
    /// and `endsOn` for days that are turned around, over, or none of the schedule.
    pub fn windows(
        &self,
        (begins, ends): (civil::Date, civil::Date),
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<Span>, Vec<Fault>> {
        let mut faults = Vec::new();
        let (least, most) = LENGTH;
        if !(least..=most).contains(&self.seconds) {
            faults.push(Fault::invalid("durationSeconds", Rule::Seconds(least, most)));
        } else if self.seconds % 60 != 0 {
            faults.push(Fault::invalid("durationSeconds", Rule::WholeMinute));
        }
        let (first, last) = (self.first.max(begins), self.last.min(ends));
        if self.last < self.first {
            faults.push(Fault::invalid("endsOn", Rule::FirstDayOrLater));
        } else if last < first {
            faults.push(Fault::invalid("startsOn", Rule::DayOfTheSchedule));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let spans: Vec<Span> = match self.hours {
            Some(hours) => {
                let dates = first.series(1.day()).take_while(|date| *date <= last);
                dates.map(|date| hours.on(date, zone)).collect()
            }
            None => vec![Span::of_days(first, last, zone)],
        };
        let ahead = |span: Span| Span::new(span.start().max(now), span.end());
        let ahead: Vec<Span> = spans.into_iter().filter_map(ahead).collect();
        if ahead.is_empty() {
            return Err(vec![Fault::invalid("endsOn", Rule::NowOrLater)]);
        }
        Ok(ahead)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::schedules::sample::World;

    /// An hour from one day of March to another.
    fn hour(first: i8, last: i8) -> LullTimes {
        let day = |day| date(2026, 3, day);
        LullTimes { seconds: 3600, first: day(first), last: day(last), hours: None }
    }

    fn windows(times: &LullTimes, now: &str) -> Result<Vec<Span>, Vec<Fault>> {
        let world = World::march();
        let days = (date(2026, 3, 9), date(2026, 3, 15));
        times.windows(days, world.at(now), &world.roster.zone)
    }

    #[test]
    fn an_activity_lies_on_days_of_the_schedule_from_now_on() {
        let world = World::march();
        let found = windows(&hour(7, 10), "2026-03-09T12:00").expect("days");
        assert_eq!(found, [world.span("2026-03-09T12:00", "2026-03-11T00:00")]);
        let band = TimeBand { from: time(22, 0, 0, 0), to: time(2, 0, 0, 0) };
        let nights = LullTimes { hours: Some(band), ..hour(14, 20) };
        let found = windows(&nights, "2026-03-09T12:00").expect("days");
        let night = |from, to| world.span(from, to);
        let expected = [
            night("2026-03-14T22:00", "2026-03-15T02:00"),
            night("2026-03-15T22:00", "2026-03-16T02:00"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn times_that_cannot_be_are_refused_with_what_would_do() {
        let lasting = |seconds| LullTimes { seconds, ..hour(10, 10) };
        let cases = [
            (lasting(240), "durationSeconds", Rule::Seconds(300, 28_800)),
            (lasting(28_860), "durationSeconds", Rule::Seconds(300, 28_800)),
            (lasting(330), "durationSeconds", Rule::WholeMinute),
            (hour(10, 9), "endsOn", Rule::FirstDayOrLater),
            (hour(16, 18), "startsOn", Rule::DayOfTheSchedule),
            (hour(9, 9), "endsOn", Rule::NowOrLater),
        ];
        for (times, path, rule) in cases {
            let refused = windows(&times, "2026-03-10T12:00").expect_err("refused");
            assert_eq!(refused, [Fault::invalid(path, rule)]);
        }
    }
}
