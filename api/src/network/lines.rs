//! Telephone lines of queues.

use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::QueueId,
    network::QueueLines,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{QueueView, load_directory, update_queue_lines},
};

use super::service::{finish, lost, stale, still_seen, writable};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Which lines a queue has, and the version that the caller has seen.
#[derive(Debug)]
pub(super) struct SetLines {
    pub(super) queue: QueueId,
    pub(super) expected_version: Option<i32>,
    /// `None` says nothing; `Some(None)` is nothing known.
    pub(super) lines: Option<Option<QueueLines>>,
}

/// Sets the lines of a queue; plans are checked against them from now on.
pub(super) async fn set_lines(app: &App, ctx: &Ctx, ask: SetLines) -> Outcome<QueueView> {
    let SetLines { queue: id, expected_version, lines } = ask;
    let tx = app.db.begin(ctx).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    still_seen(queue, expected_version)?;
    let lines = lines.ok_or_else(|| Fault::invalid("lines", Rule::AChange))?;
    lines.map_or(Ok(()), |lines| lines.check()).map_err(AppError::Faults)?;
    if !update_queue_lines(&tx, id, lines.as_ref(), queue.version, ctx.now()).await? {
        return Err(stale(queue).into());
    }
    let (before, after) = (json!({ "lines": queue.lines }), json!({ "lines": lines }));
    record(&tx, ctx, Deed::changed("queue.lines_set", id, before, after)).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.queue(id).cloned().ok_or_else(|| lost("queue"))
}
