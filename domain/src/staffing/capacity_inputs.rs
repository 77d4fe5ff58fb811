//! What a capacity plan begins with where its planner does not say it: heads and leavers from contracts,
//! hours from requirements.

use std::collections::HashMap;

use jiff::{ToSpan as _, civil};

use crate::id::QueueId;

/// Hours of a week of full time, as [`crate::schedules::ContractTerms::full_time`] has them: the measure
/// of an agent in a capacity plan.
const FULL_TIME_WEEK_HOURS: f64 = 40.0;

/// Where a figure of a capacity plan comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapacitySource {
    /// The planner gave it.
    Given,
    /// Counted from contracts or requirements.
    Counted,
    /// Neither: what is usual.
    Assumed,
}

/// A figure and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sourced {
    /// The figure.
    pub value: f64,
    /// Where it comes from.
    pub source: CapacitySource,
}

impl Sourced {
    /// What the planner gave.
    #[must_use]
    pub const fn given(value: f64) -> Self {
        Self { value, source: CapacitySource::Given }
    }

    /// What was counted.
    #[must_use]
    pub const fn counted(value: f64) -> Self {
        Self { value, source: CapacitySource::Counted }
    }

    /// What was given; where nothing was, what was counted, if anything was.
    #[must_use]
    pub fn known(given: Option<f64>, counted: Option<f64>) -> Option<Self> {
        given.map(Self::given).or_else(|| counted.map(Self::counted))
    }

    /// What was given, else what was counted, else `usual`.
    #[must_use]
    pub fn or_usual(given: Option<f64>, counted: Option<f64>, usual: f64) -> Self {
        let usual = Self { value: usual, source: CapacitySource::Assumed };
        Self::known(given, counted).unwrap_or(usual)
    }
}

/// Contracts of the agents of some sites: those that hold today, and what became of them in the twelve
/// months before it. A contract ends at the latest with the employment of its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContractCount {
    /// Most paid seconds of a week by the contracts that hold today, of agents who are not on long leave.
    pub weekly_seconds: u64,
    /// Contracts that ended in the window and that no other of the same agent followed.
    pub leavers: u64,
    /// Days of the window on which contracts held, summed over all contracts.
    pub agent_days: u64,
    /// Days of the window.
    pub window_days: u64,
}

impl ContractCount {
    /// Agents by full-time equivalent: one for each 40 h of a week.
    #[must_use]
    pub fn full_time_agents(&self) -> f64 {
        self.weekly_seconds as f64 / (FULL_TIME_WEEK_HOURS * 3600.0)
    }

    /// Share of agents who leave in a month: the leavers of twelve months over the mean head count of
    /// these months, a twelfth of it. `None` when nobody had a contract in them.
    #[must_use]
    pub fn monthly_attrition(&self) -> Option<f64> {
        let Self { weekly_seconds: _, leavers, agent_days, window_days } = *self;
        (agent_days > 0).then(|| leavers as f64 * window_days as f64 / (12.0 * agent_days as f64))
    }
}

/// Contract hours of full time in the month of a day: 40 h a week.
#[must_use]
pub fn full_time_hours(month: civil::Date) -> f64 {
    FULL_TIME_WEEK_HOURS * f64::from(month.days_in_month()) / 7.0
}

/// First days of so many months in a row, from that of a day on.
#[must_use]
pub fn months_from(day: civil::Date, months: usize) -> Vec<civil::Date> {
    let first = day.first_of_month();
    (0_i64..).take(months).map(|month| first.saturating_add(month.months())).collect()
}

/// Agent-hours that all of these queues ask for in the month that begins on a day, of what is `known` of
/// each queue and month.
///
/// # Errors
/// The first queue of which the month is not known: a sum without it would be no need.
pub fn hours_of_queues(
    queues: &[QueueId],
    month: civil::Date,
    known: &HashMap<(QueueId, civil::Date), f64>,
) -> Result<f64, QueueId> {
    queues.iter().map(|queue| known.get(&(*queue, month)).copied().ok_or(*queue)).sum()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::schedules::ContractTerms;

    #[test]
    fn what_is_given_goes_before_what_is_counted_and_that_before_what_is_usual() {
        let usual = Sourced { value: 3.0, source: CapacitySource::Assumed };
        assert_eq!(Sourced::or_usual(Some(1.0), Some(2.0), 3.0), Sourced::given(1.0));
        assert_eq!(Sourced::or_usual(None, Some(2.0), 3.0), Sourced::counted(2.0));
        assert_eq!(Sourced::or_usual(None, None, 3.0), usual);
        assert_eq!(Sourced::known(None, None), None);
    }

    #[test]
    fn part_time_counts_by_its_hours() {
        let full = ContractTerms::full_time().weekly_hours_seconds.expect("hours");
        assert_eq!(full as f64, FULL_TIME_WEEK_HOURS * 3600.0);
        let weekly_seconds = (3 * 40 + 20) * 3600;
        let count = ContractCount { weekly_seconds, ..ContractCount::default() };
        assert_eq!(count.full_time_agents(), 3.5);
    }

    #[test]
    fn attrition_is_leavers_over_mean_heads_a_month() {
        // 50 heads all year, of whom 12 left: 24 % a year, 2 % a month.
        let agent_days = 50 * 365;
        let year = ContractCount { leavers: 12, agent_days, window_days: 365, weekly_seconds: 0 };
        assert_eq!(year.monthly_attrition(), Some(0.02));
        // A site of half a year has half the days and, at the same rate, half the leavers.
        let half = ContractCount { leavers: 6, agent_days: agent_days / 2, ..year };
        assert_eq!(half.monthly_attrition(), Some(0.02));
        assert_eq!(ContractCount { leavers: 0, ..year }.monthly_attrition(), Some(0.0));
        let nobody = ContractCount { window_days: 365, ..ContractCount::default() };
        assert_eq!(nobody.monthly_attrition(), None);
    }

    #[test]
    fn a_month_has_the_full_time_hours_of_its_days() {
        assert_eq!(full_time_hours(date(2026, 2, 14)), 160.0);
        assert!((full_time_hours(date(2026, 3, 1)) - 177.142_857).abs() < 1e-6);
    }

    #[test]
    fn months_follow_each_other_over_the_end_of_a_year() {
        let months = months_from(date(2026, 11, 30), 4);
        assert_eq!(
            months,
            [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
        );
    }

    #[test]
    fn a_month_that_one_queue_does_not_know_is_not_known() {
        let queue = |number| QueueId::from_uuid(Uuid::from_u128(number));
        let (march, april) = (date(2026, 3, 1), date(2026, 4, 1));
        let known = HashMap::from([
            ((queue(1), march), 1000.0),
            ((queue(2), march), 500.0),
            ((queue(1), april), 900.0),
        ]);
        let queues = [queue(1), queue(2)];
        assert_eq!(hours_of_queues(&queues, march, &known), Ok(1500.0));
        assert_eq!(hours_of_queues(&queues, april, &known), Err(queue(2)));
    }
}
