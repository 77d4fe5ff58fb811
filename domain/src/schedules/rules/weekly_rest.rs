//! `WEEKLY_REST`: the longest continuous rest inside each local week, Monday to Sunday.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};
use crate::time::Span;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let least = view.limits.weekly_rest.limit;
    let stretches = view.stretches();
    let weeks = view.horizon.weeks.iter().filter(|week| week.complete);
    let short = weeks.filter_map(|week| {
        let longest = longest_rest(&stretches, week.span);
        (longest < least).then(|| {
            let (measured, limit) = (Quantity::Seconds(longest), Quantity::Seconds(least));
            Finding::new(week.span, measured, limit, least - longest)
                .with(ViolationParam::Date(week.first))
        })
    });
    short.collect()
}

/// Seconds of the longest rest inside a week beside all that is worked.
pub(in super::super) fn longest_rest_beside(work: Vec<Span>, week: Span) -> i64 {
    longest_rest(&super::union::union(work), week)
}

fn longest_rest(stretches: &[Span], week: Span) -> i64 {
    let from = stretches.partition_point(|stretch| stretch.end() <= week.start());
    let mut longest = 0;
    let mut free_since = week.start();
    for stretch in stretches[from..].iter().take_while(|it| it.start() < week.end()) {
        longest = longest.max(stretch.start().as_second() - free_since.as_second());
        free_since = stretch.end();
    }
    longest.max(week.end().as_second() - free_since.as_second())
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn a_week_without_a_day_of_rest_is_told_with_its_longest_rest() {
        let mut world = World::march().only(RuleCode::WeeklyRest);
        for day in 9..=15 {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        assert_eq!(world.judged(), ["WEEKLY_REST WARNING EDIT 16 h / 24 h"]);
    }

    #[test]
    fn a_free_sunday_is_rest_enough() {
        let mut world = World::march().only(RuleCode::WeeklyRest);
        for day in 9..=14 {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        assert!(world.judge().is_empty());
    }
}
