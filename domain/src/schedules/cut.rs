//! What becomes of a published schedule of which some days are planned anew.

use jiff::{ToSpan as _, civil};

use crate::time::next_day;

/// First and last day, both inclusive.
type Days = (civil::Date, civil::Date);

/// A schedule cut where the days begin and end that another one takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Days that it keeps: those before the others or, where it has none before, those after.
    pub kept: Days,
    /// Days that are taken over.
    pub replaced: Days,
    /// Days after these, where it keeps those before: they go on as a schedule of their own.
    pub after: Option<Days>,
}

impl Cut {
    /// A schedule of the days `of`, cut by one of the days `by`. `None` when nothing of it is taken
    /// over, and when nothing of it stays.
    #[must_use]
    pub fn new(of: Days, by: Days) -> Option<Self> {
        let replaced = (of.0.max(by.0), of.1.min(by.1));
        if replaced.1 < replaced.0 {
            return None;
        }
        let before = (of.0 < replaced.0).then(|| (of.0, replaced.0.saturating_sub(1.day())));
        let after = (replaced.1 < of.1).then(|| (next_day(replaced.1), of.1));
        match (before, after) {
            (Some(kept), after) => Some(Self { kept, replaced, after }),
            (None, Some(kept)) => Some(Self { kept, replaced, after: None }),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Days of March 2026.
    fn days(first: i8, last: i8) -> Days {
        (date(2026, 3, first), date(2026, 3, last))
    }

    fn cut(by: Days) -> Option<Cut> {
        Cut::new(days(2, 29), by)
    }

    #[test]
    fn a_week_in_the_middle_leaves_the_weeks_on_both_sides() {
        let after = Some(days(16, 29));
        let expected = Cut { kept: days(2, 8), replaced: days(9, 15), after };
        assert_eq!(cut(days(9, 15)), Some(expected));
    }

    #[test]
    fn the_first_and_the_last_week_leave_the_others_together() {
        let first = Cut { kept: days(9, 29), replaced: days(2, 8), after: None };
        let last = Cut { kept: days(2, 22), replaced: days(23, 29), after: None };
        assert_eq!((cut(days(2, 8)), cut(days(23, 29))), (Some(first), Some(last)));
    }

    #[test]
    fn days_beyond_it_are_not_its_own() {
        let expected = Cut { kept: days(2, 22), replaced: days(23, 29), after: None };
        assert_eq!(cut((date(2026, 3, 23), date(2026, 4, 5))), Some(expected));
        assert_eq!(cut((date(2026, 3, 30), date(2026, 4, 5))), None, "nothing of it");
    }

    #[test]
    fn what_is_replaced_as_a_whole_is_not_cut() {
        assert_eq!(cut(days(2, 29)), None);
        assert_eq!(cut((date(2026, 2, 23), date(2026, 4, 5))), None);
    }
}
