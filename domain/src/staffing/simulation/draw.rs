//! Random times of calls and callers.

use rand::Rng;
use rand_distr::{Distribution as _, Exp, Gamma, LogNormal};

use super::super::{StaffingError, error::positive};

/// How single values lie around their mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Exponential, as the Erlang formulas assume for handle time and patience.
    Exponential,
    /// Log-normal with this coefficient of variation (standard deviation over mean, more than 0),
    /// as handle times are found to be.
    LogNormal(f64),
}

/// A distribution of seconds that is ready to be drawn from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Draw {
    Exponential(Exp<f64>),
    LogNormal(LogNormal<f64>),
}

impl Draw {
    /// Seconds with this mean and spread.
    pub(super) fn new(
        what: &'static str,
        mean_seconds: f64,
        spread: Spread,
    ) -> Result<Self, StaffingError> {
        let mean = positive(what, mean_seconds)?;
        let out_of_range = StaffingError::OutOfRange { what, value: mean_seconds };
        match spread {
            Spread::Exponential => {
                Exp::new(1.0 / mean).map(Self::Exponential).map_err(|_| out_of_range)
            }
            Spread::LogNormal(variation) => {
                LogNormal::from_mean_cv(mean, positive("coefficient of variation", variation)?)
                    .map(Self::LogNormal)
                    .map_err(|_| out_of_range)
            }
        }
    }

    /// One value in seconds.
    pub(super) fn seconds(&self, random: &mut impl Rng) -> f64 {
        match self {
            Self::Exponential(law) => law.sample(random),
            Self::LogNormal(law) => law.sample(random),
        }
    }
}

/// Busyness of a day: gamma with mean 1, so that all rates of a day rise and fall together.
pub(super) fn busyness(shape: f64) -> Result<Gamma<f64>, StaffingError> {
    let shape = positive("busyness_shape", shape)?;
    Gamma::new(shape, 1.0 / shape)
        .map_err(|_| StaffingError::OutOfRange { what: "busyness_shape", value: shape })
}
