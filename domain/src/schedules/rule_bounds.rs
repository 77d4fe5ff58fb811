//! The limits of single rules as a least and a most, so that a form can show and set them.

use super::{Bounds, Quantity, RuleCode, RuleLimits};

/// Unit in which the limit of a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitUnit {
    /// Seconds of time.
    Seconds,
    /// Days.
    Days,
    /// Weekends.
    Weekends,
    /// Shifts.
    Shifts,
    /// Agents.
    Agents,
}

impl LimitUnit {
    /// A number in this unit.
    #[must_use]
    pub const fn quantity(self, number: i64) -> Quantity {
        match self {
            Self::Seconds => Quantity::Seconds(number),
            Self::Days => Quantity::Days(number),
            Self::Weekends => Quantity::Weekends(number),
            Self::Shifts => Quantity::Shifts(number),
            Self::Agents => Quantity::Agents(number),
        }
    }
}

/// Which sides a limit has.
enum Side<'a> {
    Least(&'a mut i64),
    Most(&'a mut i64),
    Both(&'a mut Bounds),
}

impl RuleLimits {
    fn side(&mut self, rule: RuleCode) -> Option<(Side<'_>, LimitUnit)> {
        use LimitUnit::{Agents, Days, Seconds, Shifts, Weekends};
        use Side::{Both, Least, Most};
        Some(match rule {
            RuleCode::MinRest => (Least(&mut self.min_rest.limit), Seconds),
            RuleCode::WeeklyRest => (Least(&mut self.weekly_rest.limit), Seconds),
            RuleCode::Notice => (Least(&mut self.notice.limit), Seconds),
            RuleCode::ConsecutiveDays => (Most(&mut self.consecutive_days.limit), Days),
            RuleCode::ConsecutiveWeekends => (Most(&mut self.consecutive_weekends.limit), Weekends),
            RuleCode::OvertimeDay => (Most(&mut self.overtime_day.limit), Seconds),
            RuleCode::OvertimeMonth => (Most(&mut self.overtime_month.limit), Seconds),
            RuleCode::ContinuousWork => (Most(&mut self.continuous_work.limit), Seconds),
            RuleCode::StartVariance => (Most(&mut self.start_variance.limit), Seconds),
            RuleCode::NightShifts => (Most(&mut self.night_shifts.limit.max_per_week), Shifts),
            RuleCode::Coverage => (Most(&mut self.coverage.limit), Agents),
            RuleCode::DaysOff => (Both(&mut self.days_off.limit), Days),
            RuleCode::PaidTimeDay => (Both(&mut self.paid_time_day.limit), Seconds),
            RuleCode::PaidTimeWeek => (Both(&mut self.paid_time_week.limit), Seconds),
            RuleCode::PaidTimePeriod => (Both(&mut self.paid_time_period.limit), Seconds),
            RuleCode::WorkDaysWeek => (Both(&mut self.work_days_week.limit), Days),
            RuleCode::ShiftLength => (Both(&mut self.shift_length.limit), Seconds),
            RuleCode::BreakWindow
            | RuleCode::StartBand
            | RuleCode::ContractHours
            | RuleCode::Availability
            | RuleCode::Skill
            | RuleCode::TrainingGate
            | RuleCode::OpeningHours
            | RuleCode::Seats
            | RuleCode::Overlap
            | RuleCode::CrossSite => return None,
        })
    }

    /// The limit of a rule as a least and a most with their unit; `None` when its limit stands
    /// elsewhere or is no number.
    #[must_use]
    pub fn bounds(&self, rule: RuleCode) -> Option<(Bounds, LimitUnit)> {
        let mut own = self.clone();
        let (side, unit) = own.side(rule)?;
        let bounds = match side {
            Side::Least(least) => Bounds { min: Some(*least), max: None },
            Side::Most(most) => Bounds::at_most(*most),
            Side::Both(bounds) => *bounds,
        };
        Some((bounds, unit))
    }

    /// Sets the limit of a rule; `false` when the rule has no such limit, or has a side that is
    /// missing here, or has not one that is given here.
    pub fn set_bounds(&mut self, rule: RuleCode, bounds: Bounds) -> bool {
        match (self.side(rule), bounds) {
            (Some((Side::Least(least), _)), Bounds { min: Some(min), max: None }) => *least = min,
            (Some((Side::Most(most), _)), Bounds { min: None, max: Some(max) }) => *most = max,
            (Some((Side::Both(both), _)), bounds) => *both = bounds,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_set_again() {
        let limits = RuleLimits::default();
        let mut copy = limits.clone();
        for &rule in RuleCode::ALL {
            let Some((bounds, _)) = limits.bounds(rule) else { continue };
            assert!(copy.set_bounds(rule, bounds), "{rule}");
        }
        assert_eq!(copy, limits);
    }

    #[test]
    fn a_side_that_a_rule_has_not_is_refused() {
        let mut limits = RuleLimits::default();
        assert!(!limits.set_bounds(RuleCode::MinRest, Bounds::at_most(3600)));
        assert!(!limits.set_bounds(RuleCode::Skill, Bounds::at_most(1)));
        assert!(limits.set_bounds(RuleCode::MinRest, Bounds { min: Some(36_000), max: None }));
        assert_eq!(limits.min_rest.limit, 36_000);
    }
}
