//! `BREAK_WINDOW`: breaks and meals that must be there, and where in the shift they may start.

use super::{
    super::{BreakWindow, Quantity, ViolationParam},
    AgentView, Finding,
    view::Work,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let windows = &view.limits.break_window.limit;
    let each =
        view.work_in_window().flat_map(|work| windows.iter().filter_map(|it| missing(work, it)));
    each.collect()
}

fn missing(work: &Work<'_>, window: &BreakWindow) -> Option<Finding> {
    if work.span.seconds() < window.from_shift_seconds {
        return None;
    }
    let long_enough = work.shift.activities().iter().filter(|activity| {
        activity.category == window.category && activity.span.seconds() >= window.min_seconds
    });
    let start = work.span.start().as_second();
    let offsets = long_enough.map(|activity| activity.span.start().as_second() - start);
    // How far the nearest one is from the window: 0 is inside.
    let off =
        |offset: i64| (window.earliest_seconds - offset).max(offset - window.latest_seconds).max(0);
    let nearest = offsets.min_by_key(|&offset| off(offset));
    let excess = nearest.map_or(work.span.seconds(), off);
    if excess == 0 {
        return None;
    }
    let measured = nearest.map_or(Quantity::Without(window.category), Quantity::Seconds);
    let limit = match nearest {
        Some(offset) if offset < window.earliest_seconds => window.earliest_seconds,
        _ => window.latest_seconds,
    };
    Some(
        Finding::new(work.span, measured, Quantity::Seconds(limit), excess)
            .with(ViolationParam::Shift(work.shift.id())),
    )
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        ActivityCategory::{Meal, OnQueue},
        RuleCode,
        sample::World,
    };

    fn judged(parts: &[(crate::schedules::ActivityCategory, i64)]) -> Vec<String> {
        let mut world = World::march().only(RuleCode::BreakWindow);
        let shift = world.shift_of(1, "2026-03-04T09:00", parts);
        world.put(shift);
        world.judged()
    }

    #[test]
    fn a_long_shift_needs_a_meal_of_half_an_hour() {
        let missing = ["BREAK_WINDOW WARNING EDIT no MEAL / 6 h"];
        assert_eq!(judged(&[(OnQueue, 480)]), missing);
        assert_eq!(judged(&[(OnQueue, 240), (Meal, 20), (OnQueue, 220)]), missing);
        assert!(judged(&[(OnQueue, 240), (Meal, 30), (OnQueue, 210)]).is_empty());
        assert!(judged(&[(OnQueue, 360)]).is_empty(), "shorter than 7 h");
    }

    #[test]
    fn a_meal_too_early_or_too_late_is_told_with_the_border_it_misses() {
        assert_eq!(
            judged(&[(OnQueue, 60), (Meal, 30), (OnQueue, 390)]),
            ["BREAK_WINDOW WARNING EDIT 1 h / 2 h"]
        );
        assert_eq!(
            judged(&[(OnQueue, 420), (Meal, 30), (OnQueue, 30)]),
            ["BREAK_WINDOW WARNING EDIT 7 h / 6 h"]
        );
    }
}
