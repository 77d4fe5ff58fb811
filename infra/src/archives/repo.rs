use serde_json::{Value as Json, json};
use trunkline_domain::archives::{Entry, PersonalFile};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx},
    params,
};

/// Opens personal files.
///
/// # Errors
/// What the database says.
pub async fn insert_files(tx: &TenantTx, files: &[PersonalFile]) -> Result<(), DbError> {
    let rows = files.iter().map(|file| {
        let PersonalFile { id, agent, kind, created_at } = file;
        json!({"id": id.uuid(), "agent_id": agent.uuid(), "kind": kind.as_str(), "created_at": created_at})
    });
    tx.run(
        "insert into app.personal_file (tenant_id, id, agent_id, kind, created_at)
         select $1, r.id, r.agent_id, r.kind, r.created_at
         from jsonb_to_recordset($2) as r(id uuid, agent_id uuid, kind text, created_at timestamptz)",
        params![tx.tenant(), Json::Array(rows.collect())],
    )
    .await?;
    Ok(())
}

/// Appends entries to their files; a correction is an entry that names the one it puts right.
/// `recorded_by` is the user or API client behind them, `None` = the system.
///
/// # Errors
/// What the database says; a second correction of one entry as constraint.
pub async fn append_entries(
    tx: &TenantTx,
    entries: &[Entry],
    recorded_by: Option<Uuid>,
) -> Result<(), DbError> {
    let rows = entries.iter().map(|entry| {
        let correction = entry.corrects.as_ref();
        json!({"id": entry.id.uuid(), "file_id": entry.file.uuid(),
               "part": entry.payload.part().as_str(), "kind": entry.payload.kind(),
               "effective_on": entry.effective_on, "recorded_at": entry.recorded_at,
               "source": entry.source, "payload": entry.payload, "evidence": entry.evidence,
               "corrects_id": correction.map(|it| it.entry.uuid()),
               "correction_reason": correction.map(|it| &it.reason)})
    });
    tx.run(
        "insert into app.file_entry (tenant_id, id, file_id, part, kind, effective_on, recorded_at,
                                     recorded_by, source, payload, evidence, corrects_id, correction_reason)
         select $1, r.id, r.file_id, r.part, r.kind, r.effective_on, r.recorded_at, $3, r.source, r.payload,
                r.evidence, r.corrects_id, r.correction_reason
         from jsonb_to_recordset($2) as r(id uuid, file_id uuid, part text, kind text, effective_on date,
              recorded_at timestamptz, source text, payload jsonb, evidence jsonb, corrects_id uuid,
              correction_reason text)",
        params![tx.tenant(), Json::Array(rows.collect()), recorded_by],
    )
    .await?;
    Ok(())
}
