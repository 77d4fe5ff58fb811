use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    identity::{Permission, ReachSet},
    requests::Satisfaction,
};
use trunkline_infra::requests::{
    SwapCount, SwapFilter, SwapOrder, count_swaps, count_swaps_by_state, list_swaps,
    satisfaction_by_site,
};

use super::{
    ShiftSwap,
    counts::{RequestSatisfaction, RequestSatisfactionSums, ShiftSwapCount},
    inputs::{ShiftSwapFilter, ShiftSwapOrder},
    types::{ShiftSwapConnection, ShiftSwapEdge},
};
use crate::{
    error::Outcome,
    graphql::{COUNT_BOUND, Count, DateTime, Operation, Page, wants_count},
    schedules::within,
};

/// Longest window in which swaps are counted.
const MOST_DAYS: i64 = 366;

/// Reading requests.
#[derive(Debug, Default)]
pub struct RequestsQuery;

#[Object]
impl RequestsQuery {
    /// A swap. `null` when it does not exist or the caller may not see it: agents see their own and those offered to them.
    async fn shift_swap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> async_graphql::Result<Option<ShiftSwap>> {
        let operation = Operation::root(ctx)?;
        ShiftSwap::find(operation, &id).await.map_err(|error| operation.fail(error))
    }

    /// Shift-swap requests the caller may see.
    async fn shift_swaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<ShiftSwapFilter>,
        #[graphql(
            desc = "Order; only the first counts, ties are broken by id. Default: newest first.",
            default
        )]
        order_by: Vec<ShiftSwapOrder>,
    ) -> async_graphql::Result<ShiftSwapConnection> {
        let operation = Operation::root(ctx)?;
        let filter = filter.unwrap_or_default().parse();
        let order = ShiftSwapOrder::parse(&order_by);
        page(operation, first, after.as_deref(), &filter, order, wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }

    /// How many swaps were made in `[from, to)`, at most 366 days, by site and state, as far as the caller may count them: head office counts what it may not read.
    async fn shift_swap_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<ShiftSwapCount>> {
        let operation = Operation::root(ctx)?;
        counts(operation, from, to).await.map_err(|error| operation.fail(error))
    }

    /// How many of the swaps made in `[from, to)`, at most 366 days, were met, by site and for the network, as far as the caller may count them.
    async fn request_satisfaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<RequestSatisfaction> {
        let operation = Operation::root(ctx)?;
        satisfaction(operation, from, to).await.map_err(|error| operation.fail(error))
    }
}

async fn satisfaction(
    operation: &Operation,
    from: DateTime,
    to: DateTime,
) -> Outcome<RequestSatisfaction> {
    let (reach, counts) = swap_counts(operation, from, to).await?;
    let sites = satisfaction_by_site(&counts);
    let mut all = Satisfaction::default();
    for (_, sums) in &sites {
        all += *sums;
    }
    Ok(RequestSatisfaction {
        sites: sites
            .into_iter()
            .map(|(site, sums)| RequestSatisfactionSums { site: Some(site), sums })
            .collect(),
        network: reach.network.then_some(RequestSatisfactionSums { site: None, sums: all }),
    })
}

async fn counts(
    operation: &Operation,
    from: DateTime,
    to: DateTime,
) -> Outcome<Vec<ShiftSwapCount>> {
    let (_, counts) = swap_counts(operation, from, to).await?;
    Ok(counts.into_iter().map(ShiftSwapCount).collect())
}

/// The one way to count: who may, how far, how long a window.
async fn swap_counts(
    operation: &Operation,
    from: DateTime,
    to: DateTime,
) -> Outcome<(ReachSet, Vec<SwapCount>)> {
    within(from.0, to.0, MOST_DAYS)?;
    let reach = operation.require(Permission::ShiftSwapCount)?;
    let tx = operation.read().await?;
    let counts = count_swaps_by_state(&tx, &reach, (from.0, to.0)).await?;
    Ok((reach, counts))
}

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    filter: &SwapFilter,
    order: SwapOrder,
    counted: bool,
) -> Outcome<ShiftSwapConnection> {
    let page = Page::parse(first, after)?;
    let (caller, tx) = (operation.swap_reach().await?, operation.read().await?);
    let after = page.after.as_ref();
    let mut rows = list_swaps(&tx, &caller, filter, order, after, page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor(order));
    let total = if counted { count_swaps(&tx, &caller, filter, COUNT_BOUND + 1).await? } else { 0 };
    let nodes: Vec<ShiftSwap> = rows.into_iter().map(|row| ShiftSwap(Arc::new(row))).collect();
    let edges = nodes
        .iter()
        .map(|swap| ShiftSwapEdge { cursor: swap.0.cursor(order).encode(), node: swap.clone() })
        .collect();
    Ok(ShiftSwapConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
