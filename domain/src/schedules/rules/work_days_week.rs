//! `WORK_DAYS_WEEK`: days with work in each local week.

use super::{
    super::{Bounds, Quantity, ViolationParam},
    AgentView, Finding,
    finding::outside,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let bounds = view.limits.work_days_week.limit;
    let weeks = view.horizon.weeks.iter().filter_map(|week| {
        let worked = view.days_in(week).iter().filter(|day| day.first.is_some()).count();
        let worked = i64::try_from(worked).unwrap_or(i64::MAX);
        let bounds = if week.complete { bounds } else { Bounds { min: None, ..bounds } };
        let finding = outside(worked, bounds, week.span, Quantity::Days)?;
        Some(finding.with(ViolationParam::Date(week.first)))
    });
    weeks.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn seven_days_of_a_local_week_are_too_many() {
        let mut world = World::march().only(RuleCode::WorkDaysWeek);
        for day in 9..=15 {
            world.works(1, &format!("2026-03-{day:02}T20:00"), 8.0);
        }
        assert_eq!(world.judged(), ["WORK_DAYS_WEEK BLOCKING EDIT 7 days / 6 days"]);
    }

    #[test]
    fn two_shifts_of_one_day_are_one_day() {
        let mut world = World::march().only(RuleCode::WorkDaysWeek);
        for day in 9..=14 {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 4.0);
            world.works(1, &format!("2026-03-{day:02}T18:00"), 4.0);
        }
        assert!(world.judge().is_empty());
    }
}
