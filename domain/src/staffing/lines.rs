//! Technology and people together: lines for the calls that talk, wait and use the IVR.

use super::{Mean, Performance, StaffingError, Traffic, erlang_b::blocking, error::at_least};

/// Line capacity against the calls expected at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineCheck {
    /// Calls expected at once: talking, waiting and in the IVR.
    pub expected_concurrent: f64,
    /// Share of call attempts that meet a busy tone.
    pub p_block: f64,
    /// Least lines that keep the blocking limit.
    pub lines_needed: u32,
    /// Whether the lines at hand keep it.
    pub is_enough: bool,
}

/// Checks `lines` for a queue: `traffic` as served with `performance`, beside `ivr_erlangs` of
/// calls in the IVR. Handle time after the caller has hung up takes no line, which
/// `line_share` says (share of the handle time with the caller on the line, 0 to 1).
///
/// # Errors
/// [`StaffingError`] for figures out of range; [`StaffingError::Unreachable`] when the queue grows
/// for ever, for then no number of lines is enough.
pub fn check_lines(
    lines: u32,
    traffic: Traffic,
    performance: &Performance,
    line_share: f64,
    ivr_erlangs: f64,
    max_blocking: f64,
) -> Result<LineCheck, StaffingError> {
    if !(0.0..=1.0).contains(&line_share) {
        return Err(StaffingError::NotAShare { what: "line_share", value: line_share });
    }
    let ivr = at_least("ivr_erlangs", ivr_erlangs, 0.0)?;
    let Mean::Finite(waiting) = performance.mean_queue else {
        return Err(StaffingError::Unreachable);
    };
    let talking = traffic.erlangs() * (1.0 - performance.p_abandon) * line_share;
    let expected_concurrent = talking + waiting + ivr;
    let lines_needed = required_lines(expected_concurrent, max_blocking)?;
    Ok(LineCheck {
        expected_concurrent,
        p_block: blocking(f64::from(lines), expected_concurrent),
        lines_needed,
        is_enough: lines >= lines_needed,
    })
}

/// Least lines that lose at most a share of `max_blocking` of `erlangs` (Erlang B).
///
/// # Errors
/// [`StaffingError::NotAShare`] unless the limit lies strictly between 0 and 1,
/// [`StaffingError::OutOfRange`] for traffic that is negative, not finite or beyond
/// [`Traffic::MAX_ERLANGS`].
pub fn required_lines(erlangs: f64, max_blocking: f64) -> Result<u32, StaffingError> {
    if !(max_blocking > 0.0 && max_blocking < 1.0) {
        return Err(StaffingError::NotAShare { what: "max_blocking", value: max_blocking });
    }
    if erlangs > Traffic::MAX_ERLANGS {
        return Err(StaffingError::OutOfRange { what: "erlangs", value: erlangs });
    }
    let erlangs = at_least("erlangs", erlangs, 0.0)?;
    if erlangs == 0.0 {
        return Ok(0);
    }
    super::requirement::least_near(erlangs, |lines| {
        blocking(f64::from(lines), erlangs) <= max_blocking
    })
    .ok_or(StaffingError::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_one_percent_blocking_is_met() {
        for (erlangs, lines) in
            [(4.4612, 11), (4.461, 10), (12.03, 20), (37.901, 50), (84.064, 100)]
        {
            assert_eq!(required_lines(erlangs, 0.01), Ok(lines), "{erlangs}");
        }
        assert_eq!(required_lines(0.0, 0.01), Ok(0));
        assert!(required_lines(10.0, 0.0).is_err());
    }

    #[test]
    fn fewer_lines_than_calls_at_once_are_warned_of() {
        let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
        let performance = traffic.performance(14.0, 20.0);
        let check = check_lines(10, traffic, &performance, 1.0, 2.0, 0.01).expect("check");
        assert!(check.expected_concurrent > 12.4 && check.expected_concurrent < 12.5);
        assert!(!check.is_enough && check.p_block > 0.2);
        let wider = check_lines(check.lines_needed, traffic, &performance, 1.0, 2.0, 0.01);
        assert!(wider.is_ok_and(|check| check.is_enough && check.p_block <= 0.01));
    }

    #[test]
    fn no_lines_are_enough_for_a_queue_that_grows_for_ever() {
        let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
        let saturated = traffic.performance(10.0, 20.0);
        let check = check_lines(1000, traffic, &saturated, 1.0, 0.0, 0.01);
        assert_eq!(check, Err(StaffingError::Unreachable));
    }
}
