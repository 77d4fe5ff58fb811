//! `OVERTIME_DAY`: paid work of a day above the daily hours of the contract.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.overtime_day.limit;
    let days = view.days.iter().filter_map(|day| {
        let daily = view.plan.contract_on(day.date).daily_hours_seconds?;
        let overtime = day.paid_present_seconds - daily;
        (overtime > most).then(|| {
            let (measured, limit) = (Quantity::Seconds(overtime), Quantity::Seconds(most));
            Finding::new(view.horizon.day(day.date), measured, limit, overtime - most)
                .with(ViolationParam::Date(day.date))
        })
    });
    days.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn more_than_three_hours_above_the_daily_hours_are_too_many() {
        let mut world = World::march().only(RuleCode::OvertimeDay);
        world.works(1, "2026-03-04T07:00", 11.0);
        assert!(world.judge().is_empty());
        world.works(1, "2026-03-05T07:00", 11.25);
        assert_eq!(world.judged(), ["OVERTIME_DAY BLOCKING EDIT 3 h 15 min / 3 h"]);
    }
}
