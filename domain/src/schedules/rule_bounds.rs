//! The limits of single rules as a least and a most, so that a form can show and set them.

use std::borrow::Cow;

use super::{AgentPlan, Bounds, Quantity, RuleCode, RuleLimits, Severity, StartBand, TimeBand};

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

impl RuleLimits {
    /// Limits that whoever keeps them keeps both: of every rule the narrower borders and the heavier
    /// weight. Of two bands that share no time, of bands over midnight, and of two nights, those here
    /// stay.
    #[must_use]
    pub fn keeping_both(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for &rule in RuleCode::ALL {
            let (here, there) = (self.severity(rule), other.severity(rule));
            both.set_severity(rule, here.max(there));
            if there == Severity::Off {
                continue;
            }
            let alone = here == Severity::Off;
            if let Some(((own, _), (others, _))) = self.bounds(rule).zip(other.bounds(rule)) {
                let narrower = if alone { others } else { own.within(others) };
                // The sides are those that the rule has: both were read from it.
                let _ = both.set_bounds(rule, narrower);
            }
            match rule {
                RuleCode::StartBand if alone => both.start_band.limit = other.start_band.limit,
                RuleCode::StartBand => {
                    let (own, others) = (self.start_band.limit, other.start_band.limit);
                    both.start_band.limit = StartBand {
                        start: shared(own.start, others.start),
                        end: shared(own.end, others.end),
                    };
                }
                // What counts as a night, too.
                RuleCode::NightShifts if alone => {
                    both.night_shifts.limit = other.night_shifts.limit;
                }
                RuleCode::BreakWindow => {
                    let windows = if alone { Vec::new() } else { self.break_window.limit.clone() };
                    let more = other.break_window.limit.iter().filter(|it| !windows.contains(*it));
                    both.break_window.limit = windows.iter().chain(more).copied().collect();
                }
                _ => {}
            }
        }
        both
    }
}

fn shared(one: Option<TimeBand>, other: Option<TimeBand>) -> Option<TimeBand> {
    let (Some(here), Some(there)) = (one, other) else { return one.or(other) };
    let both = TimeBand { from: here.from.max(there.from), to: here.to.min(there.to) };
    let plain = [here, there, both].iter().all(|band| band.from <= band.to);
    Some(if plain { both } else { here })
}

impl Bounds {
    /// What both allow.
    pub(super) fn within(self, other: Self) -> Self {
        let most = self.max.into_iter().chain(other.max).min();
        Self { min: self.min.max(other.min), max: most }
    }
}

impl AgentPlan {
    /// Limits by which all weeks of the window can be planned at once: `others` for an agent without
    /// own rules, else those that keep the own ones of every week.
    #[must_use]
    pub fn strictest<'a>(&'a self, others: &'a RuleLimits) -> Cow<'a, RuleLimits> {
        let mut own = self.rules.iter().map(|(_, rules)| &rules.limits);
        let Some(first) = own.next() else { return Cow::Borrowed(others) };
        own.fold(Cow::Borrowed(first), |all, later| Cow::Owned(all.keeping_both(later)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_keep_both_are_the_narrower_ones_of_the_rules_that_are_on() {
        let here = RuleLimits::default();
        let mut there = here.clone();
        there.min_rest.limit += 3600;
        there.consecutive_days.limit = 5;
        there.notice.severity = Severity::Blocking;
        there.work_days_week.limit = Bounds::at_most(7);
        let band = |from, to| TimeBand {
            from: jiff::civil::time(from, 0, 0, 0),
            to: jiff::civil::time(to, 0, 0, 0),
        };
        there.start_band.limit.start = Some(band(7, 10));
        let both = here.keeping_both(&there);
        assert_eq!(
            both,
            RuleLimits { work_days_week: here.work_days_week.clone(), ..there.clone() }
        );
        assert_eq!(here.keeping_both(&here), here);
        there.min_rest.severity = Severity::Off;
        let both = here.keeping_both(&there);
        assert_eq!(both.min_rest, here.min_rest, "what is off has no say");
        let (mut off, mut nights) = (here.clone(), here.clone());
        off.night_shifts.severity = Severity::Off;
        nights.night_shifts.severity = Severity::Warning;
        nights.night_shifts.limit.from_seconds += 3600;
        let both = off.keeping_both(&nights);
        assert_eq!(both.night_shifts, nights.night_shifts, "with what counts as a night");
        let mut late = here;
        late.start_band.limit.start = Some(band(9, 12));
        let both = there.keeping_both(&late);
        assert_eq!(both.start_band.limit.start, Some(band(9, 10)));
    }

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
