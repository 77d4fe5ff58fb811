//! Who of a roster takes the contacts of a queue, and with which grade.

use jiff::civil;

use super::{GradedAgent, PlannedAgent};
use crate::{
    agents::{Grade, HeldSkill},
    id::{SiteId, SkillId},
    time::Span,
};

/// Which agents take the contacts of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTakers {
    /// Skill that they must hold; `None` = any agent.
    pub skill: Option<SkillId>,
    /// Sites at which they work.
    pub sites: Vec<SiteId>,
}

impl QueueTakers {
    /// Whether an agent takes contacts of the queue on a local date.
    #[must_use]
    pub fn include(&self, agent: &RosteredAgent, date: civil::Date) -> bool {
        let is_skilled = self.skill.is_none() || self.grade(agent, date).is_some();
        self.sites.contains(&agent.site) && is_skilled
    }

    /// The grade with which an agent counts for the queue on a local date: that of its skill, and of
    /// a queue that asks for none the best of any. `None` when no skill counts then.
    #[must_use]
    pub fn grade(&self, agent: &RosteredAgent, date: civil::Date) -> Option<Grade> {
        let asked = |held: &&HeldSkill| self.skill.is_none_or(|skill| skill == held.skill);
        agent.skills.iter().filter(asked).filter_map(|held| held.grade_on(date)).max()
    }
}

/// An agent of a roster at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosteredAgent {
    /// Where the agent works.
    pub site: SiteId,
    /// Skills of the agent, lapsed ones too.
    pub skills: Vec<HeldSkill>,
    /// When the agent is planned on queue.
    pub on_queue: Vec<Span>,
}

impl RosteredAgent {
    /// The agent of a day with the queues, by position, whose contacts the agent takes then.
    #[must_use]
    pub fn planned(self, queues: &[QueueTakers], date: civil::Date) -> PlannedAgent {
        let taken = (0..queues.len()).filter(|at| queues[*at].include(&self, date)).collect();
        PlannedAgent { queues: taken, on_queue: self.on_queue }
    }

    /// The agent as the mix of grades of a queue counts it within a window, by the skills of `date`:
    /// a senior from `senior_grade` on. `None` for who does not take contacts of the queue.
    #[must_use]
    pub fn graded(
        &self,
        queue: &QueueTakers,
        senior_grade: Grade,
        (date, window): (civil::Date, Span),
    ) -> Option<GradedAgent> {
        queue.include(self, date).then(|| GradedAgent {
            is_senior: queue.grade(self, date).is_some_and(|grade| grade >= senior_grade),
            on_queue: self.on_queue.iter().filter_map(|span| span.intersection(window)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    const DAY: civil::Date = civil::date(2026, 11, 10);

    fn id<K>(number: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(number))
    }

    fn grade(number: i64) -> Grade {
        Grade::parse("grade", number).expect("grade")
    }

    fn held(skill: u128, number: i64) -> HeldSkill {
        HeldSkill { skill: id(skill), grade: grade(number), valid_until: None }
    }

    fn hours(from: i64, to: i64) -> Span {
        let midnight: Timestamp = "2026-11-10T00:00:00Z".parse().expect("instant");
        Span::of_seconds(midnight + jiff::SignedDuration::from_hours(from), 3600 * (to - from))
    }

    fn works(site: u128, skills: Vec<HeldSkill>) -> RosteredAgent {
        RosteredAgent { site: id(site), skills, on_queue: vec![hours(22, 30)] }
    }

    fn queue(skill: Option<u128>) -> QueueTakers {
        QueueTakers { skill: skill.map(id), sites: vec![id(1)] }
    }

    #[test]
    fn an_agent_takes_contacts_by_site_and_by_skills_that_count_on_the_day() {
        let lapsed = HeldSkill { valid_until: Some(civil::date(2026, 11, 9)), ..held(2, 5) };
        let queues = [queue(Some(1)), queue(Some(2)), queue(None)];
        let planned = works(1, vec![held(1, 3), lapsed]).planned(&queues, DAY);
        assert_eq!(planned, PlannedAgent { queues: vec![0, 2], on_queue: vec![hours(22, 30)] });
        let elsewhere = works(2, vec![held(1, 3)]).planned(&queues, DAY);
        assert!(elsewhere.queues.is_empty(), "{elsewhere:?}");
    }

    #[test]
    fn the_grade_of_the_queues_skill_makes_a_senior_and_without_one_the_best_of_any() {
        let night = (DAY, hours(0, 24));
        let is_senior = |skill, skills| {
            let graded = works(1, skills).graded(&queue(skill), grade(4), night);
            graded.map(|it| it.is_senior)
        };
        assert_eq!(is_senior(Some(1), vec![held(1, 3), held(2, 5)]), Some(false));
        assert_eq!(is_senior(Some(2), vec![held(1, 3), held(2, 4)]), Some(true));
        assert_eq!(is_senior(None, vec![held(1, 3), held(2, 5)]), Some(true));
        assert_eq!(is_senior(None, Vec::new()), Some(false), "anybody may take its contacts");
        assert_eq!(is_senior(Some(3), vec![held(1, 5)]), None);
    }

    #[test]
    fn only_what_lies_within_the_window_counts() {
        let agent = works(1, vec![held(1, 4)]);
        let graded = agent.graded(&queue(Some(1)), grade(4), (DAY, hours(0, 24)));
        assert_eq!(graded.map(|it| it.on_queue), Some(vec![hours(22, 24)]));
    }
}
