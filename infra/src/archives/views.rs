use jiff::{Timestamp, civil};
use serde::de::DeserializeOwned;
use trunkline_domain::{
    archives::{Correction, Entry, FileKind, PersonalFile},
    id::{AgentId, FileEntryId, FileId, UserId},
};
use uuid::Uuid;

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A personal file as it is read.
    pub struct FileView {
        /// Its id.
        pub id: FileId,
        /// Whose it is.
        pub agent_id: AgentId,
        /// DEVELOPMENT, QUALITY or PERFORMANCE.
        pub kind: String,
        /// When it was opened.
        pub created_at: Timestamp,
    }
}

impl FileView {
    /// The file as the domain knows it.
    ///
    /// # Errors
    /// Only when the stored kind is unknown.
    pub fn file(&self) -> Result<PersonalFile, DbError> {
        let kind: FileKind = stored("kind of a file", Json::String(self.kind.clone()))?;
        Ok(PersonalFile { id: self.id, agent: self.agent_id, kind, created_at: self.created_at })
    }
}

read_model! {
    struct EntryRow {
        id: FileEntryId,
        file_id: FileId,
        effective_on: civil::Date,
        recorded_at: Timestamp,
        recorded_by: Option<Uuid>,
        recorded_by_name: Option<String>,
        source: String,
        payload: Json,
        evidence: Json,
        corrects_id: Option<FileEntryId>,
        correction_reason: Option<String>,
    }
}

/// An entry and the name of who recorded it.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// The entry.
    pub entry: Entry,
    /// Name of the user or API client; `None` = the system.
    pub recorded_by: Option<String>,
}

/// What was stored as JSON under the domain's own names.
fn stored<T: DeserializeOwned>(what: &str, value: Json) -> Result<T, DbError> {
    serde_json::from_value(value).map_err(|error| DbError::Internal(format!("{what}: {error}")))
}

impl EntryRow {
    fn view(self) -> Result<EntryView, DbError> {
        let corrects = self
            .corrects_id
            .zip(self.correction_reason)
            .map(|(entry, reason)| Correction { entry, reason });
        let entry = Entry {
            id: self.id,
            file: self.file_id,
            effective_on: self.effective_on,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.map(UserId::from_uuid),
            source: stored("source of an entry", Json::String(self.source))?,
            evidence: stored("evidence of an entry", self.evidence)?,
            payload: stored("payload of an entry", self.payload)?,
            corrects,
        };
        Ok(EntryView { entry, recorded_by: self.recorded_by_name })
    }
}

/// The files of these agents, whoever may read them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn files_of_agents(tx: &TenantTx, agents: &[AgentId]) -> Result<Vec<FileView>, DbError> {
    tx.all(
        "select id, agent_id, kind, created_at from app.personal_file
         where tenant_id = $1 and agent_id = any($2) order by agent_id, kind",
        params![tx.tenant(), agents],
    )
    .await
}

/// The file in which an entry stands.
///
/// # Errors
/// What the database says.
pub async fn file_of_entry(tx: &TenantTx, entry: FileEntryId) -> Result<Option<FileView>, DbError> {
    tx.one(
        "select f.id, f.agent_id, f.kind, f.created_at
         from app.file_entry e
         join app.personal_file f on f.tenant_id = e.tenant_id and f.id = e.file_id
         where e.tenant_id = $1 and e.id = $2",
        params![tx.tenant(), entry],
    )
    .await
}

/// All entries of these files, those that were put right included, oldest first.
///
/// # Errors
/// What the database says.
pub async fn entries_of_files(tx: &TenantTx, files: &[FileId]) -> Result<Vec<EntryView>, DbError> {
    let rows: Vec<EntryRow> = tx
        .all(
            "select e.id, e.file_id, e.effective_on, e.recorded_at, e.recorded_by,
                    coalesce(u.display_name, c.name) as recorded_by_name, e.source, e.payload, e.evidence,
                    e.corrects_id, e.correction_reason
             from app.file_entry e
             left join app.app_user u on u.tenant_id = e.tenant_id and u.id = e.recorded_by
             left join app.api_client c on c.tenant_id = e.tenant_id and c.id = e.recorded_by
             where e.tenant_id = $1 and e.file_id = any($2)
             order by e.file_id, e.effective_on, e.recorded_at, e.id",
            params![tx.tenant(), files],
        )
        .await?;
    rows.into_iter().map(EntryRow::view).collect()
}
