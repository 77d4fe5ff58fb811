//! Pay classes and what they are worth.

use jiff::{ToSpan as _, civil};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Rule};

/// What an hour of work counts as. Each second is in one class: the last of these that fits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayClass {
    /// None of the others.
    Ordinary,
    /// In the night of the work rules.
    Night,
    /// Above the hours that the contract has for the day or the week.
    Overtime,
    /// On a rest day, when no rest was given for it in time.
    RestDay,
    /// On a public holiday.
    PublicHoliday,
}

impl PayClass {
    /// All classes, the plainest first.
    pub const ALL: [Self; 5] =
        [Self::Ordinary, Self::Night, Self::Overtime, Self::RestDay, Self::PublicHoliday];
}

/// What the classes are worth against ordinary time, and when rest is due.
///
/// The factors of overtime, rest days and public holidays are those of article 44 of the Labour Law of
/// the People's Republic of China (150, 200 and 300 %); it knows none for nights, which companies set
/// by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PayTerms {
    /// Factor of the night.
    pub night: Decimal,
    /// Factor of overtime.
    pub overtime: Decimal,
    /// Factor of a rest day for which no rest was given in time.
    pub rest_day: Decimal,
    /// Factor of a public holiday.
    pub public_holiday: Decimal,
    /// Rest is due by the end of the month in which it was earned, or by that of the next one when
    /// fewer days than these are left.
    pub least_days_to_rest: i64,
}

impl Default for PayTerms {
    fn default() -> Self {
        Self {
            night: Decimal::ONE,
            overtime: Decimal::new(15, 1),
            rest_day: Decimal::TWO,
            public_holiday: Decimal::from(3),
            least_days_to_rest: 14,
        }
    }
}

/// New terms; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayTermsChange {
    /// Factor of the night.
    pub night: Option<Decimal>,
    /// Factor of overtime.
    pub overtime: Option<Decimal>,
    /// Factor of rest days.
    pub rest_day: Option<Decimal>,
    /// Factor of public holidays.
    pub public_holiday: Option<Decimal>,
    /// Days that must be left of a month for rest to be due in it.
    pub least_days_to_rest: Option<i64>,
}

impl PayTerms {
    /// The terms with what is new in them.
    #[must_use]
    pub fn changed(self, change: PayTermsChange) -> Self {
        let PayTermsChange { night, overtime, rest_day, public_holiday, least_days_to_rest } =
            change;
        Self {
            night: night.unwrap_or(self.night),
            overtime: overtime.unwrap_or(self.overtime),
            rest_day: rest_day.unwrap_or(self.rest_day),
            public_holiday: public_holiday.unwrap_or(self.public_holiday),
            least_days_to_rest: least_days_to_rest.unwrap_or(self.least_days_to_rest),
        }
    }

    /// What an hour of the class is worth, in ordinary hours.
    #[must_use]
    pub const fn factor(&self, class: PayClass) -> Decimal {
        match class {
            PayClass::Ordinary => Decimal::ONE,
            PayClass::Night => self.night,
            PayClass::Overtime => self.overtime,
            PayClass::RestDay => self.rest_day,
            PayClass::PublicHoliday => self.public_holiday,
        }
    }

    /// Last day on which rest earned on `date` can be given.
    #[must_use]
    pub fn rest_due(&self, date: civil::Date) -> civil::Date {
        let end = date.last_of_month();
        if i64::from(end.day()) - i64::from(date.day()) >= self.least_days_to_rest {
            return end;
        }
        end.saturating_add(1.day()).last_of_month()
    }

    /// Whether the terms can be used.
    ///
    /// # Errors
    /// INVALID_VALUE at every factor that is not 1 to 10, and at days that are not 0 to 31, below
    /// `path`.
    pub fn check(&self, path: &str) -> Result<(), Vec<Fault>> {
        let Self { night, overtime, rest_day, public_holiday, least_days_to_rest } = self;
        let factors = [
            ("nightFactor", night),
            ("overtimeFactor", overtime),
            ("restDayFactor", rest_day),
            ("publicHolidayFactor", public_holiday),
        ];
        let range = Decimal::ONE..=Decimal::TEN;
        let mut faults: Vec<_> = factors
            .into_iter()
            .filter(|(_, factor)| !range.contains(factor))
            .map(|(name, _)| Fault::invalid(&format!("{path}.{name}"), Rule::PayFactor))
            .collect();
        if !(0..=31).contains(least_days_to_rest) {
            let at = format!("{path}.leastDaysToRest");
            faults.push(Fault::invalid(&at, Rule::Days(0, 31)));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn rest_is_due_at_the_end_of_the_month_that_leaves_time_for_it() {
        let terms = PayTerms::default();
        assert_eq!(terms.rest_due(date(2026, 10, 5)), date(2026, 10, 31));
        assert_eq!(terms.rest_due(date(2026, 10, 17)), date(2026, 10, 31));
        assert_eq!(terms.rest_due(date(2026, 10, 18)), date(2026, 11, 30));
        assert_eq!(terms.rest_due(date(2026, 12, 31)), date(2027, 1, 31));
    }

    #[test]
    fn factors_below_ordinary_time_are_refused() {
        let terms = PayTerms {
            night: Decimal::ZERO,
            overtime: Decimal::new(9, 1),
            least_days_to_rest: 32,
            ..PayTerms::default()
        };
        let faults = terms.check("pay").expect_err("three faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["pay.nightFactor", "pay.overtimeFactor", "pay.leastDaysToRest"]);
        assert_eq!(PayTerms::default().check("pay"), Ok(()));
    }

    #[test]
    fn terms_that_name_only_some_factors_keep_the_usual_others() {
        let read: PayTerms = serde_json::from_str(r#"{"night": "1.3"}"#).expect("terms");
        assert_eq!(read, PayTerms { night: Decimal::new(13, 1), ..PayTerms::default() });
    }
}
