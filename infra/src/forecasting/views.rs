use jiff::{Timestamp, civil};
use trunkline_domain::id::{ForecastId, QueueId, SiteId};

use super::IntervalFigure;
use crate::{
    db::{ArrayType, Cursor, DbError, Json, Param as _, TenantTx, Value},
    params, read_model,
};

/// Figures of a queue in `[from, to)`, by instant and site: of all sites, or of these and of what
/// was never routed to one.
///
/// # Errors
/// What the database says.
pub async fn figures(
    tx: &TenantTx,
    queue: QueueId,
    sites: Option<&[SiteId]>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<IntervalFigure>, DbError> {
    let sites = sites.map_or(Value::Array(ArrayType::Uuid, None), |sites| sites.value());
    let mut params = params![tx.tenant(), queue, from, to];
    params.push(sites);
    tx.all(
        "select queue_id, site_id, starts_at, offered::bigint, answered::bigint,
                answered_in_threshold::bigint, abandoned::bigint, abandoned_in_threshold::bigint,
                abandoned_short::bigint, wait_seconds, talk_seconds, hold_seconds, acw_seconds,
                handle_seconds, threshold_seconds::bigint, waits, quality, source, received_at
         from app.interval_figure
         where tenant_id = $1 and queue_id = $2 and starts_at >= $3 and starts_at < $4
           and ($5::uuid[] is null or site_id is null or site_id = any($5))
         order by starts_at, site_id nulls first",
        params,
    )
    .await
}

read_model! {
    /// A version of a forecast as it is read.
    pub struct ForecastView {
        /// Its id.
        pub id: ForecastId,
        /// Queue.
        pub queue_id: QueueId,
        /// Version, counted from 1 for each queue.
        pub number: i32,
        /// OPEN or FROZEN.
        pub state: String,
        /// First local day.
        pub starts_on: civil::Date,
        /// Number of local days.
        pub days: i32,
        /// Length of its intervals in minutes.
        pub grain_minutes: i32,
        /// Code of the method.
        pub method: String,
        /// What it was made from and what rolling origins found.
        pub inputs: Json,
        /// Made at.
        pub created_at: Timestamp,
    }
}

impl ForecastView {
    /// Its place in the list of [`list_forecasts`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.number.to_string(), id: self.id.uuid() }
    }
}

const FORECAST: &str =
    "id, queue_id, number, state, starts_on, days, grain_minutes, method, inputs,
     created_at";

/// Up to `limit` forecasts of a queue after `after`, newest first.
///
/// # Errors
/// What the database says.
pub async fn list_forecasts(
    tx: &TenantTx,
    queue: QueueId,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<ForecastView>, DbError> {
    let before = after.and_then(|cursor| cursor.key.parse::<i32>().ok());
    let sql = format!(
        "select {FORECAST} from app.forecast
         where tenant_id = $1 and queue_id = $2 and ($3::int is null or number < $3)
         order by number desc limit $4"
    );
    tx.all(sql, params![tx.tenant(), queue, before, limit]).await
}

/// Number of forecasts of a queue, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_forecasts(tx: &TenantTx, queue: QueueId, bound: i64) -> Result<i64, DbError> {
    let sql = "select count(*) as value from (
                   select from app.forecast where tenant_id = $1 and queue_id = $2 limit $3) counted";
    Ok(tx.scalar(sql, params![tx.tenant(), queue, bound]).await?.unwrap_or(0))
}

/// The forecasts with these ids, whoever may see them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn forecasts_by_id(
    tx: &TenantTx,
    ids: &[ForecastId],
) -> Result<Vec<ForecastView>, DbError> {
    let sql = format!("select {FORECAST} from app.forecast where tenant_id = $1 and id = any($2)");
    tx.all(sql, params![tx.tenant(), ids]).await
}

read_model! {
    /// An interval of a forecast as it is read.
    pub struct StoredPoint {
        /// First instant.
        pub starts_at: Timestamp,
        /// Calls expected to be offered.
        pub volume: f64,
        /// Seconds a call is expected to take.
        pub handle_time_seconds: f64,
        /// Quantiles .025, .1, .5, .9, .975 of the calls offered.
        pub quantiles: Vec<f64>,
    }
}

read_model! {
    /// An interval of the forecast that counts on its day.
    pub struct PointOfDay {
        /// Whose.
        pub queue_id: QueueId,
        /// First instant.
        pub starts_at: Timestamp,
        /// Calls expected to be offered.
        pub volume: f64,
        /// Seconds a call is expected to take.
        pub handle_time_seconds: f64,
        /// Length of the interval in minutes.
        pub grain_minutes: i32,
    }
}

/// Intervals of the local day `date` of these queues, between an instant and another, each queue by
/// the newest forecast that covers the day, frozen ones first, in order. Nothing of a queue without one.
///
/// # Errors
/// What the database says.
pub async fn points_of_day(
    tx: &TenantTx,
    queues: &[QueueId],
    date: civil::Date,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<PointOfDay>, DbError> {
    tx.all(
        "select f.queue_id, p.starts_at, p.volume, p.handle_time_seconds, f.grain_minutes
         from (select distinct on (queue_id) id, queue_id, grain_minutes from app.forecast
               where tenant_id = $1 and queue_id = any($2)
                 and starts_on <= $3 and $3 < starts_on + days
               order by queue_id, (state = 'FROZEN') desc, number desc) f
         join app.forecast_point p on p.tenant_id = $1 and p.forecast_id = f.id
         where p.starts_at >= $4 and p.starts_at < $5 order by f.queue_id, p.starts_at",
        params![tx.tenant(), queues, date, from, to],
    )
    .await
}

/// Intervals of a forecast that start in `[from, to)`, in order.
///
/// # Errors
/// What the database says.
pub async fn forecast_points(
    tx: &TenantTx,
    forecast: ForecastId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<StoredPoint>, DbError> {
    tx.all(
        "select starts_at, volume, handle_time_seconds, quantiles from app.forecast_point
         where tenant_id = $1 and forecast_id = $2 and starts_at >= $3 and starts_at < $4
         order by starts_at",
        params![tx.tenant(), forecast, from, to],
    )
    .await
}
