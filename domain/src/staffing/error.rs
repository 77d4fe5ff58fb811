//! What can be wrong with the figures a requirement is asked for.

use crate::fault::Rule;

/// A figure outside the range in which the formulas mean something.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StaffingError {
    /// Calls, seconds or erlangs: negative, not a number or beyond [`super::Traffic::MAX_ERLANGS`].
    #[error("{what} of {value} is out of range")]
    OutOfRange {
        /// Name of the figure.
        what: &'static str,
        /// Value given.
        value: f64,
    },
    /// A share that must lie strictly between 0 and 1 (or include one end, as the field says).
    #[error("{what} of {value} is not a share between 0 and 1")]
    NotAShare {
        /// Name of the figure.
        what: &'static str,
        /// Value given.
        value: f64,
    },
    /// A goal that asks for nothing has no least number of agents.
    #[error("the goal sets no limit")]
    EmptyGoal,
    /// No number of agents that a `u32` holds reaches the goal.
    #[error("no number of agents reaches the goal")]
    Unreachable,
}

impl StaffingError {
    /// What a queue would have to be, for whoever can change its settings.
    pub(super) fn rule(self) -> Rule {
        match self {
            Self::OutOfRange { what, value } | Self::NotAShare { what, value } => {
                Rule::StaffableFigure(what, value.to_string())
            }
            Self::EmptyGoal | Self::Unreachable => Rule::ReachableGoal,
        }
    }
}

/// `value` when it is finite and at least `least`.
pub(super) fn at_least(what: &'static str, value: f64, least: f64) -> Result<f64, StaffingError> {
    if value.is_finite() && value >= least {
        Ok(value)
    } else {
        Err(StaffingError::OutOfRange { what, value })
    }
}

/// `value` when it is finite and more than 0.
pub(super) fn positive(what: &'static str, value: f64) -> Result<f64, StaffingError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(StaffingError::OutOfRange { what, value })
    }
}
