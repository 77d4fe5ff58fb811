use jiff::{Timestamp, civil};
use rust_decimal::Decimal;
use trunkline_domain::{
    id::{QueueId, SiteId},
    kpis::{Direction, Target},
};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// A target that a tenant has set.
    pub struct KpiTargetRow {
        /// Code of the KPI.
        pub kpi_code: String,
        /// Only for this site.
        pub site_id: Option<SiteId>,
        /// Only for this queue.
        pub queue_id: Option<QueueId>,
        /// Least value on target.
        pub target_min: Option<Decimal>,
        /// Greatest value on target.
        pub target_max: Option<Decimal>,
        /// Least value that is not red.
        pub critical_min: Option<Decimal>,
        /// Greatest value that is not red.
        pub critical_max: Option<Decimal>,
        /// First day on which it holds.
        pub valid_from: civil::Date,
    }
}

impl KpiTargetRow {
    /// The target, for a KPI that is better in `direction`.
    #[must_use]
    pub const fn target(&self, direction: Direction) -> Target {
        let Self { target_min, target_max, critical_min, critical_max, .. } = *self;
        Target { direction, target_min, target_max, critical_min, critical_max }
    }
}

/// The targets in force on a day, by code, network first.
///
/// # Errors
/// What the database says.
pub async fn targets_on(tx: &TenantTx, day: civil::Date) -> Result<Vec<KpiTargetRow>, DbError> {
    tx.all(
        "select distinct on (kpi_code, site_id, queue_id)
                kpi_code, site_id, queue_id, target_min, target_max, critical_min, critical_max, valid_from
         from app.kpi_target where tenant_id = $1 and valid_from <= $2
         order by kpi_code, site_id nulls first, queue_id nulls first, valid_from desc",
        params![tx.tenant(), day],
    )
    .await
}

/// Sets a target from its day on; one that was set for the same day is replaced.
///
/// # Errors
/// What the database says.
pub async fn put_target(
    tx: &TenantTx,
    id: Uuid,
    row: &KpiTargetRow,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.kpi_target (tenant_id, id, kpi_code, site_id, queue_id, target_min, target_max,
                                     critical_min, critical_max, valid_from, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict on constraint kpi_target_scope_unique do update
         set (target_min, target_max, critical_min, critical_max)
           = (excluded.target_min, excluded.target_max, excluded.critical_min, excluded.critical_max)",
        params![
            tx.tenant(),
            id,
            row.kpi_code,
            row.site_id,
            row.queue_id,
            row.target_min,
            row.target_max,
            row.critical_min,
            row.critical_max,
            row.valid_from,
            now
        ],
    )
    .await?;
    Ok(())
}
