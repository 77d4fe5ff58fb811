use jiff::civil;
use serde_json::{Value, json};
use trunkline_domain::{
    agents::covered,
    archives::{
        Correction, Entry, EntrySource, Evidence, FileKind, Payload, check_entry, correct,
        development::{CareerEvent, Holding},
        quality::{EvaluationForm, NewEvaluation},
    },
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, FileEntryId, FileId, UserId},
    identity::{Access, Permission},
};
use trunkline_infra::{
    agents::{AgentView, agents_by_id},
    archives::{EntryView, append_entries, entries_of_files, file_of_entry, files_of_agents},
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::Directory,
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::permit,
};

/// What a client says an entry is.
#[derive(Debug)]
pub(super) struct SaidEntry {
    pub(super) effective_on: civil::Date,
    pub(super) evidence: Vec<Evidence>,
    pub(super) content: SaidContent,
}

/// What an entry says, as far as a client has said it.
#[derive(Debug)]
pub(super) enum SaidContent {
    /// All of it.
    Whole(Payload),
    /// The answers of an evaluation, from which its score follows.
    Evaluation(SaidEvaluation),
}

/// An evaluation and the form by which it is scored.
#[derive(Debug)]
pub(super) struct SaidEvaluation {
    pub(super) new: NewEvaluation,
    pub(super) form: String,
    pub(super) form_version: u32,
}

impl SaidContent {
    /// The file to which it belongs.
    const fn file(&self) -> FileKind {
        match self {
            Self::Whole(payload) => payload.part().file(),
            Self::Evaluation(_) => FileKind::Quality,
        }
    }

    /// Where the input names what is to be written.
    const fn place(&self) -> &'static str {
        match self {
            Self::Whole(Payload::CareerEvent(_)) => "content.careerEvent",
            Self::Whole(Payload::Reward(_)) => "content.reward",
            Self::Whole(Payload::Training(_)) => "content.training",
            Self::Whole(Payload::YearlyResult(_)) => "content.yearlyResult",
            Self::Whole(Payload::MonthlyCard(_)) => "content.monthlyCard",
            Self::Whole(Payload::Evaluation(_)) | Self::Evaluation(_) => "content.evaluation",
            // The system writes them; no input names them.
            Self::Whole(Payload::MonthFigures(_) | Payload::MonthlyAttendance(_)) => "content",
        }
    }

    /// All of it, once the caller may write it.
    fn whole(self, directory: &Directory) -> Outcome<Payload> {
        match self {
            Self::Whole(payload) => {
                check_names(directory, &payload)?;
                Ok(payload)
            }
            Self::Evaluation(SaidEvaluation { new, form, form_version }) => {
                if new.queue.is_some_and(|id| directory.queue(id).is_none()) {
                    return Err(Fault::not_found("content.evaluation.queueId").into());
                }
                let unknown = || Fault::invalid("content.evaluation.form", Rule::PublishedForm);
                let form = EvaluationForm::find(&form, form_version).ok_or_else(unknown)?;
                let inside = |fault: Fault| {
                    let path = format!("content.evaluation.{}", fault.path.join("."));
                    fault.at(&path)
                };
                let scored = new
                    .scored(form)
                    .map_err(|faults| AppError::Faults(faults.into_iter().map(inside).collect()))?;
                Ok(Payload::Evaluation(scored))
            }
        }
    }
}

/// An entry of a client, whose right to write it was looked at, as the domain takes it.
fn entry_of(
    ctx: &Ctx,
    directory: &Directory,
    file: FileId,
    said: SaidEntry,
    corrects: Option<Correction>,
) -> Outcome<Entry> {
    let SaidEntry { effective_on, evidence, content } = said;
    let entry = Entry {
        id: ctx.new_id(),
        file,
        effective_on,
        recorded_at: ctx.now(),
        recorded_by: ctx.actor().map(UserId::from_uuid),
        source: EntrySource::Person,
        evidence,
        payload: content.whole(directory)?,
        corrects,
    };
    check_entry(&entry).map_err(AppError::Faults)?;
    Ok(entry)
}

async fn agent_of(tx: &TenantTx, id: AgentId, path: &str) -> Outcome<AgentView> {
    let agent = agents_by_id(tx, &[id]).await?.pop();
    agent.ok_or_else(|| Fault::not_found(path).into())
}

/// Sites and teams of an entry must be the tenant's own: their ids stay in the file for good.
fn check_names(directory: &Directory, payload: &Payload) -> Result<(), Fault> {
    let place = |held: &Option<Holding>, path: &str| {
        let Some(Holding { site, team, .. }) = held else { return Ok(()) };
        if directory.site(*site).is_none() {
            return Err(Fault::not_found(&format!("{path}.siteId")));
        }
        if team.is_some_and(|team| directory.team(team).is_none()) {
            return Err(Fault::not_found(&format!("{path}.teamId")));
        }
        Ok(())
    };
    match payload {
        Payload::CareerEvent(CareerEvent { from, to, .. }) => {
            place(from, "content.careerEvent.from")?;
            place(to, "content.careerEvent.to")
        }
        _ => Ok(()),
    }
}

/// Appends the entry and gives it as it is read.
async fn append(tx: &TenantTx, ctx: &Ctx, entry: Entry) -> Outcome<EntryView> {
    let (id, file) = (entry.id, entry.file);
    append_entries(tx, &[entry], ctx.actor()).await?;
    let entries = entries_of_files(tx, &[file]).await?;
    let lost = || AppError::Internal(format!("{id} is gone within its own transaction"));
    entries.into_iter().find(|view| view.entry.id == id).ok_or_else(lost)
}

/// What the audit says of an entry. What the entry says stays in the file, which fewer may read: a
/// cover stands for it.
fn recorded(file: FileKind, entry: &Entry) -> Value {
    json!({"entryId": entry.id, "file": file.as_str(), "kind": entry.payload.kind(),
           "effectiveOn": entry.effective_on, "content": covered()})
}

/// Adds an entry to the file of the agent to which its kind belongs.
pub(super) async fn add_entry(
    app: &App,
    ctx: &Ctx,
    agent: AgentId,
    said: SaidEntry,
) -> Outcome<EntryView> {
    let kind = said.content.file();
    let tx = app.db.begin(ctx).await?;
    let person = agent_of(&tx, agent, "agentId").await?;
    match ctx.viewer().access(kind.write(), Permission::AgentRead, &person.target(), ctx.now()) {
        Access::Allowed => {}
        // Nothing is wrong with the agent: this kind of entry is for others to write.
        Access::Forbidden => {
            let fault = Fault::new(FaultCode::Forbidden).at(said.content.place());
            return Err(fault.with("file", kind.as_str()).into());
        }
        Access::Hidden => return Err(Fault::not_found("agentId").into()),
    }
    let files = files_of_agents(&tx, &[agent]).await?;
    let file = files.iter().find(|file| file.kind == kind.as_str());
    let lost = || AppError::Internal(format!("{agent} has no file {}", kind.as_str()));
    let directory = app.directory(&tx, ctx).await?;
    let entry = entry_of(ctx, &directory, file.ok_or_else(lost)?.id, said, None)?;
    let after = recorded(kind, &entry);
    let added = append(&tx, ctx, entry).await?;
    record(&tx, ctx, Deed::made("file_entry.add", agent, after)).await?;
    tx.commit().await?;
    Ok(added)
}

/// Puts an entry right by another one that names it; the old one stays in the history.
pub(super) async fn correct_entry(
    app: &App,
    ctx: &Ctx,
    wrong: FileEntryId,
    reason: String,
    said: SaidEntry,
) -> Outcome<EntryView> {
    let tx = app.db.begin(ctx).await?;
    let lost = || Fault::not_found("entryId");
    let file = file_of_entry(&tx, wrong).await?.ok_or_else(lost)?.file()?;
    let person = agent_of(&tx, file.agent, "entryId").await?;
    permit(ctx, file.kind.write(), file.kind.read(), &person.target(), "entryId")?;
    let entries: Vec<Entry> =
        entries_of_files(&tx, &[file.id]).await?.into_iter().map(|view| view.entry).collect();
    let reason = reason.trim().to_owned();
    let correction = Correction { entry: wrong, reason: reason.clone() };
    let directory = app.directory(&tx, ctx).await?;
    let new = entry_of(ctx, &directory, file.id, said, Some(correction))?;
    let new = correct(&entries, new).map_err(at_input)?;
    let before = entries.iter().find(|entry| entry.id == wrong);
    let before = before.map_or_else(|| json!({}), |entry| recorded(file.kind, entry));
    let after = recorded(file.kind, &new);
    let added = append(&tx, ctx, new).await?;
    let deed = Deed::changed("file_entry.correct", file.agent, before, after);
    let detail = json!({"file": file.kind.as_str(), "corrects": wrong});
    record(&tx, ctx, deed.because(Some(&reason)).with(detail)).await?;
    tx.commit().await?;
    Ok(added)
}

/// The domain's place of a fault, as the input calls it.
fn at_input(fault: Fault) -> Fault {
    match fault.path.first().map(String::as_str) {
        Some("corrects") => fault.at("entryId"),
        Some("payload") => fault.at("content"),
        _ => fault,
    }
}
