//! Whether the telephone lines of a queue carry the calls that its plan expects.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Demand, LineCheck, LinesAsk, StaffingError, check_lines};
use crate::network::QueueLines;

/// An interval of a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedCalls {
    /// First instant.
    pub starts_at: Timestamp,
    /// What is forecast.
    pub demand: Demand,
    /// Agents on the phone.
    pub on_phone: u32,
}

/// An interval in which lines are too few.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LineShortfall {
    /// First instant.
    pub starts_at: Timestamp,
    /// Lines against the calls expected at once; `None` where the queue grows for ever: then no number of
    /// lines is enough.
    pub check: Option<LineCheck>,
}

impl QueueLines {
    /// What is asked about an interval of this demand: each caller is in the voice menu first.
    fn ask(&self, demand: &Demand) -> LinesAsk {
        // A figure that means nothing is refused when it is used.
        let figure = |value: Decimal| f64::try_from(value).unwrap_or(f64::NAN);
        let Self { count, ivr_seconds, line_time_percent, max_blocking_percent } = *self;
        LinesAsk {
            lines: count,
            ivr_erlangs: demand.calls * figure(ivr_seconds) / demand.interval_seconds,
            line_share: figure(line_time_percent) / 100.0,
            max_blocking: figure(max_blocking_percent) / 100.0,
        }
    }
}

/// The intervals in which more callers meet a busy tone than `lines` may let, in their order: calls that
/// talk to so many agents, wait for them and are in the voice menu, by Erlang B.
///
/// # Errors
/// [`StaffingError`] for figures out of range.
pub fn line_shortfalls(
    lines: &QueueLines,
    patience_seconds: Option<f64>,
    plan: &[PlannedCalls],
) -> Result<Vec<LineShortfall>, StaffingError> {
    let mut found = Vec::new();
    for &PlannedCalls { starts_at, demand, on_phone } in plan {
        let Some(traffic) = demand.traffic(patience_seconds)? else { continue };
        // Neither the wait nor who hangs up depends on the threshold.
        let served = traffic.performance(f64::from(on_phone), 0.0);
        let LinesAsk { lines, ivr_erlangs, line_share, max_blocking } = lines.ask(&demand);
        match check_lines(lines, traffic, &served, line_share, ivr_erlangs, max_blocking) {
            Ok(check) if check.is_enough => {}
            Ok(check) => found.push(LineShortfall { starts_at, check: Some(check) }),
            Err(StaffingError::Unreachable) => found.push(LineShortfall { starts_at, check: None }),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const HALF_HOUR: SignedDuration = SignedDuration::from_mins(30);

    fn lines(count: u32, ivr_seconds: i64) -> QueueLines {
        QueueLines {
            count,
            ivr_seconds: ivr_seconds.into(),
            line_time_percent: 100.into(),
            max_blocking_percent: 1.into(),
        }
    }

    /// Half hours of so many calls of 180 s, each with 14 agents.
    fn plan(calls: &[f64]) -> Vec<PlannedCalls> {
        let interval = |(&calls, number): (&f64, i32)| PlannedCalls {
            starts_at: Timestamp::UNIX_EPOCH + HALF_HOUR * number,
            demand: Demand { calls, handle_seconds: 180.0, interval_seconds: 1800.0 },
            on_phone: 14,
        };
        calls.iter().zip(0..).map(interval).collect()
    }

    #[test]
    fn only_intervals_with_too_few_lines_are_told() {
        // At 1 %, 10 erlangs of talk and some waiting ask for more than 15 lines, 5 erlangs for fewer.
        let found = line_shortfalls(&lines(15, 0), None, &plan(&[50.0, 100.0, 0.0])).expect("plan");
        assert_eq!(found.len(), 1, "{found:?}");
        let LineShortfall { starts_at, check } = found[0];
        let check = check.expect("check");
        assert_eq!(starts_at, Timestamp::UNIX_EPOCH + HALF_HOUR);
        assert!(check.expected_concurrent > 10.0 && check.p_block > 0.01, "{check:?}");
        let enough = lines(check.lines_needed, 0);
        assert_eq!(line_shortfalls(&enough, None, &plan(&[50.0, 100.0, 0.0])), Ok(Vec::new()));
        let one_less = lines(check.lines_needed - 1, 0);
        assert_eq!(line_shortfalls(&one_less, None, &plan(&[100.0])).map(|it| it.len()), Ok(1));
    }

    /// Calls at once in an interval of 100 calls.
    fn at_once(lines: &QueueLines) -> f64 {
        let found = line_shortfalls(lines, None, &plan(&[100.0])).expect("plan");
        found[0].check.expect("check").expected_concurrent
    }

    #[test]
    fn callers_in_the_voice_menu_take_lines_too() {
        // 100 calls of 36 s in half an hour are 2 erlangs.
        assert!((at_once(&lines(1, 36)) - at_once(&lines(1, 0)) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn work_after_the_contact_takes_no_line() {
        let half = QueueLines { line_time_percent: 50.into(), ..lines(1, 0) };
        assert!((at_once(&lines(1, 0)) - at_once(&half) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn no_lines_are_enough_where_the_queue_grows_for_ever() {
        // 15 erlangs for 14 agents; who hangs up after a minute keeps the queue short.
        let (plenty, rush) = (lines(1000, 0), plan(&[150.0]));
        let starts_at = Timestamp::UNIX_EPOCH;
        let told = vec![LineShortfall { starts_at, check: None }];
        assert_eq!(line_shortfalls(&plenty, None, &rush), Ok(told));
        assert_eq!(line_shortfalls(&plenty, Some(60.0), &rush), Ok(Vec::new()));
    }
}
