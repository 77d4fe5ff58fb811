//! Everything that `check` may look at.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil};

use super::{AgentPlan, Change, Coverage, Roster, SiteLimits, Violation, WorkRules};
use crate::{
    id::SiteId,
    time::{Span, local_of_instant, monday_of, start_of_day},
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
    /// What overrides let pass and recorded: it stands, as far as nothing makes it worse.
    pub excepted: &'a [Violation],
    /// When the question is asked.
    pub now: Timestamp,
}

impl<'a> CheckContext<'a> {
    /// A context without requirement and site borders.
    #[must_use]
    pub const fn new(roster: &'a Roster, rules: &'a WorkRules, now: Timestamp) -> Self {
        Self { roster, rules, rule_changes: &[], coverage: None, sites: &[], excepted: &[], now }
    }

    /// Rules in force for an agent in the first week of the window.
    #[must_use]
    pub fn rules_of(&self, plan: &'a AgentPlan) -> &'a WorkRules {
        let first = local_of_instant(self.roster.window.start(), &self.roster.zone).date();
        plan.rules_on(first).unwrap_or(self.rules)
    }

    /// Rules in force in the week of a local date for agents without their own.
    #[must_use]
    pub fn rules_on(&self, date: civil::Date) -> &'a WorkRules {
        let monday = monday_of(date);
        let begun = self.rule_changes.iter().rev().find(|(from, _)| *from <= monday);
        begun.map_or(self.rules, |(_, rules)| rules)
    }

    /// Borders of a site.
    #[must_use]
    pub fn limits_of(&self, site: SiteId) -> Option<&'a SiteLimits> {
        self.sites.iter().find(|limits| limits.site == site)
    }

    /// The window cut where other rules begin to hold for an agent whom `change` touches, for anybody
    /// when it is empty; each piece with those that hold in it for agents without their own.
    pub(super) fn pieces(&self, change: &Change) -> Vec<(Span, Self)> {
        let (window, plans) = (self.roster.window, &self.roster.plans);
        let mut mondays: BTreeSet<civil::Date> =
            self.rule_changes.iter().map(|(monday, _)| *monday).collect();
        let own = |plan: &'a AgentPlan| plan.rules.iter().map(|(monday, _)| *monday);
        if change.is_empty() {
            mondays.extend(plans.values().flat_map(own));
        } else {
            let touched = change.agents();
            mondays.extend(touched.iter().filter_map(|agent| plans.get(agent)).flat_map(own));
        }
        let mut pieces = Vec::new();
        let mut piece = (window.start(), *self);
        for monday in mondays {
            let from = start_of_day(monday, &self.roster.zone);
            let rules = self.rules_on(monday);
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
        let own = plan.filter(|plan| !plan.rules.is_empty());
        if let Some(own) = own {
            return own.rules.iter().map(|(_, rules)| &**rules).collect();
        }
        let mut sets = vec![self.rules];
        for (monday, rules) in self.rule_changes {
            let from = start_of_day(*monday, &self.roster.zone);
            if from <= self.roster.window.start() {
                sets = vec![rules];
            } else if from < self.roster.window.end() {
                sets.push(rules);
            }
        }
        sets
    }
}
