use jiff::Timestamp;
use trunkline_domain::{
    id::RequirementId,
    staffing::{Demand, PlannedCalls},
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct LoadRow {
        starts_at: Timestamp,
        on_phone: i32,
        volume: f64,
        handle_time_seconds: f64,
        grain_minutes: i32,
    }
}

/// Intervals of a requirement that start in `[from, to)`, in order, with what its forecast expects in them.
///
/// # Errors
/// What the database says.
pub async fn planned_calls(
    tx: &TenantTx,
    requirement: RequirementId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<PlannedCalls>, DbError> {
    let rows: Vec<LoadRow> = tx
        .all(
            "select p.starts_at, p.on_phone, v.volume, v.handle_time_seconds, f.grain_minutes
             from app.requirement r
             join app.forecast f on f.tenant_id = r.tenant_id and f.id = r.forecast_id
             join app.requirement_point p on p.tenant_id = r.tenant_id and p.requirement_id = r.id
             join app.forecast_point v on v.tenant_id = r.tenant_id and v.forecast_id = r.forecast_id
                  and v.starts_at = p.starts_at
             where r.tenant_id = $1 and r.id = $2 and p.starts_at >= $3 and p.starts_at < $4
             order by p.starts_at",
            params![tx.tenant(), requirement, from, to],
        )
        .await?;
    let planned = |row: &LoadRow| PlannedCalls {
        starts_at: row.starts_at,
        demand: Demand {
            calls: row.volume,
            handle_seconds: row.handle_time_seconds,
            interval_seconds: f64::from(row.grain_minutes) * 60.0,
        },
        on_phone: u32::try_from(row.on_phone).unwrap_or(0),
    };
    Ok(rows.iter().map(planned).collect())
}
