use std::collections::BTreeMap;

use async_graphql::{ID, InputObject, OneofObject};
use trunkline_domain::{
    archives::{
        Evidence, Payload,
        development::{CareerEvent, Holding, Reward, TrainingRecord, YearlyResult},
        performance::{KpiSnapshot, MonthlyCard, MonthlyItem},
        quality::{Answer, NewEvaluation},
    },
    fault::{Fault, Rule},
    id::{AgentId, FileEntryId, UserId},
};

use super::{
    codes::{
        CardGrade, CardState, CareerKind, EvaluationAnswer, EvaluationState, RewardKind,
        TrainingKind,
    },
    service::{SaidContent, SaidEntry, SaidEvaluation},
};
use crate::graphql::{Date, Decimal, parse_id};

/// What supports an entry.
#[derive(Debug, InputObject)]
pub struct EvidenceInput {
    /// What it is, e.g. `letter` or `certificate`.
    pub kind: String,
    /// Where to find it.
    pub reference: String,
    /// SHA-256 of the document, hexadecimal.
    pub sha256: Option<String>,
}

/// Post and place at one time.
#[derive(Debug, InputObject)]
pub struct CareerPlaceInput {
    /// Code of the post.
    pub post: String,
    /// Site.
    pub site_id: ID,
    /// Team; absent = none.
    pub team_id: Option<ID>,
}

/// A step of working life. Changes of post are written by `agentMove`; here they can only be put right.
#[derive(Debug, InputObject)]
pub struct CareerEventInput {
    /// Kind.
    pub kind: CareerKind,
    /// Before; absent at the hire.
    pub from: Option<CareerPlaceInput>,
    /// After; absent at the end of employment.
    pub to: Option<CareerPlaceInput>,
    /// Reference of the decision.
    pub decision: Option<String>,
}

/// A reward.
#[derive(Debug, InputObject)]
pub struct RewardInput {
    /// Kind.
    pub kind: RewardKind,
    /// What for, 1 to 2000 characters.
    pub reason: String,
    /// Worth in the tenant's currency.
    pub value: Option<Decimal>,
}

/// The result of a closed year.
#[derive(Debug, InputObject)]
pub struct YearlyResultInput {
    /// Year.
    pub year: i32,
    /// Score, 0 to 120.
    pub score: Decimal,
    /// Grade, where one was given.
    pub grade: Option<CardGrade>,
}

/// The answer to one item of a form.
#[derive(Debug, InputObject)]
pub struct EvaluationAnswerInput {
    /// Code of the item.
    pub item: String,
    /// The answer.
    pub answer: EvaluationAnswer,
}

/// An evaluated contact. The caller is the evaluator; score and critical errors follow from the answers by
/// the weights of the form.
#[derive(Debug, InputObject)]
pub struct EvaluationInput {
    /// Reference of the contact.
    pub contact: String,
    /// Date of the contact.
    pub contact_on: Date,
    /// Queue of the contact.
    pub queue_id: Option<ID>,
    /// Code of the form.
    pub form: String,
    /// Version of the form, from 1.
    pub form_version: i32,
    /// An answer to each item of the form; `evaluationForms` has the items.
    pub answers: Vec<EvaluationAnswerInput>,
    /// Chosen for a reason, so left out of the mean.
    #[graphql(default = false)]
    pub targeted: bool,
    /// Where it stands.
    #[graphql(default_with = "EvaluationState::Final")]
    pub state: EvaluationState,
    /// Words for the agent.
    pub comment: Option<String>,
}

/// A figure of a month with its points.
#[derive(Debug, InputObject)]
pub struct MonthlyFigureInput {
    /// Code of the KPI.
    pub kpi: String,
    /// Version of its definition.
    #[graphql(default = 1)]
    pub kpi_version: i32,
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Observations behind the value.
    pub observations: i32,
    /// Value; absent when there is none.
    pub value: Option<Decimal>,
    /// Weight on the card.
    pub weight: Decimal,
    /// Points, 0 to 120; absent without a value.
    pub points: Option<Decimal>,
}

/// The card of a month. Its score is the mean of the points by weight; without points for more than 40
/// of 100 there is none.
#[derive(Debug, InputObject)]
pub struct MonthlyCardInput {
    /// Version of the score card, from 1.
    #[graphql(default = 1)]
    pub card_version: i32,
    /// Figures with points, in the order of the card.
    pub items: Vec<MonthlyFigureInput>,
    /// A compliance-critical error or a valid demerit limits the grade to C.
    #[graphql(default = false)]
    pub capped: bool,
    /// Where it stands.
    #[graphql(default_with = "CardState::Draft")]
    pub state: CardState,
    /// Words of the leader.
    pub remark: Option<String>,
}

/// A course that counts, with its result on the day of the entry.
#[derive(Debug, InputObject)]
pub struct TrainingRecordInput {
    /// Code of the course, by which queues ask for it: 1 to 40 letters, digits, `_`, `-` and `.`.
    pub course: String,
    /// Kind.
    pub kind: TrainingKind,
    /// Who gave it; absent = the own company.
    pub provider: Option<String>,
    /// First day of the course.
    pub starts_on: Option<Date>,
    /// Hours of the course.
    pub hours: Option<Decimal>,
    /// Whether it was passed.
    pub is_passed: bool,
    /// Score of the exam, 0 to 100.
    pub score: Option<Decimal>,
    /// Number of the certificate.
    pub certificate: Option<String>,
    /// Last day on which it is valid; absent = without end.
    pub expires_on: Option<Date>,
}

impl TrainingRecordInput {
    fn parse(self) -> Payload {
        let Self {
            course,
            kind,
            provider,
            starts_on,
            hours,
            is_passed,
            score,
            certificate,
            expires_on,
        } = self;
        Payload::Training(TrainingRecord {
            course: course.trim().to_owned(),
            kind: kind.into(),
            provider,
            starts_on: starts_on.map(|it| it.0),
            hours: hours.map(|it| it.0),
            passed: is_passed,
            score: score.map(|it| it.0),
            certificate,
            valid_until: expires_on.map(|it| it.0),
        })
    }
}

/// Exactly one of these. A career event, a reward, a training and a yearly result belong to the development file,
/// an evaluation to the quality file, a monthly card to the performance file.
#[derive(Debug, OneofObject)]
pub enum FileEntryContentInput {
    /// A step of working life.
    CareerEvent(CareerEventInput),
    /// A reward.
    Reward(RewardInput),
    /// A course with its result.
    Training(TrainingRecordInput),
    /// The result of a closed year.
    YearlyResult(YearlyResultInput),
    /// An evaluated contact.
    Evaluation(EvaluationInput),
    /// The card of a month.
    MonthlyCard(MonthlyCardInput),
}

fn number<N: TryFrom<i32>>(value: i32, path: &str) -> Result<N, Fault> {
    N::try_from(value).map_err(|_| Fault::invalid(path, Rule::AtLeast(0)))
}

fn holding(said: CareerPlaceInput, path: &str) -> Result<Holding, Fault> {
    let CareerPlaceInput { post, site_id, team_id } = said;
    Ok(Holding {
        post,
        site: parse_id(&site_id, &format!("{path}.siteId"))?,
        team: team_id.map(|id| parse_id(&id, &format!("{path}.teamId"))).transpose()?,
    })
}

impl FileEntryContentInput {
    fn parse(self, evaluator: Option<UserId>) -> Result<SaidContent, Fault> {
        let payload = match self {
            Self::CareerEvent(CareerEventInput { kind, from, to, decision }) => {
                let place = |said: Option<CareerPlaceInput>, path: &str| {
                    said.map(|said| holding(said, path)).transpose()
                };
                Payload::CareerEvent(CareerEvent {
                    kind: kind.into(),
                    from: place(from, "content.careerEvent.from")?,
                    to: place(to, "content.careerEvent.to")?,
                    decision,
                })
            }
            Self::Reward(RewardInput { kind, reason, value }) => Payload::Reward(Reward {
                kind: kind.into(),
                reason: reason.trim().to_owned(),
                value: value.map(|it| it.0),
            }),
            Self::Training(said) => said.parse(),
            Self::YearlyResult(YearlyResultInput { year, score, grade }) => {
                let year = number(year, "content.yearlyResult.year")?;
                let grade = grade.map(Into::into);
                Payload::YearlyResult(YearlyResult { year, score: score.0, grade })
            }
            Self::Evaluation(said) => {
                return evaluation(said, evaluator).map(SaidContent::Evaluation);
            }
            Self::MonthlyCard(said) => Payload::MonthlyCard(monthly_card(said)?),
        };
        Ok(SaidContent::Whole(payload))
    }
}

fn evaluation(said: EvaluationInput, evaluator: Option<UserId>) -> Result<SaidEvaluation, Fault> {
    let EvaluationInput {
        contact,
        contact_on,
        queue_id,
        form,
        form_version,
        answers,
        targeted,
        state,
        comment,
    } = said;
    let by = || Fault::invalid("content.evaluation", Rule::Evaluator);
    let form_version = number(form_version, "content.evaluation.formVersion")?;
    let new = NewEvaluation {
        contact,
        contact_on: contact_on.0,
        queue: queue_id.map(|id| parse_id(&id, "content.evaluation.queueId")).transpose()?,
        evaluator: evaluator.ok_or_else(by)?,
        answers: answers_of(answers)?,
        targeted,
        state: state.into(),
        comment,
    };
    Ok(SaidEvaluation { new, form, form_version })
}

fn answers_of(said: Vec<EvaluationAnswerInput>) -> Result<BTreeMap<String, Answer>, Fault> {
    let mut answers = BTreeMap::new();
    for (at, EvaluationAnswerInput { item, answer }) in said.into_iter().enumerate() {
        if answers.insert(item, answer.into()).is_some() {
            let path = format!("content.evaluation.answers.{at}.item");
            return Err(Fault::invalid(&path, Rule::EachOnce));
        }
    }
    Ok(answers)
}

fn monthly_card(said: MonthlyCardInput) -> Result<MonthlyCard, Fault> {
    let MonthlyCardInput { card_version, items, capped, state, remark } = said;
    let items = items.into_iter().enumerate().map(|(at, item)| {
        let MonthlyFigureInput {
            kpi,
            kpi_version,
            starts_on,
            ends_on,
            observations,
            value,
            weight,
            points,
        } = item;
        let path = |field: &str| format!("content.monthlyCard.items.{at}.{field}");
        let figure = KpiSnapshot {
            kpi,
            kpi_version: number(kpi_version, &path("kpiVersion"))?,
            from: starts_on.0,
            to: ends_on.0,
            n: number(observations, &path("observations"))?,
            value: value.map(|it| it.0),
        };
        Ok(MonthlyItem { figure, weight: weight.0, points: points.map(|it| it.0) })
    });
    let items = items.collect::<Result<Vec<_>, Fault>>()?;
    let version = number(card_version, "content.monthlyCard.cardVersion")?;
    let card = MonthlyCard::of_items(version, items, capped);
    Ok(MonthlyCard { state: state.into(), remark, ..card })
}

fn evidence_of(said: Vec<EvidenceInput>) -> Vec<Evidence> {
    let evidence = |EvidenceInput { kind, reference, sha256 }| Evidence { kind, reference, sha256 };
    said.into_iter().map(evidence).collect()
}

/// A new entry of a personal file.
#[derive(Debug, InputObject)]
pub struct FileEntryAddInput {
    /// Whose file.
    pub agent_id: ID,
    /// When it happened.
    pub effective_on: Date,
    /// What supports it, at most 20.
    #[graphql(default)]
    pub evidence: Vec<EvidenceInput>,
    /// What it says.
    pub content: FileEntryContentInput,
}

impl FileEntryAddInput {
    pub(super) fn parse(self, caller: Option<UserId>) -> Result<(AgentId, SaidEntry), Fault> {
        let Self { agent_id, effective_on, evidence, content } = self;
        let agent = parse_id(&agent_id, "agentId")?;
        let (evidence, content) = (evidence_of(evidence), content.parse(caller)?);
        Ok((agent, SaidEntry { effective_on: effective_on.0, evidence, content }))
    }
}

/// An entry that puts another one right. It says the whole thing anew.
#[derive(Debug, InputObject)]
pub struct FileEntryCorrectInput {
    /// The entry that was wrong; the newest one, when it was put right before.
    pub entry_id: ID,
    /// Why it was wrong.
    pub reason: String,
    /// When it happened.
    pub effective_on: Date,
    /// What supports it, at most 20.
    #[graphql(default)]
    pub evidence: Vec<EvidenceInput>,
    /// What it says, of the same kind as the wrong one.
    pub content: FileEntryContentInput,
}

impl FileEntryCorrectInput {
    pub(super) fn parse(
        self,
        caller: Option<UserId>,
    ) -> Result<(FileEntryId, String, SaidEntry), Fault> {
        let Self { entry_id, reason, effective_on, evidence, content } = self;
        let entry = parse_id(&entry_id, "entryId")?;
        let (evidence, content) = (evidence_of(evidence), content.parse(caller)?);
        Ok((entry, reason, SaidEntry { effective_on: effective_on.0, evidence, content }))
    }
}
