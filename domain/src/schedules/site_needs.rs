//! What the queues of a site require of it: what rosters are made for, and what they are judged by.

use std::collections::BTreeMap;

use super::{Coverage, CoverageLine, IntervalAxis, generator::QueueNeed};
use crate::{
    id::{QueueId, SiteId, SkillId},
    time::Span,
};

/// What one queue requires of a site in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredAgents {
    /// The queue.
    pub queue: QueueId,
    /// Skill that it asks for; `None` is any agent.
    pub skill: Option<SkillId>,
    /// The interval.
    pub span: Span,
    /// Agents to be scheduled.
    pub agents: u16,
    /// The grade that some of them must have, and how many; `None` is none.
    pub seniors: Option<(u8, u16)>,
}

/// What the queues of a site require of it, on equal intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteNeeds {
    /// Without staff. For each skill a line of all that is required, and for each grade that is asked
    /// for a line of those who must have it or a higher one: parts of the first line, so that the rule
    /// COVERAGE tells both who is missing and which seniors are.
    pub coverage: Coverage,
    /// By queue and grade. What a queue requires of one grade is no part of what it requires of another:
    /// nobody is assigned to two of them at once.
    pub queues: Vec<QueueNeed>,
}

impl SiteNeeds {
    /// Arranges what is required in some intervals on an axis.
    #[must_use]
    pub fn of(
        site: SiteId,
        axis: IntervalAxis,
        required: impl IntoIterator<Item = RequiredAgents>,
    ) -> Self {
        let mut lines: BTreeMap<(Option<SkillId>, u8), Vec<u16>> = BTreeMap::new();
        let mut queues: BTreeMap<(QueueId, u8), QueueNeed> = BTreeMap::new();
        for it in required {
            let RequiredAgents { queue, skill, span, agents, seniors } = it;
            // Without a skill there is no grade to have.
            let seniors = seniors.filter(|(grade, _)| *grade > 1 && skill.is_some());
            let of_grade = seniors.map(|(grade, seniors)| (grade, seniors.min(agents)));
            let others = agents - of_grade.map_or(0, |(_, seniors)| seniors);
            let mut add = |grade: u8, line_agents: u16, need_agents: u16| {
                let line = lines.entry((skill, grade)).or_insert_with(|| vec![0; axis.len]);
                let need = queues.entry((queue, grade)).or_insert_with(|| QueueNeed {
                    queue,
                    skill,
                    min_grade: grade,
                    required: vec![0; axis.len],
                });
                for index in axis.indices(span) {
                    line[index] = line[index].saturating_add(line_agents);
                    need.required[index] = need.required[index].saturating_add(need_agents);
                }
            };
            add(1, agents, others);
            if let Some((grade, seniors)) = of_grade {
                add(grade, seniors, seniors);
            }
        }
        let line = |(&(skill, min_grade), own): (&(Option<SkillId>, u8), &Vec<u16>)| CoverageLine {
            site: Some(site),
            skill,
            min_grade,
            required: if min_grade > 1 {
                from_grade(&lines, (skill, min_grade))
            } else {
                own.clone()
            },
            on_queue_seconds: vec![0; axis.len],
        };
        Self {
            coverage: Coverage { axis, lines: lines.iter().map(line).collect() },
            queues: queues.into_values().collect(),
        }
    }
}

/// Agents of a grade or a higher one: who is asked for a higher one is not there for a lower one too.
fn from_grade(
    lines: &BTreeMap<(Option<SkillId>, u8), Vec<u16>>,
    (skill, grade): (Option<SkillId>, u8),
) -> Vec<u16> {
    let of_grades = lines.range((skill, grade)..=(skill, u8::MAX)).map(|(_, required)| required);
    let mut sum: Vec<u16> = Vec::new();
    for required in of_grades {
        sum.resize(required.len(), 0);
        for (sum, agents) in sum.iter_mut().zip(required) {
            *sum = sum.saturating_add(*agents);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::Id,
        schedules::{
            RuleCode, StaffGroups, ViolationParam,
            sample::{World, agent, skill},
        },
    };

    fn id<K>(number: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(number))
    }

    fn hours(world: &World) -> IntervalAxis {
        IntervalAxis {
            start: world.roster.window.start(),
            step_seconds: 3600,
            len: usize::try_from(world.roster.window.seconds() / 3600).expect("length"),
        }
    }

    fn wants(
        world: &World,
        queue: u128,
        (from, to): (&str, &str),
        (agents, seniors): (u16, Option<(u8, u16)>),
    ) -> RequiredAgents {
        let span = world.span(from, to);
        RequiredAgents { queue: id(queue), skill: Some(skill(1)), span, agents, seniors }
    }

    const NINE: (&str, &str) = ("2026-03-04T09:00", "2026-03-04T10:00");
    const TEN: (&str, &str) = ("2026-03-04T10:00", "2026-03-04T11:00");

    /// What a line or need requires from nine and from ten on.
    fn two_hours(world: &World, required: &[u16]) -> [u16; 2] {
        let axis = hours(world);
        [NINE, TEN].map(|(from, to)| required[axis.indices(world.span(from, to)).start])
    }

    #[test]
    fn seniors_are_a_part_of_the_line_and_a_need_of_their_own() {
        let world = World::march();
        let required = [
            wants(&world, 1, NINE, (8, Some((4, 2)))),
            wants(&world, 1, TEN, (6, None)),
            wants(&world, 2, NINE, (3, Some((5, 1)))),
            wants(&world, 2, TEN, (1, Some((5, 4)))),
        ];
        let needs = SiteNeeds::of(id(1), hours(&world), required);
        let lines = needs.coverage.lines.iter();
        let lines: Vec<_> =
            lines.map(|it| (it.min_grade, two_hours(&world, &it.required))).collect();
        assert_eq!(lines, [(1, [11, 7]), (4, [3, 1]), (5, [1, 1])]);
        let queues = needs.queues.iter();
        let queues: Vec<_> =
            queues.map(|it| (it.queue, it.min_grade, two_hours(&world, &it.required))).collect();
        let (first, second) = (id(1), id(2));
        assert_eq!(
            queues,
            [(first, 1, [6, 6]), (first, 4, [2, 0]), (second, 1, [2, 0]), (second, 5, [1, 1])]
        );
    }

    #[test]
    fn without_a_skill_nobody_is_a_senior() {
        let world = World::march();
        let any = RequiredAgents { skill: None, ..wants(&world, 1, NINE, (8, Some((4, 2)))) };
        let needs = SiteNeeds::of(id(1), hours(&world), [any]);
        assert_eq!((needs.coverage.lines.len(), needs.queues.len()), (1, 1));
        assert_eq!(two_hours(&world, &needs.queues[0].required), [8, 0]);
    }

    /// Three agents of grade 2 from nine to ten, and `seniors` of grade 4.
    fn staffed(seniors: u128) -> World {
        let mut world = World::march().only(RuleCode::Coverage);
        for number in 1..=3 + seniors {
            world.held(number, skill(1), if number > 3 { 4 } else { 2 });
            world.works(number, NINE.0, 1.0);
        }
        world
    }

    #[test]
    fn the_coverage_rule_names_the_grade_that_is_missing_and_persons_are_counted_once() {
        for (seniors, missing) in [(0, true), (1, false)] {
            let mut world = staffed(seniors);
            let required = [wants(&world, 1, NINE, (3, Some((4, 1))))];
            let site = world.roster.plans[&agent(1)].shifts[0].site();
            let mut needs = SiteNeeds::of(site, hours(&world), required);
            needs.coverage.add(world.roster.plans.values());
            world.coverage = Some(needs.coverage);
            let found = world.judge();
            let grades: Vec<_> =
                found.iter().map(|it| it.params.contains(&ViolationParam::Grade(4))).collect();
            assert_eq!(grades, if missing { vec![true] } else { vec![] }, "{found:?}");
            let coverage = world.coverage.as_ref().expect("there");
            let staff = StaffGroups::of(coverage, world.roster.plans.values()).divided(coverage);
            let span = world.span(NINE.0, NINE.1);
            assert_eq!(staff.agents(0, span), 3.0 + seniors as f64, "all of them");
        }
    }
}
