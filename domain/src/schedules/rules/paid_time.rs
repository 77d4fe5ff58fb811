//! `PAID_TIME_DAY`, `PAID_TIME_WEEK`, `PAID_TIME_PERIOD`: paid time, paid time off included.

use super::{
    super::{Bounds, Quantity, ViolationParam, horizon::LocalDays},
    AgentView, Finding,
    finding::outside,
};

pub(super) fn find_of_day(view: &AgentView<'_>) -> Vec<Finding> {
    let bounds = view.limits.paid_time_day.limit;
    let days = view.days.iter().filter_map(|day| {
        // The least is asked of working days only: a day of leave may be as short as it likes.
        let bounds = if day.first.is_some() { bounds } else { Bounds { min: None, ..bounds } };
        if within(day.paid_seconds, bounds) {
            return None;
        }
        let span = view.horizon.day(day.date);
        let finding = outside(day.paid_seconds, bounds, span, Quantity::Seconds)?;
        Some(finding.with(ViolationParam::Date(day.date)))
    });
    days.collect()
}

pub(super) fn find_of_week(view: &AgentView<'_>) -> Vec<Finding> {
    find_in(view, &view.horizon.weeks, view.limits.paid_time_week.limit)
}

pub(super) fn find_of_period(view: &AgentView<'_>) -> Vec<Finding> {
    let periods = view.horizon.periods(view.limits.period_weeks);
    find_in(view, &periods, view.limits.paid_time_period.limit)
}

fn find_in(view: &AgentView<'_>, runs: &[LocalDays], bounds: Bounds) -> Vec<Finding> {
    let found = runs.iter().filter_map(|run| {
        let paid = view.days_in(run).iter().map(|day| day.paid_seconds).sum();
        let bounds = if run.complete { bounds } else { Bounds { min: None, ..bounds } };
        let finding = outside(paid, bounds, run.span, Quantity::Seconds)?;
        Some(finding.with(ViolationParam::Date(run.first)))
    });
    found.collect()
}

fn within(value: i64, bounds: Bounds) -> bool {
    bounds.min.is_none_or(|min| min <= value) && bounds.max.is_none_or(|max| value <= max)
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Bounds, RuleCode,
        sample::{HOUR, World},
    };

    #[test]
    fn paid_time_of_a_day_sums_its_shifts() {
        let mut world = World::march().only(RuleCode::PaidTimeDay);
        world.works(1, "2026-03-04T07:00", 6.5);
        world.works(1, "2026-03-04T14:30", 6.0);
        assert_eq!(world.judged(), ["PAID_TIME_DAY BLOCKING EDIT 12 h 30 min / 12 h"]);
    }

    #[test]
    fn a_week_ends_on_local_sunday_and_its_night_counts_in_it() {
        let mut world = World::march().only(RuleCode::PaidTimeWeek);
        world.rules.limits.paid_time_week.limit = Bounds::at_most(16 * HOUR);
        world.works(1, "2026-03-13T09:00", 8.0);
        world.works(1, "2026-03-15T22:00", 8.0);
        world.works(1, "2026-03-17T09:00", 8.0);
        assert!(world.judge().is_empty());
        world.works(1, "2026-03-09T00:00", 1.0);
        assert_eq!(world.judged(), ["PAID_TIME_WEEK BLOCKING EDIT 17 h / 16 h"]);
    }

    #[test]
    fn a_week_that_is_not_wholly_known_is_not_short() {
        let mut world = World::march().only(RuleCode::PaidTimeWeek);
        world.rules.limits.paid_time_week.limit = Bounds::between(1, 60 * HOUR);
        world.plan(1);
        world.roster.known = world.span("2026-03-03T00:00", "2026-03-15T12:00");
        assert!(world.judge().is_empty());
        world.roster.known = world.span("2026-03-02T00:00", "2026-03-15T12:00");
        assert_eq!(world.judged(), ["PAID_TIME_WEEK NEEDS_APPROVAL EDIT 0 h / 1 s"]);
    }

    #[test]
    fn paid_time_of_a_period_reaches_back_before_the_window() {
        let mut world = World::march().only(RuleCode::PaidTimePeriod);
        world.rules.limits.paid_time_period.limit = Bounds::at_most(15 * HOUR);
        world.works(1, "2026-02-23T09:00", 8.0);
        world.works(1, "2026-03-15T09:00", 8.0);
        assert_eq!(world.judged(), ["PAID_TIME_PERIOD NEEDS_APPROVAL HISTORY 16 h / 15 h"]);
    }
}
