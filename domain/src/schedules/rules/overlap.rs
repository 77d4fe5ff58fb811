//! `OVERLAP`: nobody works two shifts at once.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, earlier) in view.work.iter().enumerate() {
        let later = view.work[index + 1..].iter();
        for later in later.take_while(|later| later.span.start() < earlier.span.end()) {
            let Some(both) = earlier.span.intersection(later.span) else { continue };
            let seconds = both.seconds();
            findings.push(
                Finding::new(both, Quantity::Seconds(seconds), Quantity::Seconds(0), seconds)
                    .with(ViolationParam::Shift(earlier.shift.id()))
                    .with(ViolationParam::Shift(later.shift.id())),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn two_shifts_at_once_are_told_with_the_time_they_share() {
        let mut world = World::march().only(RuleCode::Overlap);
        world.works(1, "2026-03-04T07:00", 8.0);
        world.works(1, "2026-03-04T13:30", 8.0);
        assert_eq!(world.judged(), ["OVERLAP BLOCKING EDIT 1 h 30 min / 0 h"]);
    }

    #[test]
    fn shifts_that_touch_do_not_overlap() {
        let mut world = World::march().only(RuleCode::Overlap);
        world.works(1, "2026-03-04T07:00", 4.0);
        world.works(1, "2026-03-04T11:00", 4.0);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn a_long_shift_overlaps_each_of_two_inside_it() {
        let mut world = World::march().only(RuleCode::Overlap);
        world.works(1, "2026-03-04T07:00", 10.0);
        world.works(1, "2026-03-04T08:00", 2.0);
        world.works(1, "2026-03-04T12:00", 3.0);
        assert_eq!(world.judge().len(), 2);
    }
}
