use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// A right, named like the scope of a token that carries it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Permission {
            /// All permissions, in the order of the matrix.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable code, e.g. `schedule:read`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

permissions! {
    /// Sites, teams, queues and skills: names and settings.
    NetworkRead = "network:read";
    /// Changes sites, teams, queues, skills.
    NetworkWrite = "network:write";
    /// Users, roles and API clients.
    UserRead = "user:read";
    /// Invites users, gives roles, issues keys.
    UserWrite = "user:write";
    /// Says who vouches for the people of the tenant, which is as good as being any of them.
    IdentityProviderWrite = "identity_provider:write";
    /// Agents: name, number, site, team, skills, contract hours.
    AgentRead = "agent:read";
    /// Changes agents, skills, contracts, assignments.
    AgentWrite = "agent:write";
    /// Hires: makes agents, and ends employments.
    AgentHire = "agent:hire";
    /// Reads home address and national id as they are; others see them covered.
    AgentPrivateRead = "agent_private:read";
    /// Changes home address and national id.
    AgentPrivateWrite = "agent_private:write";
    /// What agents have said about when they can work, why they cannot, and what they wish.
    AvailabilityRead = "availability:read";
    /// Declares availability, and what agents wish.
    AvailabilityWrite = "availability:write";
    /// Reads the development file.
    DevelopmentFileRead = "development_file:read";
    /// Adds entries to the development file.
    DevelopmentFileWrite = "development_file:write";
    /// Reads the quality file.
    QualityFileRead = "quality_file:read";
    /// Adds entries to the quality file.
    QualityFileWrite = "quality_file:write";
    /// Reads the performance file.
    PerformanceFileRead = "performance_file:read";
    /// Adds entries to the performance file.
    PerformanceFileWrite = "performance_file:write";
    /// KPI values of queues and sites.
    KpiRead = "kpi:read";
    /// Sets targets and records measures.
    KpiWrite = "kpi:write";
    /// Interval history.
    HistoryRead = "history:read";
    /// Imports interval history.
    HistoryWrite = "history:write";
    /// Forecasts and requirements.
    ForecastRead = "forecast:read";
    /// Runs forecasts, computes requirements.
    ForecastWrite = "forecast:write";
    /// Proposes promotions, holidays and incidents to the planners.
    DemandEventWrite = "demand_event:write";
    /// Work rules.
    WorkRulesRead = "work_rules:read";
    /// Changes work rules.
    WorkRulesWrite = "work_rules:write";
    /// Published shifts.
    ScheduleRead = "schedule:read";
    /// Drafts, generation, edits.
    ScheduleWrite = "schedule:write";
    /// Publishes a schedule.
    SchedulePublish = "schedule:publish";
    /// Lets a named rule be broken by what it plans or publishes, with a reason that is kept.
    ScheduleOverride = "schedule:override";
    /// Swaps.
    ShiftSwapRead = "shift_swap:read";
    /// How many swaps there are, by site and state.
    ShiftSwapCount = "shift_swap:count";
    /// Files and answers swaps.
    ShiftSwapWrite = "shift_swap:write";
    /// Decides swaps.
    ShiftSwapApprove = "shift_swap:approve";
    /// Wallboard, agent states, adherence.
    IntradayRead = "intraday:read";
    /// Feeds of the switch: interval figures, gauges, agent states.
    IntradayWrite = "intraday:write";
    /// Long work.
    JobRead = "job:read";
    /// Audit records.
    AuditRead = "audit:read";
}

/// The text names no permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no permission has this code")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or(UnknownPermission)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
