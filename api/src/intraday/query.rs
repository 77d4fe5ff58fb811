use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;
use trunkline_domain::{
    identity::{Permission, ReachSet},
    intraday::{AgentState, CurrentState},
};
use trunkline_infra::intraday::{AgentStateView, agent_states};

use super::{
    adherence::adherence_of,
    adherence_types::{AdherenceDay, AdherenceOfInput},
    board::board,
    types::{AgentStateNow, Wallboard},
};
use crate::{
    agents::Agent,
    error::Outcome,
    graphql::{Date, DateTime, Operation},
};

/// Reading the day.
#[derive(Debug, Default)]
pub struct IntradayQuery;

/// Largest number of agents on a board of states.
pub(super) const MOST_AGENTS: i64 = 1000;

#[Object]
impl IntradayQuery {
    /// The day so far, at most 250 ms old: of the whole network and its sites for who may see it, else of the caller's sites. `null` when `siteId` names no site the caller may see.
    async fn wallboard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this site.")] site_id: Option<ID>,
    ) -> async_graphql::Result<Option<Wallboard>> {
        let operation = Operation::root(ctx)?;
        // What is no id of a site is that of none.
        let Some(site) = site_id.map(|id| id.parse().ok()).map_or(Some(None), |it| it.map(Some))
        else {
            return Ok(None);
        };
        let caller = operation.ctx().map_err(|error| operation.fail(error))?;
        let board = board(&operation.app, &caller, site).await;
        let board = board.map_err(|error| operation.fail(error))?;
        Ok(board.map(|board| Wallboard::of(&board, operation.language)))
    }

    /// What agents do now, by name, at most 1000: those whom the caller may see by name and live.
    async fn agent_states(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only agents of this site.")] site_id: Option<ID>,
    ) -> async_graphql::Result<Vec<AgentStateNow>> {
        let operation = Operation::root(ctx)?;
        states(operation, site_id).await.map_err(|error| operation.fail(error))
    }

    /// How the agents of a site or team, or one agent, kept to the plan of a local day, so far if it is today. `null` when `of` names nothing whose adherence the caller may see.
    async fn adherence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] of: AdherenceOfInput,
        #[graphql(desc = "Local day of the site.")] date: Date,
    ) -> async_graphql::Result<Option<AdherenceDay>> {
        let operation = Operation::root(ctx)?;
        adherence_of(operation, of, date.0).await.map_err(|error| operation.fail(error))
    }
}

async fn states(operation: &Operation, site_id: Option<ID>) -> Outcome<Vec<AgentStateNow>> {
    let site = match site_id.map(|id| id.parse()) {
        Some(Err(_)) => return Ok(Vec::new()),
        Some(Ok(site)) => Some(site),
        None => None,
    };
    let live = operation.require(Permission::IntradayRead)?;
    let named = operation.reach(Permission::AgentRead);
    let tx = operation.read().await?;
    let rows = agent_states(&tx, &narrower(live, named), site, MOST_AGENTS).await?;
    // All at once, so that the agents are read in one batch.
    let states = try_join_all(rows.into_iter().map(|row| state_of(operation, row))).await?;
    Ok(states.into_iter().flatten().collect())
}

/// What lies in both reaches, as far as one of them holds the other.
pub(super) fn narrower(a: ReachSet, b: ReachSet) -> ReachSet {
    match (a.network, b.network) {
        (true, _) => b,
        (_, true) => a,
        _ => ReachSet {
            network: false,
            sites: a.sites.into_iter().filter(|site| b.sites.contains(site)).collect(),
            teams: a.teams.into_iter().filter(|team| b.teams.contains(team)).collect(),
            own: a.own.filter(|own| b.own == Some(*own)),
        },
    }
}

async fn state_of(operation: &Operation, row: AgentStateView) -> Outcome<Option<AgentStateNow>> {
    let AgentStateView { agent_id, site_id: _, state, reason, since, heard_at } = row;
    let Some(state) = AgentState::parse(&state) else { return Ok(None) };
    let Some(agent) = operation.agent(agent_id).await? else { return Ok(None) };
    let current = CurrentState { state, reason, since };
    Ok(Some(AgentStateNow {
        agent: Agent(Arc::clone(&agent)),
        state: state.into(),
        in_state_seconds: current.seconds(operation.now),
        reason: current.reason,
        since_at: DateTime(since),
        heard_at: DateTime(heard_at),
    }))
}
