//! Roles that go with a post: they hold where the person holds it, and move when the person moves.

use jiff::Timestamp;

use super::{Scope, matrix::in_force};
use crate::id::{AgentId, SiteId, TeamId};

/// A post of a person, from one instant to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// Code of the post, such as `team_leader`.
    pub post: String,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
    /// First instant.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
}

/// A scope, and from when to when a role holds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub scope: Scope,
    /// First instant.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
}

impl Stay {
    /// The part of the stay that lies within a post.
    fn within(self, post: &HeldPost) -> Option<Self> {
        let from = self.from.max(post.from);
        let until = match (self.until, post.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        until.is_none_or(|until| from < until).then_some(Self { from, until, ..self })
    }
}

/// Where a role holds that somebody has while holding the post `post`, from `from` to `until`: at the
/// team of the post, or at its site where it has no team, and nowhere in other posts.
#[must_use]
pub fn stays_of_post(
    posts: &[HeldPost],
    post: &str,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Vec<Stay> {
    let held = posts.iter().filter(|held| held.post == post);
    held.filter_map(|held| {
        let scope = held.team.map_or(Scope::Site(held.site), |team| Scope::Team(team, held.site));
        Stay { scope, from, until }.within(held)
    })
    .collect()
}

/// Where a role on the own person holds: at the site of each post in turn. Before the first post it
/// is that of the first, so that who begins next month sees the own shifts; `site` without any.
#[must_use]
pub fn stays_of_own(
    posts: &[HeldPost],
    agent: AgentId,
    site: SiteId,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Vec<Stay> {
    let first = posts.iter().map(|post| post.from).min();
    let stays: Vec<Stay> = posts
        .iter()
        .filter_map(|post| {
            let begins = if Some(post.from) == first { Timestamp::MIN } else { post.from };
            let post = HeldPost { from: begins, ..post.clone() };
            Stay { scope: Scope::Own(agent, post.site), from, until }.within(&post)
        })
        .collect();
    if posts.is_empty() {
        vec![Stay { scope: Scope::Own(agent, site), from, until }]
    } else {
        stays
    }
}

/// The stay that holds at `now`, if one does.
#[must_use]
pub fn stay_at(stays: &[Stay], now: Timestamp) -> Option<&Stay> {
    stays.iter().find(|stay| in_force(stay.from, stay.until, now))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    fn id<K>(n: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    const MOVE: &str = "2026-06-01T00:00:00Z";
    const END: &str = "2026-09-01T00:00:00Z";

    /// Leads team 5, then team 6 at another site, then is a planner there.
    fn posts() -> [HeldPost; 3] {
        let post =
            |post: &str, site, team: Option<u128>, from: &str, until: Option<&str>| HeldPost {
                post: post.into(),
                site: id(site),
                team: team.map(id),
                from: at(from),
                until: until.map(at),
            };
        [
            post("team_leader", 1, Some(5), "2026-01-01T00:00:00Z", Some(MOVE)),
            post("team_leader", 2, Some(6), MOVE, Some(END)),
            post("planner", 2, None, END, None),
        ]
    }

    #[test]
    fn a_role_of_a_post_moves_with_it_to_the_instant_and_ends_with_it() {
        let stays = stays_of_post(&posts(), "team_leader", Timestamp::UNIX_EPOCH, None);
        let scope = |now: Timestamp| stay_at(&stays, now).map(|stay| stay.scope);
        let moment = jiff::SignedDuration::from_micros(1);
        assert_eq!(scope(at(MOVE) - moment), Some(Scope::Team(id(5), id(1))));
        assert_eq!(scope(at(MOVE)), Some(Scope::Team(id(6), id(2))));
        assert_eq!(scope(at(END) - moment), Some(Scope::Team(id(6), id(2))));
        assert_eq!(scope(at(END)), None);
        assert_eq!(scope(at("2025-12-31T23:59:59Z")), None);
    }

    #[test]
    fn the_dates_of_the_role_stand_above_those_of_the_post() {
        let (from, until) = (at("2026-05-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
        let stays = stays_of_post(&posts(), "team_leader", from, Some(until));
        let times: Vec<_> = stays.iter().map(|stay| (stay.from, stay.until)).collect();
        assert_eq!(times, [(from, Some(at(MOVE))), (at(MOVE), Some(until))]);
    }

    #[test]
    fn the_own_person_is_at_the_site_of_each_post_and_of_the_first_before_it() {
        let stays = stays_of_own(&posts(), id(7), id(3), Timestamp::UNIX_EPOCH, None);
        let scope = |now: &str| stay_at(&stays, at(now)).map(|stay| stay.scope);
        assert_eq!(scope("2025-12-01T00:00:00Z"), Some(Scope::Own(id(7), id(1))));
        assert_eq!(scope("2026-06-01T00:00:00Z"), Some(Scope::Own(id(7), id(2))));
        assert_eq!(scope("2027-01-01T00:00:00Z"), Some(Scope::Own(id(7), id(2))));
        let without = stays_of_own(&[], id(7), id(3), Timestamp::UNIX_EPOCH, None);
        assert_eq!(without[0].scope, Scope::Own(id(7), id(3)));
    }
}
