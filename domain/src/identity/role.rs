use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// A built-in role. What it may do stands in the [matrix](super::matrix).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Role {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Role {
            /// All roles, in the order of the matrix.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable code, as stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

roles! {
    /// Handles contacts; sees the own data.
    Agent = "agent";
    /// Leads a team.
    TeamLeader = "team_leader";
    /// Runs a site.
    SiteManager = "site_manager";
    /// Forecasts and schedules.
    Planner = "planner";
    /// Watches all sites.
    HeadOffice = "head_office";
    /// Keeps personal data and hires.
    Hr = "hr";
    /// Evaluates contacts.
    QualityAnalyst = "quality_analyst";
    /// Leads the quality team.
    QualityLead = "quality_lead";
    /// Trains.
    Trainer = "trainer";
    /// Cost and payroll.
    Finance = "finance";
    /// Reads everything that was decided.
    Auditor = "auditor";
    /// Owns KPI definitions, targets and data corrections.
    MetricsSteward = "metrics_steward";
    /// Administers the tenant: sites, users, roles, API clients.
    TenantAdmin = "tenant_admin";
    /// A partner's program; what it may do is limited further by its scopes.
    PartnerClient = "partner_client";
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no role has this code")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
