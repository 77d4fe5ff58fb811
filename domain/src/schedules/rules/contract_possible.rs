//! `CONTRACT_HOURS`, seen from the availability: who declares so little time that the hours of the
//! contract do not fit into it cannot keep the contract, whatever the planner does. Dated
//! unavailability (an exam week) is excused like leave.

use super::{
    super::{AvailabilityPattern, Quantity, ViolationCause, ViolationParam, horizon::LocalDays},
    AgentView, Finding,
    availability::weekly_hours_of,
    contract_hours::excused,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let weekly =
        |pattern: &AvailabilityPattern| matches!(pattern, AvailabilityPattern::Weekly { .. });
    if !view.availability.iter().any(|statement| weekly(&statement.pattern)) {
        return Vec::new();
    }
    let weeks = view.horizon.weeks.iter().filter(|week| week.complete);
    let impossible = weeks.filter_map(|week| {
        let owed = view.plan.contract_of_week(week.first).weekly_seconds.min?;
        let possible = possible_seconds(view, week);
        if possible >= owed {
            return None;
        }
        let owed = owed - excused(view, week, owed);
        (possible < owed).then(|| {
            let (measured, limit) = (Quantity::Seconds(possible), Quantity::Seconds(owed));
            Finding::new(week.span, measured, limit, owed - possible)
                .caused_by(ViolationCause::Availability)
                .with(ViolationParam::Date(week.first))
        })
    });
    impossible.collect()
}

/// Most that could be paid in the hours declared: per day no more than a day or shift may have, on
/// no more days than a week may have.
fn possible_seconds(view: &AgentView<'_>, week: &LocalDays) -> i64 {
    let (limits, contract) = (view.limits, view.plan.contract_of_week(week.first));
    let day_most = limits.paid_time_day.limit.max.unwrap_or(86_400);
    let day_most = day_most.min(contract.shift_seconds.max.unwrap_or(day_most));
    let shift_least = contract.shift_seconds.min.unwrap_or(0);
    let mut days = weekly_hours_of(view, week);
    days.retain(|seconds| *seconds >= shift_least);
    days.sort_unstable_by(|a, b| b.cmp(a));
    let most = usize::try_from(limits.work_days_week.limit.max.unwrap_or(7)).unwrap_or(7);
    days.into_iter().take(most).map(|seconds| seconds.min(day_most)).sum()
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use uuid::Uuid;

    use crate::{
        id::AvailabilityId,
        schedules::{
            Availability, AvailabilityPattern, Change, ContractTerms, Edit, RuleCode, TimeBand,
            sample::{HOUR, World, agent, said},
        },
    };

    fn on(weekdays: &[u8], available: bool, from: i8, to: i8) -> Vec<Availability> {
        let band = TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
        let statement = |&weekday: &u8| Availability {
            id: AvailabilityId::from_uuid(Uuid::from_u128(1)),
            available,
            pattern: AvailabilityPattern::Weekly { weekday, band, from: None, until: None },
            label: "study".to_owned(),
        };
        weekdays.iter().map(statement).collect()
    }

    fn declares(availability: Vec<Availability>) -> Vec<String> {
        let mut world = World::march().only(RuleCode::ContractHours);
        world.roster.window = world.span("2026-03-09T00:00", "2026-03-16T00:00");
        world.plan(1).contract = ContractTerms::part_time(20 * HOUR);
        let change = Change::request(vec![Edit::SetAvailability { agent: agent(1), availability }]);
        let mut found = world.check(&change);
        found.retain(|violation| !violation.standing);
        said(&found)
    }

    #[test]
    fn hours_into_which_the_contract_does_not_fit_are_refused() {
        assert_eq!(
            declares(on(&[0, 1, 2], true, 18, 23)),
            ["CONTRACT_HOURS BLOCKING AVAILABILITY 15 h / 20 h"]
        );
        assert!(declares(on(&[0, 1, 2, 3], true, 18, 23)).is_empty());
    }

    #[test]
    fn hours_shorter_than_a_shift_are_of_no_use() {
        assert_eq!(
            declares(on(&[0, 1, 2, 3, 4, 5, 6], true, 18, 21)),
            ["CONTRACT_HOURS BLOCKING AVAILABILITY 0 h / 20 h"]
        );
    }

    #[test]
    fn whole_days_that_are_closed_leave_too_little() {
        assert!(declares(on(&[1, 3], false, 0, 0)).is_empty());
        assert_eq!(
            declares(on(&[0, 1, 2, 3, 4], false, 0, 0)),
            ["CONTRACT_HOURS BLOCKING AVAILABILITY 12 h / 20 h"]
        );
    }
}
