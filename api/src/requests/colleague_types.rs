use async_graphql::{Context, ID, Object};
use trunkline_infra::requests::{ColleagueView, ColleaguesOf, count_colleagues, list_colleagues};

use crate::{
    connection,
    error::Outcome,
    graphql::{COUNT_BOUND, Count, Operation, Page, show_id},
    network::Team,
};

/// A colleague as agents know one another: enough to offer a shift, and nothing personal.
#[derive(Debug, Clone)]
pub struct Colleague(ColleagueView);

/// A colleague as agents know one another: enough to offer a shift, and nothing personal.
#[Object]
impl Colleague {
    /// Id of the agent, prefix `agt_`: what `audience.agentId` of an offer takes.
    async fn id(&self) -> ID {
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

connection!(
    ColleagueConnection,
    ColleagueEdge,
    Colleague,
    "A page of colleagues.",
    "A colleague and the cursor."
);

/// Those to whom the caller could offer a shift by name: active agents of the own site (of all sites
/// where the tenant lets swaps go across them) with an account to answer by. Nobody where swaps are
/// off, or for who is no agent.
pub(crate) async fn colleagues_of_caller(
    operation: &Operation,
    (first, after): (Option<i32>, Option<&str>),
    name_starts_with: Option<String>,
    counted: bool,
) -> Outcome<ColleagueConnection> {
    let page = Page::parse(first, after)?;
    let (mut rows, mut total) = (Vec::new(), 0);
    if let Some(of) = caller(operation, name_starts_with).await? {
        let (tx, now, after) = (operation.read().await?, operation.now, page.after.as_ref());
        rows = list_colleagues(&tx, &of, now, after, page.limit()).await?;
        if counted {
            total = count_colleagues(&tx, &of, now, COUNT_BOUND + 1).await?;
        }
    }
    let page_info = page.cut(&mut rows, ColleagueView::cursor);
    let edge = |row: &ColleagueView| ColleagueEdge {
        cursor: row.cursor().encode(),
        node: Colleague(row.clone()),
    };
    let edges = rows.iter().map(edge).collect();
    let nodes = rows.into_iter().map(Colleague).collect();
    Ok(ColleagueConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
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
