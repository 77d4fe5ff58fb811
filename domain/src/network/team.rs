use serde::{Deserialize, Serialize};

use super::{Code, Names};
use crate::id::{SiteId, TeamId};

/// A team of agents under one leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its site.
    pub site: SiteId,
    /// Short name, unique at the site.
    pub code: Code,
    /// Name.
    pub names: Names,
}

/// How the size of a team suits one leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanOfControl {
    /// Fewer than 10 agents.
    Small,
    /// 10 to 15 agents: what is wanted.
    Good,
    /// 16 to 20 agents.
    Large,
    /// More than 20 agents: raises a warning.
    TooLarge,
}

/// Judges the number of agents of a team.
#[must_use]
pub const fn span_of_control(agents: usize) -> SpanOfControl {
    match agents {
        0..10 => SpanOfControl::Small,
        10..=15 => SpanOfControl::Good,
        16..=20 => SpanOfControl::Large,
        _ => SpanOfControl::TooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_of_twenty_one_is_too_large() {
        let spans = [9, 10, 15, 16, 20, 21].map(span_of_control);
        use SpanOfControl::{Good, Large, Small, TooLarge};
        assert_eq!(spans, [Small, Good, Good, Large, Large, TooLarge]);
    }
}
