//! What a feed may say, and what became of it.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{IntervalFigures, Threshold};
use crate::{
    fault::{Fault, Rule},
    forecasting::history::interval_start,
    kpis::WaitHistogram,
    time::Grain,
};

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

/// Refuses the start of an interval that has not begun, or that is none of the queue's: they start on
/// multiples of the grain by the clock of the queue's zone.
///
/// # Errors
/// INVALID_VALUE at `startsAt`; the parameter `expected` is a start that would do.
pub fn check_start(
    starts_at: Timestamp,
    grain: Grain,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(), Fault> {
    let latest = now + SignedDuration::from_secs(CLOCK_TOLERANCE_SECONDS);
    let refused = |rule: Rule, expected: Timestamp| {
        Err(Fault::invalid("startsAt", rule).with("expected", expected.to_string()))
    };
    if starts_at > latest {
        let begun = interval_start(now, grain, zone);
        return refused(Rule::BegunBy(begun), begun);
    }
    let start = interval_start(starts_at, grain, zone);
    if starts_at.subsec_nanosecond() != 0 || start != starts_at {
        let whole = Timestamp::from_second(start.as_second()).unwrap_or(start);
        return refused(Rule::OnGrain(grain.minutes(), whole), whole);
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

/// Refuses waits that are not those of the figures: their sums must be the counts, and what waited up
/// to the threshold must be what was counted within it.
///
/// # Errors
/// INVALID_VALUE at `waits`.
pub fn check_waits(figures: &IntervalFigures, waits: &WaitHistogram) -> Result<(), Fault> {
    let seconds = match figures.threshold {
        Threshold::Seconds(seconds) => Some(seconds),
        Threshold::Untold | Threshold::Between(..) => None,
    };
    let within = |of: fn(&WaitHistogram, u32) -> Option<u64>| of(waits, seconds?);
    let answered_within = within(WaitHistogram::answered_within);
    let abandoned_within = within(WaitHistogram::abandoned_within);
    for (name, sum, count) in [
        ("answered", Some(waits.answered.iter().sum::<u64>()), Some(figures.answered)),
        ("abandoned", Some(waits.abandoned.iter().sum()), Some(figures.abandoned)),
        ("answeredInThreshold", answered_within, figures.answered_in_threshold.map(Some)),
        ("abandonedInThreshold", abandoned_within, figures.abandoned_in_threshold.map(Some)),
    ] {
        let (Some(sum), Some(count)) = (sum, count) else { continue };
        let Some(count) = count else {
            return Err(Fault::invalid("waits", Rule::WaitsWith(name, sum)));
        };
        if sum != count {
            return Err(Fault::invalid("waits", Rule::WaitsOf(name, count, sum)));
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
    fn an_interval_starts_on_the_grain_of_its_queue_and_not_in_the_future() {
        let zone = TimeZone::get("Asia/Kathmandu").expect("zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let now = at("2026-03-02T12:01:00Z");
        // Noon in Nepal is 6:15 elsewhere.
        let check = |start, grain| check_start(at(start), grain, &zone, now);
        assert_eq!(check("2026-03-02T06:15:00Z", Grain::Minutes60), Ok(()));
        assert_eq!(check("2026-03-02T12:00:00Z", Grain::Minutes15), Ok(()));
        assert_eq!(check("2026-03-01T18:15:00Z", Grain::Day), Ok(()));
        // A clock may be a little ahead.
        assert_eq!(check("2026-03-02T12:05:00Z", Grain::Minutes5), Ok(()));
        for (start, grain, would_do) in [
            ("2026-03-02T06:00:00Z", Grain::Minutes60, "2026-03-02T05:15:00Z"),
            ("2026-03-02T06:20:00Z", Grain::Minutes15, "2026-03-02T06:15:00Z"),
            ("2026-03-02T06:15:00.5Z", Grain::Minutes15, "2026-03-02T06:15:00Z"),
            ("2026-03-01T00:00:00Z", Grain::Day, "2026-02-28T18:15:00Z"),
            ("2026-03-02T12:15:00Z", Grain::Minutes15, "2026-03-02T12:00:00Z"),
        ] {
            let fault = check(start, grain).expect_err(start);
            assert_eq!(fault.path, ["startsAt"], "{start}");
            let expected = fault.params.iter().find(|(name, _)| name == "expected");
            assert_eq!(expected.map(|(_, value)| value.as_str()), Some(would_do), "{start}");
        }
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

    #[test]
    fn waits_must_be_those_of_the_figures() {
        let mut waits = WaitHistogram::default();
        waits.answered[..4].copy_from_slice(&[1, 2, 3, 4]);
        waits.abandoned[5] = 2;
        let figures = IntervalFigures {
            offered: 12,
            answered: Some(10),
            answered_in_threshold: Some(6),
            abandoned: Some(2),
            threshold: Threshold::Seconds(15),
            ..IntervalFigures::ZERO
        };
        assert_eq!(check_waits(&figures, &waits), Ok(()));
        let rule = |figures: IntervalFigures| {
            let fault = check_waits(&figures, &waits).expect_err("a fault");
            assert_eq!(fault.path, ["waits"]);
            fault.rule.expect("a rule")
        };
        let told = |answered, abandoned| rule(IntervalFigures { answered, abandoned, ..figures });
        assert_eq!(told(Some(11), Some(2)), Rule::WaitsOf("answered", 11, 10));
        assert_eq!(told(None, Some(2)), Rule::WaitsWith("answered", 10));
        assert_eq!(told(Some(10), Some(1)), Rule::WaitsOf("abandoned", 1, 2));
        let at_20 = IntervalFigures { threshold: Threshold::Seconds(20), ..figures };
        assert_eq!(rule(at_20), Rule::WaitsOf("answeredInThreshold", 6, 10));
        let at_17 = IntervalFigures { threshold: Threshold::Seconds(17), ..figures };
        assert_eq!(check_waits(&at_17, &waits), Ok(()), "17 s is within a bin");
    }
}
