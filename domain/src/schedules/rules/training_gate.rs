//! `TRAINING_GATE`: nobody takes contacts before the training is passed; training and meetings are
//! allowed.

use super::{
    super::{ActivityCategory, Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let trained_on = |date| view.plan.trained_from.is_some_and(|from| from <= date);
    let untrained = view.work_in_window().filter(|work| !trained_on(work.shift.local_date()));
    let on_queue = untrained.filter_map(|work| {
        let mut activities = work.shift.activities().iter();
        let first = activities.find(|it| it.category == ActivityCategory::OnQueue)?;
        let limit = Quantity::Trained(view.plan.trained_from);
        let seconds = work.shift.on_queue_seconds();
        Some(
            Finding::new(first.span, Quantity::Untrained, limit, seconds)
                .concerning(work.span)
                .with(ViolationParam::Shift(work.shift.id())),
        )
    });
    on_queue.collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{ActivityCategory::Training, RuleCode, sample::World};

    #[test]
    fn contacts_wait_for_the_training() {
        let mut world = World::march().only(RuleCode::TrainingGate);
        let course = world.shift_of(1, "2026-03-03T09:00", &[(Training, 480)]);
        world.put(course);
        world.works(1, "2026-03-04T09:00", 8.0);
        world.works(1, "2026-03-05T09:00", 8.0);
        world.plan(1).trained_from = Some(date(2026, 3, 5));
        assert_eq!(
            world.judged(),
            ["TRAINING_GATE BLOCKING EDIT not trained / trained from 2026-03-05"]
        );
        world.plan(1).trained_from = None;
        assert_eq!(world.judge().len(), 2);
    }
}
