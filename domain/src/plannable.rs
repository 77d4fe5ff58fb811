//! Which days plans begin on, and how many settings may wait for theirs.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use crate::fault::{Fault, Rule};

/// The first day on which a forecast or a schedule may begin. Time zones know no earlier clocks for
/// certain.
pub const FIRST_PLANNABLE: Date = date(1970, 1, 1);

/// The last one. Whatever is looked at beyond it, a horizon of a year and the weeks that bound it, has
/// whole days still: the calendar ends in 9999, and the last days there are cut short.
pub const LAST_PLANNABLE: Date = date(2199, 12, 31);

/// Refuses a first day of a forecast or a schedule outside of them.
///
/// # Errors
/// INVALID_VALUE at `path`, with both days.
pub fn check_plannable(day: Date, path: &str) -> Result<(), Fault> {
    if (FIRST_PLANNABLE..=LAST_PLANNABLE).contains(&day) {
        return Ok(());
    }
    Err(Fault::invalid(path, Rule::PlannableDay(FIRST_PLANNABLE, LAST_PLANNABLE)))
}

/// Most sets of one thing, such as the staffing of a queue by weekday, that may wait for their first day:
/// all of them are read whenever one is looked for.
pub const MOST_AHEAD: usize = 100;

/// Refuses one more set that begins `from` a day on, where so many of the `known` ones wait for theirs. One
/// that replaces another of the same day adds none, and one that begins by `today` does not wait.
///
/// # Errors
/// INVALID_VALUE at `path`, with the number that may wait.
pub fn check_ahead(
    (from, today): (Date, Date),
    known: impl IntoIterator<Item = Date>,
    path: &str,
) -> Result<(), Fault> {
    let ahead: BTreeSet<Date> = known.into_iter().filter(|day| *day > today).collect();
    if from <= today || ahead.contains(&from) || ahead.len() < MOST_AHEAD {
        return Ok(());
    }
    Err(Fault::invalid(path, Rule::SetsAheadAtMost(MOST_AHEAD)))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::fault::Language;

    #[test]
    fn only_so_many_sets_wait_for_their_day() {
        let today = date(2026, 3, 2);
        let day = |days: i64| today.saturating_add(days.days());
        let full: Vec<Date> = (-50..=100).map(day).collect();
        let asked = |from| check_ahead((from, today), full.iter().copied(), "effectiveOn");
        assert_eq!(asked(day(101)), Err(Fault::invalid("effectiveOn", Rule::SetsAheadAtMost(100))));
        assert_eq!(asked(day(100)), Ok(()), "it takes the place of another");
        assert_eq!(asked(today), Ok(()), "it does not wait");
        let room = full.iter().copied().filter(|it| *it != day(7));
        assert_eq!(check_ahead((day(101), today), room, "effectiveOn"), Ok(()));
    }

    #[test]
    fn a_plan_begins_where_days_are_whole_and_who_asks_otherwise_is_told_where() {
        for day in [FIRST_PLANNABLE, date(2026, 3, 2), LAST_PLANNABLE] {
            assert_eq!(check_plannable(day, "startsOn"), Ok(()), "{day}");
        }
        for day in [Date::MIN, date(1, 1, 1), date(1969, 12, 31), date(2200, 1, 1), Date::MAX] {
            let fault = check_plannable(day, "startsOn").expect_err("no such day");
            assert_eq!(fault.path, ["startsOn"], "{day}");
            let told = fault.message(Language::English);
            assert_eq!(told, "a day that can be planned: from 1970-01-01 to 2199-12-31");
        }
    }
}
