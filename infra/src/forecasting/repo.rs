use jiff::civil;
use trunkline_domain::{
    forecasting::model::ForecastPoint,
    id::{ForecastId, QueueId, RequirementId},
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    network::lock_queue,
    params, read_model,
};

/// A forecast to be written.
#[derive(Debug, Clone)]
pub struct NewForecast {
    /// Its id.
    pub id: ForecastId,
    /// Queue.
    pub queue_id: QueueId,
    /// First local day.
    pub starts_on: civil::Date,
    /// Number of local days.
    pub days: u16,
    /// Length of its intervals in minutes.
    pub grain_minutes: u16,
    /// Code of the method.
    pub method: &'static str,
    /// What it was made from and what rolling origins found.
    pub inputs: Json,
    /// Its intervals.
    pub points: Vec<ForecastPoint>,
}

/// Points of one statement: what a slow machine writes well within the time budget of a statement.
const AT_ONCE: usize = 20_000;

/// Writes a forecast as the next version of its queue and gives its number.
///
/// # Errors
/// What the database says.
pub async fn insert_forecast(
    tx: &TenantTx,
    ctx: &Ctx,
    forecast: &NewForecast,
) -> Result<i32, DbError> {
    let NewForecast { id, queue_id, starts_on, days, grain_minutes, method, inputs, points } =
        forecast;
    // Versions are counted one by one.
    lock_queue(tx, *queue_id).await?;
    let number: Option<i32> = tx
        .scalar(
            "insert into app.forecast (tenant_id, id, queue_id, number, state, starts_on, days,
                                       grain_minutes, method, inputs, created_by, created_at)
             select $1, $2, $3, coalesce(max(number), 0) + 1, 'OPEN', $4, $5, $6, $7, $8, $9, $10
             from app.forecast where tenant_id = $1 and queue_id = $3
             returning number as value",
            params![
                tx.tenant(),
                *id,
                *queue_id,
                *starts_on,
                i32::from(*days),
                i32::from(*grain_minutes),
                *method,
                *inputs,
                ctx.actor(),
                ctx.now()
            ],
        )
        .await?;
    for part in points.chunks(AT_ONCE) {
        insert_points(tx, *id, part).await?;
    }
    number.ok_or_else(|| DbError::Internal("a version without number".to_owned()))
}

async fn insert_points(
    tx: &TenantTx,
    id: ForecastId,
    points: &[ForecastPoint],
) -> Result<(), DbError> {
    let column = |read: fn(&ForecastPoint) -> f64| points.iter().map(read).collect::<Vec<f64>>();
    let starts: Vec<_> = points.iter().map(|point| point.span.start()).collect();
    tx.run(
        "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                         handle_time_seconds, quantiles)
         select $1, $2, starts_at, volume, handle_time, array[p025, p10, p50, p90, p975]
         from unnest($3::timestamptz[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
                     $8::float8[], $9::float8[], $10::float8[])
              as point (starts_at, volume, handle_time, p025, p10, p50, p90, p975)",
        params![
            tx.tenant(),
            id,
            starts,
            column(|point| point.volume),
            column(|point| point.handle_time_seconds),
            column(|point| point.quantiles.p025),
            column(|point| point.quantiles.p10),
            column(|point| point.quantiles.p50),
            column(|point| point.quantiles.p90),
            column(|point| point.quantiles.p975)
        ],
    )
    .await?;
    Ok(())
}

/// Freezes the forecasts from which these requirements were computed: what a published schedule
/// stands on stays as it is. Gives those that were open until now.
///
/// # Errors
/// What the database says.
pub async fn freeze_forecasts(
    tx: &TenantTx,
    requirements: &[RequirementId],
) -> Result<Vec<ForecastId>, DbError> {
    read_model! {
        struct Row { id: ForecastId, }
    }
    let rows: Vec<Row> = tx
        .all(
            "update app.forecast f set state = 'FROZEN'
             where f.tenant_id = $1 and f.state = 'OPEN'
               and f.id in (select r.forecast_id from app.requirement r
                            where r.tenant_id = $1 and r.id = any($2))
             returning f.id",
            params![tx.tenant(), requirements],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
