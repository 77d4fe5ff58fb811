use async_graphql::{Context, ID, Object, OneofObject, SimpleObject};
use trunkline_domain::{
    id::AgentId, identity::Permission, intraday::AdherenceSeconds, kpis::displayed,
};

use crate::{
    agents::Agent,
    graphql::{Date, DateTime, Decimal, Operation},
};

/// Whose day is looked at.
#[derive(Debug, OneofObject)]
pub enum AdherenceOfInput {
    /// The agents whose home is the site.
    #[graphql(name = "siteId")]
    Site(ID),
    /// The agents of the team.
    #[graphql(name = "teamId")]
    Team(ID),
    /// One agent.
    #[graphql(name = "agentId")]
    Agent(ID),
}

/// How plan and states of a local day fit together. Approved changes of the plan count, from when they are made.
#[derive(Debug, SimpleObject)]
pub struct AdherenceDay {
    /// The day at the site.
    pub local_date: Date,
    /// Its first instant.
    pub starts_at: DateTime,
    /// Its last instant; now, while it runs.
    pub ends_at: DateTime,
    /// All agents of the site or team, those too whom the caller may not see by name. Percentages are ratios of sums.
    pub total: AdherenceFigures,
    /// The agents whom the caller may see, by name, at most 1000. Who had neither plan nor sign-in is left out.
    pub agents: Vec<AgentAdherence>,
}

/// Adherence and conformance with their parts, in seconds. Time of which nothing was heard counts in neither.
#[derive(Debug, Clone, SimpleObject)]
pub struct AdherenceFigures {
    /// Planned presence of which the state is known: work, breaks and meals.
    pub scheduled_seconds: i64,
    /// Of these, in the state that the plan asks for. Deviations are forgiven up to the tenant's limit, 120 s where it sets none.
    pub adherent_seconds: i64,
    /// Schedule adherence: 100 × adherent / scheduled. `null` when nothing was scheduled.
    pub adherence_percent: Option<Decimal>,
    /// Planned work of which the state is known.
    pub scheduled_work_seconds: i64,
    /// Worked, whenever it was: on the queue, and in an aux state while other work was planned.
    pub worked_seconds: i64,
    /// Schedule conformance: 100 × worked / scheduled work, which can exceed 100. `null` when no work was scheduled.
    pub conformance_percent: Option<Decimal>,
    /// Signed in while nothing was planned.
    pub unscheduled_seconds: i64,
    /// Planned presence of which no state is known: the feed was silent.
    pub unknown_seconds: i64,
}

impl From<AdherenceSeconds> for AdherenceFigures {
    fn from(sums: AdherenceSeconds) -> Self {
        let shown = |percent: Option<_>| percent.map(displayed).map(Decimal);
        Self {
            scheduled_seconds: sums.scheduled,
            adherent_seconds: sums.adherent,
            adherence_percent: shown(sums.adherence()),
            scheduled_work_seconds: sums.scheduled_work,
            worked_seconds: sums.worked,
            conformance_percent: shown(sums.conformance()),
            unscheduled_seconds: sums.unscheduled,
            unknown_seconds: sums.unknown,
        }
    }
}

/// The day of one agent.
#[derive(Debug)]
pub struct AgentAdherence {
    pub(super) agent: AgentId,
    pub(super) sums: AdherenceSeconds,
}

/// The day of one agent.
#[Object]
impl AgentAdherence {
    /// Whose.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// The figures.
    async fn figures(&self) -> AdherenceFigures {
        self.sums.into()
    }
}
