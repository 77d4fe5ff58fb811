//! Which work rules hold for whom: those of a network or site, and what kinds of contract, teams and
//! single agents have otherwise.
//!
//! The rules of a site, else those of the network, else the default ones are a whole set. What is
//! attached to less than a site is an overlay: it holds the rules that it changes and nothing else, so
//! a team that starts between 7 and 10 has all other rules as the site has them, also when those
//! change. Of each attachment the latest version that has begun is in force. Overlays are laid over the
//! whole set from wide to narrow: kind of contract in the network, kind of contract at the site, team,
//! agent; the narrowest that changes a rule wins. What the network binds is a ceiling over all of them: where
//! they let more, its own limits hold.

mod ceiling;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, ToSpan as _, civil};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AgentPlan, ContractKind, ContractTerms, Contradiction, RuleChange, RuleCode, RuleLimits,
    WorkRules,
};
use crate::{
    id::{AgentId, SiteId, TeamId, WorkRulesId},
    time::monday_of,
};

/// What a set of work rules is attached to, from wide to narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleAttachment {
    /// Everybody.
    Network,
    /// Everybody at a site.
    Site(SiteId),
    /// Contracts of a kind: at one site, or at all of them.
    ContractKind {
        /// The site; `None` is all.
        site: Option<SiteId>,
        /// The kind.
        kind: ContractKind,
    },
    /// A team.
    Team(TeamId),
    /// One agent.
    Agent(AgentId),
}

impl RuleAttachment {
    /// Whether a set of it is a whole one; all others are overlays.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Network | Self::Site(_))
    }
}

impl RuleCode {
    /// Whether the rule is asked of all people of a site together, so that nobody alone can have it
    /// otherwise.
    #[must_use]
    pub const fn is_of_site(self) -> bool {
        matches!(self, Self::Seats | Self::Coverage)
    }
}

/// What a set says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleContent {
    /// Every rule.
    Whole(Box<RuleLimits>),
    /// The rules that it changes.
    Overlay(Vec<RuleChange>),
}

/// One version of a set of work rules, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// Which set.
    pub id: WorkRulesId,
    /// Its number among those of its attachment, from 1.
    pub version: i32,
    /// Whom it is for.
    pub attachment: RuleAttachment,
    /// First local day on which it holds.
    pub valid_from: civil::Date,
    /// Set at.
    pub set_at: Timestamp,
    /// What it says.
    pub content: RuleContent,
}

/// For whom rules are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleSubject {
    /// The site; `None` is the network as a whole.
    pub site: Option<SiteId>,
    /// Kind of the contract; `None` is whatever it is.
    pub kind: Option<ContractKind>,
    /// The team; `None` is none.
    pub team: Option<TeamId>,
    /// The agent; `None` is nobody in particular.
    pub agent: Option<AgentId>,
}

impl RuleSubject {
    /// Everybody at a site.
    #[must_use]
    pub const fn site(site: SiteId) -> Self {
        Self { site: Some(site), kind: None, team: None, agent: None }
    }

    /// The network as a whole.
    pub const NETWORK: Self = Self { site: None, kind: None, team: None, agent: None };

    /// The attachments of overlays that concern it, from wide to narrow.
    fn overlays(&self) -> impl Iterator<Item = RuleAttachment> {
        let of_kind = |site| self.kind.map(|kind| RuleAttachment::ContractKind { site, kind });
        let at_site = self.site.and_then(|site| of_kind(Some(site)));
        let (team, agent) =
            (self.team.map(RuleAttachment::Team), self.agent.map(RuleAttachment::Agent));
        [of_kind(None), at_site, team, agent].into_iter().flatten()
    }
}

/// Rules in use: for whom, and the contract that is to be fulfilled by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// For whom.
    pub subject: RuleSubject,
    /// The contract; `None` is none in particular.
    pub contract: Option<ContractTerms>,
}

impl From<RuleSubject> for RuleUse {
    fn from(subject: RuleSubject) -> Self {
        Self { subject, contract: None }
    }
}

/// Where rules come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleOrigin {
    /// The set; nil is the default one.
    pub id: WorkRulesId,
    /// Its version.
    pub version: i32,
    /// Whom it is for; `None` is the default one.
    pub attachment: Option<RuleAttachment>,
    /// First day; `None` for the default one.
    pub valid_from: Option<civil::Date>,
    /// Set at; `None` for the default one.
    pub set_at: Option<Timestamp>,
}

impl RuleOrigin {
    fn of(set: &RuleSet) -> Self {
        let RuleSet { id, version, attachment, valid_from, set_at, content: _ } = *set;
        let (valid_from, set_at) = (Some(valid_from), Some(set_at));
        Self { id, version, attachment: Some(attachment), valid_from, set_at }
    }
}

/// The rules that hold for somebody on a day, with where each of them comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveRules {
    /// The rules.
    pub rules: WorkRules,
    /// The whole set, then the overlays that change something, from wide to narrow.
    pub origins: Vec<RuleOrigin>,
    /// The place in `origins` of each rule that an overlay has changed.
    changed: BTreeMap<RuleCode, usize>,
    /// The rules that would be weaker if the network did not bind them, and where its limits come from.
    bound: Option<(RuleOrigin, BTreeSet<RuleCode>)>,
}

impl EffectiveRules {
    /// Where a rule comes from.
    #[must_use]
    pub fn origin(&self, rule: RuleCode) -> &RuleOrigin {
        if let Some((network, rules)) = &self.bound
            && rules.contains(&rule)
        {
            return network;
        }
        &self.origins[self.changed.get(&rule).copied().unwrap_or(0)]
    }

    /// The narrowest set that has a say.
    #[must_use]
    pub fn narrowest(&self) -> &RuleOrigin {
        &self.origins[self.origins.len() - 1]
    }
}

/// Rules that contradict each other once they are laid over each other, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectContradiction {
    /// For whom.
    pub subject: RuleSubject,
    /// What contradicts.
    pub contradiction: Contradiction,
}

/// Sets of work rules, of all attachments and days that matter for whoever asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleBook {
    /// Of each attachment the one in force first among those that have begun.
    sets: BTreeMap<RuleAttachment, Vec<RuleSet>>,
}

impl RuleBook {
    /// A book of these sets.
    #[must_use]
    pub fn new(sets: impl IntoIterator<Item = RuleSet>) -> Self {
        let mut book = Self::default();
        for set in sets {
            book.add(set);
        }
        book
    }

    /// Adds a set.
    pub fn add(&mut self, set: RuleSet) {
        let of_one = self.sets.entry(set.attachment).or_default();
        let later = |it: &RuleSet| (it.valid_from, it.version) > (set.valid_from, set.version);
        let place = of_one.partition_point(later);
        of_one.insert(place, set);
    }

    /// The set of an attachment that is in force on a day.
    #[must_use]
    pub fn in_force(&self, attachment: RuleAttachment, on: civil::Date) -> Option<&RuleSet> {
        self.sets.get(&attachment)?.iter().find(|set| set.valid_from <= on)
    }

    /// What an overlay in force on a day changes.
    #[must_use]
    pub fn overlay(&self, attachment: RuleAttachment, on: civil::Date) -> &[RuleChange] {
        match self.in_force(attachment, on).map(|set| &set.content) {
            Some(RuleContent::Overlay(changes)) => changes,
            _ => &[],
        }
    }

    /// The rules that hold for somebody on a day.
    #[must_use]
    pub fn effective(&self, subject: &RuleSubject, on: civil::Date) -> EffectiveRules {
        let of_site = subject.site.and_then(|it| self.in_force(RuleAttachment::Site(it), on));
        let whole = of_site.or_else(|| self.in_force(RuleAttachment::Network, on));
        let (mut rules, origin) = match whole.map(|set| (set, &set.content)) {
            Some((set, RuleContent::Whole(limits))) => {
                (set.rules(RuleLimits::clone(limits)), RuleOrigin::of(set))
            }
            _ => default_ones(),
        };
        let (mut origins, mut changed) = (vec![origin], BTreeMap::new());
        for attachment in subject.overlays() {
            let Some(set) = self.in_force(attachment, on) else { continue };
            let RuleContent::Overlay(changes) = &set.content else { continue };
            if changes.is_empty() {
                continue;
            }
            for change in changes {
                // One that a rule cannot have was refused when it was set.
                if change.apply(&mut rules.limits) {
                    changed.insert(change.rule, origins.len());
                }
            }
            rules.over.push((rules.id, rules.version));
            (rules.id, rules.version) = (set.id, set.version);
            origins.push(RuleOrigin::of(set));
        }
        let mut found = EffectiveRules { rules, origins, changed, bound: None };
        if let Some(network) = self.in_force(RuleAttachment::Network, on) {
            found.bind(network);
        }
        found
    }

    /// The rules of each local week from that of `first` to that of `last`, by the Monday on which they
    /// begin to hold. A week is judged by the rules of its Monday, so that no week is judged by two;
    /// `subject` says who asks in which week.
    #[must_use]
    pub fn weeks(
        &self,
        (first, last): (civil::Date, civil::Date),
        subject: impl Fn(civil::Date) -> RuleSubject,
    ) -> Vec<(civil::Date, Arc<WorkRules>)> {
        let rules_of = |monday| self.effective(&subject(monday), monday).rules;
        let mut monday = monday_of(first);
        let mut weeks = vec![(monday, Arc::new(rules_of(monday)))];
        while monday <= last.saturating_sub(7.days()) {
            monday = monday.saturating_add(7.days());
            let here = rules_of(monday);
            if weeks.last().is_some_and(|(_, before)| **before != here) {
                weeks.push((monday, Arc::new(here)));
            }
        }
        weeks
    }

    /// Gives the agents of a roster that is judged by a site's rules their own, where overlays concern
    /// them in the days from `first` to `last`.
    pub fn give<'a>(
        &self,
        site: SiteId,
        days: (civil::Date, civil::Date),
        plans: impl IntoIterator<Item = &'a mut AgentPlan>,
    ) {
        if self.sets.keys().all(|attachment| attachment.is_whole()) {
            return;
        }
        let of_site = self.weeks(days, |_| RuleSubject::site(site));
        // Whoever has no rules of their own shares those of their team and kind of contract.
        let mut known: BTreeMap<Vec<RuleSubject>, Vec<(civil::Date, Arc<WorkRules>)>> =
            BTreeMap::new();
        let mondays: Vec<civil::Date> =
            std::iter::successors(Some(monday_of(days.0)), |it| Some(it.saturating_add(7.days())))
                .take_while(|monday| *monday <= days.1)
                .collect();
        for plan in plans {
            let agent = plan.agent;
            let own = self.sets.contains_key(&RuleAttachment::Agent(agent)).then_some(agent);
            let subject = |monday| RuleSubject { agent: own, ..plan.rule_subject(site, monday) };
            let subjects: Vec<RuleSubject> = mondays.iter().map(|it| subject(*it)).collect();
            let weeks = known.entry(subjects).or_insert_with(|| self.weeks(days, subject));
            plan.rules = if *weeks == of_site { Vec::new() } else { weeks.clone() };
        }
    }

    /// What cannot be kept together once all is laid over each other, nor with the contract, for each of
    /// the uses on any day from `from` on; what several have in common is told of the first. `change` has
    /// the last word about the rules of each.
    #[must_use]
    pub fn contradictions(
        &self,
        uses: &[RuleUse],
        from: civil::Date,
        change: impl Fn(&RuleLimits) -> RuleLimits,
    ) -> Vec<SubjectContradiction> {
        let begins = self.sets.values().flatten().map(|set| set.valid_from);
        let days: BTreeSet<civil::Date> = begins.filter(|day| *day > from).chain([from]).collect();
        let mut found: Vec<SubjectContradiction> = Vec::new();
        for RuleUse { subject, contract } in uses {
            for day in &days {
                let rules = self.effective(subject, *day).rules;
                let rules = WorkRules { limits: change(&rules.limits), ..rules };
                let of_contract = contract.as_ref().map(|it| rules.validate_contract(it));
                for contradiction in
                    rules.validate().into_iter().chain(of_contract.into_iter().flatten())
                {
                    let subject = *subject;
                    if found.iter().all(|it| it.contradiction != contradiction) {
                        found.push(SubjectContradiction { subject, contradiction });
                    }
                }
            }
        }
        found
    }
}

impl RuleSet {
    fn rules(&self, limits: RuleLimits) -> WorkRules {
        WorkRules { id: self.id, version: self.version, limits, over: Vec::new() }
    }
}

/// The rules that hold where nothing is set, under a nil id.
fn default_ones() -> (WorkRules, RuleOrigin) {
    let rules = WorkRules::default_of(WorkRulesId::from_uuid(Uuid::nil()));
    let (id, version) = (rules.id, rules.version);
    let origin = RuleOrigin { id, version, attachment: None, valid_from: None, set_at: None };
    (rules, origin)
}

#[cfg(test)]
mod tests;
