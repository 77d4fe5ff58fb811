//! How a queue is staffed: least staff, shrinkage, patience.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::QueueId,
    network::QueueStaffing,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{QueueView, load_directory, update_queue_staffing},
};

use super::service::{finish, lost, writable};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What is to be changed of a queue's staffing; `None` keeps a field.
#[derive(Debug)]
pub(super) struct StaffingChange {
    pub(super) expected_version: Option<i32>,
    pub(super) minimum_staff: Option<u16>,
    pub(super) shrinkage: Option<Decimal>,
    pub(super) unplanned_shrinkage: Option<Decimal>,
    pub(super) patience_seconds: Option<Option<Decimal>>,
}

/// Changes how a queue is staffed; what was computed before stays as it was.
pub(super) async fn set_staffing(
    app: &App,
    ctx: &Ctx,
    id: QueueId,
    change: StaffingChange,
) -> Outcome<QueueView> {
    let tx = app.db.begin(ctx).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    let stale = || {
        let current = queue.version.to_string();
        Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current)
    };
    if change.expected_version.is_some_and(|expected| expected != queue.version) {
        return Err(stale().into());
    }
    let before = QueueStaffing {
        minimum_staff: u16::try_from(queue.minimum_staff).unwrap_or_default(),
        shrinkage: queue.shrinkage,
        unplanned_shrinkage: queue.unplanned_shrinkage,
        patience_seconds: queue.patience_seconds,
    };
    let after = QueueStaffing {
        minimum_staff: change.minimum_staff.unwrap_or(before.minimum_staff),
        shrinkage: change.shrinkage.unwrap_or(before.shrinkage),
        unplanned_shrinkage: change.unplanned_shrinkage.unwrap_or(before.unplanned_shrinkage),
        patience_seconds: change.patience_seconds.unwrap_or(before.patience_seconds),
    };
    after.check().map_err(AppError::Faults)?;
    if !update_queue_staffing(&tx, id, &after, queue.version, ctx.now()).await? {
        return Err(stale().into());
    }
    record(
        &tx,
        ctx,
        Deed::changed(
            "queue.staffing_set",
            id,
            staffing_recorded(&before),
            staffing_recorded(&after),
        ),
    )
    .await?;
    let directory = finish(app, ctx, tx).await?;
    directory.queue(id).cloned().ok_or_else(|| lost("queue"))
}

/// What the audit says of it.
pub(super) fn staffing_recorded(staffing: &QueueStaffing) -> Value {
    let QueueStaffing { minimum_staff, shrinkage, unplanned_shrinkage, patience_seconds } =
        staffing;
    json!({"minimumStaff": minimum_staff, "shrinkage": shrinkage,
           "unplannedShrinkage": unplanned_shrinkage, "patienceSeconds": patience_seconds})
}
