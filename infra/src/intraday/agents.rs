use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::Target,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

/// The ways in which a feed may name agents.
#[derive(Debug, Clone, Default)]
pub struct AgentKeys {
    /// By id.
    pub ids: Vec<AgentId>,
    /// By number in the company.
    pub numbers: Vec<String>,
    /// By system and id there.
    pub external: Vec<(String, String)>,
}

read_model! {
    /// An agent as a feed may name it.
    pub struct KnownAgent {
        /// Its id.
        pub id: AgentId,
        /// Number in the company.
        pub number: String,
        /// Home site.
        pub site_id: SiteId,
        /// Team.
        pub team_id: Option<TeamId>,
        /// System by whose id it was found.
        pub source: Option<String>,
        /// The id there.
        pub value: Option<String>,
    }
}

impl KnownAgent {
    /// The agent as something that rights are asked for.
    #[must_use]
    pub const fn target(&self) -> Target {
        Target::person(self.site_id, self.team_id, self.id)
    }
}

/// The agents that any of the keys names, once for each external id that was asked for.
///
/// # Errors
/// What the database says.
pub async fn find_agents(tx: &TenantTx, keys: &AgentKeys) -> Result<Vec<KnownAgent>, DbError> {
    let (sources, values): (Vec<String>, Vec<String>) = keys.external.iter().cloned().unzip();
    tx.all(
        "select a.id, a.number, a.site_id, a.team_id, x.source, x.value
         from app.agent a
         left join lateral (
             select given.source, given.value from unnest($4::text[], $5::text[]) as given (source, value)
             where a.external_ids @> jsonb_build_array(
                 jsonb_build_object('source', given.source, 'value', given.value))) x on true
         where a.tenant_id = $1
           and (x.source is not null or a.id = any($2) or a.number = any($3))",
        params![tx.tenant(), keys.ids, keys.numbers, sources, values],
    )
    .await
}
