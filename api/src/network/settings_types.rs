use async_graphql::{InputObject, Object};
use trunkline_domain::{intraday::forgiven_seconds, network::TenantSettings as DomainSettings};

/// What a tenant has decided for itself; where it has decided nothing, the defaults.
#[derive(Debug, Clone, Copy)]
pub struct TenantSettings(pub DomainSettings);

/// What a tenant has decided for itself; where it has decided nothing, the defaults.
#[Object]
impl TenantSettings {
    /// Deviations from the plan up to so many seconds count as kept: in `adherence`, and in the months of the files that are closed from now on. 120 by default.
    async fn adherence_forgiveness_seconds(&self) -> i64 {
        forgiven_seconds(self.0.adherence_forgiveness_seconds)
    }
    /// Days for which the states of agents are kept. Older ones are deleted, and `adherence` of those days is empty; the files keep what was counted. 400 by default.
    async fn agent_state_retention_days(&self) -> i64 {
        self.0.agent_state_days()
    }
}

/// What to decide; a field left out stays.
#[derive(Debug, InputObject)]
pub struct TenantSettingsSetInput {
    /// Seconds of a deviation that count as kept, 0 to 3600.
    pub adherence_forgiveness_seconds: Option<i64>,
    /// Days for which the states of agents are kept, 100 to 3650. Fewer than now delete for good.
    pub agent_state_retention_days: Option<i64>,
}

impl TenantSettingsSetInput {
    pub(super) const fn parse(self) -> DomainSettings {
        let Self { adherence_forgiveness_seconds, agent_state_retention_days } = self;
        DomainSettings { adherence_forgiveness_seconds, agent_state_retention_days }
    }
}
