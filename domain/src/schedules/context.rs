//! Everything that `check` may look at.

use jiff::Timestamp;

use super::{AgentPlan, Coverage, Roster, SiteLimits, WorkRules};
use crate::id::SiteId;

/// Everything that `check` may look at; the same context and change always give the same answer.
#[derive(Debug, Clone, Copy)]
pub struct CheckContext<'a> {
    /// Who works when, as it stands before the change.
    pub roster: &'a Roster,
    /// Rules in force for agents without their own.
    pub rules: &'a WorkRules,
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
        Self { roster, rules, coverage: None, sites: &[], now }
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
}
