use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CriticalError, ItemKind};
use crate::id::{QueueId, UserId};

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
    /// Score after critical errors, 0 to 100, not rounded; `None` when nothing was applicable.
    pub score: Option<Decimal>,
    /// Critical errors.
    pub critical_errors: Vec<CriticalError>,
    /// Chosen for a reason (complaint, low rating), so left out of the mean.
    pub targeted: bool,
    /// State.
    pub state: EvaluationState,
    /// Words for the agent.
    pub comment: Option<String>,
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
            month.compliance_error |=
                evaluation.critical_errors.iter().any(|it| it.kind == ItemKind::Compliance);
            let Some(score) = evaluation.score.filter(|_| !evaluation.targeted) else { continue };
            month.n += 1;
            month.score_sum += score;
            month.with_critical_error += u32::from(!evaluation.critical_errors.is_empty());
        }
        month
    }

    /// Mean score; `None` without evaluations.
    #[must_use]
    pub fn monitoring_score(&self) -> Option<Decimal> {
        self.score_sum.checked_div(self.n.into())
    }

    /// Percent of evaluations with a critical error; `None` without evaluations.
    #[must_use]
    pub fn critical_error_rate(&self) -> Option<Decimal> {
        (Decimal::ONE_HUNDRED * Decimal::from(self.with_critical_error)).checked_div(self.n.into())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn evaluation(score: &str) -> Evaluation {
        Evaluation {
            contact: "call".into(),
            contact_on: date(2026, 4, 10),
            queue: None,
            form: "inbound_service".into(),
            form_version: 3,
            evaluator: UserId::from_uuid(Uuid::from_u128(1)),
            score: Some(score.parse().expect("score")),
            critical_errors: Vec::new(),
            targeted: false,
            state: EvaluationState::Released,
            comment: None,
        }
    }

    fn told(evaluations: &[Evaluation]) -> String {
        let month = QualityMonth::of(evaluations);
        let round = |value: Option<Decimal>| value.unwrap_or_default().round_dp(2).normalize();
        let (mean, rate) = (round(month.monitoring_score()), round(month.critical_error_rate()));
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
        assert_eq!(month.monitoring_score(), Some(90.into()));
        assert!(month.compliance_error);
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
