use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Answer, CriticalError, EvaluationForm, FormScore, ItemKind};
use crate::{
    fault::Fault,
    id::{QueueId, UserId},
    kpis::{Measure, MeasureSet},
};

/// Where an evaluation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvaluationState {
    /// The contact was drawn.
    Planned,
    /// Being written.
    Draft,
    /// Written; not yet shown to the agent.
    Final,
    /// Shown to the agent.
    Released,
    /// The agent has read it.
    Acknowledged,
    /// The agent has appealed; it counts again when the appeal is decided.
    Appealed,
}

impl EvaluationState {
    /// Whether the evaluation counts in figures.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Final | Self::Released | Self::Acknowledged)
    }

    /// Whether `next` may follow.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Planned, Self::Draft)
                | (Self::Draft, Self::Final)
                | (Self::Final, Self::Released)
                | (Self::Released, Self::Acknowledged | Self::Appealed)
                | (Self::Appealed, Self::Final)
        )
    }
}

/// An evaluated contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Reference of the contact.
    pub contact: String,
    /// Local date of the contact.
    pub contact_on: Date,
    /// Queue.
    pub queue: Option<QueueId>,
    /// Code of the form.
    pub form: String,
    /// Version of the form.
    pub form_version: u32,
    /// Who evaluated.
    pub evaluator: UserId,
    /// Answers by code of the item.
    pub answers: BTreeMap<String, Answer>,
    /// Score after critical errors, 0 to 100, not rounded; `None` when nothing was applicable.
    pub score: Option<Decimal>,
    /// Critical errors.
    pub critical_errors: Vec<CriticalError>,
    /// Non-critical items answered "partly" or "no".
    pub noncritical_errors: u32,
    /// Non-critical items that were applicable.
    pub noncritical_opportunities: u32,
    /// Chosen for a reason (complaint, low rating), so left out of the mean.
    pub targeted: bool,
    /// State.
    pub state: EvaluationState,
    /// Words for the agent.
    pub comment: Option<String>,
}

/// What an evaluator says of a contact. The score follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvaluation {
    /// Reference of the contact.
    pub contact: String,
    /// Local date of the contact.
    pub contact_on: Date,
    /// Queue.
    pub queue: Option<QueueId>,
    /// Who evaluated.
    pub evaluator: UserId,
    /// Answers by code of the item.
    pub answers: BTreeMap<String, Answer>,
    /// Chosen for a reason.
    pub targeted: bool,
    /// State.
    pub state: EvaluationState,
    /// Words for the agent.
    pub comment: Option<String>,
}

impl NewEvaluation {
    /// Scores it by the weights of a form.
    ///
    /// # Errors
    /// INVALID_VALUE at `answers` for every item without an answer and every answer without an item.
    pub fn scored(self, form: &EvaluationForm) -> Result<Evaluation, Vec<Fault>> {
        let Self { contact, contact_on, queue, evaluator, answers, targeted, state, comment } =
            self;
        let FormScore {
            raw: _,
            score,
            critical_errors,
            noncritical_errors,
            noncritical_opportunities,
        } = form.score(&answers)?;
        Ok(Evaluation {
            contact,
            contact_on,
            queue,
            form: form.code.clone(),
            form_version: form.version,
            evaluator,
            answers,
            score: score.map(|it| it.normalize()),
            critical_errors,
            noncritical_errors,
            noncritical_opportunities,
            targeted,
            state,
            comment,
        })
    }
}

/// Figures of one agent's evaluations in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QualityMonth {
    /// Evaluations with a score that count.
    pub n: u32,
    /// Sum of their scores.
    pub score_sum: Decimal,
    /// Those with at least one critical error.
    pub with_critical_error: u32,
    /// Those with an error that failed the customer.
    pub with_customer_error: u32,
    /// Those with an error that harmed the business.
    pub with_business_error: u32,
    /// Those with an error against law or contract.
    pub with_compliance_error: u32,
    /// Non-critical items that applied.
    pub noncritical_opportunities: u32,
    /// Non-critical items failed.
    pub noncritical_errors: u32,
    /// Whether a compliance-critical error is among them: it caps the grade of the month.
    pub compliance_error: bool,
}

impl QualityMonth {
    /// Sums what counts: final and later, not under appeal, not targeted.
    ///
    /// A compliance error of a targeted evaluation caps the grade all the same.
    #[must_use]
    pub fn of<'a>(evaluations: impl IntoIterator<Item = &'a Evaluation>) -> Self {
        let mut month = Self::default();
        for evaluation in evaluations.into_iter().filter(|it| it.state.counts()) {
            let has = |kind| evaluation.critical_errors.iter().any(|it| it.kind == kind);
            month.compliance_error |= has(ItemKind::Compliance);
            let Some(score) = evaluation.score.filter(|_| !evaluation.targeted) else { continue };
            month.n += 1;
            month.score_sum += score;
            month.with_critical_error += u32::from(!evaluation.critical_errors.is_empty());
            month.with_customer_error += u32::from(has(ItemKind::Customer));
            month.with_business_error += u32::from(has(ItemKind::Business));
            month.with_compliance_error += u32::from(has(ItemKind::Compliance));
            month.noncritical_opportunities += evaluation.noncritical_opportunities;
            month.noncritical_errors += evaluation.noncritical_errors;
        }
        month
    }

    /// The same by the names of the catalogue; nothing without evaluations.
    #[must_use]
    pub fn sums(&self) -> MeasureSet {
        let named = [
            ("evaluations_count", self.n.into()),
            ("evaluation_score_sum", self.score_sum),
            ("evaluations_critical", self.with_critical_error.into()),
            ("evaluations_critical_customer", self.with_customer_error.into()),
            ("evaluations_critical_business", self.with_business_error.into()),
            ("evaluations_critical_compliance", self.with_compliance_error.into()),
            ("noncritical_opportunities", self.noncritical_opportunities.into()),
            ("noncritical_errors", self.noncritical_errors.into()),
        ];
        let known = named.into_iter().filter(|_| self.n > 0);
        known.filter_map(|(name, value)| Some((Measure::named(name)?, value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::kpis::{definition, displayed};

    fn evaluation(score: &str) -> Evaluation {
        Evaluation {
            contact: "call".into(),
            contact_on: date(2026, 4, 10),
            queue: None,
            form: "inbound_service".into(),
            form_version: 3,
            evaluator: UserId::from_uuid(Uuid::from_u128(1)),
            answers: BTreeMap::new(),
            score: Some(score.parse().expect("score")),
            critical_errors: Vec::new(),
            noncritical_errors: 0,
            noncritical_opportunities: 0,
            targeted: false,
            state: EvaluationState::Released,
            comment: None,
        }
    }

    fn told(evaluations: &[Evaluation]) -> String {
        let month = QualityMonth::of(evaluations);
        let sums = month.sums();
        let shown = |code: &str| {
            let value = definition(code).and_then(|kpi| kpi.value(&sums));
            displayed(value.expect("a value")).normalize()
        };
        let (mean, rate) = (shown("monitoring_score"), shown("critical_error_rate"));
        format!("{mean} {rate} n={}", month.n)
    }

    #[test]
    fn an_appealed_evaluation_is_out_until_it_is_decided() {
        let mut april: Vec<_> = ["92", "85", "90", "95", "0"].map(evaluation).into();
        let error = CriticalError { item: "3.1".into(), kind: ItemKind::Customer };
        april[4].critical_errors = vec![error];
        assert_eq!(told(&april), "72.4 20 n=5");
        april[4].state = EvaluationState::Appealed;
        assert_eq!(told(&april), "90.5 0 n=4");
        april[4] = Evaluation { state: EvaluationState::Final, ..evaluation("89.473684") };
        assert_eq!(told(&april), "90.29 0 n=5");
    }

    #[test]
    fn a_targeted_evaluation_stays_out_of_the_mean_and_caps_all_the_same() {
        let error = CriticalError { item: "1.2".into(), kind: ItemKind::Compliance };
        let targeted =
            Evaluation { targeted: true, critical_errors: vec![error], ..evaluation("0") };
        let month = QualityMonth::of(&[evaluation("90"), targeted]);
        assert_eq!((month.n, month.score_sum), (1, 90.into()));
        assert!(month.compliance_error);
    }

    #[test]
    fn the_score_is_that_of_the_form_and_not_of_the_hand_that_writes_it() {
        let form = EvaluationForm::find("inbound_service", 3).expect("a form");
        let mut answers: BTreeMap<_, _> =
            form.items.iter().map(|item| (item.code.clone(), Answer::Yes)).collect();
        answers.insert("2.2".into(), Answer::Partly);
        let new = NewEvaluation {
            contact: "call".into(),
            contact_on: date(2026, 4, 10),
            queue: None,
            evaluator: UserId::from_uuid(Uuid::from_u128(1)),
            answers,
            targeted: false,
            state: EvaluationState::Final,
            comment: None,
        };
        let scored = new.clone().scored(form).expect("answers that fit");
        assert_eq!((scored.score, scored.noncritical_errors), (Some(95.into()), 1));
        let less = NewEvaluation { answers: BTreeMap::new(), ..new };
        assert_eq!(less.scored(form).expect_err("no answers").len(), form.items.len());
    }

    #[test]
    fn without_evaluations_there_is_no_sum_to_divide() {
        assert!(QualityMonth::of(&[]).sums().is_empty());
    }

    #[test]
    fn only_what_the_agent_has_seen_can_be_appealed() {
        use EvaluationState::{Acknowledged, Appealed, Final, Released};
        assert!(Released.may_become(Appealed));
        assert!(Appealed.may_become(Final));
        assert!(!Final.may_become(Appealed));
        assert!(!Acknowledged.may_become(Appealed));
    }
}
