use async_graphql::{Context, Enum, Object, SimpleObject};
use trunkline_domain::{forecasting::accuracy::Accuracy, id::QueueId, time::monday_of};
use trunkline_infra::forecasting::{AccuracyBy, AccuracyRow, CloseView, ComparedView};

use super::types::{AccuracyFigures, Forecast};
use crate::{
    graphql::{Date, DateTime, Operation},
    network::Queue,
};

/// A finished local day of a queue, as it was closed: what came in, what is missing, and what its forecast was worth. All its sites together.
#[derive(Debug)]
pub struct QueueClose(pub(super) CloseView);

/// A finished local day of a queue, as it was closed: what came in, what is missing, and what its forecast was worth. All its sites together.
#[Object]
impl QueueClose {
    /// The queue. `null` when the caller may see the close but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        visible_queue(ctx, self.0.queue_id).await
    }
    /// The day, in the queue's zone.
    async fn local_date(&self) -> Date {
        Date(self.0.local_date)
    }
    /// Closed at; after a correction, the last time.
    async fn closed_at(&self) -> DateTime {
        DateTime(self.0.closed_at)
    }
    /// How often it was closed: more than once after late corrections.
    async fn closes(&self) -> i32 {
        self.0.closes
    }
    /// Intervals that are there.
    async fn intervals(&self) -> i32 {
        self.0.intervals
    }
    /// Of them, those that hold more than their own local interval: changes of clocks, summed rows.
    async fn flagged_intervals(&self) -> i32 {
        self.0.flagged_intervals
    }
    /// Intervals that the habit of the weekday says should be there and are not; 0 when the whole day is missing.
    async fn missing_intervals(&self) -> i32 {
        self.0.missing_intervals
    }
    /// Whether nothing came in though its weekday usually is there. Holidays among them.
    async fn is_missing(&self) -> bool {
        self.0.is_missing
    }
    /// The frozen version it was planned with. `null` when there was none, or the caller may not see it.
    async fn forecast(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Forecast>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.forecast_id else { return Ok(None) };
        Forecast::visible(operation, id).await.map_err(|error| operation.fail(error))
    }
    /// What that version was worth on the day. `null` when there was none.
    async fn accuracy(&self) -> Option<AccuracyFigures> {
        self.0.forecast_id.map(|_| self.0.accuracy().into())
    }
}

async fn visible_queue(ctx: &Context<'_>, id: QueueId) -> async_graphql::Result<Option<Queue>> {
    let operation = Operation::of(ctx)?;
    Queue::visible(operation, id).await.map_err(|error| operation.fail(error))
}

/// What a row of an accuracy report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ForecastAccuracyBy {
    /// A local day of a queue.
    Day,
    /// A week of a queue, Monday to Sunday.
    Week,
    /// A queue over the whole window.
    Queue,
}

impl From<ForecastAccuracyBy> for AccuracyBy {
    fn from(by: ForecastAccuracyBy) -> Self {
        match by {
            ForecastAccuracyBy::Day => Self::Day,
            ForecastAccuracyBy::Week => Self::Week,
            ForecastAccuracyBy::Queue => Self::Queue,
        }
    }
}

/// What frozen forecasts were worth on closed days.
#[derive(Debug, SimpleObject)]
pub struct ForecastAccuracyReport {
    /// Over all rows.
    pub total: AccuracyFigures,
    /// In order of queue and day, at most 2000.
    pub rows: Vec<ForecastAccuracyRow>,
}

impl ForecastAccuracyReport {
    pub(super) fn of(rows: Vec<AccuracyRow>, by: ForecastAccuracyBy) -> Self {
        let mut total = Accuracy::default();
        for row in &rows {
            total.merge(sums(row));
        }
        let rows = rows.into_iter().map(|row| ForecastAccuracyRow { row, by }).collect();
        Self { total: total.into(), rows }
    }
}

fn sums(row: &AccuracyRow) -> Accuracy {
    Accuracy { abs_error: row.absolute_error, forecast: row.forecast, actual: row.actual }
}

/// A row of an accuracy report. Ratios are of sums over intervals, never means of ratios.
#[derive(Debug)]
pub struct ForecastAccuracyRow {
    row: AccuracyRow,
    by: ForecastAccuracyBy,
}

/// A row of an accuracy report. Ratios are of sums over intervals, never means of ratios.
#[Object]
impl ForecastAccuracyRow {
    /// The queue. `null` when the caller may see its forecasts but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        visible_queue(ctx, self.row.queue_id).await
    }
    /// The day, the Monday of the week, or the first day with a comparison.
    async fn starts_on(&self) -> Date {
        Date(match self.by {
            ForecastAccuracyBy::Week => monday_of(self.row.first_day),
            ForecastAccuracyBy::Day | ForecastAccuracyBy::Queue => self.row.first_day,
        })
    }
    /// Days with a comparison.
    async fn days(&self) -> i64 {
        self.row.days
    }
    /// Intervals compared.
    async fn intervals(&self) -> i64 {
        self.row.intervals
    }
    /// Over its intervals.
    async fn figures(&self) -> AccuracyFigures {
        sums(&self.row).into()
    }
}

/// An interval of a frozen forecast beside what came, as its day was closed.
#[derive(Debug)]
pub struct ForecastActual(pub(super) ComparedView);

/// An interval of a frozen forecast beside what came, as its day was closed.
#[Object]
impl ForecastActual {
    /// Start of the interval.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.starts_at)
    }
    /// Contacts forecast, contacts that came, and their ratios.
    async fn figures(&self) -> AccuracyFigures {
        Accuracy::of([(self.0.actual, self.0.forecast)]).into()
    }
    /// The frozen version. `null` when the caller may not see it.
    async fn forecast(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Forecast>> {
        let operation = Operation::of(ctx)?;
        let found = Forecast::visible(operation, self.0.forecast_id).await;
        found.map_err(|error| operation.fail(error))
    }
}
