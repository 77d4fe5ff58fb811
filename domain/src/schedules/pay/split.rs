//! Worked time by pay class.

use jiff::{civil, tz::TimeZone};
use rust_decimal::Decimal;

use super::{PayClass, PayTerms, RestDays};
use crate::{
    forecasting::site_calendar::DayKind,
    schedules::{Shift, TimeBand},
    time::{Span, local_of_instant, next_day},
};

/// Seconds of each pay class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaySplit {
    ordinary: i64,
    night: i64,
    rest_day: i64,
    public_holiday: i64,
}

impl PaySplit {
    /// Seconds of a class.
    #[must_use]
    pub const fn seconds(&self, class: PayClass) -> i64 {
        match class {
            PayClass::Ordinary => self.ordinary,
            PayClass::Night => self.night,
            PayClass::RestDay => self.rest_day,
            PayClass::PublicHoliday => self.public_holiday,
        }
    }

    /// Seconds of all classes.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.ordinary + self.night + self.rest_day + self.public_holiday
    }

    /// Seconds times the factors of their classes: how many ordinary seconds they are worth.
    #[must_use]
    pub fn weighted(&self, terms: &PayTerms) -> Decimal {
        let each = PayClass::ALL.map(|it| Decimal::from(self.seconds(it)) * terms.factor(it));
        each.into_iter().sum()
    }

    /// Adds seconds to a class.
    pub(super) const fn add(&mut self, class: PayClass, seconds: i64) {
        let sum = match class {
            PayClass::Ordinary => &mut self.ordinary,
            PayClass::Night => &mut self.night,
            PayClass::RestDay => &mut self.rest_day,
            PayClass::PublicHoliday => &mut self.public_holiday,
        };
        *sum += seconds;
    }

    /// Adds all classes of another.
    pub(super) fn merge(&mut self, other: &Self) {
        for class in PayClass::ALL {
            self.add(class, other.seconds(class));
        }
    }
}

/// Paid work of one shift on one date of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) date: civil::Date,
    /// What the date is.
    pub(super) kind: DayKind,
    pub(super) seconds: i64,
    /// Of them in the night.
    pub(super) night_seconds: i64,
    /// The day whose work earns a rest, where this is part of it.
    pub(super) earns: Option<civil::Date>,
}

/// Cuts the paid presence of a shift at the local midnights within it. `too_long` says that the
/// shift counts on a day of a run of working days that is longer than the rules allow.
pub(super) fn parts_of(
    shift: &Shift,
    days: &RestDays,
    night: TimeBand,
    too_long: bool,
    zone: &TimeZone,
) -> Vec<Part> {
    let paid = shift.activities().iter().filter(|it| it.paid && it.category.is_presence());
    let spans: Vec<Span> = paid.map(|activity| activity.span).collect();
    let mut parts = Vec::new();
    let mut date = local_of_instant(shift.span().start(), zone).date();
    let last = local_of_instant(shift.span().end(), zone).date();
    while date <= last {
        let day = Span::of_day(date, zone);
        let eve = date.yesterday().unwrap_or(date);
        let nights = [night.on(eve, zone), night.on(date, zone)];
        let (mut seconds, mut night_seconds) = (0, 0);
        for span in spans.iter().filter_map(|span| span.intersection(day)) {
            seconds += span.seconds();
            let dark = nights.iter().filter_map(|night| night.intersection(span));
            night_seconds += dark.map(Span::seconds).sum::<i64>();
        }
        if seconds > 0 {
            let kind = days.kind(date);
            let earns = match kind {
                DayKind::RestDay => Some(date),
                _ => too_long.then_some(shift.local_date()),
            };
            parts.push(Part { date, kind, seconds, night_seconds, earns });
        }
        date = next_day(date);
    }
    parts
}
