use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AgentId, FileId},
    identity::Permission,
};

/// Which of the three files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileKind {
    /// Growth: kept by HR.
    Development,
    /// Service quality: kept by the quality team.
    Quality,
    /// Targets and results: kept along the reporting line.
    Performance,
}

impl FileKind {
    /// The three kinds.
    pub const ALL: [Self; 3] = [Self::Development, Self::Quality, Self::Performance];

    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "DEVELOPMENT",
            Self::Quality => "QUALITY",
            Self::Performance => "PERFORMANCE",
        }
    }

    /// The permission that reads the file.
    #[must_use]
    pub const fn read(self) -> Permission {
        match self {
            Self::Development => Permission::DevelopmentFileRead,
            Self::Quality => Permission::QualityFileRead,
            Self::Performance => Permission::PerformanceFileRead,
        }
    }

    /// The permission that adds entries to it.
    #[must_use]
    pub const fn write(self) -> Permission {
        match self {
            Self::Development => Permission::DevelopmentFileWrite,
            Self::Quality => Permission::QualityFileWrite,
            Self::Performance => Permission::PerformanceFileWrite,
        }
    }
}

/// A part of a file, in the order in which the file shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FilePart {
    /// Development 1: who the person is.
    BasicFacts,
    /// Development 2: work before this company.
    FormerWork,
    /// Development 3: history in the company.
    History,
    /// Development 4: courses that count.
    MainTraining,
    /// Development 5: results of past years.
    PastResults,
    /// Quality 1: evaluated contacts.
    Evaluations,
    /// Quality 2: one entry an error.
    CriticalErrors,
    /// Quality 3: surveys, praise, complaints.
    CustomerVoice,
    /// Quality 4: coaching.
    Coaching,
    /// Quality 5: appeals against evaluations.
    QualityAppeals,
    /// Quality 6: contacts that serve as examples.
    ModelContacts,
    /// Quality 7: figures by month; computed, without entries.
    QualityTrend,
    /// Quality 8: how closely the person is looked at.
    QualityStanding,
    /// Performance 1: agreed targets.
    Targets,
    /// Performance 2: monthly cards.
    MonthlyCards,
    /// Performance 3: results of quarters and years.
    PeriodResults,
    /// Performance 4: performance talks.
    Talks,
    /// Performance 5: improvement plans.
    ImprovementPlans,
    /// Performance 6: incentives.
    Incentives,
    /// Performance 7: attendance.
    Attendance,
    /// Performance 8: appeals against cards.
    PerformanceAppeals,
}

impl FilePart {
    /// The parts of a file, in order.
    #[must_use]
    pub const fn of(kind: FileKind) -> &'static [Self] {
        match kind {
            FileKind::Development => &[
                Self::BasicFacts,
                Self::FormerWork,
                Self::History,
                Self::MainTraining,
                Self::PastResults,
            ],
            FileKind::Quality => &[
                Self::Evaluations,
                Self::CriticalErrors,
                Self::CustomerVoice,
                Self::Coaching,
                Self::QualityAppeals,
                Self::ModelContacts,
                Self::QualityTrend,
                Self::QualityStanding,
            ],
            FileKind::Performance => &[
                Self::Targets,
                Self::MonthlyCards,
                Self::PeriodResults,
                Self::Talks,
                Self::ImprovementPlans,
                Self::Incentives,
                Self::Attendance,
                Self::PerformanceAppeals,
            ],
        }
    }

    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BasicFacts => "BASIC_FACTS",
            Self::FormerWork => "FORMER_WORK",
            Self::History => "HISTORY",
            Self::MainTraining => "MAIN_TRAINING",
            Self::PastResults => "PAST_RESULTS",
            Self::Evaluations => "EVALUATIONS",
            Self::CriticalErrors => "CRITICAL_ERRORS",
            Self::CustomerVoice => "CUSTOMER_VOICE",
            Self::Coaching => "COACHING",
            Self::QualityAppeals => "QUALITY_APPEALS",
            Self::ModelContacts => "MODEL_CONTACTS",
            Self::QualityTrend => "QUALITY_TREND",
            Self::QualityStanding => "QUALITY_STANDING",
            Self::Targets => "TARGETS",
            Self::MonthlyCards => "MONTHLY_CARDS",
            Self::PeriodResults => "PERIOD_RESULTS",
            Self::Talks => "TALKS",
            Self::ImprovementPlans => "IMPROVEMENT_PLANS",
            Self::Incentives => "INCENTIVES",
            Self::Attendance => "ATTENDANCE",
            Self::PerformanceAppeals => "PERFORMANCE_APPEALS",
        }
    }

    /// The file that the part belongs to.
    #[must_use]
    pub const fn file(self) -> FileKind {
        match self {
            Self::BasicFacts
            | Self::FormerWork
            | Self::History
            | Self::MainTraining
            | Self::PastResults => FileKind::Development,
            Self::Evaluations
            | Self::CriticalErrors
            | Self::CustomerVoice
            | Self::Coaching
            | Self::QualityAppeals
            | Self::ModelContacts
            | Self::QualityTrend
            | Self::QualityStanding => FileKind::Quality,
            Self::Targets
            | Self::MonthlyCards
            | Self::PeriodResults
            | Self::Talks
            | Self::ImprovementPlans
            | Self::Incentives
            | Self::Attendance
            | Self::PerformanceAppeals => FileKind::Performance,
        }
    }
}

/// One personal file of one agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalFile {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub agent: AgentId,
    /// Which of the three.
    pub kind: FileKind,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// The files that come with a new agent: one of each kind.
#[must_use]
pub fn open_files(agent: AgentId, ids: [FileId; 3], now: Timestamp) -> [PersonalFile; 3] {
    let [development, quality, performance] = ids;
    let open = |id, kind| PersonalFile { id, agent, kind, created_at: now };
    [
        open(development, FileKind::Development),
        open(quality, FileKind::Quality),
        open(performance, FileKind::Performance),
    ]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_files_have_five_and_eight_parts_that_know_their_file() {
        assert_eq!(FileKind::ALL.map(|kind| FilePart::of(kind).len()), [5, 8, 8]);
        for kind in FileKind::ALL {
            assert!(FilePart::of(kind).iter().all(|part| part.file() == kind));
        }
    }

    #[test]
    fn a_new_agent_has_exactly_one_file_of_each_kind() {
        let ids = [1, 2, 3].map(|id| FileId::from_uuid(Uuid::from_u128(id)));
        let agent = AgentId::from_uuid(Uuid::from_u128(7));
        let files = open_files(agent, ids, Timestamp::UNIX_EPOCH);
        assert_eq!(files.clone().map(|file| file.kind), FileKind::ALL);
        assert!(files.iter().all(|file| file.agent == agent));
    }
}
