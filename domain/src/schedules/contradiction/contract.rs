//! Hours and shifts of a contract that the rules do not let anybody work.

use super::{
    Contradiction, Found,
    day::{is_on, only_nights},
};
use crate::schedules::{ContractTerms, Quantity, RuleCode, WorkRules};

impl WorkRules {
    /// Contradictions between these rules and a contract: hours that it owes and the rules do not
    /// let anybody work, and shifts that are too short or too long for them.
    #[must_use]
    pub fn validate_contract(&self, contract: &ContractTerms) -> Vec<Contradiction> {
        use RuleCode::{ContractHours, PaidTimePeriod, PaidTimeWeek};
        let limits = &self.limits;
        let mut found = Found { limits, contradictions: Vec::new() };
        found.shifts_of_contract(contract.shift_seconds);
        if let Some(owed) = contract.weekly_seconds.min {
            found.hours_of_days(owed, contract.shift_seconds.max);
            if let Some(most) = limits.paid_time_week.limit.max {
                let rules = [ContractHours, PaidTimeWeek];
                found.when(owed > most, &rules, PaidTimeWeek, Quantity::Seconds(owed));
            }
            if let Some(most) = limits.paid_time_period.limit.max {
                let owed = owed.saturating_mul(limits.period_weeks.clamp(1, 52));
                let rules = [ContractHours, PaidTimePeriod];
                found.when(owed > most, &rules, PaidTimePeriod, Quantity::Seconds(owed));
            }
        }
        if let (Some(most), Some(least)) =
            (contract.weekly_seconds.max, limits.paid_time_week.limit.min)
        {
            let rules = [ContractHours, PaidTimeWeek];
            found.when(least > most, &rules, PaidTimeWeek, Quantity::Seconds(most));
        }
        found.contradictions
    }
}

impl Found<'_> {
    /// Weekly hours that do not fit into the days that can be worked in each week, one shift a day.
    fn hours_of_days(&mut self, owed: i64, longest_shift: Option<i64>) {
        use RuleCode::{ContractHours, PaidTimeDay, ShiftLength};
        let limits = self.limits;
        let by_day = [(limits.paid_time_day.limit.max, PaidTimeDay), (longest_shift, ShiftLength)];
        let by_day = by_day.into_iter().filter(|(_, rule)| is_on(limits, *rule));
        let by_day = by_day.filter_map(|(most, rule)| Some((most?, rule)));
        let Some((day, of_day)) = by_day.min_by_key(|(most, _)| *most) else { return };
        let (days, of_days) = self.days_of_each_week();
        let most = days.saturating_mul(day);
        let rules: Vec<RuleCode> =
            [ContractHours, of_day].into_iter().chain(of_days.iter().copied()).collect();
        self.when(owed > most, &rules, ContractHours, Quantity::Seconds(most));
    }

    /// Most days that can be worked in every week, and the rules that have it so: of those that leave the
    /// fewest the first.
    fn days_of_each_week(&self) -> (i64, &'static [RuleCode]) {
        use RuleCode::{
            ConsecutiveDays, DaysOff, NightShifts, ShiftLength, StartBand, WorkDaysWeek,
        };
        let limits = self.limits;
        let run = limits.consecutive_days.limit.clamp(0, 366);
        let weeks = limits.period_weeks.clamp(1, 52);
        let nights = limits.night_shifts.limit.max_per_week;
        let each: [(Option<i64>, &'static [RuleCode]); 4] = [
            (limits.work_days_week.limit.max, &[WorkDaysWeek]),
            // After each run a day is free.
            (Some(7 * run / (run + 1)), &[ConsecutiveDays]),
            (limits.days_off.limit.min.map(|off| 7 - off_in_some_week(off, weeks)), &[DaysOff]),
            (only_nights(limits).then_some(nights), &[NightShifts, StartBand, ShiftLength]),
        ];
        let each = each.into_iter().filter(|(_, rules)| rules.iter().all(|it| is_on(limits, *it)));
        let each = each.filter_map(|(days, rules)| Some((days?.clamp(0, 7), rules)));
        each.min_by_key(|(days, _)| *days).unwrap_or((7, &[]))
    }
}

/// Days off that some week of a period has at least, when the period has so many in all.
fn off_in_some_week(off: i64, weeks: i64) -> i64 {
    let off = off.clamp(0, 7 * weeks);
    (off + weeks - 1) / weeks
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{rules, said},
        *,
    };
    use crate::schedules::{Bounds, RuleLimits, Severity, StartBand, TimeBand, sample::HOUR};

    fn told(contract: &ContractTerms, change: impl FnOnce(&mut RuleLimits)) -> Vec<String> {
        said(&rules(change).validate_contract(contract))
    }

    fn full_time() -> ContractTerms {
        ContractTerms::full_time()
    }

    #[test]
    fn a_contract_that_nobody_may_fulfil_is_told() {
        let part_time = ContractTerms::part_time(40 * HOUR);
        assert_eq!(
            told(&part_time, |_| {}),
            ["CONTRACT_HOURS + SHIFT_LENGTH + WORK_DAYS_WEEK: CONTRACT_HOURS = 36 h"]
        );
        assert_eq!(
            told(&full_time(), |it| it.paid_time_day.limit = Bounds::at_most(6 * HOUR)),
            ["CONTRACT_HOURS + PAID_TIME_DAY + WORK_DAYS_WEEK: CONTRACT_HOURS = 36 h"]
        );
    }

    #[test]
    fn runs_that_are_too_short_for_the_hours_of_a_contract_are_told() {
        let short = |it: &mut RuleLimits| {
            it.paid_time_day.limit = Bounds::at_most(8 * HOUR);
            it.consecutive_days.limit = 2;
        };
        // Two days of three: four days in each week.
        let expected = ["CONTRACT_HOURS + PAID_TIME_DAY + CONSECUTIVE_DAYS: CONTRACT_HOURS = 32 h"];
        assert_eq!(told(&full_time(), short), expected);
        assert_eq!(
            told(&full_time(), |it| {
                short(it);
                it.work_days_week.severity = Severity::Off;
            }),
            expected,
            "also where nobody asks how many days a week has"
        );
        assert_eq!(
            told(&full_time(), |it| {
                short(it);
                it.consecutive_days.limit = 3;
            }),
            [""; 0],
            "five days in each week"
        );
    }

    #[test]
    fn days_off_and_nights_leave_days_too() {
        let eight = |it: &mut RuleLimits| it.paid_time_day.limit = Bounds::at_most(8 * HOUR);
        let days_off = |days| {
            told(&full_time(), |it| {
                eight(it);
                it.days_off.limit.min = Some(days);
            })
        };
        // Of nine days off in four weeks one week has three.
        let expected = ["CONTRACT_HOURS + PAID_TIME_DAY + DAYS_OFF: CONTRACT_HOURS = 32 h"];
        assert_eq!(days_off(9), expected);
        assert_eq!(days_off(8), [""; 0]);
        let nights = |most| {
            told(&full_time(), |it| {
                eight(it);
                let time = |hour| jiff::civil::time(hour, 0, 0, 0);
                let start = Some(TimeBand { from: time(22), to: time(23) });
                it.start_band.limit = StartBand { start, end: None };
                it.night_shifts.limit.max_per_week = most;
            })
        };
        let expected = "CONTRACT_HOURS + PAID_TIME_DAY + NIGHT_SHIFTS + START_BAND + SHIFT_LENGTH: CONTRACT_HOURS = 24 h";
        assert_eq!(nights(3), [expected]);
        assert_eq!(nights(5), [""; 0]);
    }

    #[test]
    fn weeks_and_periods_that_are_too_narrow_for_a_contract_are_told() {
        assert_eq!(
            told(&full_time(), |it| it.paid_time_week.limit = Bounds::at_most(30 * HOUR)),
            ["CONTRACT_HOURS + PAID_TIME_WEEK: PAID_TIME_WEEK = 40 h"]
        );
        assert_eq!(
            told(&full_time(), |it| it.paid_time_period.limit = Bounds::at_most(150 * HOUR)),
            ["CONTRACT_HOURS + PAID_TIME_PERIOD: PAID_TIME_PERIOD = 160 h"]
        );
        let part_time = ContractTerms::part_time(20 * HOUR);
        assert_eq!(
            told(&part_time, |it| it.paid_time_week.limit.min = Some(24 * HOUR)),
            ["CONTRACT_HOURS + PAID_TIME_WEEK: PAID_TIME_WEEK = 20 h"]
        );
    }
}
