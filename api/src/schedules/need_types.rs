//! Skills that a shift asks of whoever works it: as they are said, and as they are shown.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, InputObject, Object};
use trunkline_domain::{
    agents::Grade,
    fault::{Fault, Rule},
    schedules::SkillNeed,
};

use crate::{
    graphql::{Operation, parse_id},
    network::Skill,
};

/// Most skills that one shift asks for.
const MOST: usize = 20;

/// A skill that a shift asks for.
#[derive(Debug, InputObject)]
pub struct ShiftNeedInput {
    /// Which skill.
    pub skill_id: ID,
    /// Lowest grade that will do, 1 to 5.
    #[graphql(default = 1)]
    pub grade: i32,
}

/// Reads what somebody says that a shift asks for.
///
/// # Errors
/// INVALID_VALUE for grades that there are not, too many skills, and one that is there twice.
pub(super) fn read_needs(said: &[ShiftNeedInput]) -> Result<Vec<SkillNeed>, Fault> {
    if said.len() > MOST {
        return Err(Fault::invalid("needs", Rule::ItemsAtMost(MOST)));
    }
    let need = |(at, said): (usize, &ShiftNeedInput)| -> Result<SkillNeed, Fault> {
        let grade = Grade::parse(&format!("needs.{at}.grade"), said.grade.into())?;
        let skill = parse_id(&said.skill_id, &format!("needs.{at}.skillId"))?;
        Ok(SkillNeed { skill, grade: grade.into() })
    };
    let needs = said.iter().enumerate().map(need).collect::<Result<Vec<_>, _>>()?;
    let skills: BTreeSet<_> = needs.iter().map(|need| need.skill).collect();
    if skills.len() < needs.len() {
        return Err(Fault::invalid("needs", Rule::EachOnce));
    }
    Ok(needs)
}

/// A skill that a shift asks of whoever works it.
#[derive(Debug, Clone, Copy)]
pub struct ShiftNeed(pub(super) SkillNeed);

/// A skill that a shift asks of whoever works it.
#[Object]
impl ShiftNeed {
    /// The skill. `null` when it is known no more.
    async fn skill(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Skill>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(directory.skill(self.0.skill).cloned().map(Skill))
    }
    /// Lowest grade that will do, 1 (beginner) to 5 (expert).
    async fn grade(&self) -> i32 {
        // Grade 0 asks for the skill, too: any grade of it will do.
        i32::from(self.0.grade.max(1))
    }
}
