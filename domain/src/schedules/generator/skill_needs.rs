//! The skills that planned shifts ask for: without which a queue would go short.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    cover::{Cover, Group},
    plan::{Placed, Plan},
    problem::Slot,
    queue_set::QueueSet,
    task::Prepared,
    template::Template,
};
use crate::schedules::SkillNeed;

/// Finds what the shifts of one roster ask for.
pub(super) struct SkillNeeds {
    cover: Cover,
    /// Skills of the queues, in order, each with the queues that ask for it.
    skills: Vec<(SkillNeed, QueueSet)>,
    /// What is missed where one agent of a group goes, as far as it was asked.
    known: BTreeMap<(Group, Slot), Vec<usize>>,
}

impl SkillNeeds {
    /// Of the roster of a plan; `None` where no queue asks for a skill.
    pub(super) fn of(prepared: &Prepared, plan: &Plan) -> Option<Self> {
        let mut skills: Vec<(SkillNeed, QueueSet)> = Vec::new();
        for (queue, need) in prepared.skills.iter().enumerate() {
            let Some(need) = need else { continue };
            let place = skills.iter().position(|(known, _)| known == need);
            let place = place.unwrap_or_else(|| {
                skills.push((*need, QueueSet::NONE));
                skills.len() - 1
            });
            skills[place].1.insert(queue);
        }
        skills.sort_by_key(|(need, _)| (need.skill, need.grade));
        let cover = || Cover::of(&prepared.problem, plan);
        (!skills.is_empty()).then(|| Self { cover: cover(), skills, known: BTreeMap::new() })
    }

    /// What a shift asks for: each skill without which its agent would be missed in some slot of its
    /// work. A skill of which there are enough agents without him is none.
    pub(super) fn of_shift(
        &mut self,
        (agent, day): (usize, usize),
        placed: &Placed,
        template: &Template,
    ) -> Vec<SkillNeed> {
        let group = self.cover.group(agent, day);
        let mut asked = BTreeSet::new();
        placed.work(template, |from, to| {
            for slot in from..to {
                asked.extend(self.missed(group, slot).iter().copied());
            }
        });
        asked.into_iter().map(|place| self.skills[place].0).collect()
    }

    fn missed(&mut self, group: Group, slot: Slot) -> &[usize] {
        let (cover, skills) = (&mut self.cover, &self.skills);
        self.known.entry((group, slot)).or_insert_with(|| {
            let all = skills.iter().enumerate();
            let missed = all.filter(|(_, (_, queues))| cover.misses(group, slot, *queues));
            missed.map(|(place, _)| place).collect()
        })
    }
}
