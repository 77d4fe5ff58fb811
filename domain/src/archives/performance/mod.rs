//! The performance file: cards, their points and grades, kept along the reporting line.

mod attendance;
mod card;
mod close;
mod figures;
mod grade;
mod month;
mod points;
mod standard;

pub use attendance::{AttendanceSummary, MonthlyAttendance};
pub use card::{Aspect, CardItem, CardScore, Scorecard, mean_by_days};
pub use close::{CountedMonth, MonthEntry};
pub use figures::MonthFigures;
pub use grade::CardGrade;
pub use month::{CardState, KpiSnapshot, MonthlyCard, MonthlyItem};
pub use points::Scale;
