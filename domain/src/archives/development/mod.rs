//! The development file: every step of growth, kept by HR.

mod career;
mod reward;

pub use career::{CareerEvent, CareerKind, Holding};
pub use reward::{Reward, RewardKind, YearlyResult};
