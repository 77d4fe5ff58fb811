//! What the caller may do with a queue: what may be done at one of its sites may be done with it.

use jiff::Timestamp;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::QueueId,
    identity::{Access, Permission, ReachSet},
};
use trunkline_infra::{
    ctx::Ctx,
    network::{Directory, QueueView},
};

use crate::error::{AppError, Outcome};

/// The queue, for a caller who may do what `write` names with it.
///
/// # Errors
/// NOT_FOUND at `path` for who may not even `read` it, else FORBIDDEN.
pub(crate) fn writable_queue<'a>(
    directory: &'a Directory,
    ctx: &Ctx,
    id: QueueId,
    write: Permission,
    read: Permission,
    path: &str,
) -> Result<&'a QueueView, Fault> {
    let queue = directory.queue(id).ok_or_else(|| Fault::not_found(path))?;
    match ctx.viewer().access_at_any(write, read, &queue.site_ids, ctx.now()) {
        Access::Allowed => Ok(queue),
        Access::Forbidden => Err(Fault::new(FaultCode::Forbidden).at(path)),
        Access::Hidden => Err(Fault::not_found(path)),
    }
}

/// The queue, when it lies in `reach`.
///
/// # Errors
/// NOT_FOUND at `path`.
pub(crate) fn readable_queue<'a>(
    directory: &'a Directory,
    reach: &ReachSet,
    id: QueueId,
    path: &str,
) -> Result<&'a QueueView, Fault> {
    directory
        .queue(id)
        .filter(|queue| reach.contains_any(&queue.site_ids))
        .ok_or_else(|| Fault::not_found(path))
}

/// A half-open window of at most so many days.
///
/// # Errors
/// INVALID_ARGUMENT when it is empty, runs backwards or is longer.
pub(crate) fn check_window(from: Timestamp, to: Timestamp, most_days: i64) -> Outcome<()> {
    // An hour more for the change of clocks.
    let most = most_days * 86_400 + 3_600;
    if (1..=most).contains(&to.duration_since(from).as_secs()) {
        return Ok(());
    }
    Err(AppError::InvalidArgument(format!("from must lie before to, by at most {most_days} days")))
}
