use async_graphql::{Context, ID, Object};
use jiff::civil;
use trunkline_domain::{
    fault::Fault,
    id::{QueueId, SiteId},
    identity::{Permission, Target},
    time::local_of_instant,
};
use trunkline_infra::forecasting::special_days;

use super::{
    calendar_service::{set_days, unusual},
    calendar_types::{
        DemandEventEffect, SpecialDay, SpecialDaysSetInput, SpecialDaysSetPayload, UnusualDay,
    },
    effect_service::learned,
    rights::{check_window, readable_queue},
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Date, DateTime, Operation, parse_id},
};

/// Reading calendars, and what can be learned of special days and events.
#[derive(Debug, Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// The calendar of a site: its special days from `from` to before `to`, in order; at most 732 days.
    async fn special_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "First date.")] from: Date,
        #[graphql(desc = "Date after the last one.")] to: Date,
    ) -> async_graphql::Result<Vec<SpecialDay>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let site: SiteId = parse_id(&site_id, "siteId")?;
            check_dates(from.0, to.0, 732)?;
            let reach = operation.require(Permission::ForecastRead)?;
            if !reach.contains(&Target::site(site)) {
                return Err(Fault::not_found("siteId").into());
            }
            let tx = operation.read().await?;
            Ok(special_days(&tx, &[site], from.0, to.0).await?)
        };
        let days = read().await.map_err(|error| operation.fail(error))?;
        Ok(days.into_iter().map(SpecialDay).collect())
    }

    /// The local days of a queue in `[from, to)` that were unlike their weekday, with and without a name, in order; at most 366 days. Those without a name are worth one: they keep the forecast from learning a usual day from them either way, but only named days are foreseen.
    async fn unusual_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<UnusualDay>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue: QueueId = parse_id(&queue_id, "queueId")?;
            check_window(from.0, to.0, 366)?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            let queue = readable_queue(&directory, &reach, queue, "queueId")?;
            let date = |at| local_of_instant(at, &queue.zone()).date();
            let tx = operation.read().await?;
            unusual(&tx, queue, (date(from.0), date(to.0)), operation.now).await
        };
        let days = read().await.map_err(|error| operation.fail(error))?;
        Ok(days.into_iter().map(Into::into).collect())
    }

    /// What the last accepted demand event of this name brought to a queue. `null` when none is over yet, or too little history lies before it.
    async fn demand_event_learned(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The queue.")] queue_id: ID,
        #[graphql(desc = "What people call the event, case ignored.")] name: String,
    ) -> async_graphql::Result<Option<DemandEventEffect>> {
        let operation = Operation::root(ctx)?;
        let read = async || -> Outcome<_> {
            let queue: QueueId = parse_id(&queue_id, "queueId")?;
            let reach = operation.require(Permission::ForecastRead)?;
            let directory = operation.directory().await?;
            let queue = readable_queue(&directory, &reach, queue, "queueId")?;
            let tx = operation.read().await?;
            learned(&tx, queue, &name, operation.now).await
        };
        let found = read().await.map_err(|error| operation.fail(error))?;
        Ok(found.map(Into::into))
    }
}

/// Changing calendars.
#[derive(Debug, Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Names special days of a site, such as public holidays, or takes them out of its calendar. Forecasts that are run from then on learn the days of one name from each other.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn special_days_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: SpecialDaysSetInput,
    ) -> async_graphql::Result<SpecialDaysSetPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let set = async || -> Outcome<_> { set_days(&operation.app, &write, input.parse()?).await };
        let (days, user_errors) = operation.settle(set().await)?;
        let special_days = days.unwrap_or_default().into_iter().map(SpecialDay).collect();
        Ok(SpecialDaysSetPayload { special_days, user_errors })
    }
}

/// A half-open window of at most so many dates.
///
/// # Errors
/// INVALID_ARGUMENT when it is empty, runs backwards or is longer.
pub(super) fn check_dates(from: civil::Date, to: civil::Date, most_days: i32) -> Outcome<()> {
    let days = (to - from).get_days();
    if from < to && days <= most_days {
        return Ok(());
    }
    Err(AppError::InvalidArgument(format!("from must lie before to, by at most {most_days} days")))
}
