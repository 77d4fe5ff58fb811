use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    ClientRate, CustomGrant, Permission, Role,
    matrix::{Reach, reach},
};
use crate::{
    fault::Language,
    id::{AgentId, ApiClientId, SessionId, SiteId, TeamId, TenantId, UserId},
};

/// Who is behind a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person.
    User(UserId),
    /// A partner's program.
    Client(ApiClientId),
    /// The system's own work.
    System,
}

/// Where the rights of an assignment start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All sites.
    Tenant,
    /// One site.
    Site(SiteId),
    /// One team, at its site.
    Team(TeamId, SiteId),
    /// The own person, at the own site.
    Own(AgentId, SiteId),
}

/// A role within a scope, from one instant to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
    /// First instant at which it holds.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
}

/// The caller with all rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The caller's tenant.
    pub tenant: TenantId,
    /// Who it is.
    pub subject: Subject,
    /// The session, when a person signed in.
    pub session: Option<SessionId>,
    /// The caller's own agent record.
    pub agent: Option<AgentId>,
    /// Roles, past and future ones included.
    pub grants: Vec<Grant>,
    /// Roles that the tenant made for itself, past and future ones included.
    pub custom: Vec<CustomGrant>,
    /// Permissions to which a partner's key is limited; `None` for people.
    pub scopes: Option<BTreeSet<Permission>>,
    /// Points that a partner's program has of its own; `None` = those that everybody has.
    pub rate: Option<ClientRate>,
    /// Language of texts.
    pub language: Language,
}

/// What an act touches. The finer the more people have a right to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Target {
    /// The site; `None` = the network as a whole.
    pub site: Option<SiteId>,
    /// The team of the person touched.
    pub team: Option<TeamId>,
    /// The person touched.
    pub agent: Option<AgentId>,
}

impl Target {
    /// Something of the whole network.
    pub const NETWORK: Self = Self { site: None, team: None, agent: None };

    /// Something of one site.
    #[must_use]
    pub const fn site(site: SiteId) -> Self {
        Self { site: Some(site), team: None, agent: None }
    }

    /// Something of one person.
    #[must_use]
    pub const fn person(site: SiteId, team: Option<TeamId>, agent: AgentId) -> Self {
        Self { site: Some(site), team, agent: Some(agent) }
    }
}

/// The answer to a question of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Go ahead.
    Allowed,
    /// It may be seen but this may not be done with it: FORBIDDEN.
    Forbidden,
    /// It may not even be seen: NOT_FOUND.
    Hidden,
}

/// Everything that one permission reaches, for filters of queries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReachSet {
    /// All sites; the other fields no longer matter then.
    pub network: bool,
    /// Whole sites.
    pub sites: Vec<SiteId>,
    /// Whole teams.
    pub teams: Vec<TeamId>,
    /// The own person.
    pub own: Option<AgentId>,
}

impl ReachSet {
    /// Whether it reaches nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.network && self.sites.is_empty() && self.teams.is_empty() && self.own.is_none()
    }

    /// Whether `target` lies in it.
    #[must_use]
    pub fn contains(&self, target: &Target) -> bool {
        self.network
            || target.site.is_some_and(|site| self.sites.contains(&site))
            || target.team.is_some_and(|team| self.teams.contains(&team))
            || (target.agent.is_some() && target.agent == self.own)
    }

    /// Whether something that is told of the whole network, which has these sites, lies in it: all of
    /// them do.
    #[must_use]
    pub fn contains_all(&self, mut sites: impl Iterator<Item = SiteId>) -> bool {
        self.network || (!self.sites.is_empty() && sites.all(|site| self.sites.contains(&site)))
    }

    /// Whether something that these sites have together lies in it: one of them does.
    #[must_use]
    pub fn contains_any(&self, sites: &[SiteId]) -> bool {
        self.network || sites.iter().any(|site| self.sites.contains(site))
    }
}

impl Viewer {
    /// The system's own work in a tenant: it may everything there.
    #[must_use]
    pub const fn system(tenant: TenantId) -> Self {
        Self {
            tenant,
            subject: Subject::System,
            session: None,
            agent: None,
            grants: Vec::new(),
            custom: Vec::new(),
            scopes: None,
            rate: None,
            language: Language::English,
        }
    }

    /// When the key of a partner's program ends; `None` without an end, and for people, whose
    /// sessions end.
    #[must_use]
    pub fn program_ends_at(&self) -> Option<Timestamp> {
        let grants = self.grants.iter().filter(|_| matches!(self.subject, Subject::Client(_)));
        grants.filter_map(|grant| grant.until).min()
    }

    /// Everything that `permission` reaches at `now`.
    #[must_use]
    pub fn reach(&self, permission: Permission, now: Timestamp) -> ReachSet {
        let mut set = ReachSet { network: self.subject == Subject::System, ..ReachSet::default() };
        if self.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&permission)) {
            return set;
        }
        for grant in self.grants.iter().filter(|grant| grant.holds_at(now)) {
            let Some(reach) = reach(grant.role, permission) else { continue };
            set.add(reach, grant.scope);
        }
        for grant in self.custom.iter().filter(|grant| grant.holds_at(now)) {
            let Some(reach) = grant.permissions.get(&permission) else { continue };
            set.add(*reach, grant.scope);
        }
        set
    }

    /// Whether the viewer has `permission` anywhere at `now`.
    #[must_use]
    pub fn may_somewhere(&self, permission: Permission, now: Timestamp) -> bool {
        !self.reach(permission, now).is_empty()
    }

    /// Whether the viewer may see `target` by `permission`.
    #[must_use]
    pub fn sees(&self, permission: Permission, target: &Target, now: Timestamp) -> bool {
        self.reach(permission, now).contains(target)
    }

    /// Whether the viewer may do what `write` names with `target`; who may only see it by `read`
    /// gets [`Access::Forbidden`], who may not see it [`Access::Hidden`].
    #[must_use]
    pub fn access(
        &self,
        write: Permission,
        read: Permission,
        target: &Target,
        now: Timestamp,
    ) -> Access {
        if self.sees(write, target, now) {
            Access::Allowed
        } else if self.sees(read, target, now) {
            Access::Forbidden
        } else {
            Access::Hidden
        }
    }

    /// The same for something that several sites have together, such as a shared queue: who may do
    /// it at one of them may do it. What no site has is the network's.
    #[must_use]
    pub fn access_at_any(
        &self,
        write: Permission,
        read: Permission,
        sites: &[SiteId],
        now: Timestamp,
    ) -> Access {
        if self.reach(write, now).contains_any(sites) {
            Access::Allowed
        } else if self.reach(read, now).contains_any(sites) {
            Access::Forbidden
        } else {
            Access::Hidden
        }
    }
}

impl ReachSet {
    /// What a right of `reach` that is assigned within `scope` reaches.
    #[must_use]
    pub fn of(reach: Reach, scope: Scope) -> Self {
        let mut set = Self::default();
        set.add(reach, scope);
        set
    }

    /// A right reaches no further than the scope of its assignment, and no further than its role.
    fn add(&mut self, reach: Reach, scope: Scope) {
        match (reach, scope) {
            (Reach::Network | Reach::Site | Reach::Line, Scope::Tenant) => self.network = true,
            (
                Reach::Network | Reach::Site,
                Scope::Site(site) | Scope::Team(_, site) | Scope::Own(_, site),
            )
            | (Reach::Line, Scope::Site(site)) => self.sites.push(site),
            (Reach::Line, Scope::Team(team, _)) => self.teams.push(team),
            (Reach::Own | Reach::Line, Scope::Own(agent, _)) => self.own = Some(agent),
            // The own person of somebody who has no agent record.
            (Reach::Own, Scope::Tenant | Scope::Site(_) | Scope::Team(..)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::sample::{id, viewer};

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("instant")
    }

    #[test]
    fn a_site_manager_may_not_touch_a_shift_of_another_site() {
        let manager = viewer(Role::SiteManager, Scope::Site(id(1)));
        let access = |site| {
            let target = Target::person(id(site), Some(id(5)), id(7));
            manager.access(Permission::SchedulePublish, Permission::ScheduleRead, &target, now())
        };
        assert_eq!(access(1), Access::Allowed);
        assert_eq!(access(2), Access::Hidden);
    }

    #[test]
    fn a_shared_queue_is_written_by_a_planner_of_any_of_its_sites() {
        let planner = viewer(Role::Planner, Scope::Site(id(1)));
        let access = |sites: &[SiteId]| {
            let (write, read) = (Permission::ForecastWrite, Permission::ForecastRead);
            planner.access_at_any(write, read, sites, now())
        };
        assert_eq!(access(&[id(2), id(1)]), Access::Allowed);
        assert_eq!(access(&[id(2)]), Access::Hidden);
        assert_eq!(access(&[]), Access::Hidden);
    }

    #[test]
    fn what_head_office_sees_and_may_not_write_is_forbidden() {
        let office = viewer(Role::HeadOffice, Scope::Tenant);
        let target = Target::site(id(2));
        assert_eq!(
            office.access(Permission::ScheduleWrite, Permission::ScheduleRead, &target, now()),
            Access::Forbidden
        );
    }

    #[test]
    fn a_leader_reads_the_own_line_only() {
        let leader = viewer(Role::TeamLeader, Scope::Team(id(5), id(1)));
        let sees = |team| {
            let target = Target::person(id(1), Some(id(team)), id(7));
            leader.sees(Permission::PerformanceFileRead, &target, now())
        };
        assert!(sees(5));
        assert!(!sees(6));
    }

    #[test]
    fn rights_move_at_their_instant() {
        let mut viewer = viewer(Role::TeamLeader, Scope::Team(id(5), id(1)));
        viewer.grants[0].until = Some(now());
        let target = Target::person(id(1), Some(id(5)), id(7));
        let before = now() - jiff::SignedDuration::from_secs(1);
        assert!(viewer.sees(Permission::AgentRead, &target, before));
        assert!(!viewer.sees(Permission::AgentRead, &target, now()));
    }

    #[test]
    fn a_partner_may_only_what_its_scopes_say() {
        let mut partner = viewer(Role::PartnerClient, Scope::Site(id(1)));
        partner.scopes = Some(BTreeSet::from([Permission::IntradayRead]));
        assert!(partner.may_somewhere(Permission::IntradayRead, now()));
        assert!(!partner.may_somewhere(Permission::KpiRead, now()));
        assert!(!partner.sees(Permission::IntradayRead, &Target::site(id(2)), now()));
    }
}
