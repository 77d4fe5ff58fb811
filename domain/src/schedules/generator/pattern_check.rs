//! Whether the hours of a contract can be worked by a pattern, with what would mend it.

use jiff::{civil, tz::TimeZone};

use super::{
    Calendar,
    problem::Terms,
    shape::{ShiftShape, terms_of},
    start_pattern::band,
};
use crate::{
    fault::Rule,
    schedules::{ContractTerms, PatternWeek, PatternWeeks, RuleLimits, Severity},
};

/// Minutes of the slots of a search.
const SLOT_MINUTES: u16 = 15;

impl PatternWeeks {
    /// The first week in which the least hours of a contract cannot be worked by this pattern, in the
    /// shifts that a site offers and by these rules: with the days of work that would do where days are
    /// missing, else the length of shifts that would, else the hours of a contract that would. `None`
    /// where every week has room, or the contract owes no hours. `on` is the day that says which shifts
    /// are offered.
    #[must_use]
    pub fn impossible(
        &self,
        contract: &ContractTerms,
        limits: &RuleLimits,
        shapes: &[ShiftShape],
        on: civil::Date,
    ) -> Option<Rule> {
        let owed = contract.weekly_seconds.min.filter(|owed| *owed > 0)?;
        if limits.contract_hours.severity == Severity::Off {
            return None;
        }
        let calendar = Calendar::new(on, 1, SLOT_MINUTES, &TimeZone::UTC);
        let terms = terms_of(limits, contract, (shapes, &[]), &calendar);
        let most_days = i64::from(terms.max_days_week);
        let mut weeks = self.list().iter().enumerate();
        weeks.find_map(|(place, week)| {
            let days = week.weekdays.map_or(7, |days| i64::from(days.count())).min(most_days);
            let day = longest(&terms, week);
            (days * day < owed).then(|| mend(place + 1, &terms, week, (days, day, owed)))
        })
    }
}

/// Paid seconds of the longest shift that starts and lasts as a week says.
fn longest(terms: &Terms, week: &PatternWeek) -> i64 {
    lengths(terms, week).map(|(_, paid)| paid).max().unwrap_or(0)
}

/// Seconds from start to end, and paid, of each shift that the week lets be worked.
fn lengths(terms: &Terms, week: &PatternWeek) -> impl Iterator<Item = (i64, i64)> {
    let band = band(week, SLOT_MINUTES);
    let fit = terms.templates.iter().filter(move |template| {
        template.starts.iter().any(|step| band.holds(*step, template.length))
    });
    let slot = i64::from(SLOT_MINUTES) * 60;
    fit.map(move |it| (i64::from(it.length) * slot, i64::from(it.paid_minutes) * 60))
}

fn mend(week: usize, terms: &Terms, of: &PatternWeek, (days, day, owed): (i64, i64, i64)) -> Rule {
    let up = |whole: i64, part: i64| (whole + part - 1) / part;
    if day > 0 && up(owed, day) <= i64::from(terms.max_days_week) {
        return Rule::PatternDays(up(owed, day), week, owed);
    }
    let any_length = PatternWeek { shortest_seconds: None, longest_seconds: None, ..*of };
    let enough = lengths(terms, &any_length).filter(|(_, paid)| paid * days >= owed);
    match enough.map(|(length, _)| length).min() {
        Some(length) => Rule::PatternShifts(length, week, owed),
        None => Rule::PatternHours(days * day, week),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::schedules::{Bounds, ContractKind, TimeBand, Weekdays};

    const HOUR: i64 = 3600;

    fn week(days: &[i64], from: i8, longest: Option<i64>) -> PatternWeek {
        let at = time(from, 0, 0, 0);
        let weekdays = Some(Weekdays::of(days.iter().copied()).expect("weekdays"));
        let starts = TimeBand { from: at, to: at };
        PatternWeek {
            weekdays,
            longest_seconds: longest.map(|hours| hours * HOUR),
            ..PatternWeek::of(starts)
        }
    }

    fn impossible(weeks: &[PatternWeek], hours: i64) -> Option<Rule> {
        let weekly = Bounds::between(hours * HOUR, 40 * HOUR);
        let contract = ContractTerms::of_hours(ContractKind::Regular, weekly);
        let weeks = PatternWeeks::parse(weeks.to_vec()).expect("weeks");
        let (limits, shapes) = (RuleLimits::default(), ShiftShape::usual());
        weeks.impossible(&contract, &limits, &shapes, date(2026, 3, 9))
    }

    #[test]
    fn a_week_of_too_few_days_says_how_many_would_do() {
        let full = week(&[1, 2, 3, 4, 5], 9, None);
        assert_eq!(impossible(&[full], 40), None, "five whole days");
        let four = week(&[1, 2, 3, 4], 9, None);
        assert_eq!(impossible(&[full, four], 40), Some(Rule::PatternDays(5, 2, 40 * HOUR)));
        assert_eq!(impossible(&[full, four], 32), None, "the contract asks for no more");
    }

    #[test]
    fn shifts_that_are_too_short_say_how_long_they_would_have_to_be() {
        // Six hours on five days are 30, and six days of them 36.
        let short = week(&[1, 2, 3, 4, 5], 9, Some(7));
        let Some(Rule::PatternShifts(length, 1, owed)) = impossible(&[short], 40) else {
            panic!("refused with a length")
        };
        assert_eq!((length, owed), (8 * HOUR + HOUR / 2, 40 * HOUR));
        assert_eq!(impossible(&[short], 36), Some(Rule::PatternDays(6, 1, 36 * HOUR)));
    }

    #[test]
    fn where_nothing_else_would_do_it_is_said_which_contract_would() {
        let none = week(&[], 9, None);
        assert_eq!(impossible(&[none], 8), Some(Rule::PatternDays(1, 1, 8 * HOUR)));
        // No shift that is offered starts at three in the afternoon and ends by four.
        let never = week(&[1, 2, 3, 4, 5], 15, Some(1));
        let mended = impossible(&[never], 8);
        assert!(matches!(mended, Some(Rule::PatternShifts(..))), "{mended:?}");
        let two = week(&[6, 7], 9, None);
        let weekly = Bounds::between(40 * HOUR, 40 * HOUR);
        let contract = ContractTerms::part_time(0);
        let contract = ContractTerms { weekly_seconds: weekly, ..contract };
        let weeks = PatternWeeks::parse(vec![two]).expect("weeks");
        let (limits, shapes) = (RuleLimits::default(), ShiftShape::usual());
        // Shifts of a part-timer last six hours, and a week has six working days.
        let mended = weeks.impossible(&contract, &limits, &shapes, date(2026, 3, 9));
        assert_eq!(mended, Some(Rule::PatternHours(12 * HOUR, 1)));
    }
}
