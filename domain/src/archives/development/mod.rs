//! The development file: every step of growth, kept by HR.

mod career;
mod reward;
mod training;

pub use career::{CareerEvent, CareerKind, Holding};
pub use reward::{Reward, RewardKind, YearlyResult};
pub use training::{TrainingKind, TrainingRecord};
