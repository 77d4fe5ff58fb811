//! `START_VARIANCE`: how far starts on two consecutive days lie apart on the dial.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};
use crate::time::{Span, local_of_instant, next_day};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.start_variance.limit;
    let days: Vec<_> = view.work_days().collect();
    let pairs = days.windows(2).filter(|pair| next_day(pair[0].0.date) == pair[1].0.date);
    let far = pairs.filter_map(|pair| {
        let (first, second) = (pair[0].1, pair[1].1);
        let span = Span::new(first.span.start(), second.span.end())?;
        if !span.overlaps(view.horizon.window) {
            return None;
        }
        let time = |instant| local_of_instant(instant, view.horizon.zone).time();
        let apart = time(first.span.start()).duration_until(time(second.span.start()));
        let apart = apart.as_secs().rem_euclid(86_400);
        let apart = apart.min(86_400 - apart);
        if apart <= most {
            return None;
        }
        let (measured, limit) = (Quantity::Seconds(apart), Quantity::Seconds(most));
        Some(
            Finding::new(span, measured, limit, apart - most)
                .with(ViolationParam::Shift(first.shift.id()))
                .with(ViolationParam::Shift(second.shift.id())),
        )
    });
    far.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        ActivityCategory::{OnQueue, TimeOff},
        RuleCode, Severity,
        sample::World,
    };

    #[test]
    fn starts_of_consecutive_days_may_differ_by_four_hours() {
        let mut world = World::march().only(RuleCode::StartVariance);
        world.rules.limits.start_variance.severity = Severity::Warning;
        world.works(1, "2026-03-03T07:00", 8.0);
        world.works(1, "2026-03-04T11:00", 8.0);
        world.works(1, "2026-03-05T15:30", 8.0);
        world.works(1, "2026-03-07T06:00", 8.0);
        assert_eq!(world.judged(), ["START_VARIANCE WARNING EDIT 4 h 30 min / 4 h"]);
    }

    #[test]
    fn the_dial_goes_round_at_midnight() {
        let mut world = World::march().only(RuleCode::StartVariance);
        world.rules.limits.start_variance.severity = Severity::Warning;
        world.works(1, "2026-03-03T23:00", 4.0);
        world.works(1, "2026-03-04T01:00", 4.0);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn a_day_begins_with_the_shift_in_which_the_agent_is_there_first() {
        let mut world = World::march().only(RuleCode::StartVariance);
        world.rules.limits.start_variance.severity = Severity::Warning;
        let late = world.shift_of(1, "2026-03-03T06:00", &[(TimeOff, 480), (OnQueue, 120)]);
        world.put(late);
        world.works(1, "2026-03-03T09:00", 4.0);
        world.works(1, "2026-03-04T08:00", 8.0);
        assert!(world.judge().is_empty(), "9:00 and 8:00, not 14:00");
    }
}
