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
    overtime: i64,
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
            PayClass::Overtime => self.overtime,
            PayClass::RestDay => self.rest_day,
            PayClass::PublicHoliday => self.public_holiday,
        }
    }

    /// Seconds of all classes.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.ordinary + self.night + self.overtime + self.rest_day + self.public_holiday
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
            PayClass::Overtime => &mut self.overtime,
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

/// Paid work of one shift on one date of the clock, without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) span: Span,
    /// The date by the clock.
    pub(super) date: civil::Date,
    /// What that date is.
    pub(super) kind: DayKind,
    /// The date on which the shift counts.
    pub(super) day: civil::Date,
    /// The day whose work earns a rest, where this is part of it.
    pub(super) earns: Option<civil::Date>,
    /// Whether it lies above the hours of the contract.
    pub(super) is_overtime: bool,
}

impl Part {
    /// Seconds of it in the night.
    pub(super) fn night_seconds(&self, night: TimeBand, zone: &TimeZone) -> i64 {
        let eve = self.date.yesterday().unwrap_or(self.date);
        let nights = [night.on(eve, zone), night.on(self.date, zone)];
        let dark = nights.iter().filter_map(|night| night.intersection(self.span));
        dark.map(Span::seconds).sum()
    }
}

/// Cuts the paid presence of a shift at the local midnights within it; overtime is still to be found.
/// `too_long` says that the shift counts on a day of a run of working days that is longer than the
/// rules allow.
pub(super) fn parts_of(
    shift: &Shift,
    days: &RestDays,
    too_long: bool,
    zone: &TimeZone,
) -> Vec<Part> {
    let paid = shift.activities().iter().filter(|it| it.paid && it.category.is_presence());
    let spans: Vec<Span> = paid.map(|activity| activity.span).collect();
    let mut parts = Vec::new();
    let mut date = local_of_instant(shift.span().start(), zone).date();
    let last = local_of_instant(shift.span().end(), zone).date();
    while date <= last {
        let kind = days.kind(date);
        let earns = match kind {
            DayKind::RestDay => Some(date),
            _ => too_long.then_some(shift.local_date()),
        };
        let by_clock = Span::of_day(date, zone);
        let on_date = spans.iter().filter_map(|span| span.intersection(by_clock));
        parts.extend(on_date.filter(|span| !span.is_empty()).map(|span| {
            let day = shift.local_date();
            Part { span, date, kind, day, earns, is_overtime: false }
        }));
        date = next_day(date);
    }
    parts
}
