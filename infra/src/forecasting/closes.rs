//! The nightly close.

use jiff::{Timestamp, civil};
use serde_json::json;
use trunkline_domain::{
    forecasting::{accuracy::Accuracy, closing::DayClose, review::Compared},
    id::{ForecastId, QueueId},
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A day of a queue with figures that are not closed as they are now.
    pub struct OpenDay {
        /// Queue.
        pub queue_id: QueueId,
        /// Local date.
        pub local_date: civil::Date,
    }
}

/// Days with figures that are not closed as they are now, up to `last`, in order of queue and date.
///
/// # Errors
/// What the database says.
pub async fn open_days(tx: &TenantTx, last: civil::Date) -> Result<Vec<OpenDay>, DbError> {
    tx.all(
        "select distinct queue_id, local_date from app.queue_day
         where tenant_id = $1 and closed_at is null and local_date <= $2
         order by queue_id, local_date",
        params![tx.tenant(), last],
    )
    .await
}

read_model! {
    /// The last day of a queue that was closed.
    pub struct LastClose {
        /// Queue.
        pub queue_id: QueueId,
        /// Local date; `None` = none was ever.
        pub local_date: Option<civil::Date>,
    }
}

/// The last closed day of every queue.
///
/// # Errors
/// What the database says.
pub async fn last_closes(tx: &TenantTx) -> Result<Vec<LastClose>, DbError> {
    tx.all(
        "select q.id as queue_id,
                (select max(c.local_date) from app.queue_close c
                 where c.tenant_id = $1 and c.queue_id = q.id) as local_date
         from app.queue q where q.tenant_id = $1",
        params![tx.tenant()],
    )
    .await
}

read_model! {
    /// The version that a day was planned with.
    pub struct PlannedWith {
        /// The day.
        pub local_date: civil::Date,
        /// The version.
        pub forecast_id: ForecastId,
        /// Length of its intervals in minutes.
        pub grain_minutes: i32,
    }
}

/// For each of these days, given with their first instants, the newest frozen forecast that covers
/// it and was made before it was over. Days without one are not there.
///
/// # Errors
/// What the database says.
pub async fn planned_with(
    tx: &TenantTx,
    queue: QueueId,
    days: &[(civil::Date, Timestamp)],
) -> Result<Vec<PlannedWith>, DbError> {
    let days = days.iter().map(|(date, end)| json!({"local_date": date, "ends_at": end}));
    tx.all(
        "select distinct on (d.local_date) d.local_date, f.id as forecast_id, f.grain_minutes
         from jsonb_to_recordset($3) as d (local_date date, ends_at timestamptz)
         join app.forecast f on f.tenant_id = $1 and f.queue_id = $2 and f.state = 'FROZEN'
          and f.starts_on <= d.local_date and d.local_date < f.starts_on + f.days
          and f.created_at < d.ends_at
         order by d.local_date, f.number desc",
        params![tx.tenant(), queue, Json::Array(days.collect())],
    )
    .await
}

/// A close of a day, with the comparison if it had a frozen forecast.
#[derive(Debug, Clone)]
pub struct NewClose {
    /// What the day holds.
    pub day: DayClose,
    /// The frozen forecast and its intervals beside what came.
    pub planned: Option<(ForecastId, Vec<Compared>)>,
}

/// Closes days of a queue: writes or replaces what was said of them, and marks their figures as
/// closed. The same again changes nothing but the instant and the number of closes.
///
/// # Errors
/// What the database says.
pub async fn insert_closes(
    tx: &TenantTx,
    queue: QueueId,
    closes: &[NewClose],
    now: Timestamp,
) -> Result<(), DbError> {
    let dates: Vec<civil::Date> = closes.iter().map(|close| close.day.date).collect();
    let rows = closes.iter().map(|close| {
        let NewClose { day, planned } = close;
        let DayClose { date, intervals, flagged, missing_intervals, is_missing } = day;
        let compared = planned.iter().flat_map(|(_, compared)| compared);
        let sums = Accuracy::of(compared.clone().map(|it| (it.actual, it.forecast)));
        json!({"local_date": date, "intervals": intervals, "flagged_intervals": flagged,
               "missing_intervals": missing_intervals, "is_missing": is_missing,
               "forecast_id": planned.as_ref().map(|(id, _)| id.uuid()),
               "compared_intervals": compared.count(), "forecast": sums.forecast,
               "actual": sums.actual, "absolute_error": sums.abs_error})
    });
    tx.run(
        "insert into app.queue_close as c
                (tenant_id, queue_id, local_date, closed_at, intervals, flagged_intervals,
                 missing_intervals, is_missing, forecast_id, compared_intervals, forecast, actual,
                 absolute_error)
         select $1, $2, r.local_date, $4, r.intervals, r.flagged_intervals, r.missing_intervals,
                r.is_missing, r.forecast_id, r.compared_intervals, r.forecast, r.actual, r.absolute_error
         from jsonb_to_recordset($3) as r (local_date date, intervals int, flagged_intervals int,
              missing_intervals int, is_missing boolean, forecast_id uuid, compared_intervals int,
              forecast double precision, actual double precision, absolute_error double precision)
         on conflict on constraint queue_close_pkey do update
         set (closed_at, closes, intervals, flagged_intervals, missing_intervals, is_missing, forecast_id,
              compared_intervals, forecast, actual, absolute_error)
           = (excluded.closed_at, c.closes + 1, excluded.intervals, excluded.flagged_intervals,
              excluded.missing_intervals, excluded.is_missing, excluded.forecast_id,
              excluded.compared_intervals, excluded.forecast, excluded.actual, excluded.absolute_error)",
        params![tx.tenant(), queue, Json::Array(rows.collect()), now],
    )
    .await?;
    replace_comparison(tx, queue, closes, &dates).await?;
    tx.run(
        "update app.queue_day set closed_at = $4
         where tenant_id = $1 and queue_id = $2 and local_date = any($3)",
        params![tx.tenant(), queue, dates, now],
    )
    .await?;
    Ok(())
}

async fn replace_comparison(
    tx: &TenantTx,
    queue: QueueId,
    closes: &[NewClose],
    dates: &[civil::Date],
) -> Result<(), DbError> {
    tx.run(
        "delete from app.forecast_actual
         where tenant_id = $1 and queue_id = $2 and local_date = any($3)",
        params![tx.tenant(), queue, dates],
    )
    .await?;
    let of_day = |close: &NewClose| {
        let (date, planned) = (close.day.date, close.planned.clone());
        planned.into_iter().flat_map(move |(id, compared)| {
            compared.into_iter().map(move |it| {
                json!({"local_date": date, "forecast_id": id.uuid(), "starts_at": it.starts_at,
                       "forecast": it.forecast, "actual": it.actual})
            })
        })
    };
    let rows: Vec<Json> = closes.iter().flat_map(of_day).collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.run(
        "insert into app.forecast_actual (tenant_id, queue_id, starts_at, local_date, forecast_id,
                                          forecast, actual)
         select $1, $2, r.starts_at, r.local_date, r.forecast_id, r.forecast, r.actual
         from jsonb_to_recordset($3) as r (starts_at timestamptz, local_date date, forecast_id uuid,
              forecast double precision, actual double precision)",
        params![tx.tenant(), queue, Json::Array(rows)],
    )
    .await?;
    Ok(())
}

read_model! {
    /// A closed day as it is read.
    pub struct CloseView {
        /// Queue.
        pub queue_id: QueueId,
        /// Local date.
        pub local_date: civil::Date,
        /// Closed at, the last time.
        pub closed_at: Timestamp,
        /// How often it was closed.
        pub closes: i32,
        /// Intervals that are there.
        pub intervals: i32,
        /// Intervals that hold more than their own local interval.
        pub flagged_intervals: i32,
        /// Intervals that should be there and are not.
        pub missing_intervals: i32,
        /// Nothing came in though its weekday usually is there.
        pub is_missing: bool,
        /// The frozen version it was planned with.
        pub forecast_id: Option<ForecastId>,
        /// Intervals compared with it.
        pub compared_intervals: i32,
        /// Calls forecast in them.
        pub forecast: f64,
        /// Calls that came in them.
        pub actual: f64,
        /// Σ |forecast − actual| of them.
        pub absolute_error: f64,
    }
}

impl CloseView {
    /// What the frozen version was worth on the day; sums of zero when there was none.
    #[must_use]
    pub const fn accuracy(&self) -> Accuracy {
        Accuracy { abs_error: self.absolute_error, forecast: self.forecast, actual: self.actual }
    }
}

/// Closed days of these queues from `from` to before `to`, in order of date, at most `limit`; on
/// demand only those with gaps.
///
/// # Errors
/// What the database says.
pub async fn closes(
    tx: &TenantTx,
    queues: &[QueueId],
    (from, to): (civil::Date, civil::Date),
    only_gaps: bool,
    limit: i64,
) -> Result<Vec<CloseView>, DbError> {
    tx.all(
        "select queue_id, local_date, closed_at, closes, intervals, flagged_intervals, missing_intervals,
                is_missing, forecast_id, compared_intervals, forecast, actual, absolute_error
         from app.queue_close
         where tenant_id = $1 and queue_id = any($2) and local_date >= $3 and local_date < $4
           and (not $5 or is_missing or missing_intervals > 0)
         order by local_date, queue_id limit $6",
        params![tx.tenant(), queues, from, to, only_gaps, limit],
    )
    .await
}

/// What a row of an accuracy report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccuracyBy {
    /// A queue over the whole window.
    Queue,
    /// A local day of a queue.
    Day,
    /// A week of a queue, Monday to Sunday.
    Week,
}

read_model! {
    /// Sums of an accuracy report.
    pub struct AccuracyRow {
        /// Queue.
        pub queue_id: QueueId,
        /// First local day of the row, within the window.
        pub first_day: civil::Date,
        /// Days with a comparison.
        pub days: i64,
        /// Intervals compared.
        pub intervals: i64,
        /// Calls forecast.
        pub forecast: f64,
        /// Calls that came.
        pub actual: f64,
        /// Σ |forecast − actual|.
        pub absolute_error: f64,
    }
}

/// What frozen forecasts of these queues were worth on closed days from `from` to before `to`, in
/// order of queue and day, at most `limit` rows.
///
/// # Errors
/// What the database says.
pub async fn accuracy_of_closes(
    tx: &TenantTx,
    queues: &[QueueId],
    (from, to): (civil::Date, civil::Date),
    by: AccuracyBy,
    limit: i64,
) -> Result<Vec<AccuracyRow>, DbError> {
    let group = match by {
        AccuracyBy::Queue => "queue_id",
        AccuracyBy::Day => "queue_id, local_date",
        AccuracyBy::Week => "queue_id, date_trunc('week', local_date::timestamp)",
    };
    let sql = format!(
        "select queue_id, min(local_date) as first_day, count(*) as days,
                sum(compared_intervals)::bigint as intervals, sum(forecast) as forecast,
                sum(actual) as actual, sum(absolute_error) as absolute_error
         from app.queue_close
         where tenant_id = $1 and queue_id = any($2) and local_date >= $3 and local_date < $4
           and compared_intervals > 0
         group by {group} order by queue_id, first_day limit $5"
    );
    tx.all(sql, params![tx.tenant(), queues, from, to, limit]).await
}

read_model! {
    /// A compared interval as it is read.
    pub struct ComparedView {
        /// First instant.
        pub starts_at: Timestamp,
        /// The frozen version.
        pub forecast_id: ForecastId,
        /// Calls forecast.
        pub forecast: f64,
        /// Calls that came.
        pub actual: f64,
    }
}

/// Intervals of a queue's closed days beside their frozen forecasts that start in `[from, to)`, in
/// order.
///
/// # Errors
/// What the database says.
pub async fn compared(
    tx: &TenantTx,
    queue: QueueId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<ComparedView>, DbError> {
    tx.all(
        "select starts_at, forecast_id, forecast, actual from app.forecast_actual
         where tenant_id = $1 and queue_id = $2 and starts_at >= $3 and starts_at < $4
         order by starts_at",
        params![tx.tenant(), queue, from, to],
    )
    .await
}
