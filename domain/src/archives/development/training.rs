use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Kind of a course that enters the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrainingKind {
    /// Of people who are new.
    Induction,
    /// Before the end of probation.
    Confirmation,
    /// For the next post.
    Promotion,
    /// For a skill.
    Skill,
    /// Outside of the company.
    External,
}

/// A course that counts, with its result. The entry stands on the day on which it was passed or failed;
/// queues that ask for it open from that day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Code of the course, by which queues ask for it.
    pub course: String,
    /// Kind.
    pub kind: TrainingKind,
    /// Who gave it; `None` is the own company.
    pub provider: Option<String>,
    /// First day of the course.
    pub starts_on: Option<Date>,
    /// Hours of the course.
    pub hours: Option<Decimal>,
    /// Whether it was passed.
    pub passed: bool,
    /// Score of the exam, 0 to 100.
    pub score: Option<Decimal>,
    /// Number of the certificate.
    pub certificate: Option<String>,
    /// Last day on which it is valid; `None` is without end.
    pub valid_until: Option<Date>,
}
