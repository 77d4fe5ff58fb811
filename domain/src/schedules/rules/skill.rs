//! `SKILL`: skills and languages that a shift asks for, with their grade on its date.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for work in view.work_in_window() {
        for need in work.shift.needs() {
            let grade = view.plan.grade(need.skill, work.shift.local_date());
            // A need of grade 0 is still a need of the skill.
            let least = need.grade.max(1);
            if grade < least {
                let (measured, limit) = (Quantity::Grade(grade), Quantity::Grade(least));
                findings.push(
                    Finding::new(work.span, measured, limit, i64::from(least - grade))
                        .with(ViolationParam::Shift(work.shift.id()))
                        .with(ViolationParam::Skill(need.skill)),
                );
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{
        RuleCode, Shift, SkillHeld, SkillNeed,
        sample::{World, skill},
    };

    fn needs_grade_three(world: &mut World, start: &str) -> Shift {
        let shift = world.shift(1, start, 8.0);
        shift.needing(vec![SkillNeed { skill: skill(7), grade: 3 }])
    }

    #[test]
    fn a_missing_skill_and_a_low_grade_are_told() {
        let mut world = World::march().only(RuleCode::Skill);
        let shift = needs_grade_three(&mut world, "2026-03-04T09:00");
        world.put(shift);
        assert_eq!(world.judged(), ["SKILL BLOCKING EDIT grade 0 / grade 3"]);
        world.held(1, skill(7), 2);
        assert_eq!(world.judged(), ["SKILL BLOCKING EDIT grade 2 / grade 3"]);
        world.held(1, skill(7), 3);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn a_skill_counts_until_it_lapses() {
        let mut world = World::march().only(RuleCode::Skill);
        for start in ["2026-03-04T09:00", "2026-03-05T09:00"] {
            let shift = needs_grade_three(&mut world, start);
            world.put(shift);
        }
        let until = Some(date(2026, 3, 4));
        world.plan(1).skills.push(SkillHeld { skill: skill(7), grade: 5, valid_until: until });
        assert_eq!(world.judged(), ["SKILL BLOCKING EDIT grade 0 / grade 3"]);
    }
}
