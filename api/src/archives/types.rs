use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Enum, ID, Object, SimpleObject};
use trunkline_domain::{
    archives::{
        Entry, FileKind as DomainKind, FilePart as DomainPart, PersonalFile as DomainFile,
        current_view,
    },
    id::AgentId,
};
use trunkline_infra::{
    agents::AgentView,
    archives::{EntryView, entries_of_files, files_of_agents},
};

use super::entry_types::FileEntry;
use crate::{
    error::{AppError, Outcome},
    graphql::{DateTime, Operation, show_id},
};

/// Which of the three files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainKind")]
pub enum FileKind {
    /// Growth: kept by HR.
    Development,
    /// Service quality: kept by the quality team.
    Quality,
    /// Targets and results: kept along the reporting line.
    Performance,
}

/// A part of a personal file. New values can be added: show an unknown one by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainPart")]
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

/// The three files of an agent with all their entries, whoever may read them.
#[derive(Debug, Default)]
pub(crate) struct AgentFiles {
    files: Vec<DomainFile>,
    entries: Vec<EntryView>,
}

/// One personal file of an agent. Entries are only ever appended.
#[derive(Debug, Clone)]
pub(crate) struct PersonalFile {
    file: DomainFile,
    all: Arc<AgentFiles>,
}

/// One personal file of an agent. Entries are only ever appended.
#[Object]
impl PersonalFile {
    /// Global id, prefix `fil_`.
    async fn id(&self) -> ID {
        show_id(self.file.id)
    }
    /// Which of the three.
    async fn kind(&self) -> FileKind {
        self.file.kind.into()
    }
    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.file.created_at)
    }
    /// All parts in the order of the file, with the entries in force; those without entries too.
    async fn parts(
        &self,
        #[graphql(
            desc = "Also the entries that were put right, to see what was written when.",
            default = false
        )]
        history: bool,
    ) -> Vec<FilePartEntries> {
        let views = self.all.entries.iter().filter(|view| view.entry.file == self.file.id);
        let entries: Vec<Entry> = views.clone().map(|view| view.entry.clone()).collect();
        let in_force: HashSet<_> =
            current_view(&entries).into_iter().map(|entry| entry.id).collect();
        let shown: Vec<FileEntry> = views
            .map(|view| FileEntry::new(view.clone(), in_force.contains(&view.entry.id)))
            .filter(|entry| history || entry.in_force())
            .collect();
        let numbered = DomainPart::of(self.file.kind).iter().zip(1..);
        numbered
            .map(|(part, number)| FilePartEntries {
                part: (*part).into(),
                number,
                entries: shown.iter().filter(|entry| entry.part() == *part).cloned().collect(),
            })
            .collect()
    }
}

/// A part of a file with its entries.
#[derive(Debug, SimpleObject)]
pub(crate) struct FilePartEntries {
    /// Which part.
    part: FilePart,
    /// Number of the part within the file, from 1.
    number: i32,
    /// Entries, oldest first.
    entries: Vec<FileEntry>,
}

/// The file of an agent, if the caller may read it.
pub(crate) async fn file_of(
    operation: &Operation,
    agent: &AgentView,
    kind: DomainKind,
) -> Outcome<Option<PersonalFile>> {
    if !operation.reach(kind.read()).contains(&agent.target()) {
        return Ok(None);
    }
    let all = operation
        .files
        .load(agent.id, async |ids| load_files(operation, &ids).await)
        .await?
        .unwrap_or_default();
    let file = all.files.iter().find(|file| file.kind == kind).cloned();
    Ok(file.map(|file| PersonalFile { file, all }))
}

async fn load_files(
    operation: &Operation,
    agents: &[AgentId],
) -> Outcome<HashMap<AgentId, Arc<AgentFiles>>> {
    let tx = operation.read().await?;
    let mut by_agent: HashMap<AgentId, AgentFiles> = HashMap::new();
    let mut owners = HashMap::new();
    for view in files_of_agents(&tx, agents).await? {
        owners.insert(view.id, view.agent_id);
        by_agent.entry(view.agent_id).or_default().files.push(view.file()?);
    }
    let ids: Vec<_> = owners.keys().copied().collect();
    for view in entries_of_files(&tx, &ids).await? {
        let owner = owners.get(&view.entry.file).and_then(|agent| by_agent.get_mut(agent));
        if let Some(files) = owner {
            files.entries.push(view);
        }
    }
    Ok::<_, AppError>(by_agent.into_iter().map(|(id, files)| (id, Arc::new(files))).collect())
}
