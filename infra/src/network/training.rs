use jiff::Timestamp;
use trunkline_domain::{id::QueueId, network::Code};

use crate::{
    db::{DbError, TenantTx},
    params,
};

/// Sets the training that a queue asks for, `None` for none; `false` when the queue is at another version
/// than `expected`.
///
/// # Errors
/// What the database says.
pub async fn update_queue_training(
    tx: &TenantTx,
    queue: QueueId,
    training: Option<&Code>,
    expected: i32,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.queue set training = $4, version = version + 1, updated_at = $5
             where tenant_id = $1 and id = $2 and version = $3",
            params![tx.tenant(), queue, expected, training.map(Code::as_str), now],
        )
        .await?;
    Ok(rows == 1)
}
