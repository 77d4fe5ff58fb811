use async_graphql::{Context, ID, Object};
use trunkline_infra::requests::{ColleagueView, ColleaguesOf, list_colleagues};

use crate::{
    error::Outcome,
    graphql::{Operation, Page, show_id},
    network::Team,
};

/// A colleague as agents know one another: enough to offer a shift, and nothing personal. The id is
/// that of the agent's record, so this is no second object with an id of its own.
#[derive(Debug, Clone)]
pub struct Colleague(ColleagueView);

/// A colleague as agents know one another: enough to offer a shift, and nothing personal.
#[Object]
impl Colleague {
    /// What `audience.agentId` of an offer takes: the id of the agent, whose record the caller may or may not see.
    async fn agent_id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Number in the company, which tells two of one name apart.
    async fn number(&self) -> &str {
        &self.0.number
    }
    /// Name shown to colleagues.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }
    /// Team. `null` when the colleague is in none.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.team_id.and_then(|id| directory.team(id)).cloned().map(Team))
    }
}

/// The first by name of those to whom the caller could offer a shift: active agents of the own site
/// (of all sites where the tenant lets swaps go across them) with an account to answer by. Nobody
/// where swaps are off, or for who is no agent.
pub(crate) async fn colleagues_of_caller(
    operation: &Operation,
    first: Option<i32>,
    name_starts_with: Option<String>,
) -> Outcome<Vec<Colleague>> {
    let page = Page::parse(first, None)?;
    let Some(of) = caller(operation, name_starts_with).await? else { return Ok(Vec::new()) };
    let most = i64::try_from(page.first).unwrap_or(i64::MAX);
    let rows = list_colleagues(&*operation.read().await?, &of, operation.now, most).await?;
    Ok(rows.into_iter().map(Colleague).collect())
}

async fn caller(
    operation: &Operation,
    name_starts_with: Option<String>,
) -> Outcome<Option<ColleaguesOf>> {
    let Some(agent) = operation.viewer()?.agent else { return Ok(None) };
    let policy = operation.swap_policy().await?;
    let Some(own) = operation.agent(agent).await?.filter(|_| policy.enabled) else {
        return Ok(None);
    };
    let site = (!policy.across_sites).then_some(own.site_id);
    Ok(Some(ColleaguesOf { agent, site, name_starts_with }))
}
