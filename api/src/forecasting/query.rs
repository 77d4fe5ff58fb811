use async_graphql::{Context, ID, Object};
use jiff::ToSpan as _;
use trunkline_domain::{
    fault::Fault,
    forecasting::gaps::gaps_between,
    id::{ForecastId, QueueId, SiteId},
    identity::{Permission, Target},
    time::{local_of_instant, start_of_day},
};
use trunkline_infra::forecasting::{count_forecasts, demand_events, figures, list_forecasts};

use super::{
    event_types::{DemandEvent, DemandEventState},
    forecast_service::{review_forecast, series_of},
    history_types::{HistoryGaps, HistoryInterval},
    rights::{check_window, readable_queue},
    types::{Forecast, ForecastAccuracy, ForecastConnection, ForecastEdge},
};
use crate::{
    error::Outcome,
    graphql::{COUNT_BOUND, Count, DateTime, Operation, Page, parse_id, wants_count},
};

/// Reading history, demand events and forecasts.
#[derive(Debug, Default)]
pub struct ForecastQuery;

#[Object]
impl ForecastQuery {
    /// Figures of a queue per interval and site that start in `[from, to)`, in order of time; at most 62 days.
    async fn intervals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<HistoryInterval>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue: QueueId = parse_id(&queue_id, "queueId")?;
            check_window(from.0, to.0, 62)?;
            let reach = operation.require(Permission::HistoryRead)?;
            let directory = operation.directory().await?;
            readable_queue(&directory, &reach, queue, "queueId")?;
            let sites = (!reach.network).then_some(reach.sites.as_slice());
            let tx = operation.read().await?;
            Ok(figures(&tx, queue, sites, from.0, to.0).await?)
        };
        let rows = read().await.map_err(|error| operation.fail(error))?;
        Ok(rows.into_iter().map(HistoryInterval).collect())
    }

    /// What is missing in the history of a queue, all its sites together, on the local days of `[from, to)`; at most 732 days. Days that are not over yet are left out.
    async fn history_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<HistoryGaps> {
        let operation = Operation::root(ctx)?;
        find_gaps(operation, &queue_id, from, to).await.map_err(|error| operation.fail(error))
    }

    /// Demand events that work in `[from, to)` on queues whose forecasts the caller may see, in order of time; at most 366 days and 1000 events.
    async fn demand_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
        #[graphql(desc = "Only events that stand so.")] state: Option<DemandEventState>,
        #[graphql(desc = "Only events that work on queues of this site.")] site_id: Option<ID>,
    ) -> async_graphql::Result<Vec<DemandEvent>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            check_window(from.0, to.0, 366)?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            let site: Option<SiteId> =
                site_id.as_ref().map(|id| parse_id(id, "siteId")).transpose()?;
            if site.is_some_and(|site| !reach.contains(&Target::site(site))) {
                return Err(Fault::not_found("siteId").into());
            }
            let queues: Vec<QueueId> = directory
                .queues
                .iter()
                .filter(|queue| reach.contains_any(&queue.site_ids))
                .filter(|queue| site.is_none_or(|site| queue.site_ids.contains(&site)))
                .map(|queue| queue.id)
                .collect();
            let tx = operation.read().await?;
            Ok(demand_events(&tx, Some(&queues), state.map(Into::into), from.0, to.0).await?)
        };
        let events = read().await.map_err(|error| operation.fail(error))?;
        Ok(events.into_iter().map(DemandEvent).collect())
    }

    /// A forecast. `null` when it does not exist or the caller may not see it.
    async fn forecast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> async_graphql::Result<Option<Forecast>> {
        let operation = Operation::root(ctx)?;
        let Ok(id) = id.parse::<ForecastId>() else { return Ok(None) };
        Forecast::visible(operation, id).await.map_err(|error| operation.fail(error))
    }

    /// Forecasts of a queue, newest first.
    async fn forecasts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
    ) -> async_graphql::Result<ForecastConnection> {
        let operation = Operation::root(ctx)?;
        page(operation, &queue_id, first, after.as_deref(), wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }

    /// A forecast beside what came in `[from, to)`; at most 366 days. Intervals without an actual are left out.
    async fn forecast_accuracy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The forecast.")] forecast_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<ForecastAccuracy> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let id = parse_id(&forecast_id, "forecastId")?;
            check_window(from.0, to.0, 366)?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            let tx = operation.read().await?;
            review_forecast(&tx, &directory, &reach, id, from.0, to.0).await
        };
        Ok(read().await.map_err(|error| operation.fail(error))?.into())
    }
}

async fn page(
    operation: &Operation,
    queue_id: &ID,
    first: Option<i32>,
    after: Option<&str>,
    counted: bool,
) -> Outcome<ForecastConnection> {
    let page = Page::parse(first, after)?;
    let queue: QueueId = parse_id(queue_id, "queueId")?;
    let reach = operation.require(Permission::ForecastRead)?;
    let directory = operation.directory().await?;
    readable_queue(&directory, &reach, queue, "queueId")?;
    let tx = operation.read().await?;
    let mut rows = list_forecasts(&tx, queue, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor());
    let total = if counted { count_forecasts(&tx, queue, COUNT_BOUND + 1).await? } else { 0 };
    let nodes: Vec<Forecast> = rows.into_iter().map(Forecast).collect();
    let edges = nodes
        .iter()
        .map(|node| ForecastEdge { cursor: node.0.cursor().encode(), node: node.clone() })
        .collect();
    Ok(ForecastConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}

/// Days around a window that show what its weekdays are used to.
const HABIT_DAYS: i64 = 91;

async fn find_gaps(
    operation: &Operation,
    queue_id: &ID,
    from: DateTime,
    to: DateTime,
) -> Outcome<HistoryGaps> {
    let id: QueueId = parse_id(queue_id, "queueId")?;
    check_window(from.0, to.0, 732)?;
    let reach = operation.require(Permission::HistoryRead)?;
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, id, "queueId")?;
    let zone = queue.zone();
    let first = local_of_instant(from.0, &zone).date();
    let before = local_of_instant(to.0.min(operation.now), &zone).date();
    // The day in which the window or the present ends is not over; one that ends at midnight is.
    let last = before.saturating_sub(1.day());
    let tx = operation.read().await?;
    let around = (
        start_of_day(first.saturating_sub(HABIT_DAYS.days()), &zone),
        start_of_day(last.saturating_add((HABIT_DAYS + 1).days()), &zone),
    );
    let series = series_of(&tx, queue, around.0, around.1).await?;
    Ok(HistoryGaps { queue: id, site: None, report: gaps_between(&series, first, last) })
}
