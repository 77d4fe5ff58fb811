use std::collections::BTreeSet;

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, Rule},
    time::{Span, instant_of_local, next_day},
};

/// When a site is open: local wall times per weekday, and days on which it stays closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpeningHours {
    /// Monday first. An end that is not after its start lies on the next day; equal = 24 hours.
    pub week: [Vec<(civil::Time, civil::Time)>; 7],
    /// Local dates on which nothing opens.
    pub closed_on: BTreeSet<civil::Date>,
}

impl OpeningHours {
    /// The spans that open on `date`, in order. They follow the clock changes of `zone`.
    #[must_use]
    pub fn on(&self, date: civil::Date, zone: &TimeZone) -> Vec<Span> {
        if self.closed_on.contains(&date) {
            return Vec::new();
        }
        let weekday = date.weekday().to_monday_zero_offset();
        let hours = usize::try_from(weekday).ok().and_then(|index| self.week.get(index));
        let mut spans: Vec<_> = hours
            .into_iter()
            .flatten()
            .filter_map(|(from, until)| {
                let end_date = if until > from { date } else { next_day(date) };
                let start = instant_of_local(date.to_datetime(*from), zone).0;
                Span::new(start, instant_of_local(end_date.to_datetime(*until), zone).0)
            })
            .collect();
        spans.sort_unstable();
        spans
    }

    /// The spans that open from `first` to before `end`, in order and apart from each other.
    #[must_use]
    pub fn between(&self, first: civil::Date, end: civil::Date, zone: &TimeZone) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut date = first;
        while date < end {
            for span in self.on(date, zone) {
                match spans.last_mut() {
                    Some(last) if span.start() <= last.end() => {
                        let end = last.end().max(span.end());
                        *last = Span::new(last.start(), end).unwrap_or(*last);
                    }
                    _ => spans.push(span),
                }
            }
            date = next_day(date);
        }
        spans
    }

    /// Whether no two openings of a weekday overlap; one over midnight may meet the next day's.
    ///
    /// # Errors
    /// INVALID_VALUE at `opening.week.N`, Monday is 0.
    pub fn check(&self) -> Result<(), Fault> {
        for (index, day) in self.week.iter().enumerate() {
            let mut day = day.clone();
            day.sort_unstable();
            let clash = day.windows(2).any(|pair| pair[0].1 <= pair[0].0 || pair[1].0 < pair[0].1);
            if clash {
                let path = format!("opening.week.{index}");
                return Err(Fault::invalid(&path, Rule::OpeningsApart));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn hours(from: i8, until: i8) -> OpeningHours {
        let day = vec![(time(from, 0, 0, 0), time(until, 0, 0, 0))];
        OpeningHours { week: std::array::from_fn(|_| day.clone()), ..OpeningHours::default() }
    }

    #[test]
    fn opening_over_midnight_follows_the_clocks() {
        let zone = TimeZone::get("Europe/Berlin").expect("zone");
        let night = |day| hours(22, 6).on(day, &zone)[0].seconds() / 3600;
        assert_eq!(night(date(2026, 3, 27)), 8);
        assert_eq!(night(date(2026, 3, 28)), 7);
        assert_eq!(night(date(2026, 10, 24)), 9);
    }

    #[test]
    fn a_closed_day_has_no_opening() {
        let zone = TimeZone::UTC;
        let mut hours = hours(8, 20);
        hours.closed_on.insert(date(2026, 1, 1));
        assert!(hours.on(date(2026, 1, 1), &zone).is_empty());
        assert_eq!(hours.on(date(2026, 1, 2), &zone).len(), 1);
    }

    #[test]
    fn openings_of_a_day_do_not_overlap() {
        let mut hours = hours(8, 12);
        hours.week[2].push((time(12, 0, 0, 0), time(20, 0, 0, 0)));
        assert_eq!(hours.check(), Ok(()));
        hours.week[2].push((time(19, 0, 0, 0), time(21, 0, 0, 0)));
        assert_eq!(hours.check().expect_err("overlap").path, ["opening", "week", "2"]);
    }
}
