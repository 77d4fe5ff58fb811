//! Why a swap, or a step of it, is not possible. Everything here the user can understand and mend.

use serde::{Deserialize, Serialize};

use super::{Alternative, DecisionRecord, SwapState};
use crate::{
    fault::{Language, Rule},
    id::AgentId,
    schedules::{Quantity, Violation},
};

/// Stable codes of refusals, as the API writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SwapRefusalCode {
    /// The id names nothing the caller can see.
    NotFound,
    /// Who decides is one of the two sides.
    Forbidden,
    /// A value is missing, out of range or does not fit the offer.
    InvalidValue,
    /// The expected version is not the current one.
    StaleVersion,
    /// The state of the swap does not allow the step.
    InvalidState,
    /// A work rule forbids it.
    RuleViolated,
    /// Swapping is switched off.
    ShiftSwapDisabled,
    /// The shift is already part of a running swap.
    ShiftSwapAlreadyOpen,
    /// Somebody else was faster.
    AlreadyTaken,
    /// The agent has taken it already.
    AlreadyYours,
    /// The shift starts too soon.
    NoticeTooShort,
}

impl SwapRefusalCode {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Forbidden => "FORBIDDEN",
            Self::InvalidValue => "INVALID_VALUE",
            Self::StaleVersion => "STALE_VERSION",
            Self::InvalidState => "INVALID_STATE",
            Self::RuleViolated => "RULE_VIOLATED",
            Self::ShiftSwapDisabled => "SHIFT_SWAP_DISABLED",
            Self::ShiftSwapAlreadyOpen => "SHIFT_SWAP_ALREADY_OPEN",
            Self::AlreadyTaken => "ALREADY_TAKEN",
            Self::AlreadyYours => "ALREADY_YOURS",
            Self::NoticeTooShort => "NOTICE_TOO_SHORT",
        }
    }
}

/// A refusal with what a client needs to say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwapRefusal {
    /// No such swap, shift or colleague, or none that this agent may see.
    #[error("there is no such {what}")]
    NotFound {
        /// `swap`, `shift` or `agent`.
        what: &'static str,
    },
    /// Who decides is one of the two sides: another leader has to.
    #[error("nobody decides about a swap of their own")]
    OwnSwap,
    /// A value does not fit.
    #[error("{field}: {}", rule.text(Language::English))]
    InvalidValue {
        /// Field of the command.
        field: &'static str,
        /// What it must be.
        rule: Rule,
    },
    /// Somebody changed it in between.
    #[error("version {current} is the current one")]
    StaleVersion {
        /// The version that stands.
        current: i32,
    },
    /// The state does not allow the step.
    #[error("the swap is {}", state.as_str())]
    InvalidState {
        /// The state that stands.
        state: SwapState,
    },
    /// Work rules forbid it.
    #[error("work rules forbid it")]
    RuleViolated {
        /// All that was found, heaviest first.
        violations: Vec<Violation>,
        /// The record of the refusal.
        record: Box<DecisionRecord>,
    },
    /// Swapping is switched off for the site.
    #[error("swapping is switched off")]
    ShiftSwapDisabled,
    /// The shift is offered already.
    #[error("the shift is already part of a running swap")]
    ShiftSwapAlreadyOpen,
    /// Somebody else was faster.
    #[error("somebody else has taken it")]
    AlreadyTaken,
    /// The agent who answers has taken it already: the same yes came twice.
    #[error("this agent has taken it already")]
    AlreadyYours,
    /// Too late for the earlier of the shifts.
    #[error("{ahead} ahead, {least} are needed")]
    NoticeTooShort {
        /// Time between now and the start of the earlier shift.
        ahead: Quantity,
        /// Time that is needed.
        least: Quantity,
    },
}

impl SwapRefusal {
    /// Why what is taken `by` somebody is not for who `asks`: who said yes twice was not too late.
    #[must_use]
    pub fn taken(by: Option<AgentId>, asks: Option<AgentId>) -> Self {
        if by.is_some() && by == asks { Self::AlreadyYours } else { Self::AlreadyTaken }
    }

    /// Its stable code.
    #[must_use]
    pub const fn code(&self) -> SwapRefusalCode {
        match self {
            Self::NotFound { .. } => SwapRefusalCode::NotFound,
            Self::OwnSwap => SwapRefusalCode::Forbidden,
            Self::InvalidValue { .. } => SwapRefusalCode::InvalidValue,
            Self::StaleVersion { .. } => SwapRefusalCode::StaleVersion,
            Self::InvalidState { .. } => SwapRefusalCode::InvalidState,
            Self::RuleViolated { .. } => SwapRefusalCode::RuleViolated,
            Self::ShiftSwapDisabled => SwapRefusalCode::ShiftSwapDisabled,
            Self::ShiftSwapAlreadyOpen => SwapRefusalCode::ShiftSwapAlreadyOpen,
            Self::AlreadyTaken => SwapRefusalCode::AlreadyTaken,
            Self::AlreadyYours => SwapRefusalCode::AlreadyYours,
            Self::NoticeTooShort { .. } => SwapRefusalCode::NoticeTooShort,
        }
    }

    /// Violations, when rules are the reason.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::RuleViolated { violations, .. } => violations,
            _ => &[],
        }
    }

    /// What would pass instead, as its record says.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative] {
        match self {
            Self::RuleViolated { record, .. } => &record.alternatives,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_who_has_taken_a_shift_is_told_that_it_is_their_own() {
        let agent = |number| Some(AgentId::from_uuid(Uuid::from_u128(number)));
        assert_eq!(SwapRefusal::taken(agent(1), agent(1)), SwapRefusal::AlreadyYours);
        for (by, asks) in [(agent(1), agent(2)), (agent(1), None), (None, agent(1)), (None, None)] {
            assert_eq!(SwapRefusal::taken(by, asks), SwapRefusal::AlreadyTaken);
        }
    }
}
