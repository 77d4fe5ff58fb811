//! What differs by weekday and time of day in how a queue is staffed.

use jiff::civil;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::QueueId,
    network::{StaffingBand, StaffingWeek},
    plannable::check_ahead,
    time::local_of_instant,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{load_directory, lock_queue, queue_weeks, set_queue_week},
};

use super::{Queue, service::writable};
use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::Operation,
};

/// What is to hold for a queue.
#[derive(Debug)]
pub(super) struct WeekAsk {
    pub(super) queue: QueueId,
    /// First local day; `None` = today.
    pub(super) from: Option<civil::Date>,
    pub(super) bands: Vec<StaffingBand>,
}

/// Most weeks of a queue that are listed.
const LISTED: usize = 50;

/// The weeks of a queue that the caller may see, the latest first.
pub(super) async fn weeks_seen(operation: &Operation, id: QueueId) -> Outcome<Vec<StaffingWeek>> {
    let directory = operation.directory().await?;
    let queue = directory.queue(id).filter(|queue| Queue::seen(operation, queue));
    let queue = queue.ok_or_else(|| Fault::not_found("queueId"))?;
    let tx = operation.read().await?;
    let weeks = queue_weeks(&tx, &[queue.id]).await?.remove(&queue.id).unwrap_or_default();
    Ok(weeks.into_iter().rev().take(LISTED).collect())
}

/// Sets what differs by weekday and time of day from a local day on; what was computed before stays as
/// it was.
pub(super) async fn set_week(app: &App, ctx: &Ctx, ask: WeekAsk) -> Outcome<StaffingWeek> {
    let WeekAsk { queue: id, from, bands } = ask;
    let tx = app.db.begin(ctx).await?;
    // What the audit says of before must still hold when this one is written.
    lock_queue(&tx, id).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    let today = local_of_instant(ctx.now(), &queue.zone()).date();
    let week = StaffingWeek { from: from.unwrap_or(today), bands };
    let checked = week.check(queue.grain(), queue.skill_id.is_some());
    let mut faults = checked.err().unwrap_or_default();
    if week.from < today {
        faults.push(Fault::invalid("effectiveOn", Rule::NowOrLater));
    }
    let known = queue_weeks(&tx, &[id]).await?.remove(&id).unwrap_or_default();
    let begins = known.iter().map(|it| it.from);
    faults.extend(check_ahead((week.from, today), begins, "effectiveOn").err());
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    let before = known.iter().filter(|it| it.from <= week.from).max_by_key(|it| it.from);
    let before = before.map_or_else(|| json!({}), recorded);
    set_queue_week(&tx, ctx, id, &week).await?;
    let deed = Deed::changed("queue.week_set", id, before, recorded(&week));
    record(&tx, ctx, deed.with(json!({"from": week.from}))).await?;
    tx.commit().await?;
    Ok(week)
}

/// What the audit says of it.
fn recorded(week: &StaffingWeek) -> Value {
    json!({"bands": week.bands})
}
