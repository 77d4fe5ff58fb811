//! How firmly root fields are promised. What is not named here is stable.

use async_graphql::Enum;

/// How firmly a member is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StabilityLevel {
    /// Changes are announced 30 days ahead in the changelog.
    Beta,
    /// May change or go without notice; off for programs of partners.
    Experimental,
}

/// Root fields that may still change.
const UNSETTLED: &[(&str, StabilityLevel)] = &[
    ("planLevel", StabilityLevel::Experimental),
    ("shiftsDesign", StabilityLevel::Experimental),
    ("capacityPlan", StabilityLevel::Experimental),
    ("demandEventLearned", StabilityLevel::Beta),
    ("unusualDays", StabilityLevel::Beta),
];

/// The level of a root field; `None` = stable.
#[must_use]
pub fn stability_of(field: &str) -> Option<StabilityLevel> {
    UNSETTLED.iter().find(|(name, _)| *name == field).map(|(_, level)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::roots::permission_of;

    #[test]
    fn every_line_is_a_root_field_and_stands_in_the_schema() {
        let sdl = crate::graphql::sdl();
        for (field, level) in UNSETTLED {
            assert!(permission_of(field).is_some(), "{field}");
            let level = format!("{level:?}").to_uppercase();
            let line = sdl.split(&format!("\t{field}(")).nth(1).expect("a root field");
            assert!(
                line.split("\n\t\"\"\"")
                    .next()
                    .is_some_and(|line| line.contains(&format!("@stability(level: {level})"))),
                "{field}"
            );
        }
    }
}
