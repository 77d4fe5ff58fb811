/// Condition that somebody has every skill a shift needs on its day: the rule of the domain's
/// `schedules/rules/skill.rs` for where rows are chosen. `$needs` gives rows `need (skill, grade)`,
/// `$held` rows `held (skill, grade, until)`, `$day` is the day of the shift. A need of grade 0 is
/// still a need of the skill.
macro_rules! has_skills {
    ($needs:literal, $held:literal, $day:literal) => {
        concat!(
            "not exists (select from ",
            $needs,
            " where not exists (select from ",
            $held,
            " where held.skill = need.skill and held.grade >= greatest(need.grade, 1)
                 and (held.until is null or held.until >= ",
            $day,
            ")))"
        )
    };
}

pub(super) use has_skills;
