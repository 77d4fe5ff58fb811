//! `CONTINUOUS_WORK`: work without a break or meal, also across shifts that touch.

use super::{super::Quantity, AgentView, Finding};
use crate::time::Span;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.continuous_work.limit;
    let mut findings = Vec::new();
    let mut judge = |run: Span| {
        let seconds = run.seconds();
        if seconds > most {
            let (measured, limit) = (Quantity::Seconds(seconds), Quantity::Seconds(most));
            findings.push(Finding::new(run, measured, limit, seconds - most));
        }
    };
    let mut run: Option<Span> = None;
    let activities = view.work.iter().flat_map(|work| work.shift.activities());
    for activity in activities.filter(|activity| activity.category.counts_as_work()) {
        run = match run {
            Some(run) if run.end() == activity.span.start() => {
                Span::new(run.start(), activity.span.end())
            }
            other => {
                other.into_iter().for_each(&mut judge);
                Some(activity.span)
            }
        };
    }
    run.into_iter().for_each(&mut judge);
    findings
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        ActivityCategory::{Break, Meeting, OnQueue},
        RuleCode,
        sample::World,
    };

    #[test]
    fn six_hours_without_a_break_are_told_as_one_run() {
        let mut world = World::march().only(RuleCode::ContinuousWork);
        let parts = [(OnQueue, 180), (Meeting, 60), (OnQueue, 120)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &parts);
        world.put(shift);
        assert_eq!(world.judged(), ["CONTINUOUS_WORK WARNING EDIT 6 h / 5 h"]);
    }

    #[test]
    fn a_break_starts_the_count_again() {
        let mut world = World::march().only(RuleCode::ContinuousWork);
        let parts = [(OnQueue, 300), (Break, 15), (OnQueue, 300)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &parts);
        world.put(shift);
        assert!(world.judge().is_empty());
    }
}
