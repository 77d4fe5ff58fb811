use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    fault::{Fault, Rule},
    id::SkillId,
};

/// How well a skill is held: 1 (just learnt) to 5 (expert).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Grade(u8);

impl Grade {
    /// Reads a grade.
    ///
    /// # Errors
    /// INVALID_VALUE at `path` when it is not 1 to 5.
    pub fn parse(path: &str, number: i64) -> Result<Self, Fault> {
        u8::try_from(number)
            .ok()
            .and_then(|number| Self::try_from(number).ok())
            .ok_or_else(|| Fault::invalid(path, Rule::Between(1, 5)))
    }
}

impl TryFrom<u8> for Grade {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if (1..=5).contains(&number) { Ok(Self(number)) } else { Err("a grade from 1 to 5") }
    }
}

impl From<Grade> for u8 {
    fn from(grade: Grade) -> Self {
        grade.0
    }
}

/// A skill that an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSkill {
    /// The skill.
    pub skill: SkillId,
    /// How well.
    pub grade: Grade,
    /// Last local day on which it counts; `None` = no end.
    pub valid_until: Option<Date>,
}

impl HeldSkill {
    /// The grade that counts on `date`, if the skill still counts.
    #[must_use]
    pub fn grade_on(&self, date: Date) -> Option<Grade> {
        self.valid_until.is_none_or(|until| date <= until).then_some(self.grade)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn grades_run_from_one_to_five() {
        assert!((1..=5).all(|grade| Grade::parse("grade", grade).is_ok()));
        for grade in [-1, 0, 6, 257] {
            assert!(Grade::parse("grade", grade).is_err(), "{grade}");
        }
    }

    #[test]
    fn a_certificate_counts_on_its_last_day() {
        let grade = Grade::parse("grade", 3).expect("grade");
        let skill = SkillId::from_uuid(Uuid::from_u128(1));
        let held = HeldSkill { skill, grade, valid_until: Some(date(2026, 3, 31)) };
        assert_eq!(held.grade_on(date(2026, 3, 31)), Some(grade));
        assert_eq!(held.grade_on(date(2026, 4, 1)), None);
    }
}
