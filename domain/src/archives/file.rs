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
    /// Development 3: history in the company.
    History,
    /// Development 5: results of past years.
    PastResults,
    /// Quality 1: evaluations.
    Evaluations,
    /// Performance 2: monthly cards.
    MonthlyCards,
}

impl FilePart {
    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::History => "HISTORY",
            Self::PastResults => "PAST_RESULTS",
            Self::Evaluations => "EVALUATIONS",
            Self::MonthlyCards => "MONTHLY_CARDS",
        }
    }

    /// The file that the part belongs to.
    #[must_use]
    pub const fn file(self) -> FileKind {
        match self {
            Self::History | Self::PastResults => FileKind::Development,
            Self::Evaluations => FileKind::Quality,
            Self::MonthlyCards => FileKind::Performance,
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
    fn a_new_agent_has_exactly_one_file_of_each_kind() {
        let ids = [1, 2, 3].map(|id| FileId::from_uuid(Uuid::from_u128(id)));
        let agent = AgentId::from_uuid(Uuid::from_u128(7));
        let files = open_files(agent, ids, Timestamp::UNIX_EPOCH);
        assert_eq!(files.clone().map(|file| file.kind), FileKind::ALL);
        assert!(files.iter().all(|file| file.agent == agent));
    }
}
