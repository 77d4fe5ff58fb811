//! Work rules that cannot be kept together, found before anybody plans by them.

use serde::{Deserialize, Serialize};

use super::{Bounds, Quantity, RuleCode, RuleLimits, Severity, WorkRules};

mod contract;
mod day;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// Rules that cannot be kept together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The rules involved; one alone when its own limits cross.
    pub rules: Vec<RuleCode>,
    /// The rule whose limit would mend it.
    pub mends: RuleCode,
    /// The nearest limit of that rule that would mend it, with the others left alone: of START_BAND a
    /// start that would have to be allowed, of BREAK_WINDOW the latest start of a break or meal, after
    /// that of the shift.
    pub value: Quantity,
}

impl WorkRules {
    /// Contradictions within the rules that are on; empty means that they can be used.
    #[must_use]
    pub fn validate(&self) -> Vec<Contradiction> {
        let mut found = Found { limits: &self.limits, contradictions: Vec::new() };
        found.out_of_range();
        found.crossed_bounds();
        found.hours();
        found.days();
        found.bands();
        found.nights();
        found.breaks();
        found.contradictions
    }
}

type Unit = fn(i64) -> Quantity;

/// The rules with a least and a most.
fn bounded(limits: &RuleLimits) -> [(RuleCode, Bounds, Unit); 6] {
    [
        (RuleCode::DaysOff, limits.days_off.limit, Quantity::Days),
        (RuleCode::PaidTimeDay, limits.paid_time_day.limit, Quantity::Seconds),
        (RuleCode::PaidTimeWeek, limits.paid_time_week.limit, Quantity::Seconds),
        (RuleCode::PaidTimePeriod, limits.paid_time_period.limit, Quantity::Seconds),
        (RuleCode::WorkDaysWeek, limits.work_days_week.limit, Quantity::Days),
        (RuleCode::ShiftLength, limits.shift_length.limit, Quantity::Seconds),
    ]
}

struct Found<'a> {
    limits: &'a RuleLimits,
    contradictions: Vec<Contradiction>,
}

impl Found<'_> {
    fn when(&mut self, crossed: bool, rules: &[RuleCode], mends: RuleCode, value: Quantity) {
        let on = |rule: &RuleCode| self.limits.severity(*rule) != Severity::Off;
        if crossed && rules.iter().all(on) {
            self.contradictions.push(Contradiction { rules: rules.to_vec(), mends, value });
        }
    }

    /// Limits below nothing or beyond a year, which no rule can mean.
    fn out_of_range(&mut self) {
        use Quantity::{Agents, Days, Seconds, Shifts, Weekends};
        let limits = self.limits;
        let year = |unit: fn(i64) -> Quantity| match unit(0) {
            Seconds(_) => 366 * DAY,
            _ => 366,
        };
        let plain: [(RuleCode, i64, Unit); 11] = [
            (RuleCode::MinRest, limits.min_rest.limit, Seconds),
            (RuleCode::WeeklyRest, limits.weekly_rest.limit, Seconds),
            (RuleCode::ConsecutiveDays, limits.consecutive_days.limit, Days),
            (RuleCode::ConsecutiveWeekends, limits.consecutive_weekends.limit, Weekends),
            (RuleCode::OvertimeDay, limits.overtime_day.limit, Seconds),
            (RuleCode::OvertimeMonth, limits.overtime_month.limit, Seconds),
            (RuleCode::ContinuousWork, limits.continuous_work.limit, Seconds),
            (RuleCode::StartVariance, limits.start_variance.limit, Seconds),
            (RuleCode::Notice, limits.notice.limit, Seconds),
            (RuleCode::NightShifts, limits.night_shifts.limit.max_per_week, Shifts),
            (RuleCode::Coverage, limits.coverage.limit, Agents),
        ];
        for (rule, limit, unit) in plain {
            let nearest = limit.clamp(0, year(unit));
            self.when(limit != nearest, &[rule], rule, unit(nearest));
        }
        for (rule, bounds, unit) in bounded(limits) {
            for limit in [bounds.min, bounds.max].into_iter().flatten() {
                let nearest = limit.clamp(0, year(unit));
                self.when(limit != nearest, &[rule], rule, unit(nearest));
            }
        }
    }

    /// A least above its own most, or a window that ends before it begins.
    fn crossed_bounds(&mut self) {
        let limits = self.limits;
        for (rule, bounds, unit) in bounded(limits) {
            if let Bounds { min: Some(min), max: Some(max) } = bounds {
                self.when(min > max, &[rule], rule, unit(max));
            }
        }
        for window in &limits.break_window.limit {
            let crossed = window.earliest_seconds > window.latest_seconds;
            let mended = Quantity::Seconds(window.earliest_seconds);
            self.when(crossed, &[RuleCode::BreakWindow], RuleCode::BreakWindow, mended);
        }
    }

    /// Paid time of day, week and period, and the shortest shift.
    fn hours(&mut self) {
        use RuleCode::{PaidTimeDay, PaidTimePeriod, PaidTimeWeek, ShiftLength, WorkDaysWeek};
        let limits = self.limits;
        let (day, week) = (limits.paid_time_day.limit, limits.paid_time_week.limit);
        let period = limits.paid_time_period.limit;
        let weeks = limits.period_weeks.clamp(1, 52);
        if let (Some(shift), Some(day)) = (limits.shift_length.limit.min, day.max) {
            let rules = [ShiftLength, PaidTimeDay];
            self.when(shift > day, &rules, PaidTimeDay, Quantity::Seconds(shift));
        }
        if let (Some(week), Some(day), Some(days)) =
            (week.min, day.max, limits.work_days_week.limit.max)
        {
            let rules = [PaidTimeWeek, PaidTimeDay, WorkDaysWeek];
            let most = days.saturating_mul(day);
            self.when(week > most, &rules, PaidTimeWeek, Quantity::Seconds(most));
        }
        if let (Some(period), Some(week)) = (period.min, week.max) {
            let most = weeks.saturating_mul(week);
            let rules = [PaidTimePeriod, PaidTimeWeek];
            self.when(period > most, &rules, PaidTimePeriod, Quantity::Seconds(most));
        }
        if let (Some(period), Some(week)) = (period.max, week.min) {
            let least = weeks.saturating_mul(week);
            let rules = [PaidTimePeriod, PaidTimeWeek];
            self.when(period < least, &rules, PaidTimePeriod, Quantity::Seconds(least));
        }
    }

    /// Working days against rest, runs and days off.
    fn days(&mut self) {
        use RuleCode::{ConsecutiveDays, DaysOff, MinRest, ShiftLength, WeeklyRest, WorkDaysWeek};
        let limits = self.limits;
        let (work, off) = (limits.work_days_week.limit, limits.days_off.limit);
        let shift = limits.shift_length.limit.min.unwrap_or(0);
        let run = limits.consecutive_days.limit.clamp(0, 366);
        let period = limits.period_weeks.clamp(1, 52) * 7;
        if let Some(days) = work.min.filter(|days| (1..=7).contains(days)) {
            // Every shift is followed by a rest, and all of it happens each week anew.
            let rest = WEEK / days - shift;
            let crossed = limits.min_rest.limit > rest;
            let rules = [MinRest, WorkDaysWeek, ShiftLength];
            self.when(crossed, &rules, MinRest, Quantity::Seconds(rest));
            let longest = (8 - days) * DAY - shift;
            let crossed = limits.weekly_rest.limit > longest;
            let rules = [WeeklyRest, WorkDaysWeek];
            self.when(crossed, &rules, WeeklyRest, Quantity::Seconds(longest));
            let most = 7 * run / (run + 1);
            let rules = [ConsecutiveDays, WorkDaysWeek];
            self.when(days > most, &rules, WorkDaysWeek, Quantity::Days(most));
            if let Some(least) = off.min {
                let most = period - days * period / 7;
                let rules = [DaysOff, WorkDaysWeek];
                self.when(least > most, &rules, DaysOff, Quantity::Days(most));
            }
        }
        if let Some(most) = off.max {
            let of_runs = period / (run + 1);
            let rules = [DaysOff, ConsecutiveDays];
            self.when(most < of_runs, &rules, DaysOff, Quantity::Days(of_runs));
            if let Some(days) = work.max.filter(|days| (0..=7).contains(days)) {
                let of_weeks = period - days * period / 7;
                let rules = [DaysOff, WorkDaysWeek];
                self.when(most < of_weeks, &rules, DaysOff, Quantity::Days(of_weeks));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::WorkRulesId,
        schedules::{ContractTerms, sample::HOUR},
    };

    pub(super) fn rules(change: impl FnOnce(&mut RuleLimits)) -> WorkRules {
        let mut rules = WorkRules::default_of(WorkRulesId::from_uuid(Uuid::from_u128(1)));
        change(&mut rules.limits);
        rules
    }

    pub(super) fn said(found: &[Contradiction]) -> Vec<String> {
        let each = found.iter().map(|it| {
            let rules: Vec<_> = it.rules.iter().map(|rule| rule.as_str()).collect();
            format!("{}: {} = {}", rules.join(" + "), it.mends, it.value)
        });
        each.collect()
    }

    #[test]
    fn the_default_rules_agree_with_each_other_and_with_both_contracts() {
        let rules = rules(|_| {});
        assert_eq!(rules.validate(), []);
        assert_eq!(rules.validate_contract(&ContractTerms::full_time()), []);
        assert_eq!(rules.validate_contract(&ContractTerms::part_time(20 * HOUR)), []);
    }

    #[test]
    fn each_contradiction_names_its_rules_and_the_value_that_mends_it() {
        type Case = (fn(&mut RuleLimits), &'static str);
        let cases: [Case; 8] = [
            (
                |it| it.shift_length.limit = Bounds::between(9 * HOUR, 8 * HOUR),
                "SHIFT_LENGTH: SHIFT_LENGTH = 8 h",
            ),
            (
                |it| it.paid_time_week.limit = Bounds { min: Some(80 * HOUR), max: None },
                "PAID_TIME_WEEK + PAID_TIME_DAY + WORK_DAYS_WEEK: PAID_TIME_WEEK = 72 h",
            ),
            (
                |it| it.paid_time_day.limit = Bounds::at_most(HOUR),
                "SHIFT_LENGTH + PAID_TIME_DAY: PAID_TIME_DAY = 2 h",
            ),
            (
                |it| it.paid_time_period.limit = Bounds { min: Some(250 * HOUR), max: None },
                "PAID_TIME_PERIOD + PAID_TIME_WEEK: PAID_TIME_PERIOD = 240 h",
            ),
            (
                |it| {
                    it.work_days_week.limit = Bounds::between(5, 6);
                    it.min_rest.limit = 36 * HOUR;
                },
                "MIN_REST + WORK_DAYS_WEEK + SHIFT_LENGTH: MIN_REST = 31 h 36 min",
            ),
            (
                |it| {
                    it.work_days_week.limit = Bounds::between(6, 6);
                    it.consecutive_days.limit = 4;
                },
                "CONSECUTIVE_DAYS + WORK_DAYS_WEEK: WORK_DAYS_WEEK = 5 days",
            ),
            (
                |it| it.days_off.limit = Bounds::between(0, 3),
                "DAYS_OFF + CONSECUTIVE_DAYS: DAYS_OFF = 4 days",
            ),
            (
                |it| {
                    it.work_days_week.limit = Bounds::between(6, 6);
                    it.weekly_rest.limit = 72 * HOUR;
                },
                "WEEKLY_REST + WORK_DAYS_WEEK: WEEKLY_REST = 46 h",
            ),
        ];
        for (change, expected) in cases {
            let found = said(&rules(change).validate());
            assert!(found.contains(&expected.to_owned()), "{expected} is not in {found:?}");
        }
    }

    #[test]
    fn a_limit_that_no_rule_can_mean_comes_back_with_the_nearest() {
        let rules = rules(|it| {
            it.min_rest.limit = -1;
            it.consecutive_days.limit = i64::MAX;
            it.paid_time_day.limit = Bounds::at_most(i64::MAX);
        });
        let found = said(&rules.validate());
        for expected in [
            "MIN_REST: MIN_REST = 0 h",
            "CONSECUTIVE_DAYS: CONSECUTIVE_DAYS = 366 days",
            "PAID_TIME_DAY: PAID_TIME_DAY = 8784 h",
        ] {
            assert!(found.contains(&expected.to_owned()), "{expected} is not in {found:?}");
        }
    }

    #[test]
    fn a_rule_that_is_off_contradicts_nothing() {
        let rules = rules(|it| {
            it.paid_time_week.limit = Bounds { min: Some(80 * HOUR), max: None };
            it.paid_time_week.severity = Severity::Off;
        });
        assert_eq!(rules.validate(), []);
    }

    #[test]
    fn a_rule_set_comes_back_from_json_and_old_json_gets_new_defaults() {
        let rules = rules(|it| it.min_rest.limit = 12 * HOUR);
        let json = serde_json::to_string(&rules).expect("json");
        assert_eq!(serde_json::from_str::<WorkRules>(&json).expect("rules"), rules);
        let old = r#"{"min_rest":{"limit":39600,"severity":"WARNING"}}"#;
        let limits: RuleLimits = serde_json::from_str(old).expect("limits");
        assert_eq!(limits.min_rest.severity, Severity::Warning);
        assert_eq!(limits.coverage, RuleLimits::default().coverage);
    }
}
