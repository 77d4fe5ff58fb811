//! What one queue requires, and of whom.

use jiff::civil;

use crate::{
    id::{QueueId, SkillId},
    schedules::{AgentPlan, SkillNeed},
};

/// Agents that a queue requires, and the skill that it takes to serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueNeed {
    /// Which queue.
    pub queue: QueueId,
    /// Only agents with this skill can serve it; `None` is anybody.
    pub skill: Option<SkillId>,
    /// Lowest grade of the skill that will do.
    pub min_grade: u8,
    /// Agents required on queue, per interval.
    pub required: Vec<u16>,
}

impl QueueNeed {
    /// The skill that it asks for; `None` is none.
    #[must_use]
    pub fn asks(&self) -> Option<SkillNeed> {
        self.skill.map(|skill| SkillNeed { skill, grade: self.min_grade.max(1) })
    }

    /// Whether the agent can serve it on a date.
    #[must_use]
    pub fn served_by(&self, plan: &AgentPlan, date: civil::Date) -> bool {
        plan.serves(self.skill, self.min_grade, date)
    }
}
