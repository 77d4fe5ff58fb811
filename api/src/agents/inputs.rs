use async_graphql::{Enum, ID, InputObject};
use trunkline_domain::id::{SiteId, SkillId, TeamId};
use trunkline_infra::agents::{AgentFilter as Filter, AgentOrder as Order};

use super::types::AgentStatus;
use crate::graphql::{DateTime, OrderDirection};

/// Comparison of ids.
#[derive(Debug, InputObject)]
pub struct IdComparator {
    /// Equal.
    pub eq: Option<ID>,
    /// One of; at most 200.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<ID>>,
}

impl IdComparator {
    /// The ids asked for; what cannot be an id of this kind matches nothing.
    pub(crate) fn ids<T: std::str::FromStr>(&self) -> Option<Vec<T>> {
        let parse = |id: &ID| id.parse().ok();
        match (&self.eq, &self.one_of) {
            (None, None) => None,
            (eq, one_of) => {
                let listed = one_of.iter().flatten().take(200);
                Some(eq.iter().chain(listed).filter_map(parse).collect())
            }
        }
    }
}

/// Comparison of text.
#[derive(Debug, InputObject)]
pub struct StringComparator {
    /// Begins with, case ignored.
    pub starts_with: Option<String>,
}

/// Comparison of instants.
#[derive(Debug, InputObject)]
pub struct DateTimeComparator {
    /// At or after.
    pub gte: Option<DateTime>,
}

/// Comparison of agent states.
#[derive(Debug, InputObject)]
pub struct AgentStatusComparator {
    /// Equal.
    pub eq: Option<AgentStatus>,
    /// One of.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<AgentStatus>>,
}

/// Conditions on agents; all given ones must hold.
#[derive(Debug, InputObject, Default)]
pub struct AgentFilter {
    /// Home site.
    pub site: Option<IdComparator>,
    /// Team.
    pub team: Option<IdComparator>,
    /// Name.
    pub display_name: Option<StringComparator>,
    /// State.
    pub status: Option<AgentStatusComparator>,
    /// Has one of these skills.
    pub skill: Option<IdComparator>,
    /// Changed; what a partner polls with.
    pub updated_at: Option<DateTimeComparator>,
}

impl AgentFilter {
    pub(super) fn parse(self) -> Filter {
        let Self { site, team, display_name, status, skill, updated_at } = self;
        Filter {
            sites: site.and_then(|it| it.ids::<SiteId>()),
            teams: team.and_then(|it| it.ids::<TeamId>()),
            name_starts_with: display_name.and_then(|it| it.starts_with),
            statuses: status.and_then(|it| match (it.eq, it.one_of) {
                (None, None) => None,
                (eq, one_of) => Some(
                    eq.into_iter()
                        .chain(one_of.into_iter().flatten())
                        .map(|status| status.as_str().to_owned())
                        .collect(),
                ),
            }),
            skills: skill.and_then(|it| it.ids::<SkillId>()),
            updated_from: updated_at.and_then(|it| it.gte).map(|at| at.0),
        }
    }
}

/// What agents can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AgentOrderField {
    /// Name.
    DisplayName,
    /// Last change.
    UpdatedAt,
}

/// Order of agents.
#[derive(Debug, Clone, InputObject)]
pub struct AgentOrder {
    /// By what.
    pub field: AgentOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

impl AgentOrder {
    pub(super) fn parse(orders: &[Self]) -> Order {
        let Some(first) = orders.first() else { return Order::Name { descending: false } };
        let descending = first.direction == OrderDirection::Desc;
        match first.field {
            AgentOrderField::DisplayName => Order::Name { descending },
            AgentOrderField::UpdatedAt => Order::Updated { descending },
        }
    }
}
