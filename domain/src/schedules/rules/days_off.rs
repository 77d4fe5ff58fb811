//! `DAYS_OFF`: days without work in each period. Too many of them is only a shortfall of work.

use jiff::Unit;

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let bounds = view.limits.days_off.limit;
    let mut findings = Vec::new();
    for period in view.horizon.periods(view.limits.period_weeks) {
        if !period.complete {
            continue;
        }
        let length = period.first.until((Unit::Day, period.end));
        let length = length.map_or(0, |span| i64::from(span.get_days()));
        let worked = view.days_in(&period).iter().filter(|day| day.first.is_some()).count();
        let off = length - i64::try_from(worked).unwrap_or(length);
        let days = Quantity::Days;
        let too_few = bounds.min.filter(|&min| off < min);
        let too_many = bounds.max.filter(|&max| off > max);
        let finding = match (too_few, too_many) {
            (Some(min), _) => Finding::new(period.span, days(off), days(min), min - off),
            (None, Some(max)) => {
                let finding = Finding::new(period.span, days(off), days(max), off - max);
                Finding { shortfall: true, ..finding }
            }
            (None, None) => continue,
        };
        findings.push(finding.with(ViolationParam::Date(period.first)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::schedules::{Bounds, RuleCode, Severity, sample::World};

    /// The period of four weeks from 16 February to 15 March 2026.
    fn works_all_but(free: u32) -> World {
        let mut world = World::march().only(RuleCode::DaysOff);
        let mut day = jiff::civil::date(2026, 2, 16);
        for number in 0..28 {
            if number >= free {
                world.works(1, &format!("{day}T09:00"), 8.0);
            }
            day = day.tomorrow().expect("date");
        }
        world
    }

    #[test]
    fn three_days_off_in_four_weeks_are_too_few() {
        assert_eq!(works_all_but(3).judged(), ["DAYS_OFF WARNING HISTORY 3 days / 4 days"]);
        assert!(works_all_but(4).judge().is_empty());
    }

    #[test]
    fn too_many_days_off_never_block() {
        let mut world = works_all_but(9);
        world.rules.limits.days_off.limit = Bounds::between(4, 8);
        world.rules.limits.days_off.severity = Severity::Blocking;
        let found = world.judged();
        assert_eq!(found[0], "DAYS_OFF NEEDS_APPROVAL HISTORY 9 days / 8 days");
    }
}
