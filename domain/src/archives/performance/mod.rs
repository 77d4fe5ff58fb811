//! The performance file: cards, their points and grades, kept along the reporting line.

mod card;
mod grade;
mod month;
mod points;

pub use card::{Aspect, CardItem, CardScore, Scorecard, mean_by_days};
pub use grade::CardGrade;
pub use month::{CardState, KpiSnapshot, MonthlyCard, MonthlyItem};
pub use points::Scale;
