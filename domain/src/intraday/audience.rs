use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    id::SiteId,
    identity::{
        Permission, Scope, Viewer,
        matrix::{Reach, reach},
    },
};

/// Which boards a viewer may look at. Boards hold sums only, so who watches persons of a site sees
/// the site's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audience {
    /// The network and all its sites.
    pub network: bool,
    /// These sites.
    pub sites: BTreeSet<SiteId>,
    /// Whether the viewer is there as an agent only.
    pub agents_only: bool,
}

impl Audience {
    /// The boards of a viewer at `now`.
    #[must_use]
    pub fn of(viewer: &Viewer, now: Timestamp) -> Self {
        let mut audience = Self { agents_only: true, ..Self::default() };
        if !viewer.may_somewhere(Permission::IntradayRead, now) {
            return audience;
        }
        let in_force = viewer
            .grants
            .iter()
            .filter(|grant| grant.from <= now && grant.until.is_none_or(|until| now < until));
        for grant in in_force {
            let Some(reach) = reach(grant.role, Permission::IntradayRead) else { continue };
            audience.agents_only &= reach == Reach::Own;
            match grant.scope {
                Scope::Tenant => audience.network |= reach != Reach::Own,
                Scope::Site(site) | Scope::Team(_, site) | Scope::Own(_, site) => {
                    audience.sites.insert(site);
                }
            }
        }
        audience
    }

    /// Whether the board of `site` is among them; `None` = that of the network.
    #[must_use]
    pub fn includes(&self, site: Option<SiteId>) -> bool {
        self.network || site.is_some_and(|site| self.sites.contains(&site))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{
        Role,
        sample::{id, viewer},
    };

    fn audience(role: Role, scope: Scope) -> Audience {
        Audience::of(&viewer(role, scope), Timestamp::from_second(1).expect("instant"))
    }

    #[test]
    fn agents_and_leaders_see_the_board_of_their_site_only() {
        for (role, scope) in [
            (Role::Agent, Scope::Own(id(7), id(1))),
            (Role::TeamLeader, Scope::Team(id(5), id(1))),
            (Role::SiteManager, Scope::Site(id(1))),
        ] {
            let audience = audience(role, scope);
            assert!(audience.includes(Some(id(1))), "{role}");
            assert!(!audience.includes(Some(id(2))) && !audience.includes(None), "{role}");
            assert_eq!(audience.agents_only, role == Role::Agent);
        }
    }

    #[test]
    fn head_office_sees_all_and_finance_none() {
        assert!(audience(Role::HeadOffice, Scope::Tenant).includes(None));
        assert!(!audience(Role::Finance, Scope::Tenant).network);
    }
}
