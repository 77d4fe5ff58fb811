//! Service level: five methods and a threshold per queue.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Formula, MeasureSet, definition};

/// What calls in time are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ServiceLevelMethod {
    /// All offered calls.
    #[default]
    Offered,
    /// Answered calls only: looks good exactly when many callers give up.
    AnsweredOnly,
    /// Offered calls without those abandoned within the threshold.
    AbandonIgnored,
    /// Offered calls, those abandoned within the threshold counted as in time.
    AbandonPositive,
    /// Offered calls without short abandons.
    ShortExcluded,
}

impl ServiceLevelMethod {
    /// Name of the variant in the catalogue.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::AnsweredOnly => "ANSWERED_ONLY",
            Self::AbandonIgnored => "ABANDON_IGNORED",
            Self::AbandonPositive => "ABANDON_POSITIVE",
            Self::ShortExcluded => "SHORT_EXCLUDED",
        }
    }

    /// The method of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Offered,
            Self::AnsweredOnly,
            Self::AbandonIgnored,
            Self::AbandonPositive,
            Self::ShortExcluded,
        ]
        .into_iter()
        .find(|method| method.code() == code)
    }

    /// The formula of the catalogue: contacts in time above the line, what they are divided by below.
    #[must_use]
    pub fn formula(self) -> Option<&'static Formula> {
        definition("service_level")?.variant(self.code())
    }

    /// Service level in percent by this method; `None` when a measure it needs is missing or the
    /// denominator is 0.
    #[must_use]
    pub fn value(self, sums: &MeasureSet) -> Option<Decimal> {
        self.formula()?.evaluate(sums)
    }
}

/// How a service level was measured. Values compare only where both are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServiceLevelSetting {
    /// What calls in time are divided by.
    pub method: ServiceLevelMethod,
    /// Seconds within which a call counts as in time.
    pub threshold_seconds: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_formula_in_the_catalogue() {
        let kpi = definition("service_level").expect("kpi");
        for (code, _) in &kpi.variants {
            assert!(ServiceLevelMethod::from_code(code).is_some(), "{code}");
        }
        assert_eq!(ServiceLevelMethod::from_code("BEST"), None);
    }
}
