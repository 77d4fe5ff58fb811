use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{EvaluationForm, ItemKind, VetoPolicy};
use crate::fault::{Fault, Rule};

/// Answer to one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// Fully: 1.
    Yes,
    /// Half: 0.5.
    Partly,
    /// Not: 0.
    No,
    /// The contact gave no occasion: left out.
    NotApplicable,
}

impl Answer {
    /// The share of the weight that it earns; `None` = left out.
    fn share(self) -> Option<Decimal> {
        match self {
            Self::Yes => Some(Decimal::ONE),
            Self::Partly => Some(Decimal::new(5, 1)),
            Self::No => Some(Decimal::ZERO),
            Self::NotApplicable => None,
        }
    }
}

/// A critical item that was answered "no".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalError {
    /// Code of the item.
    pub item: String,
    /// Kind of the item.
    pub kind: ItemKind,
}

/// What the answers to a form come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormScore {
    /// Before critical errors, 0 to 100, not rounded; `None` when nothing was applicable.
    pub raw: Option<Decimal>,
    /// After them, by the form's policy.
    pub score: Option<Decimal>,
    /// Critical errors; the same under every policy.
    pub critical_errors: Vec<CriticalError>,
    /// Non-critical items answered "partly" or "no".
    pub noncritical_errors: u32,
    /// Non-critical items that were applicable.
    pub noncritical_opportunities: u32,
}

const CAP: Decimal = Decimal::from_parts(59, 0, 0, false, 0);

impl EvaluationForm {
    /// Scores answers: 100 × sum of weight × share / sum of weights of applicable items.
    ///
    /// # Errors
    /// INVALID_VALUE at `answers` for every item without an answer and every answer without an item.
    pub fn score(&self, answers: &BTreeMap<String, Answer>) -> Result<FormScore, Vec<Fault>> {
        let missing =
            self.items.iter().map(|item| &item.code).filter(|it| !answers.contains_key(*it));
        let unknown =
            answers.keys().filter(|code| self.items.iter().all(|item| item.code != **code));
        let faults: Vec<_> = missing
            .map(|code| Fault::invalid("answers", Rule::AnswerTo(code.clone())))
            .chain(unknown.map(|it| Fault::invalid("answers", Rule::ItemOfTheForm(it.clone()))))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut earned = Decimal::ZERO;
        let mut applicable = Decimal::ZERO;
        let mut critical_errors = Vec::new();
        let (mut noncritical_errors, mut noncritical_opportunities) = (0, 0);
        for item in &self.items {
            let answer = answers.get(&item.code).copied().unwrap_or(Answer::NotApplicable);
            let Some(share) = answer.share() else { continue };
            earned += item.weight * share;
            applicable += item.weight;
            if item.kind == ItemKind::NonCritical {
                noncritical_opportunities += 1;
                noncritical_errors += u32::from(answer != Answer::Yes);
            } else if answer == Answer::No {
                critical_errors.push(CriticalError { item: item.code.clone(), kind: item.kind });
            }
        }
        let raw = (Decimal::ONE_HUNDRED * earned).checked_div(applicable);
        let score = raw.map(|raw| match self.policy {
            _ if critical_errors.is_empty() => raw,
            VetoPolicy::Zero => Decimal::ZERO,
            VetoPolicy::Cap => raw.min(CAP),
            VetoPolicy::Separate => raw,
        });
        Ok(FormScore { raw, score, critical_errors, noncritical_errors, noncritical_opportunities })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::form::inbound_service, *};

    fn score(policy: VetoPolicy, except: &[(&str, Answer)]) -> FormScore {
        let form = inbound_service(policy);
        let mut answers: BTreeMap<_, _> =
            form.items.iter().map(|item| (item.code.clone(), Answer::Yes)).collect();
        answers.extend(except.iter().map(|(code, answer)| ((*code).to_owned(), *answer)));
        form.score(&answers).expect("answers that fit")
    }

    fn rounded(score: Option<Decimal>) -> String {
        score.map_or("none".into(), |score| score.round_dp(2).normalize().to_string())
    }

    const ORDINARY: [(&str, Answer); 3] =
        [("2.2", Answer::Partly), ("4.2", Answer::NotApplicable), ("5.2", Answer::No)];

    #[test]
    fn items_that_do_not_apply_are_left_out_of_the_score() {
        let score = score(VetoPolicy::Zero, &ORDINARY);
        assert_eq!(rounded(score.score), "89.47");
        assert!(score.critical_errors.is_empty());
        assert_eq!((score.noncritical_errors, score.noncritical_opportunities), (2, 5));
    }

    #[test]
    fn a_critical_error_acts_by_the_policy_and_counts_under_each() {
        let answers = [&ORDINARY[..], &[("3.1", Answer::No)]].concat();
        for (policy, result) in
            [(VetoPolicy::Zero, "0"), (VetoPolicy::Cap, "59"), (VetoPolicy::Separate, "68.42")]
        {
            let score = score(policy, &answers);
            assert_eq!(
                (rounded(score.raw).as_str(), rounded(score.score).as_str()),
                ("68.42", result)
            );
            let error = CriticalError { item: "3.1".into(), kind: ItemKind::Customer };
            assert_eq!(score.critical_errors, [error]);
        }
    }

    #[test]
    fn a_cap_does_not_lift_a_score() {
        let form = inbound_service(VetoPolicy::Cap);
        let answers = form.items.iter().map(|item| (item.code.clone(), Answer::No)).collect();
        assert_eq!(rounded(form.score(&answers).expect("score").score), "0");
    }

    #[test]
    fn where_nothing_applies_there_is_no_score() {
        let form = inbound_service(VetoPolicy::Zero);
        let answers =
            form.items.iter().map(|item| (item.code.clone(), Answer::NotApplicable)).collect();
        assert_eq!(form.score(&answers).expect("answers that fit").score, None);
    }

    #[test]
    fn every_item_wants_an_answer_and_every_answer_an_item() {
        let form = inbound_service(VetoPolicy::Zero);
        let answers = BTreeMap::from([("9.9".to_owned(), Answer::Yes)]);
        assert_eq!(form.score(&answers).expect_err("faults").len(), form.items.len() + 1);
    }
}
