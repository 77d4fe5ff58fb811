//! What differs by weekday and time of day in how queues are staffed.

use std::collections::HashMap;

use jiff::civil;
use serde_json::json;
use trunkline_domain::{id::QueueId, network::StaffingWeek};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    struct WeekRow {
        queue_id: QueueId,
        valid_from: civil::Date,
        bands: Json,
    }
}

/// All that was set for queues, the earliest first. A queue that is staffed alike at all times is not
/// there.
///
/// # Errors
/// What the database says.
pub async fn queue_weeks(
    tx: &TenantTx,
    queues: &[QueueId],
) -> Result<HashMap<QueueId, Vec<StaffingWeek>>, DbError> {
    let rows: Vec<WeekRow> = tx
        .all(
            "select queue_id, valid_from, bands from app.queue_week
             where tenant_id = $1 and queue_id = any($2) order by queue_id, valid_from",
            params![tx.tenant(), queues],
        )
        .await?;
    let mut weeks: HashMap<QueueId, Vec<StaffingWeek>> = HashMap::new();
    for WeekRow { queue_id, valid_from, bands } in rows {
        let bands = serde_json::from_value(bands).map_err(|error| {
            DbError::Internal(format!("bands of {queue_id} from {valid_from}: {error}"))
        })?;
        weeks.entry(queue_id).or_default().push(StaffingWeek { from: valid_from, bands });
    }
    Ok(weeks)
}

/// Sets what holds for a queue from a local day on; what was set for that day is replaced.
///
/// # Errors
/// What the database says.
pub async fn set_queue_week(
    tx: &TenantTx,
    ctx: &Ctx,
    queue: QueueId,
    week: &StaffingWeek,
) -> Result<(), DbError> {
    let StaffingWeek { from, bands } = week;
    tx.run(
        "insert into app.queue_week (tenant_id, queue_id, valid_from, bands, set_by, set_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint queue_week_pkey do update
         set (bands, set_by, set_at) = (excluded.bands, excluded.set_by, excluded.set_at)",
        params![tx.tenant(), queue, *from, json!(bands), ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}
