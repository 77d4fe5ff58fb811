//! A use case that is done once however often it is sent.

use serde::{Serialize, de::DeserializeOwned};
use trunkline_domain::fault::FaultCode;
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    idempotency::{Claim, claim, remember, request_hash},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// How a request is told from another one.
#[derive(Debug)]
pub(crate) struct Once<'a> {
    /// Name of the mutation.
    pub(crate) operation: &'static str,
    /// `Idempotency-Key` of the request, if it has one.
    pub(crate) key: Option<&'a str>,
}

impl Once<'_> {
    /// Does `work` in one transaction and keeps its answer there, or gives the answer that the same
    /// request got before. What `work` refuses without an error is an answer too.
    ///
    /// # Errors
    /// IDEMPOTENCY_CONFLICT when the key was used for another request; what `work` says, and then
    /// nothing was written.
    pub(crate) async fn run<R: Serialize, A: Serialize + DeserializeOwned>(
        self,
        app: &App,
        ctx: &Ctx,
        request: &R,
        work: impl AsyncFnOnce(&TenantTx) -> Outcome<A>,
    ) -> Outcome<A> {
        let tx = app.db.begin(ctx).await?;
        let Some(key) = self.key else {
            let answer = work(&tx).await?;
            tx.commit().await?;
            return Ok(answer);
        };
        match claim(&tx, ctx, self.operation, key, &request_hash(request)?).await? {
            Claim::Conflict => return Err(FaultCode::IdempotencyConflict.into()),
            Claim::Answered(bytes) => return serde_json::from_slice(&bytes).map_err(unreadable),
            Claim::New => {}
        }
        let answer = work(&tx).await?;
        let bytes = serde_json::to_vec(&answer).map_err(unreadable)?;
        remember(&tx, ctx, self.operation, key, bytes).await?;
        tx.commit().await?;
        Ok(answer)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unreadable(error: serde_json::Error) -> AppError {
    AppError::Internal(format!("kept answer: {error}"))
}
