//! Which days plans begin on.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Language;

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
