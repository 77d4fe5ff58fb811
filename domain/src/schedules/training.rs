//! Training that must be passed before contacts are taken.
//!
//! A queue names the training that it asks for. Contacts are routed by skill, so a skill counts from
//! the day on which all is passed that its queues ask for, and as long as that is valid.

use std::sync::Arc;

use jiff::civil;

use crate::id::SkillId;

/// What one queue asks of whoever takes its contacts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueGate {
    /// The skill; `None` is none.
    pub skill: Option<SkillId>,
    /// Code of the training that must be passed; `None` is none.
    pub training: Option<String>,
}

/// A training that an agent has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingPassed {
    /// Its code.
    pub training: String,
    /// The local date on which it was passed: contacts may be taken from then on.
    pub from: civil::Date,
    /// Last local date on which it is valid; `None` is without end.
    pub until: Option<civil::Date>,
}

impl TrainingPassed {
    fn holds_on(&self, date: civil::Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// What the queues of an agent's site ask for, and what of it the agent has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// The queues of the site; none where no training is asked.
    pub queues: Arc<[QueueGate]>,
    /// What is passed.
    pub passed: Vec<TrainingPassed>,
}

impl Default for Training {
    fn default() -> Self {
        Self { queues: Arc::from([]), passed: Vec::new() }
    }
}

impl Training {
    /// The training that is missing on a date for a skill to count; `None` when nothing is.
    #[must_use]
    pub fn missing(&self, skill: Option<SkillId>, date: civil::Date) -> Option<&str> {
        let of_skill = self.queues.iter().filter(|queue| queue.skill == skill);
        let mut asked = of_skill.filter_map(|queue| queue.training.as_deref());
        asked.find(|training| !self.passed_on(training, date))
    }

    /// The skills that the queues ask for; `None` among them for one that asks for none.
    pub(super) fn skills(&self) -> impl Iterator<Item = Option<SkillId>> {
        self.queues.iter().map(|queue| queue.skill)
    }

    /// The next date from `date` on from which a training is passed, as far as it is known.
    #[must_use]
    pub fn next(&self, training: &str, date: civil::Date) -> Option<civil::Date> {
        let of_it = self.passed.iter().filter(|it| it.training == training && it.from > date);
        of_it.map(|it| it.from).min()
    }

    fn passed_on(&self, training: &str, date: civil::Date) -> bool {
        self.passed.iter().any(|it| it.training == training && it.holds_on(date))
    }
}
