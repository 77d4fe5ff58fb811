//! `CONTINUOUS_WORK`: work without a break or meal, also across shifts that touch.

use super::{super::Quantity, AgentView, Finding, union::union};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.continuous_work.limit;
    let activities = view.work.iter().flat_map(|work| work.shift.activities());
    let at_work = activities.filter(|activity| activity.category.counts_as_work());
    // Of two shifts at once the break of one is no break.
    let runs = union(at_work.map(|activity| activity.span).collect()).into_iter();
    let long = runs.filter(|run| run.seconds() > most).map(|run| {
        let seconds = run.seconds();
        Finding::new(run, Quantity::Seconds(seconds), Quantity::Seconds(most), seconds - most)
    });
    long.collect()
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

    #[test]
    fn of_two_shifts_at_once_the_break_of_one_is_no_break() {
        let mut world = World::march().only(RuleCode::ContinuousWork);
        let parts = [(OnQueue, 120), (Break, 15), (OnQueue, 105)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &parts);
        world.put(shift);
        let other = world.shift_of(1, "2026-03-04T10:00", &[(OnQueue, 300)]);
        world.put(other);
        assert_eq!(world.judged(), ["CONTINUOUS_WORK WARNING EDIT 6 h / 5 h"]);
    }
}
