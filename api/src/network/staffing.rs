//! How a queue is staffed: least staff, shrinkage, patience.

use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::QueueId,
    network::{QueueStaffing, QueueStaffingChange, latest_cap},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{QueueView, load_directory, lock_queue, update_queue_staffing},
    staffing::queue_goals,
};

use super::service::{finish, lost, stale, still_seen, writable};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What is to be changed of a queue's staffing, and the version that the caller has seen.
#[derive(Debug)]
pub(super) struct StaffingChange {
    pub(super) expected_version: Option<i32>,
    pub(super) change: QueueStaffingChange,
}

/// Changes how a queue is staffed; what was computed before stays as it was.
pub(super) async fn set_staffing(
    app: &App,
    ctx: &Ctx,
    id: QueueId,
    wanted: StaffingChange,
) -> Outcome<QueueView> {
    let StaffingChange { expected_version, change } = wanted;
    let tx = app.db.begin(ctx).await?;
    // Before patience is taken away no goal may come that needs it.
    lock_queue(&tx, id).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    still_seen(queue, expected_version)?;
    let before = QueueStaffing {
        minimum_staff: u16::try_from(queue.minimum_staff).unwrap_or_default(),
        shrinkage: queue.shrinkage,
        unplanned_shrinkage: queue.unplanned_shrinkage,
        patience_seconds: queue.patience_seconds,
    };
    let after = change.apply(&before).map_err(AppError::Faults)?;
    if after.patience_seconds.is_none() {
        let goals = queue_goals(&tx, id).await?;
        if let Some(goal) = latest_cap(&goals, ctx.now()) {
            let rule = Rule::PatienceOfTheGoal(goal.from);
            return Err(Fault::invalid("patienceSeconds", rule).into());
        }
    }
    if !update_queue_staffing(&tx, id, &after, queue.version, ctx.now()).await? {
        return Err(stale(queue).into());
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
