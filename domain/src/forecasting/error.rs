//! Why there is no forecast.

/// Why a series cannot be forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// Fewer usual days than a week has.
    #[error("a forecast needs {need} days of history, there are {have}")]
    TooLittleHistory {
        /// Days with figures that are neither special nor odd.
        have: usize,
        /// Days needed.
        need: usize,
    },
}
