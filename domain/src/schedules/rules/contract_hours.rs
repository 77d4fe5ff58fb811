//! `CONTRACT_HOURS`: paid time of a local week against the contract. A week owes less by the time
//! off in it, at most a usual working day for each day.

use super::{
    super::{AvailabilityPattern, Bounds, Quantity, ViolationParam, horizon::LocalDays},
    AgentView, Finding,
    finding::outside,
    union::union,
};
use crate::time::{Span, next_day};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let weeks = view.horizon.weeks.iter().filter_map(|week| {
        let contract = view.plan.contract_of_week(week.first).weekly_seconds;
        let days = view.days_in(week);
        let paid: i64 = days.iter().map(|day| day.paid_seconds).sum();
        let most = Bounds { min: None, max: contract.max };
        let above = outside(paid, most, week.span, Quantity::Seconds);
        let finding = above.or_else(|| {
            let least = contract.min.filter(|_| week.complete)?;
            let worked: i64 = days.iter().map(|day| day.paid_present_seconds).sum();
            if worked >= least {
                return None;
            }
            let owed = Bounds { min: Some(least - excused(view, week, least)), max: None };
            outside(worked, owed, week.span, Quantity::Seconds)
        })?;
        Some(finding.with(ViolationParam::Date(week.first)))
    });
    weeks.collect()
}

/// Seconds that a week owes less: per day the time off, at most a usual working day.
pub(super) fn excused(view: &AgentView<'_>, week: &LocalDays, weekly: i64) -> i64 {
    let usual_day =
        weekly / i64::from(view.plan.contract_of_week(week.first).days_per_week.clamp(1, 7));
    let off = time_off(view);
    let mut excused = 0;
    let mut date = week.first;
    while date < week.end {
        let day = view.horizon.day(date);
        let parts = off.iter().filter_map(|off| off.intersection(day));
        excused += parts.map(Span::seconds).sum::<i64>().min(usual_day);
        date = next_day(date);
    }
    excused.min(weekly)
}

/// Granted time off, time off inside shifts and dated unavailability, in order and apart.
fn time_off(view: &AgentView<'_>) -> Vec<Span> {
    let in_shifts = view.shifts.iter().flat_map(|shift| shift.activities());
    let in_shifts = in_shifts.filter(|it| !it.category.is_presence()).map(|it| it.span);
    let dated = view.availability.iter().filter_map(|statement| match statement.pattern {
        AvailabilityPattern::Dated(span) if !statement.available => Some(span),
        _ => None,
    });
    union(view.time_off.iter().copied().chain(in_shifts).chain(dated).collect())
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        ActivityCategory::TimeOff,
        Change, ContractTerms, Edit, RuleCode,
        sample::{HOUR, World, said},
    };

    fn part_timer() -> World {
        let mut world = World::march().only(RuleCode::ContractHours);
        world.roster.window = world.span("2026-03-09T00:00", "2026-03-16T00:00");
        world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
        for day in [9, 10, 11, 12, 13] {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 4.0);
        }
        world
    }

    #[test]
    fn hours_of_the_contract_are_neither_more_nor_less() {
        let mut world = part_timer();
        assert!(world.judge().is_empty());
        let sixth = world.shift(1, "2026-03-14T09:00", 4.0);
        let found = world.check(&Change::request(vec![Edit::Add(sixth)]));
        assert_eq!(said(&found), ["CONTRACT_HOURS BLOCKING REQUEST 24 h / 20 h"]);
        world.plan(1).shifts.pop();
        assert_eq!(world.judged(), ["CONTRACT_HOURS NEEDS_APPROVAL EDIT 16 h / 20 h"]);
    }

    /// Works so many days of 8 h from the day, a Wednesday, on which it is hired for 40 h a week.
    fn hired_on_wednesday(days: i8) -> Vec<String> {
        let mut world = World::march().only(RuleCode::ContractHours);
        world.roster.window = world.span("2026-03-09T00:00", "2026-03-16T00:00");
        world.plan(1).contract = ContractTerms::part_time(40 * HOUR);
        let before = world.span("2026-03-01T00:00", "2026-03-11T00:00");
        world.plan(1).time_off.push(before);
        for day in 11..11 + days {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        world.judged()
    }

    #[test]
    fn the_week_of_hire_owes_a_usual_day_less_for_each_day_before_it() {
        assert_eq!(hired_on_wednesday(3), [""; 0]);
        assert_eq!(
            hired_on_wednesday(2),
            ["CONTRACT_HOURS NEEDS_APPROVAL EDIT 16 h / 24 h"],
            "two of five days are not owed"
        );
    }

    #[test]
    fn a_contract_that_changes_in_a_week_owes_the_mean_of_its_days() {
        let mut world = World::march().only(RuleCode::ContractHours);
        world.roster.window = world.span("2026-03-09T00:00", "2026-03-23T00:00");
        world.plan(1).contract = ContractTerms::part_time(42 * HOUR);
        let from = jiff::civil::date(2026, 3, 12);
        world.plan(1).contract_changes = vec![(from, ContractTerms::part_time(28 * HOUR))];
        for day in [9, 10, 11, 12, 16, 17, 18, 19] {
            let hours = if day < 16 { 8.5 } else { 7.0 };
            world.works(1, &format!("2026-03-{day:02}T09:00"), hours);
        }
        assert_eq!(world.judged(), [""; 0], "3/7 of 42 h and 4/7 of 28 h are 34 h, then 28 h");
        world.plan(1).contract_changes.clear();
        assert_eq!(world.judged().len(), 2, "without the change both weeks owe 42 h");
    }

    #[test]
    fn a_day_of_leave_is_not_owed() {
        let mut world = part_timer();
        world.plan(1).shifts.pop();
        let friday = world.span("2026-03-13T00:00", "2026-03-14T00:00");
        world.plan(1).time_off.push(friday);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn paid_leave_inside_the_schedule_fills_the_contract() {
        let mut world = part_timer();
        world.plan(1).shifts.pop();
        let leave = world.shift_of(1, "2026-03-13T09:00", &[(TimeOff, 240)]);
        world.put(leave);
        assert!(world.judge().is_empty());
    }
}
