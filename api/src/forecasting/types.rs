use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use serde_json::Value;
use trunkline_domain::{
    forecasting::{
        accuracy::Accuracy,
        method::{Method, Reason},
        review::Review,
    },
    id::ForecastId,
    identity::Permission,
};
use trunkline_infra::forecasting::{ForecastView, StoredPoint, forecast_points, forecasts_by_id};

use super::{
    history_types::int,
    rights::{check_window, readable_queue},
};
use crate::{
    connection,
    error::Outcome,
    graphql::{Date, DateTime, Operation, UserError, show_id},
    network::Queue,
};

/// Way to forecast. New values can be added: treat an unknown one as `LEVEL_WEEKDAY_PROFILE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Method")]
pub enum ForecastMethod {
    /// Level × weekday × time of day × special day × time of year, each learned from the history.
    LevelWeekdayProfile,
    /// The same weekday of the week before.
    SeasonalNaive,
    /// The mean of the last eight same weekdays.
    WeekdayMean,
}

/// Why a method was taken. New values can be added: treat an unknown one as `LEAST_ERROR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub enum ForecastMethodReason {
    /// No other erred less in rolling origins.
    LeastError,
    /// Another erred less, but by less than 5 % of the error of the model or half a contact in a hundred.
    WithinMargin,
    /// The history holds fewer than four weeks to compare by.
    FewOrigins,
}

/// Whether a forecast can still be thrown away. New values can be added: treat an unknown one as `FROZEN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ForecastState {
    /// Nothing stands on it.
    Open,
    /// A published schedule used it.
    Frozen,
}

/// What a method would have been worth, had it forecast the last weeks from what lay before each.
#[derive(Debug, SimpleObject)]
pub struct ForecastCandidate {
    /// The method.
    pub method: ForecastMethod,
    /// Weighted absolute percentage error Σ|forecast − actual| / Σ actual, as a share. `null` when nobody called.
    pub wape: Option<f64>,
    /// 100 (Σ forecast − Σ actual) / Σ actual; positive is too much. `null` when nobody called.
    pub bias_percent: Option<f64>,
}

/// A version of a queue's forecast.
#[derive(Debug, Clone)]
pub struct Forecast(pub ForecastView);

impl Forecast {
    /// The forecast, if the caller may see its queue's forecasts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible(operation: &Operation, id: ForecastId) -> Outcome<Option<Self>> {
        let found = operation
            .forecasts
            .load(id, async |ids| {
                let tx = operation.read().await?;
                let forecasts = forecasts_by_id(&tx, &ids).await?;
                Outcome::Ok(forecasts.into_iter().map(|it| (it.id, it)).collect())
            })
            .await?;
        let Some(view) = found else { return Ok(None) };
        let directory = operation.directory().await?;
        let reach = operation.reach(Permission::ForecastRead);
        let seen = readable_queue(&directory, &reach, view.queue_id, "id").is_ok();
        Ok(seen.then_some(Self(view)))
    }

    fn input(&self, name: &str) -> &Value {
        self.0.inputs.get(name).unwrap_or(&Value::Null)
    }

    fn date(&self, name: &str) -> Option<Date> {
        self.input(name).as_str().and_then(|text| text.parse().ok()).map(Date)
    }
}

/// A version of a queue's forecast.
#[Object]
impl Forecast {
    /// Global id, prefix `fct_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// The queue. `null` when the caller may see the forecast but not the queue.
    async fn queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        Queue::visible(operation, self.0.queue_id).await.map_err(|error| operation.fail(error))
    }
    /// Version, counted from 1 for each queue.
    async fn number(&self) -> i32 {
        self.0.number
    }
    /// Whether it can still be thrown away.
    async fn state(&self) -> ForecastState {
        if self.0.state == "OPEN" { ForecastState::Open } else { ForecastState::Frozen }
    }
    /// First local day.
    async fn starts_on(&self) -> Date {
        Date(self.0.starts_on)
    }
    /// Number of local days.
    async fn days(&self) -> i32 {
        self.0.days
    }
    /// Length of its intervals.
    async fn interval_seconds(&self) -> i32 {
        self.0.grain_minutes * 60
    }
    /// How it was made.
    async fn method(&self) -> ForecastMethod {
        Method::of_code(&self.0.method).unwrap_or(Method::LevelWeekdayProfile).into()
    }
    /// Why it was made that way. `null` when that is not on record.
    async fn method_reason(&self) -> Option<ForecastMethodReason> {
        self.input("methodReason").as_str().and_then(Reason::of_code).map(Into::into)
    }
    /// The methods compared by rolling origins one week ahead, the one that was taken first. Empty when the history was too short for it.
    async fn candidates(&self) -> Vec<ForecastCandidate> {
        let listed = self.input("candidates").as_array().map(Vec::as_slice).unwrap_or_default();
        let candidate = |it: &Value| {
            Some(ForecastCandidate {
                method: Method::of_code(it.get("method")?.as_str()?)?.into(),
                wape: it.get("wape").and_then(Value::as_f64),
                bias_percent: it.get("bias").and_then(Value::as_f64),
            })
        };
        listed.iter().filter_map(candidate).collect()
    }
    /// Weeks that were each forecast from what lay before them, for `candidates`.
    async fn origin_weeks(&self) -> i32 {
        int(self.input("originWeeks").as_u64().unwrap_or(0))
    }
    /// First local day of the history it was made from. `null` when that is not on record.
    async fn history_starts_on(&self) -> Option<Date> {
        self.date("historyFrom")
    }
    /// Last local day of that history. `null` when that is not on record.
    async fn history_ends_on(&self) -> Option<Date> {
        self.date("historyTo")
    }
    /// Names of the demand events laid over it.
    async fn event_names(&self) -> Vec<String> {
        let names = self.input("events").as_array().map(Vec::as_slice).unwrap_or_default();
        names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
    /// The stack of demand events of its days, in order of time: those that are laid over it and those that were switched off.
    async fn modifications(&self) -> Vec<ForecastModification> {
        let stack = self.input("modifications").as_array().map(Vec::as_slice).unwrap_or_default();
        let modification = |it: &Value| {
            Some(ForecastModification {
                demand_event_id: ID::from(it.get("id")?.as_str()?),
                name: it.get("name")?.as_str()?.to_owned(),
                is_on: it.get("on")?.as_bool()?,
            })
        };
        stack.iter().filter_map(modification).collect()
    }
    /// The queue from whose history it was made, where the own had none. `null` = the own, or the caller may not see the other.
    async fn like_queue(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Queue>> {
        let operation = Operation::of(ctx)?;
        let id = self.input("like").get("queueId").and_then(|id| id.as_str()?.parse().ok());
        let Some(id) = id else { return Ok(None) };
        Queue::visible(operation, id).await.map_err(|error| operation.fail(error))
    }
    /// Intervals that start in `[from, to)`; at most 62 days.
    async fn points(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Start of the window, inclusive.")] from: DateTime,
        #[graphql(desc = "End of the window, exclusive.")] to: DateTime,
    ) -> async_graphql::Result<Vec<ForecastPoint>> {
        let operation = Operation::of(ctx)?;
        let read = async || {
            check_window(from.0, to.0, 62)?;
            let tx = operation.read().await?;
            Outcome::Ok(forecast_points(&tx, self.0.id, from.0, to.0).await?)
        };
        let points = read().await.map_err(|error| operation.fail(error))?;
        Ok(points.into_iter().map(Into::into).collect())
    }
    /// Made at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// A demand event in the stack of a forecast.
#[derive(Debug, SimpleObject)]
pub struct ForecastModification {
    /// The event.
    pub demand_event_id: ID,
    /// What people called it then.
    pub name: String,
    /// Whether it is laid over the forecast.
    pub is_on: bool,
}

connection!(
    ForecastConnection,
    ForecastEdge,
    Forecast,
    "A page of forecasts.",
    "A forecast and its cursor."
);

/// Forecast of one interval.
#[derive(Debug, SimpleObject)]
pub struct ForecastPoint {
    /// Start of the interval.
    pub starts_at: DateTime,
    /// Contacts expected to be offered. 0 while closed.
    pub volume: f64,
    /// Seconds a contact is expected to take.
    pub handle_time_seconds: f64,
    /// Contacts below which the interval stays with the probability of the name.
    pub quantiles: ForecastQuantiles,
}

/// Quantiles of the contacts offered in an interval.
#[derive(Debug, SimpleObject)]
pub struct ForecastQuantiles {
    /// 2.5 %.
    pub p025: f64,
    /// 10 %.
    pub p10: f64,
    /// 50 %.
    pub p50: f64,
    /// 90 %.
    pub p90: f64,
    /// 97.5 %.
    pub p975: f64,
}

impl From<StoredPoint> for ForecastPoint {
    fn from(point: StoredPoint) -> Self {
        let StoredPoint { starts_at, volume, handle_time_seconds, quantiles } = point;
        let at = |place: usize| quantiles.get(place).copied().unwrap_or(volume);
        Self {
            starts_at: DateTime(starts_at),
            volume,
            handle_time_seconds,
            quantiles: ForecastQuantiles {
                p025: at(0),
                p10: at(1),
                p50: at(2),
                p90: at(3),
                p975: at(4),
            },
        }
    }
}

/// Outcome of a run.
#[derive(Debug, SimpleObject)]
pub struct ForecastRunPayload {
    /// The new version. `null` when refused.
    pub forecast: Option<Forecast>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// What a forecast was worth. Ratios are of sums over intervals, never means of ratios.
#[derive(Debug, SimpleObject)]
pub struct ForecastAccuracy {
    /// Intervals that have both a forecast and an actual.
    pub intervals: i32,
    /// Over all of them.
    pub total: AccuracyFigures,
    /// Over those of each local day, in order.
    pub days: Vec<ForecastAccuracyDay>,
}

/// What a forecast was worth on one local day.
#[derive(Debug, SimpleObject)]
pub struct ForecastAccuracyDay {
    /// The day.
    pub local_date: Date,
    /// Over its intervals.
    pub figures: AccuracyFigures,
}

/// Sums over intervals and their ratios.
#[derive(Debug, SimpleObject)]
pub struct AccuracyFigures {
    /// Contacts forecast.
    pub forecast: f64,
    /// Contacts that came.
    pub actual: f64,
    /// Σ |forecast − actual|.
    pub absolute_error: f64,
    /// Weighted absolute percentage error: absolute error / actual, as a share. `null` when nobody called.
    pub wape: Option<f64>,
    /// 100 (1 − WAPE); may be negative. `null` when nobody called.
    pub accuracy_percent: Option<f64>,
    /// 100 (forecast − actual) / actual; positive is too much. `null` when nobody called.
    pub bias_percent: Option<f64>,
}

impl From<Accuracy> for AccuracyFigures {
    fn from(sums: Accuracy) -> Self {
        Self {
            forecast: sums.forecast,
            actual: sums.actual,
            absolute_error: sums.abs_error,
            wape: sums.wape(),
            accuracy_percent: sums.forecast_accuracy(),
            bias_percent: sums.bias(),
        }
    }
}

impl From<Review> for ForecastAccuracy {
    fn from(review: Review) -> Self {
        let Review { intervals, total, days } = review;
        let day = |(date, sums): (jiff::civil::Date, Accuracy)| ForecastAccuracyDay {
            local_date: Date(date),
            figures: sums.into(),
        };
        Self {
            intervals: int(intervals),
            total: total.into(),
            days: days.into_iter().map(day).collect(),
        }
    }
}
