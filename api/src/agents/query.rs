use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::identity::Permission;
use trunkline_infra::agents::{count_agents, list_agents};

use super::{
    inputs::{AgentFilter, AgentOrder},
    types::{Agent, AgentConnection, AgentEdge},
};
use crate::{
    error::Outcome,
    graphql::{COUNT_BOUND, Count, Operation, Page, wants_count},
};

/// Reading agents.
#[derive(Debug, Default)]
pub struct AgentsQuery;

#[Object]
impl AgentsQuery {
    /// An agent by id. `null` when there is none or the caller may not see it.
    async fn agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id, prefix `agt_`.")] id: ID,
    ) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::root(ctx)?;
        let Ok(id) = id.parse() else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }

    /// Agents the caller may see, over all its sites unless `filter.site` narrows it.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<AgentFilter>,
        #[graphql(
            desc = "Order; only the first counts, ties are broken by id. Default: by name.",
            default
        )]
        order_by: Vec<AgentOrder>,
    ) -> async_graphql::Result<AgentConnection> {
        let operation = Operation::root(ctx)?;
        let filter = filter.unwrap_or_default();
        page(operation, first, after.as_deref(), filter, &order_by, wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
}

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    filter: AgentFilter,
    order_by: &[AgentOrder],
    counted: bool,
) -> Outcome<AgentConnection> {
    let page = Page::parse(first, after)?;
    let (filter, order) = (filter.parse(), AgentOrder::parse(order_by));
    let reach = operation.require(Permission::AgentRead)?;
    let tx = operation.read().await?;
    let mut rows =
        list_agents(&tx, &reach, &filter, order, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor(order));
    let total =
        if counted { count_agents(&tx, &reach, &filter, COUNT_BOUND + 1).await? } else { 0 };
    let nodes: Vec<Agent> = rows.into_iter().map(|row| Agent(Arc::new(row))).collect();
    let edges = nodes
        .iter()
        .map(|agent| AgentEdge { cursor: agent.0.cursor(order).encode(), node: agent.clone() })
        .collect();
    Ok(AgentConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
