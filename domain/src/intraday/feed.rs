//! What a feed may say, and what became of it.

use jiff::Timestamp;

use super::IntervalFigures;
use crate::fault::{Fault, Rule};

/// Most items of one push.
pub const MOST_AT_ONCE: usize = 500;

/// A source's clock may be ahead by so much. What claims to be later would silence the feed: the
/// latest word counts, and nothing could come after it.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// What became of one item of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It says something new.
    Accepted,
    /// It was known already, or something later was.
    Unchanged,
    /// It cannot be taken up.
    Refused(Fault),
}

/// Refuses a source time that lies too far ahead.
///
/// # Errors
/// INVALID_VALUE at `sourceAt`.
pub fn check_source_time(source_at: Timestamp, now: Timestamp) -> Result<(), Fault> {
    if source_at.as_second() - now.as_second() > CLOCK_TOLERANCE_SECONDS {
        return Err(Fault::invalid("sourceAt", Rule::InThePast));
    }
    Ok(())
}

/// Refuses figures of which a part is greater than the whole. Answered contacts may exceed offered
/// ones: they may have arrived in the interval before.
///
/// # Errors
/// INVALID_VALUE at the part.
pub fn check_figures(figures: &IntervalFigures) -> Result<(), Fault> {
    let IntervalFigures {
        offered: _,
        answered,
        answered_in_threshold,
        abandoned,
        abandoned_in_threshold,
        abandoned_short,
        wait_seconds: _,
        handle_seconds: _,
        threshold: _,
    } = *figures;
    for (name, part, whole) in [
        ("answeredInThreshold", answered_in_threshold, answered),
        ("abandonedInThreshold", abandoned_in_threshold, abandoned),
        ("abandonedShort", abandoned_short, abandoned),
    ] {
        if let (Some(part), Some(whole)) = (part, whole)
            && part > whole
        {
            return Err(Fault::invalid(name, Rule::PartOf(whole)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_ahead_is_refused() {
        let at = |second| Timestamp::from_second(second).expect("instant");
        assert_eq!(check_source_time(at(300), at(0)), Ok(()));
        assert!(check_source_time(at(301), at(0)).is_err());
    }

    #[test]
    fn more_in_time_than_answered_is_refused() {
        let figures = IntervalFigures {
            answered: Some(9),
            answered_in_threshold: Some(10),
            ..IntervalFigures::ZERO
        };
        let fault = check_figures(&figures).expect_err("a fault");
        assert_eq!(fault.path, ["answeredInThreshold"]);
        assert_eq!(check_figures(&IntervalFigures { answered: None, ..figures }), Ok(()));
    }
}
