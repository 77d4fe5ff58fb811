use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::archives::performance::CardGrade;

/// Kind of a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RewardKind {
    /// A letter of praise.
    PraiseLetter,
    /// An award for excellence.
    ExcellenceAward,
    /// Best of the month.
    BestOfMonth,
    /// A certificate of honour.
    Certificate,
    /// An honorary title.
    Title,
    /// Money.
    Bonus,
    /// A gift.
    Gift,
    /// A place in a training course.
    TrainingPlace,
}

/// A reward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reward {
    /// Kind.
    pub kind: RewardKind,
    /// What for.
    pub reason: String,
    /// Worth, in the tenant's currency.
    pub value: Option<Decimal>,
}

/// The result of a year, mirrored from the performance file when the year is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearlyResult {
    /// Year.
    pub year: i16,
    /// Score, 0 to 120.
    pub score: Decimal,
    /// Grade, where one was given.
    pub grade: Option<CardGrade>,
}
