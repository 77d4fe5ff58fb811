//! What entries say, as the schema shows it.

use async_graphql::{Context, ID, Object, SimpleObject, Union};
use trunkline_domain::{
    archives::{
        FilePart, Payload,
        development::{CareerEvent as DomainCareer, Holding},
    },
    id::QueueId,
};
use trunkline_infra::archives::EntryView;

use super::{
    codes::{
        CardGrade, CareerKind, EntrySource, EvaluationAnswer, EvaluationItemKind, EvaluationState,
        RewardKind, TrainingKind,
    },
    month_types::{MonthFigures, MonthlyAttendance, MonthlyCard},
};
use crate::{
    graphql::{Date, DateTime, Decimal, Operation, show_id},
    network::{Queue, Site, Team},
};

/// A dated entry of a personal file. Never changed: another entry puts it right.
#[derive(Debug, Clone)]
pub struct FileEntry {
    view: EntryView,
    in_force: bool,
}

impl FileEntry {
    pub(super) const fn new(view: EntryView, in_force: bool) -> Self {
        Self { view, in_force }
    }

    pub(super) const fn in_force(&self) -> bool {
        self.in_force
    }

    pub(super) const fn part(&self) -> FilePart {
        self.view.entry.payload.part()
    }
}

/// What supports an entry.
#[derive(Debug, SimpleObject)]
pub struct Evidence {
    /// What it is, e.g. `letter` or `certificate`.
    pub kind: String,
    /// Where to find it.
    pub reference: String,
    /// SHA-256 of the document, hexadecimal. `null` when it is none.
    pub sha256: Option<String>,
}

/// What an entry puts right, and why.
#[derive(Debug, SimpleObject)]
pub struct FileEntryCorrection {
    /// Global id of the entry that was wrong; it stays in the history.
    pub entry: ID,
    /// Why it was wrong.
    pub reason: String,
}

/// A dated entry of a personal file. Never changed: another entry puts it right.
#[Object]
impl FileEntry {
    /// Global id, prefix `ent_`.
    async fn id(&self) -> ID {
        show_id(self.view.entry.id)
    }
    /// When it happened.
    async fn effective_on(&self) -> Date {
        Date(self.view.entry.effective_on)
    }
    /// When it was written down.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.view.entry.recorded_at)
    }
    /// Name of who wrote it down. `null` = the system.
    async fn recorded_by_name(&self) -> Option<&str> {
        self.view.recorded_by.as_deref()
    }
    /// Where it comes from.
    async fn source(&self) -> EntrySource {
        self.view.entry.source.into()
    }
    /// What supports it.
    async fn evidence(&self) -> Vec<Evidence> {
        let evidence = self.view.entry.evidence.iter().cloned();
        evidence
            .map(|it| Evidence { kind: it.kind, reference: it.reference, sha256: it.sha256 })
            .collect()
    }
    /// Whether it holds: `false` when another entry has put it right.
    async fn is_in_force(&self) -> bool {
        self.in_force
    }
    /// What it puts right. `null` for a first entry.
    async fn correction(&self) -> Option<FileEntryCorrection> {
        let correction = self.view.entry.corrects.as_ref()?;
        Some(FileEntryCorrection {
            entry: show_id(correction.entry),
            reason: correction.reason.clone(),
        })
    }
    /// What it says.
    async fn content(&self) -> FileEntryContent {
        FileEntryContent::of(self.view.entry.payload.clone())
    }
}

/// What an entry says. New kinds can be added.
#[derive(Debug, Union)]
pub enum FileEntryContent {
    /// A step of working life.
    CareerEvent(CareerEvent),
    /// A reward.
    Reward(Reward),
    /// A course with its result.
    TrainingRecord(TrainingRecord),
    /// The result of a closed year.
    YearlyResult(YearlyResult),
    /// An evaluated contact.
    Evaluation(Evaluation),
    /// The card of a month.
    MonthlyCard(MonthlyCard),
    /// What the system has counted of a month.
    MonthFigures(MonthFigures),
    /// Shifts and hours of a month.
    MonthlyAttendance(MonthlyAttendance),
}

impl FileEntryContent {
    fn of(payload: Payload) -> Self {
        match payload {
            Payload::CareerEvent(DomainCareer { kind, from, to, decision }) => {
                let (from, to) = (from.map(CareerPlace), to.map(CareerPlace));
                Self::CareerEvent(CareerEvent { kind: kind.into(), from, to, decision })
            }
            Payload::Reward(reward) => Self::Reward(Reward {
                kind: reward.kind.into(),
                reason: reward.reason,
                value: reward.value.map(Into::into),
            }),
            Payload::Training(record) => Self::TrainingRecord(TrainingRecord {
                course: record.course,
                kind: record.kind.into(),
                provider: record.provider,
                starts_on: record.starts_on.map(Date),
                hours: record.hours.map(Into::into),
                is_passed: record.passed,
                score: record.score.map(Into::into),
                certificate: record.certificate,
                expires_on: record.valid_until.map(Date),
            }),
            Payload::YearlyResult(result) => Self::YearlyResult(YearlyResult {
                year: result.year.into(),
                score: result.score.into(),
                grade: result.grade.map(Into::into),
            }),
            Payload::Evaluation(it) => Self::Evaluation(Evaluation {
                contact: it.contact,
                contact_on: Date(it.contact_on),
                queue: EvaluatedQueue(it.queue),
                form: it.form,
                form_version: i32::try_from(it.form_version).unwrap_or(i32::MAX),
                score: it.score.map(Into::into),
                critical_errors: it
                    .critical_errors
                    .into_iter()
                    .map(|error| CriticalError { item: error.item, kind: error.kind.into() })
                    .collect(),
                answers: it
                    .answers
                    .into_iter()
                    .map(|(item, answer)| EvaluationItemAnswer { item, answer: answer.into() })
                    .collect(),
                targeted: it.targeted,
                state: it.state.into(),
                comment: it.comment,
            }),
            Payload::MonthlyCard(card) => Self::MonthlyCard(MonthlyCard::of(card)),
            Payload::MonthFigures(it) => Self::MonthFigures(MonthFigures::of(it)),
            Payload::MonthlyAttendance(it) => Self::MonthlyAttendance(MonthlyAttendance::of(it)),
        }
    }
}

/// A step of working life, from where to where.
#[derive(Debug, SimpleObject)]
pub struct CareerEvent {
    /// Kind.
    pub kind: CareerKind,
    /// Before. `null` at the hire.
    pub from: Option<CareerPlace>,
    /// After. `null` at the end of employment.
    pub to: Option<CareerPlace>,
    /// Reference of the decision. `null` when none was named.
    pub decision: Option<String>,
}

/// Post and place at one time.
#[derive(Debug)]
pub struct CareerPlace(Holding);

/// Post and place at one time.
#[Object]
impl CareerPlace {
    /// Code of the post.
    async fn post(&self) -> &str {
        &self.0.post
    }
    /// Site. `null` when the caller may not see it.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        Site::visible(operation, self.0.site).await.map_err(|error| operation.fail(error))
    }
    /// Team. `null` when the person was in none.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.team.and_then(|id| directory.team(id)).cloned().map(Team))
    }
}

/// A reward.
#[derive(Debug, SimpleObject)]
pub struct Reward {
    /// Kind.
    pub kind: RewardKind,
    /// What for.
    pub reason: String,
    /// Worth in the tenant's currency. `null` = not in money.
    pub value: Option<Decimal>,
}

/// A course that counts, with its result on the day of the entry. Where queues ask for it, whoever has passed it takes their contacts from that day on.
#[derive(Debug, SimpleObject)]
pub struct TrainingRecord {
    /// Code of the course.
    pub course: String,
    /// Kind.
    pub kind: TrainingKind,
    /// Who gave it. `null` = the own company.
    pub provider: Option<String>,
    /// First day of the course. `null` when it was not named.
    pub starts_on: Option<Date>,
    /// Hours of the course. `null` when they were not named.
    pub hours: Option<Decimal>,
    /// Whether it was passed.
    pub is_passed: bool,
    /// Score of the exam, 0 to 100. `null` without an exam.
    pub score: Option<Decimal>,
    /// Number of the certificate. `null` without one.
    pub certificate: Option<String>,
    /// Last day on which it is valid. `null` = without end.
    pub expires_on: Option<Date>,
}

/// The result of a closed year.
#[derive(Debug, SimpleObject)]
pub struct YearlyResult {
    /// Year.
    pub year: i32,
    /// Score, 0 to 120.
    pub score: Decimal,
    /// Grade. `null` when none was given.
    pub grade: Option<CardGrade>,
}

/// A critical item that was answered "no".
#[derive(Debug, SimpleObject)]
pub struct CriticalError {
    /// Code of the item.
    pub item: String,
    /// What it means.
    pub kind: EvaluationItemKind,
}

/// The answer to an item of a form.
#[derive(Debug, SimpleObject)]
pub struct EvaluationItemAnswer {
    /// Code of the item.
    pub item: String,
    /// The answer.
    pub answer: EvaluationAnswer,
}

#[derive(Debug)]
struct EvaluatedQueue(Option<QueueId>);

/// An evaluated contact.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Evaluation {
    /// Reference of the contact.
    pub contact: String,
    /// Date of the contact.
    pub contact_on: Date,
    #[graphql(skip)]
    queue: EvaluatedQueue,
    /// Code of the form.
    pub form: String,
    /// Version of the form.
    pub form_version: i32,
    /// Score after critical errors, 0 to 100. `null` when nothing was applicable.
    pub score: Option<Decimal>,
    /// Critical errors.
    pub critical_errors: Vec<CriticalError>,
    /// Answers from which they follow, by code of the item.
    pub answers: Vec<EvaluationItemAnswer>,
    /// Chosen for a reason, so left out of the mean.
    pub targeted: bool,
    /// Where it stands.
    pub state: EvaluationState,
    /// Words for the agent. `null` without any.
    pub comment: Option<String>,
}

#[async_graphql::ComplexObject]
impl Evaluation {
    /// Queue of the contact. `null` when none was named or the caller may not see it.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.queue.0 else { return Ok(None) };
        Queue::visible(operation, id).await.map_err(|error| operation.fail(error))
    }
}
