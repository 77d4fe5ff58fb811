//! `TRAINING_GATE`: nobody takes contacts before the training is passed; training and meetings are
//! allowed.

use super::{
    super::{ActivityCategory, AgentPlan, Quantity, Shift, SkillNeed, ViolationParam},
    AgentView, Finding,
};
use crate::id::SkillId;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let on_queue = view.work_in_window().filter_map(|work| {
        let mut activities = work.shift.activities().iter();
        let first = activities.find(|it| it.category == ActivityCategory::OnQueue)?;
        let (training, skill) = missing(view.plan, work.shift)?;
        let next = view.plan.training.next(training, work.shift.local_date());
        let (limit, seconds) = (Quantity::Trained(next), work.shift.on_queue_seconds());
        let finding = Finding::new(first.span, Quantity::Untrained, limit, seconds)
            .concerning(work.span)
            .with(ViolationParam::Shift(work.shift.id()))
            .with(ViolationParam::Training(training.to_owned()));
        let param = skill.map(ViolationParam::Skill);
        Some(param.into_iter().fold(finding, Finding::with))
    });
    on_queue.collect()
}

/// The training that is missing for a skill that the shift asks for; where it asks for none, for any
/// contacts at all.
fn missing<'a>(plan: &'a AgentPlan, shift: &Shift) -> Option<(&'a str, Option<SkillId>)> {
    let date = shift.local_date();
    let of_need = |need: &SkillNeed| {
        let skill = Some(need.skill);
        Some((plan.training.missing(skill, date)?, skill))
    };
    shift.needs().iter().find_map(of_need).or_else(|| plan.gate(date))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{
        ActivityCategory::Training,
        QueueGate, RuleCode, SkillNeed, TrainingPassed, ViolationParam,
        sample::{World, skill},
    };

    fn gate(number: Option<u128>, training: Option<&str>) -> QueueGate {
        QueueGate { skill: number.map(skill), training: training.map(str::to_owned) }
    }

    fn passed(training: &str, day: i8, until: Option<i8>) -> TrainingPassed {
        let on = |day| date(2026, 3, day);
        TrainingPassed { training: training.to_owned(), from: on(day), until: until.map(on) }
    }

    #[test]
    fn contacts_wait_for_the_training() {
        let mut world = World::march().only(RuleCode::TrainingGate);
        let course = world.shift_of(1, "2026-03-03T09:00", &[(Training, 480)]);
        world.put(course);
        world.works(1, "2026-03-04T09:00", 8.0);
        world.works(1, "2026-03-05T09:00", 8.0);
        world.plan(1).training.queues = [gate(None, Some("INDUCTION"))].into();
        assert_eq!(world.judge().len(), 2);
        world.plan(1).training.passed.push(passed("INDUCTION", 5, None));
        assert_eq!(
            world.judged(),
            ["TRAINING_GATE BLOCKING EDIT not trained / trained from 2026-03-05"]
        );
        let named = ViolationParam::Training("INDUCTION".to_owned());
        assert!(world.judge()[0].params.contains(&named), "it names what is missing");
    }

    #[test]
    fn a_training_counts_until_it_lapses() {
        let mut world = World::march().only(RuleCode::TrainingGate);
        for day in 4..=6 {
            world.works(1, &format!("2026-03-0{day}T09:00"), 8.0);
        }
        world.plan(1).training.queues = [gate(None, Some("INDUCTION"))].into();
        world.plan(1).training.passed.push(passed("INDUCTION", 1, Some(5)));
        assert_eq!(world.judged(), ["TRAINING_GATE BLOCKING EDIT not trained / trained"]);
    }

    #[test]
    fn another_queue_can_be_served_meanwhile_but_no_shift_for_the_gated_one() {
        let mut world = World::march().only(RuleCode::TrainingGate);
        world.held(1, skill(1), 3);
        world.held(1, skill(2), 3);
        world.works(1, "2026-03-04T09:00", 8.0);
        world.plan(1).training.queues = [gate(Some(1), None), gate(Some(2), Some("LOANS"))].into();
        assert!(world.judge().is_empty(), "it takes the contacts of the other skill");
        let plan = world.plan(1).clone();
        let served = [1, 2].map(|it| plan.serves(Some(skill(it)), 1, date(2026, 3, 4)));
        assert_eq!(served, [true, false]);
        let asks = world.shift(1, "2026-03-05T09:00", 8.0);
        world.put(asks.needing(vec![SkillNeed { skill: skill(2), grade: 1 }]));
        assert_eq!(world.judge().len(), 1);
        world.plan(1).training.passed.push(passed("LOANS", 5, None));
        assert!(world.judge().is_empty());
    }
}
