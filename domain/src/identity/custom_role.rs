//! Roles that a tenant makes for itself: a set of permissions, each with its reach.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Grant, Permission, Reach, ReachSet, Role, Scope, Subject, Viewer,
    matrix::{self, reach},
};
use crate::{
    fault::{Fault, FaultCode, Rule},
    id::CustomRoleId,
};

/// What a role may do, and how far from where it is assigned.
pub type Permissions = BTreeMap<Permission, Reach>;

/// A custom role within a scope, from one instant to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomGrant {
    /// Which role.
    pub role: CustomRoleId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// Where it holds.
    pub scope: Scope,
    /// First instant at which it holds.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
}

/// A custom role whose name and permissions fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomRole {
    /// Name, unique in the tenant.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
}

impl NewCustomRole {
    /// Reads what a client says.
    ///
    /// # Errors
    /// INVALID_VALUE at `name` outside of 1 to 60 characters or for the code of a built-in role, at
    /// `permissions` without any, at `permissions.N` for an unknown code or one that stands twice.
    pub fn parse(name: &str, permissions: &[(String, Reach)]) -> Result<Self, Vec<Fault>> {
        let name = name.trim().to_owned();
        let mut faults = Vec::new();
        if name.is_empty() || name.chars().count() > 60 {
            faults.push(Fault::invalid("name", Rule::Characters(1, 60)));
        }
        if name.to_lowercase().replace(' ', "_").parse::<Role>().is_ok() {
            faults.push(Fault::invalid("name", Rule::OwnRoleName));
        }
        let mut known = Permissions::new();
        for (at, (code, reach)) in permissions.iter().enumerate() {
            let path = format!("permissions.{at}");
            match code.parse::<Permission>() {
                Err(_) => faults.push(Fault::invalid(&path, Rule::Permission)),
                Ok(permission) => {
                    if known.insert(permission, *reach).is_some() {
                        faults.push(Fault::invalid(&path, Rule::EachOnce));
                    }
                }
            }
        }
        if permissions.is_empty() {
            faults.push(Fault::invalid("permissions", Rule::NotEmpty));
        }
        if faults.is_empty() { Ok(Self { name, permissions: known }) } else { Err(faults) }
    }
}

/// Whether a role that could give rights to others in the whole tenant no longer can.
#[must_use]
pub fn gives_no_more(before: &Permissions, after: &Permissions) -> bool {
    let gives = |it: &Permissions| it.get(&Permission::UserWrite) == Some(&Reach::Network);
    gives(before) && !gives(after)
}

/// Permissions of a built-in role.
#[must_use]
pub fn permissions_of(role: Role) -> Permissions {
    let held = |permission: &Permission| reach(role, *permission).map(|reach| (*permission, reach));
    Permission::ALL.iter().filter_map(held).collect()
}

impl Viewer {
    /// Whether the viewer may give `permissions` within `scope` to others.
    ///
    /// Nobody gives what they do not hold themselves, at least as far. The administrator of the whole
    /// tenant answers for all of its rights and gives any of them, but never to the own person: see
    /// [`check_recipient`].
    #[must_use]
    pub fn may_give(&self, permissions: &Permissions, scope: Scope, now: Timestamp) -> bool {
        self.subject == Subject::System
            || self.administers(now)
            || permissions
                .iter()
                .all(|(permission, reach)| self.covers(*permission, *reach, scope, now))
    }

    fn administers(&self, now: Timestamp) -> bool {
        self.grants.iter().any(|grant| {
            (grant.role, grant.scope) == (Role::TenantAdmin, Scope::Tenant) && grant.holds_at(now)
        })
    }

    fn covers(&self, permission: Permission, reach: Reach, scope: Scope, now: Timestamp) -> bool {
        let held = self.reach(permission, now);
        let given = ReachSet::of(reach, scope);
        let site = match scope {
            Scope::Tenant => None,
            Scope::Site(site) | Scope::Team(_, site) | Scope::Own(_, site) => Some(site),
        };
        let in_own_site = site.is_some_and(|site| held.sites.contains(&site));
        let part = |inside: bool| inside || in_own_site;
        !held.is_empty()
            && (held.network
                || !given.network
                    && given.sites.iter().all(|site| held.sites.contains(site))
                    && given.teams.iter().all(|team| part(held.teams.contains(team)))
                    && given.own.is_none_or(|own| part(held.own == Some(own))))
    }

    /// Whether the viewer may set the permissions of a role, from `before` to `after`. Who holds the
    /// role, of whatever rank, adds nothing to it that they do not hold besides.
    #[must_use]
    pub fn may_define(
        &self,
        role: Option<CustomRoleId>,
        before: &Permissions,
        after: &Permissions,
        now: Timestamp,
    ) -> bool {
        let added: Permissions = after
            .iter()
            .filter(|(permission, reach)| before.get(permission).is_none_or(|had| had < reach))
            .map(|(permission, reach)| (*permission, *reach))
            .collect();
        let own = self.custom.iter().any(|grant| Some(grant.role) == role);
        if own {
            let held = |(permission, reach): (&Permission, &Reach)| {
                self.covers(*permission, *reach, Scope::Tenant, now)
            };
            added.iter().all(held)
        } else {
            self.may_give(&added, Scope::Tenant, now)
        }
    }
}

/// Whether `giver` may give a role to `recipient`: to everybody but the own person.
///
/// # Errors
/// FORBIDDEN at `userId`.
pub fn check_recipient(giver: &Viewer, recipient: crate::id::UserId) -> Result<(), Fault> {
    if giver.subject == Subject::User(recipient) {
        Err(Fault::new(FaultCode::Forbidden).at("userId"))
    } else {
        Ok(())
    }
}

impl Grant {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        matrix::in_force(self.from, self.until, now)
    }
}

impl CustomGrant {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        matrix::in_force(self.from, self.until, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::sample::{id, viewer};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn one(permission: Permission, reach: Reach) -> Permissions {
        Permissions::from([(permission, reach)])
    }

    #[test]
    fn faults_of_a_role_are_told_at_their_places() {
        let said = [
            ("schedule:read".to_owned(), Reach::Site),
            ("schedule:read".to_owned(), Reach::Line),
            ("fly".to_owned(), Reach::Own),
        ];
        let paths = |faults: Vec<Fault>| -> Vec<String> {
            faults.iter().map(|fault| fault.path.join(".")).collect()
        };
        let faults = NewCustomRole::parse("Tenant admin", &said).expect_err("three");
        assert_eq!(paths(faults), ["name", "permissions.1", "permissions.2"]);
        assert_eq!(paths(NewCustomRole::parse("", &[]).expect_err("two")), ["name", "permissions"]);
        let role = NewCustomRole::parse(" Floor walker ", &said[..1]).expect("fits");
        assert_eq!((role.name.as_str(), role.permissions.len()), ("Floor walker", 1));
    }

    #[test]
    fn nobody_gives_what_they_do_not_hold() {
        let planner = viewer(Role::Planner, Scope::Site(id(1)));
        let gives =
            |permission, reach, scope| planner.may_give(&one(permission, reach), scope, NOW);
        assert!(gives(Permission::ScheduleWrite, Reach::Site, Scope::Site(id(1))));
        assert!(gives(Permission::ScheduleRead, Reach::Line, Scope::Team(id(5), id(1))));
        assert!(!gives(Permission::ScheduleWrite, Reach::Site, Scope::Site(id(2))));
        assert!(!gives(Permission::ScheduleWrite, Reach::Site, Scope::Tenant));
        assert!(!gives(Permission::ScheduleRead, Reach::Line, Scope::Team(id(5), id(2))));
        assert!(!gives(Permission::AuditRead, Reach::Own, Scope::Site(id(1))));
    }

    #[test]
    fn the_administrator_gives_any_right_but_to_others_only() {
        let admin = viewer(Role::TenantAdmin, Scope::Tenant);
        let all = permissions_of(Role::Planner);
        assert!(admin.may_give(&all, Scope::Tenant, NOW));
        assert!(!viewer(Role::TenantAdmin, Scope::Site(id(1))).may_give(&all, Scope::Tenant, NOW));
        assert!(check_recipient(&admin, id(9)).is_err());
        assert_eq!(check_recipient(&admin, id(8)), Ok(()));
    }

    #[test]
    fn who_holds_a_role_does_not_widen_it_for_the_own_person() {
        let mut admin = viewer(Role::TenantAdmin, Scope::Tenant);
        let (before, after) = (
            one(Permission::NetworkRead, Reach::Network),
            one(Permission::QualityFileRead, Reach::Network),
        );
        assert!(admin.may_define(Some(id(3)), &before, &after, NOW));
        admin.custom.push(CustomGrant {
            role: id(3),
            name: "Reader".into(),
            permissions: before.clone(),
            scope: Scope::Tenant,
            from: NOW,
            until: None,
        });
        assert!(!admin.may_define(Some(id(3)), &before, &after, NOW));
        assert!(admin.may_define(Some(id(3)), &before, &Permissions::new(), NOW), "taking away");
    }

    #[test]
    fn a_custom_role_reaches_as_far_as_it_says_from_where_it_is_assigned() {
        let mut viewer = viewer(Role::Agent, Scope::Own(id(7), id(1)));
        viewer.custom.push(CustomGrant {
            role: id(3),
            name: "Floor walker".into(),
            permissions: one(Permission::IntradayRead, Reach::Site),
            scope: Scope::Team(id(5), id(2)),
            from: NOW,
            until: None,
        });
        let reach = viewer.reach(Permission::IntradayRead, NOW);
        assert_eq!((reach.sites, reach.own), (vec![id(2)], Some(id(7))));
    }
}
