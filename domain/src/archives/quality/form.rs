use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Rule};

/// What a "no" to an item means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ItemKind {
    /// It costs points.
    NonCritical,
    /// It failed the customer.
    Customer,
    /// It harmed the business.
    Business,
    /// It broke a rule of law or contract.
    Compliance,
}

/// What a critical error does to the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VetoPolicy {
    /// The score is 0.
    #[default]
    Zero,
    /// The score is at most 59.
    Cap,
    /// The score stays; the error counts apart.
    Separate,
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormItem {
    /// Number inside the form, such as `2.1`.
    pub code: String,
    /// What is asked, in English.
    pub text_en: String,
    /// What is asked, in Chinese.
    pub text_zh: String,
    /// Share of the score; the weights of a form add up to 100.
    pub weight: Decimal,
    /// Kind.
    pub kind: ItemKind,
}

/// A version of an evaluation form. A published version never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationForm {
    /// Code.
    pub code: String,
    /// Version, from 1.
    pub version: u32,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Items, in order.
    pub items: Vec<FormItem>,
    /// What a critical error does.
    pub policy: VetoPolicy,
}

impl EvaluationForm {
    /// Whether the form can be published.
    ///
    /// # Errors
    /// INVALID_VALUE when weights are not positive or do not add up to 100, or a code stands twice.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut codes = BTreeSet::new();
        for (index, item) in self.items.iter().enumerate() {
            if item.weight <= Decimal::ZERO {
                faults.push(Fault::invalid(&format!("items.{index}.weight"), Rule::MoreThan(0)));
            }
            if !codes.insert(&item.code) {
                faults.push(Fault::invalid(&format!("items.{index}.code"), Rule::EachOnce));
            }
        }
        let sum: Decimal = self.items.iter().map(|item| item.weight).sum();
        if sum != Decimal::ONE_HUNDRED {
            faults.push(Fault::invalid("items", Rule::WeightsOf100(sum)));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
pub(super) fn inbound_service(policy: VetoPolicy) -> EvaluationForm {
    let form = EvaluationForm::find("inbound_service", 3).expect("a published form");
    EvaluationForm { policy, ..form.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_a_hundred() {
        let mut form = inbound_service(VetoPolicy::Zero);
        assert_eq!(form.check(), Ok(()));
        form.items[0].weight = 4.into();
        form.items[1].code = "1.1".into();
        let faults = form.check().expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["items.1.code", "items"]);
    }
}
