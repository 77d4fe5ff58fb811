//! Answers of mutations by the key that the client gave, kept for a day: what is sent twice happens
//! once and is answered the same.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    params, read_model,
};

/// What a key says about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is new: do the work, then [`remember`] the answer in the same transaction.
    New,
    /// The same request was answered so.
    Answered(Vec<u8>),
    /// The key was used for another request.
    Conflict,
}

/// Hash of a request, by which two uses of a key are compared.
///
/// # Errors
/// When the request cannot be written down.
pub fn request_hash(request: &impl Serialize) -> Result<Vec<u8>, DbError> {
    let text = serde_json::to_vec(request)
        .map_err(|error| DbError::Internal(format!("request hash: {error}")))?;
    Ok(Sha256::digest(text).to_vec())
}

/// Claims a key for the caller and the operation. The same request sent twice at once waits here for
/// the first to end.
///
/// # Errors
/// What the database says.
pub async fn claim(
    tx: &TenantTx,
    ctx: &Ctx,
    operation: &str,
    key: &str,
    hash: &[u8],
) -> Result<Claim, DbError> {
    let subject = ctx.actor().unwrap_or(Uuid::nil());
    // Only an answer of more than a day ago gives way.
    let claimed = tx
        .run(
            "insert into app.idempotency as i (tenant_id, subject_id, operation, key, request_hash,
                                               answer, created_at)
             values ($1, $2, $3, $4, $5, '', $6)
             on conflict (tenant_id, subject_id, operation, key) do update
             set request_hash = excluded.request_hash, answer = '', created_at = excluded.created_at
             where i.created_at <= excluded.created_at - interval '24 hours'",
            params![tx.tenant(), subject, operation, key, hash.to_vec(), ctx.now()],
        )
        .await?;
    if claimed == 1 {
        return Ok(Claim::New);
    }
    read_model! {
        struct Row { request_hash: Vec<u8>, answer: Vec<u8>, }
    }
    let row: Option<Row> = tx
        .one(
            "select request_hash, answer from app.idempotency
             where tenant_id = $1 and subject_id = $2 and operation = $3 and key = $4",
            params![tx.tenant(), subject, operation, key],
        )
        .await?;
    match row {
        Some(row) if row.request_hash == hash => Ok(Claim::Answered(row.answer)),
        Some(_) => Ok(Claim::Conflict),
        None => Err(DbError::Collision),
    }
}

/// Keeps the answer under a claimed key.
///
/// # Errors
/// What the database says.
pub async fn remember(
    tx: &TenantTx,
    ctx: &Ctx,
    operation: &str,
    key: &str,
    answer: Vec<u8>,
) -> Result<(), DbError> {
    tx.run(
        "update app.idempotency set answer = $5
         where tenant_id = $1 and subject_id = $2 and operation = $3 and key = $4",
        params![tx.tenant(), ctx.actor().unwrap_or(Uuid::nil()), operation, key, answer],
    )
    .await?;
    Ok(())
}

/// Forgets answers older than a day; gives how many.
///
/// # Errors
/// What the database says.
pub async fn forget_old(tx: &TenantTx, ctx: &Ctx) -> Result<u64, DbError> {
    tx.run(
        "delete from app.idempotency where tenant_id = $1 and created_at <= $2 - interval '24 hours'",
        params![tx.tenant(), ctx.now()],
    )
    .await
}
