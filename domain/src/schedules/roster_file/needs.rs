use std::collections::BTreeMap;

use super::RosterRule;
use crate::{id::SkillId, schedules::SkillNeed};

/// Codes that a fault names at most.
const NAMED: usize = 20;

/// `english 3; vip 1`, each skill once; without a grade the lowest will do.
///
/// # Errors
/// The rule that is broken, what breaks it and what would do.
pub(super) fn read_needs<'a>(
    text: &'a str,
    skills: &BTreeMap<String, SkillId>,
) -> Result<Vec<SkillNeed>, (RosterRule, &'a str, String)> {
    let mut needs: Vec<SkillNeed> = Vec::new();
    for part in text.split(';') {
        let odd = || (RosterRule::NotSkillNeeds, text, "english 3; vip 1".to_owned());
        let mut words = part.split_whitespace();
        let code = words.next().ok_or_else(odd)?;
        let grade = words.next().map_or(Ok(1), str::parse::<u8>).map_err(|_| odd())?;
        if words.next().is_some() || !(1..=5).contains(&grade) {
            return Err(odd());
        }
        let known = || skills.keys().take(NAMED).map(String::as_str).collect::<Vec<_>>();
        let unknown = || (RosterRule::UnknownSkill, code, known().join(", "));
        let skill = skills.get(code).copied().ok_or_else(unknown)?;
        if needs.iter().any(|need| need.skill == skill) {
            return Err(odd());
        }
        needs.push(SkillNeed { skill, grade });
    }
    Ok(needs)
}

/// The needs as [`read_needs`] takes them.
pub(super) fn show_needs(needs: &[SkillNeed], skills: &BTreeMap<SkillId, String>) -> String {
    let shown = |need: &SkillNeed| {
        let code = skills.get(&need.skill).cloned();
        format!("{} {}", code.unwrap_or_else(|| need.skill.to_string()), need.grade)
    };
    needs.iter().map(shown).collect::<Vec<_>>().join("; ")
}
