use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{id::QueueId, network::QueueLines};

use super::QueueView;
use crate::{
    db::{DbError, Json, TenantTx},
    params,
};

impl QueueView {
    /// Its telephone lines; `None` = nobody has said how many there are.
    ///
    /// # Errors
    /// Only when what is stored is unknown to this build.
    pub fn telephone_lines(&self) -> Result<Option<QueueLines>, DbError> {
        let read = |lines: &Json| {
            serde_json::from_value(lines.clone())
                .map_err(|error| DbError::Internal(format!("lines of {}: {error}", self.id)))
        };
        self.lines.as_ref().map(read).transpose()
    }
}

/// Sets the telephone lines of a queue, `None` for nothing known; `false` when the queue is at another
/// version than `expected`.
///
/// # Errors
/// What the database says.
pub async fn update_queue_lines(
    tx: &TenantTx,
    queue: QueueId,
    lines: Option<&QueueLines>,
    expected: i32,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.queue set lines = $4, version = version + 1, updated_at = $5
             where tenant_id = $1 and id = $2 and version = $3",
            params![tx.tenant(), queue, expected, lines.map(|lines| json!(lines)), now],
        )
        .await?;
    Ok(rows == 1)
}
