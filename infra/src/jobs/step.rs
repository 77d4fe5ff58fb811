//! A job under way: how far it is, and whether somebody wants it to end with what it has.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trunkline_domain::id::JobId;
use uuid::Uuid;

use super::ClaimedJob;
use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx},
    params, read_model,
};

/// Where a search stands: the best legal roster that it has found so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchStanding {
    /// Rounds done.
    pub rounds: u64,
    /// Cost of that roster.
    pub cost: i64,
    /// Work that is wanted, in hundredths of an agent × slots; in shifts where headcounts want it.
    pub needed: u64,
    /// Work that is wanted and not there, in the same unit.
    pub missing: u64,
}

impl SearchStanding {
    /// Missing part of what is wanted, in percent; `None` when nothing is.
    #[must_use]
    pub fn missing_percent(&self) -> Option<f64> {
        (self.needed > 0).then(|| 100.0 * self.missing as f64 / self.needed as f64)
    }

    /// As it is kept with the job.
    ///
    /// # Errors
    /// When it cannot be written.
    fn kept(&self) -> Result<Json, DbError> {
        serde_json::to_value(self)
            .map_err(|error| DbError::Internal(format!("standing of a job: {error}")))
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobStep {
    /// Steps done.
    pub rows_done: i64,
    /// Where its search stands; `None` = it has no roster yet, or does not search.
    pub standing: Option<SearchStanding>,
}

read_model! {
    /// A claim that was renewed.
    pub struct Renewed {
        /// Steps that are done; of a job that somebody has stopped those that were done then, as long as
        /// another worker has not got so far.
        pub rows_done: i64,
        /// Since when it is to end with what it has; `None` = it is to go on.
        pub stop_asked_at: Option<Timestamp>,
        /// User or API client who wants it.
        pub stop_asked_by: Option<Uuid>,
    }
}

/// Says how far a claimed job is and renews the claim; `None` when it was cancelled or lost, and
/// the worker must stop.
///
/// # Errors
/// What the database says.
pub async fn renew_job(
    tx: &TenantTx,
    job: &ClaimedJob,
    step: JobStep,
    now: Timestamp,
) -> Result<Option<Renewed>, DbError> {
    let standing = step.standing.as_ref().map(SearchStanding::kept).transpose()?;
    tx.one(
        "update app.job
         set rows_done = case when stop_asked_at is null then $4 else greatest(rows_done, $4) end,
             standing = $5, claimed_until = $6
         where tenant_id = $1 and id = $2 and state = 'RUNNING' and attempts = $3
         returning rows_done, stop_asked_at, stop_asked_by",
        params![tx.tenant(), job.id, job.attempts, step.rows_done, standing, now + super::LEASE],
    )
    .await
}

/// Asks a job that runs to end with what it has; `false` when it does not run, or was asked before.
///
/// # Errors
/// What the database says.
pub async fn stop_job(tx: &TenantTx, ctx: &Ctx, id: JobId) -> Result<bool, DbError> {
    let touched = tx
        .run(
            "update app.job set stop_asked_at = $3, stop_asked_by = $4
             where tenant_id = $1 and id = $2 and state = 'RUNNING' and stop_asked_at is null",
            params![tx.tenant(), id, ctx.now(), ctx.actor()],
        )
        .await?;
    Ok(touched == 1)
}
