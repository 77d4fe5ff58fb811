//! Traffic of one queue, and how so many agents serve it.

use super::{
    StaffingError, erlang_a, erlang_c,
    error::{at_least, positive},
};

/// A mean that may grow without bound.
///
/// Ordered: every finite mean is less than the unbounded one.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Mean {
    /// The long-run mean.
    Finite(f64),
    /// There is none: the queue grows for ever.
    Unbounded,
}

impl Mean {
    /// The mean, or `None` when it grows without bound.
    #[must_use]
    pub const fn finite(self) -> Option<f64> {
        match self {
            Self::Finite(value) => Some(value),
            Self::Unbounded => None,
        }
    }
}

/// How a queue performs in the long run. Shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// Share of offered calls that find no free agent.
    pub p_wait: f64,
    /// Mean wait of all offered calls, in seconds.
    pub asa_seconds: Mean,
    /// Share of offered calls answered within the threshold.
    pub service_level: f64,
    /// Share of offered calls whose caller hangs up; 0 in Erlang C.
    pub p_abandon: f64,
    /// Share of the agents' time spent on calls.
    pub occupancy: f64,
    /// Mean number of calls waiting.
    pub mean_queue: Mean,
}

impl Performance {
    /// What a queue without calls shows.
    pub(super) const IDLE: Self = Self {
        p_wait: 0.0,
        asa_seconds: Mean::Finite(0.0),
        service_level: 1.0,
        p_abandon: 0.0,
        occupancy: 0.0,
        mean_queue: Mean::Finite(0.0),
    };
}

/// Calls offered to one queue at a steady rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    erlangs: f64,
    handle_seconds: f64,
    patience_seconds: Option<f64>,
}

impl Traffic {
    /// Most erlangs that are taken: far beyond every network of call centres.
    pub const MAX_ERLANGS: f64 = 1e9;

    /// Traffic of `erlangs` with a mean handle time and, where known, the mean patience of callers.
    ///
    /// # Errors
    /// [`StaffingError::OutOfRange`] for negative or non-finite figures, a handle time or patience
    /// of 0, or more than [`Self::MAX_ERLANGS`].
    pub fn new(
        erlangs: f64,
        handle_seconds: f64,
        patience_seconds: Option<f64>,
    ) -> Result<Self, StaffingError> {
        if erlangs > Self::MAX_ERLANGS {
            return Err(StaffingError::OutOfRange { what: "erlangs", value: erlangs });
        }
        Ok(Self {
            erlangs: at_least("erlangs", erlangs, 0.0)?,
            handle_seconds: positive("handle_seconds", handle_seconds)?,
            patience_seconds: patience_seconds
                .map(|patience| positive("patience_seconds", patience))
                .transpose()?,
        })
    }

    /// Offered traffic: mean number of calls in service if nobody ever waited.
    #[must_use]
    pub const fn erlangs(self) -> f64 {
        self.erlangs
    }

    /// Mean handle time in seconds.
    #[must_use]
    pub const fn handle_seconds(self) -> f64 {
        self.handle_seconds
    }

    /// How `agents` serve this traffic, the service level taken at `threshold_seconds`: Erlang A
    /// when patience is known, otherwise Erlang C.
    ///
    /// `agents` may be fractional (agents that are there for part of the interval). Negative or
    /// undefined agents and thresholds count as 0, more than ten times [`Self::MAX_ERLANGS`] agents
    /// as just so many.
    #[must_use]
    pub fn performance(self, agents: f64, threshold_seconds: f64) -> Performance {
        let most = 10.0 * Self::MAX_ERLANGS;
        // Not `clamp`: it would hand an undefined number on.
        let agents = if agents > most { most } else { agents.max(0.0) };
        let threshold = threshold_seconds.max(0.0);
        if self.erlangs == 0.0 {
            return Performance::IDLE;
        }
        match self.patience_seconds {
            Some(patience) => erlang_a::performance(
                agents,
                self.erlangs,
                self.handle_seconds,
                patience,
                threshold,
            ),
            None => erlang_c::performance(agents, self.erlangs, self.handle_seconds, threshold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_without_calls_serves_them_all_in_time() {
        let traffic = Traffic::new(0.0, 180.0, None).expect("traffic");
        assert_eq!(traffic.performance(0.0, 20.0), Performance::IDLE);
    }

    #[test]
    fn figures_that_mean_nothing_are_refused() {
        for (erlangs, handle, patience) in [
            (f64::NAN, 180.0, None),
            (f64::INFINITY, 180.0, None),
            (-1.0, 180.0, None),
            (2e9, 180.0, None),
            (10.0, 0.0, None),
            (10.0, 180.0, Some(0.0)),
            (10.0, 180.0, Some(f64::INFINITY)),
        ] {
            assert!(Traffic::new(erlangs, handle, patience).is_err());
        }
    }

    #[test]
    fn half_an_agent_helps_by_less_than_a_whole_one() {
        let traffic = Traffic::new(10.0, 180.0, None).expect("traffic");
        let level = |agents| traffic.performance(agents, 20.0).service_level;
        assert!(level(13.0) < level(13.5) && level(13.5) < level(14.0));
    }
}
