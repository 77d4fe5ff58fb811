//! Everything that `check` may look at.

use jiff::{Timestamp, civil};

use super::{AgentPlan, Coverage, Roster, SiteLimits, WorkRules};
use crate::{
    id::SiteId,
    time::{Span, start_of_day},
};

/// Everything that `check` may look at; the same context and change always give the same answer.
#[derive(Debug, Clone, Copy)]
pub struct CheckContext<'a> {
    /// Who works when, as it stands before the change.
    pub roster: &'a Roster,
    /// Rules in force for agents without their own.
    pub rules: &'a WorkRules,
    /// Rules that hold instead of `rules` from later local Mondays of the window on, in order.
    pub rule_changes: &'a [(civil::Date, WorkRules)],
    /// Requirement with the staff of the roster as it stands; `None` when there is none.
    pub coverage: Option<&'a Coverage>,
    /// Borders of the sites; a site that is not named has none.
    pub sites: &'a [SiteLimits],
    /// When the question is asked.
    pub now: Timestamp,
}

impl<'a> CheckContext<'a> {
    /// A context without requirement and site borders.
    #[must_use]
    pub const fn new(roster: &'a Roster, rules: &'a WorkRules, now: Timestamp) -> Self {
        Self { roster, rules, rule_changes: &[], coverage: None, sites: &[], now }
    }

    /// Rules in force for an agent.
    #[must_use]
    pub fn rules_of(&self, plan: &'a AgentPlan) -> &'a WorkRules {
        plan.rules.as_deref().unwrap_or(self.rules)
    }

    /// Borders of a site.
    #[must_use]
    pub fn limits_of(&self, site: SiteId) -> Option<&'a SiteLimits> {
        self.sites.iter().find(|limits| limits.site == site)
    }

    /// The window cut where other rules begin to hold, each piece with those that hold in it.
    pub(super) fn pieces(&self) -> Vec<(Span, Self)> {
        let window = self.roster.window;
        let mut pieces = Vec::new();
        let mut piece = (window.start(), *self);
        for (monday, rules) in self.rule_changes {
            let from = start_of_day(*monday, &self.roster.zone);
            if from <= piece.0 {
                piece.1.rules = rules;
            } else if from < window.end() {
                pieces.extend(Span::new(piece.0, from).map(|span| (span, piece.1)));
                piece = (from, Self { rules, ..*self });
            }
        }
        pieces.extend(Span::new(piece.0, window.end()).map(|span| (span, piece.1)));
        pieces
    }

    /// Rule sets in force in the window for an agent, in order of time.
    #[must_use]
    pub fn rule_sets_of(&self, plan: Option<&'a AgentPlan>) -> Vec<&'a WorkRules> {
        match plan.and_then(|plan| plan.rules.as_deref()) {
            Some(own) => vec![own],
            None => self.pieces().iter().map(|(_, piece)| piece.rules).collect(),
        }
    }
}
