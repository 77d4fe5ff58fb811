//! Targets and the status of a value against them.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Rule};

/// Which way a value is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither too little nor too much.
    Range,
    /// A figure to know, not to judge.
    Info,
}

/// A value against its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// On target; the target itself counts.
    Green,
    /// Off target, not beyond the critical limit; the limit itself counts as amber.
    Amber,
    /// Beyond the critical limit.
    Red,
    /// There is no value.
    NoData,
    /// There is a value, and nothing to judge it by.
    Info,
}

/// Target and critical limits, in the unit of the KPI. Missing ends are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Which way a value is better.
    pub direction: Direction,
    /// Least value on target.
    pub target_min: Option<Decimal>,
    /// Greatest value on target.
    pub target_max: Option<Decimal>,
    /// Least value that is not red.
    pub critical_min: Option<Decimal>,
    /// Greatest value that is not red.
    pub critical_max: Option<Decimal>,
}

impl Target {
    /// Status of a value that was not rounded.
    #[must_use]
    pub fn status(&self, value: Option<Decimal>) -> Status {
        let Some(value) = value else { return Status::NoData };
        let Self { direction, target_min, target_max, critical_min, critical_max } = *self;
        let judged =
            [target_min, target_max, critical_min, critical_max].iter().any(Option::is_some);
        if direction == Direction::Info || !judged {
            return Status::Info;
        }
        if !within(value, critical_min, critical_max) {
            Status::Red
        } else if within(value, target_min, target_max) {
            Status::Green
        } else {
            Status::Amber
        }
    }
}

fn within(value: Decimal, least: Option<Decimal>, greatest: Option<Decimal>) -> bool {
    least.is_none_or(|least| value >= least) && greatest.is_none_or(|greatest| value <= greatest)
}

/// Whether a target for calls answered and one for calls abandoned can both be the least that is
/// asked for: the two shares of offered calls must not make more than 100 percent together. A
/// queue that answers 99 % cannot lose 3 %, so such a pair says two different things.
#[must_use]
pub fn are_consistent(answered_rate: &Target, abandonment_rate: &Target) -> bool {
    match (answered_rate.target_min, abandonment_rate.target_max) {
        (Some(answered), Some(abandoned)) => {
            answered.saturating_add(abandoned) <= Decimal::ONE_HUNDRED
        }
        _ => true,
    }
}

/// Refuses a target that cannot be meant: none of its ends given, ends that cross, or a critical
/// limit inside the target.
///
/// # Errors
/// INVALID_VALUE at the end that is wrong.
pub fn check_target(target: &Target) -> Result<(), Fault> {
    let Target { direction, target_min, target_max, critical_min, critical_max } = *target;
    if direction == Direction::Info {
        return Err(Fault::invalid("kpiCode", Rule::JudgedKpi));
    }
    if target_min.is_none() && target_max.is_none() {
        return Err(Fault::invalid("targetMin", Rule::OneOrBothOf("targetMin", "targetMax")));
    }
    let above = |a: Option<Decimal>, b: Option<Decimal>| a.zip(b).is_some_and(|(a, b)| a > b);
    for (wrong, path, rule) in [
        (above(target_min, target_max), "targetMax", Rule::NotBelow("targetMin")),
        (above(critical_min, target_min), "criticalMin", Rule::NotAbove("targetMin")),
        (above(target_max, critical_max), "criticalMax", Rule::NotBelow("targetMax")),
    ] {
        if wrong {
            return Err(Fault::invalid(path, rule));
        }
    }
    Ok(())
}

/// A value as people see it: two decimals, halves away from zero. Never compare what this returns.
#[must_use]
pub fn displayed(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpis::definition;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("number")
    }

    fn status(code: &str, value: &str) -> Status {
        definition(code).expect("kpi").target.status(Some(decimal(value)))
    }

    #[test]
    fn target_and_critical_limit_belong_to_the_better_side() {
        assert_eq!(status("service_level", "80"), Status::Green);
        assert_eq!(status("service_level", "79.99"), Status::Amber);
        assert_eq!(status("service_level", "70"), Status::Amber);
        assert_eq!(status("service_level", "69.99"), Status::Red);
    }

    #[test]
    fn a_fast_handle_time_is_red_too() {
        assert_eq!(status("avg_handle_time", "95"), Status::Red);
        assert_eq!(status("avg_handle_time", "150"), Status::Amber);
        assert_eq!(status("avg_handle_time", "360"), Status::Green);
    }

    #[test]
    fn a_value_that_only_rounds_to_the_target_misses_it() {
        let value = decimal("79.996");
        assert_eq!(displayed(value), decimal("80.00"));
        assert_eq!(status("service_level", "79.996"), Status::Amber);
    }

    #[test]
    fn display_rounds_halves_away_from_zero() {
        assert_eq!(displayed(decimal("4.125")), decimal("4.13"));
        assert_eq!(displayed(decimal("-5.985")), decimal("-5.99"));
    }

    #[test]
    fn a_volume_is_not_judged_and_no_value_is_no_data() {
        assert_eq!(status("total_calls", "1000"), Status::Info);
        assert_eq!(status("repurchase_rate", "12"), Status::Info);
        let target = definition("service_level").expect("kpi").target;
        assert_eq!(target.status(None), Status::NoData);
    }

    #[test]
    fn a_limit_inside_the_target_is_refused() {
        let target = definition("service_level").expect("kpi").target;
        assert_eq!(check_target(&target), Ok(()));
        let inside = Target { critical_min: Some(decimal("90")), ..target };
        assert_eq!(check_target(&inside).expect_err("a fault").path, ["criticalMin"]);
    }

    #[test]
    fn three_percent_abandoned_with_ninety_nine_answered_is_inconsistent() {
        let abandoned = definition("abandonment_rate").expect("kpi").target;
        let answered = definition("answered_rate").expect("kpi").target;
        assert!(are_consistent(&answered, &abandoned));
        let stricter = Target { target_min: Some(decimal("99")), ..answered };
        assert!(!are_consistent(&stricter, &abandoned));
    }
}
