//! The training that must be passed before an agent takes the contacts of a queue.

use serde_json::json;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::QueueId,
    network::Code,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    network::{QueueView, load_directory, update_queue_training},
};

use super::service::{finish, lost, stale, still_seen, writable};
use crate::{app::App, error::Outcome};

/// What a queue is to ask for, and the version that the caller has seen.
#[derive(Debug)]
pub(super) struct SetTraining {
    pub(super) queue: QueueId,
    pub(super) expected_version: Option<i32>,
    /// `None` says nothing; `Some(None)` is none.
    pub(super) training: Option<Option<Code>>,
}

/// Sets the training that a queue asks for; rosters are judged by it from now on.
pub(super) async fn set_training(app: &App, ctx: &Ctx, ask: SetTraining) -> Outcome<QueueView> {
    let SetTraining { queue: id, expected_version, training } = ask;
    let tx = app.db.begin(ctx).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    still_seen(queue, expected_version)?;
    let training = training.ok_or_else(|| Fault::invalid("training", Rule::AChange))?;
    if !update_queue_training(&tx, id, training.as_ref(), queue.version, ctx.now()).await? {
        return Err(stale(queue).into());
    }
    let (before, after) = (json!({ "training": queue.training }), json!({ "training": training }));
    record(&tx, ctx, Deed::changed("queue.training_set", id, before, after)).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.queue(id).cloned().ok_or_else(|| lost("queue"))
}
