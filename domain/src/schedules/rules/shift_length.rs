//! `SHIFT_LENGTH`: length from start to end. The least is asked of each shift, the most of each
//! stretch of shifts that touch; the contract may narrow both.

use super::{
    super::{Quantity, ViolationCause, ViolationParam},
    AgentView, Finding,
};
use crate::time::local_of_instant;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let rule = view.limits.shift_length.limit;
    let contract_on = |date| view.plan.contract_on(date).shift_seconds;
    let mut findings = Vec::new();
    for work in &view.work {
        // By the planned span: leave in a part of a shift does not make it too short.
        let seconds = work.shift.span().seconds();
        let least = rule.min.max(contract_on(work.shift.local_date()).min);
        if let Some(least) = least.filter(|least| seconds < *least) {
            let (measured, limit) = (Quantity::Seconds(seconds), Quantity::Seconds(least));
            findings.push(
                Finding::new(work.shift.span(), measured, limit, least - seconds)
                    .with(ViolationParam::Shift(work.shift.id())),
            );
        }
    }
    for stretch in view.stretches() {
        let date = local_of_instant(stretch.start(), view.horizon.zone).date();
        let most = [rule.max, contract_on(date).max].into_iter().flatten().min();
        if let Some(most) = most.filter(|most| stretch.seconds() > *most) {
            let seconds = stretch.seconds();
            let (measured, limit) = (Quantity::Seconds(seconds), Quantity::Seconds(most));
            let finding = Finding::new(stretch, measured, limit, seconds - most);
            let short_by_clock = view.wall_seconds(stretch) <= most;
            findings.push(if short_by_clock {
                finding.caused_by(ViolationCause::Dst)
            } else {
                finding
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{
        Bounds, RuleCode, Severity,
        sample::{HOUR, World, agent},
    };

    #[test]
    fn a_draft_that_violates_rules_lists_rule_agent_and_interval() {
        let mut world = World::march();
        world.plan(1).contract.shift_seconds = Bounds::between(4 * HOUR, 6 * HOUR);
        world.works(1, "2026-03-04T09:00", 8.0);
        world.works(2, "2026-03-03T14:00", 8.0);
        world.works(2, "2026-03-04T07:00", 8.0);
        let found = world.judge().into_iter().filter(|it| it.severity == Severity::Blocking);
        let found: Vec<_> = found.map(|it| (it.rule, it.agent, it.span)).collect();
        let too_long = world.span("2026-03-04T09:00", "2026-03-04T17:00");
        let short_rest = world.span("2026-03-03T22:00", "2026-03-04T07:00");
        assert!(found.contains(&(RuleCode::ShiftLength, Some(agent(1)), too_long)), "{found:#?}");
        assert!(found.contains(&(RuleCode::MinRest, Some(agent(2)), short_rest)), "{found:#?}");
    }

    #[test]
    fn the_contract_narrows_the_length() {
        let mut world = World::march().only(RuleCode::ShiftLength);
        world.plan(1).contract.shift_seconds = Bounds::between(4 * HOUR, 6 * HOUR);
        world.works(1, "2026-03-04T09:00", 3.5);
        world.works(1, "2026-03-05T09:00", 7.0);
        world.works(1, "2026-03-06T09:00", 5.0);
        assert_eq!(
            world.judged(),
            ["SHIFT_LENGTH BLOCKING EDIT 3 h 30 min / 4 h", "SHIFT_LENGTH BLOCKING EDIT 7 h / 6 h"]
        );
    }

    #[test]
    fn shifts_that_touch_are_one_stretch_of_work() {
        let mut world = World::march().only(RuleCode::ShiftLength);
        world.works(1, "2026-03-04T22:00", 8.0);
        world.works(1, "2026-03-05T06:00", 8.0);
        assert_eq!(world.judged(), ["SHIFT_LENGTH BLOCKING EDIT 16 h / 13 h"]);
    }

    #[test]
    fn a_night_of_the_autumn_clock_change_is_an_hour_longer() {
        let mut world = World::new("Europe/Berlin", date(2026, 10, 19), date(2026, 11, 2))
            .only(RuleCode::ShiftLength);
        world.rules.limits.shift_length.limit = Bounds::at_most(8 * HOUR);
        world.works(1, "2026-10-24T22:00", 9.0);
        assert_eq!(world.judged(), ["SHIFT_LENGTH BLOCKING DST 9 h / 8 h"]);
    }
}
