use async_graphql::{Context, ID, Object};
use trunkline_domain::{
    fault::Fault,
    id::{QueueId, SiteId},
    identity::{Permission, Target},
};
use trunkline_infra::forecasting::{accuracy_of_closes, closes, compared};

use super::{
    calendar_fields::check_dates,
    close_types::{ForecastAccuracyBy, ForecastAccuracyReport, ForecastActual, QueueClose},
    rights::{check_window, readable_queue},
};
use crate::{
    error::Outcome,
    graphql::{Date, DateTime, Operation, parse_id},
};

/// Rows of a report.
const MOST_ROWS: i64 = 2_000;

/// Reading what the nightly close wrote.
#[derive(Debug, Default)]
pub struct CloseQuery;

#[Object]
impl CloseQuery {
    /// Closed local days from `from` to before `to` of one queue, of the queues of one site, or of all that the caller may see, in order of date; at most 366 days and 2000 rows. With `onlyGaps` it is the gap report. A day is closed within a quarter of an hour after its end, and anew after a correction.
    async fn queue_closes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First date.")] from: Date,
        #[graphql(desc = "Date after the last one.")] to: Date,
        #[graphql(desc = "Only this queue.")] queue_id: Option<ID>,
        #[graphql(desc = "Only queues of this site.")] site_id: Option<ID>,
        #[graphql(desc = "Only days that miss something.", default)] only_gaps: bool,
    ) -> async_graphql::Result<Vec<QueueClose>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            check_dates(from.0, to.0, 366)?;
            let queues = queues_of(operation, queue_id.as_ref(), site_id.as_ref()).await?;
            let tx = operation.read().await?;
            Ok(closes(&tx, &queues, (from.0, to.0), only_gaps, MOST_ROWS).await?)
        };
        let rows = read().await.map_err(|error| operation.fail(error))?;
        Ok(rows.into_iter().map(QueueClose).collect())
    }

    /// What frozen forecasts were worth on closed days from `from` to before `to`, of one queue, of the queues of one site, or of all that the caller may see; at most 366 days.
    async fn forecast_accuracy_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First date.")] from: Date,
        #[graphql(desc = "Date after the last one.")] to: Date,
        #[graphql(desc = "What a row is about.", default_with = "ForecastAccuracyBy::Day")]
        by: ForecastAccuracyBy,
        #[graphql(desc = "Only this queue.")] queue_id: Option<ID>,
        #[graphql(desc = "Only queues of this site.")] site_id: Option<ID>,
    ) -> async_graphql::Result<ForecastAccuracyReport> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            check_dates(from.0, to.0, 366)?;
            let queues = queues_of(operation, queue_id.as_ref(), site_id.as_ref()).await?;
            let (tx, dates) = (operation.read().await?, (from.0, to.0));
            Ok(accuracy_of_closes(&tx, &queues, dates, by.into(), MOST_ROWS).await?)
        };
        let rows = read().await.map_err(|error| operation.fail(error))?;
        Ok(ForecastAccuracyReport::of(rows, by))
    }

    /// Intervals of a queue's closed days in `[from, to)` beside the frozen forecast that each was planned with, in order; at most 31 days.
    async fn forecast_actuals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<ForecastActual>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue: QueueId = parse_id(&queue_id, "queueId")?;
            check_window(from.0, to.0, 31)?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            readable_queue(&directory, &reach, queue, "queueId")?;
            let tx = operation.read().await?;
            Ok(compared(&tx, queue, from.0, to.0).await?)
        };
        let rows = read().await.map_err(|error| operation.fail(error))?;
        Ok(rows.into_iter().map(ForecastActual).collect())
    }
}

/// The queues whose forecasts the caller may see: the one asked for, or all, or all of a site.
async fn queues_of(
    operation: &Operation,
    queue: Option<&ID>,
    site: Option<&ID>,
) -> Outcome<Vec<QueueId>> {
    let queue: Option<QueueId> = queue.map(|id| parse_id(id, "queueId")).transpose()?;
    let site: Option<SiteId> = site.map(|id| parse_id(id, "siteId")).transpose()?;
    let reach = operation.require(Permission::ForecastRead)?;
    let directory = operation.directory().await?;
    if let Some(queue) = queue {
        readable_queue(&directory, &reach, queue, "queueId")?;
    }
    if site
        .is_some_and(|site| directory.site(site).is_none() || !reach.contains(&Target::site(site)))
    {
        return Err(Fault::not_found("siteId").into());
    }
    let seen = directory.queues.iter().filter(|it| reach.contains_any(&it.site_ids));
    Ok(seen
        .filter(|it| queue.is_none_or(|queue| queue == it.id))
        .filter(|it| site.is_none_or(|site| it.site_ids.contains(&site)))
        .map(|it| it.id)
        .collect())
}
