//! Answers of mutations by the key that the client gave, kept for a day: what is sent twice happens
//! once and is answered the same.
//!
//! The transaction of the effect is the transaction of the claim and of the answer: either all three
//! last or none. A request that is sent again while the first is under way waits at the claim.

mod key;

use jiff::Timestamp;

use self::key::{CallersKey, subject};
use crate::{
    ctx::Ctx,
    db::{Db, DbError, TenantTx, Unit},
    params, read_model,
};

/// What a key says about a request.
#[derive(Debug)]
pub enum Claim {
    /// It is new: do the work within the pledge's unit, then [`Pledge::keep`] the answer.
    New(Pledge),
    /// The same request was answered so.
    Answered(String),
    /// The key was used for another request.
    Conflict,
    /// The same key is at work longer than one waits for a lock.
    Busy,
}

/// A claimed key. Dropped, the claim is undone with all that was done in its unit.
#[derive(Debug)]
pub struct Pledge {
    unit: Unit,
    ctx: Ctx,
    key: CallersKey,
    request_hash: Vec<u8>,
}

impl std::fmt::Debug for CallersKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallersKey")
    }
}

/// Claims a key for the caller; `request_hash` tells requests from one another.
///
/// # Errors
/// What the database says.
pub async fn claim(db: &Db, ctx: &Ctx, key: &str, request_hash: Vec<u8>) -> Result<Claim, DbError> {
    let key = CallersKey::new(ctx, key);
    let name = key.name()?;
    let tx = db.begin(ctx).await?;
    // Only an answer of more than a day ago gives way.
    let claimed = tx
        .run(
            "insert into app.idempotency as i (tenant_id, subject_id, key_name, request_hash, answer,
                                               created_at)
             values ($1, $2, $3, $4, '', $5)
             on conflict (tenant_id, subject_id, key_name) do update
             set request_hash = excluded.request_hash, answer = '', created_at = excluded.created_at
             where i.created_at <= excluded.created_at - interval '24 hours'",
            params![tx.tenant(), subject(ctx), name.clone(), request_hash.clone(), ctx.now()],
        )
        .await;
    match claimed {
        Err(DbError::Timeout) => return Ok(Claim::Busy),
        Err(error) => return Err(error),
        Ok(0) => {}
        Ok(_) => {
            let unit = Unit::of(tx);
            return Ok(Claim::New(Pledge { unit, ctx: ctx.clone(), key, request_hash }));
        }
    }
    read_model! {
        struct Row { request_hash: Vec<u8>, answer: Vec<u8>, }
    }
    let row: Option<Row> = tx
        .one(
            "select request_hash, answer from app.idempotency
             where tenant_id = $1 and subject_id = $2 and key_name = $3",
            params![tx.tenant(), subject(ctx), name],
        )
        .await?;
    match row {
        Some(row) if row.request_hash == request_hash => {
            Ok(Claim::Answered(key.open(&request_hash, &row.answer)?))
        }
        Some(_) => Ok(Claim::Conflict),
        // It was forgotten between the two statements.
        None => Err(DbError::Collision),
    }
}

impl Pledge {
    /// Where the work is to be done.
    #[must_use]
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Makes the answer last, and with it what was committed within the unit.
    ///
    /// # Errors
    /// What the database says; then neither lasts.
    pub async fn keep(self, answer: &str) -> Result<(), DbError> {
        let Self { unit, ctx, key, request_hash } = self;
        let tx = unit.close().await?;
        tx.run(
            "update app.idempotency set answer = $4
             where tenant_id = $1 and subject_id = $2 and key_name = $3",
            params![tx.tenant(), subject(&ctx), key.name()?, key.seal(&request_hash, answer)?],
        )
        .await?;
        tx.commit().await?;
        unit.after_commit().await;
        Ok(())
    }
}

/// Forgets answers older than a day, the oldest first and at most `most`; gives how many.
///
/// # Errors
/// What the database says.
pub async fn forget_answers(tx: &TenantTx, now: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.run(
        "delete from app.idempotency i using (
             select subject_id, key_name from app.idempotency
             where tenant_id = $1 and created_at <= $2 - interval '24 hours'
             order by created_at limit $3) old
         where i.tenant_id = $1 and i.subject_id = old.subject_id and i.key_name = old.key_name
           and i.created_at <= $2 - interval '24 hours'",
        params![tx.tenant(), now, most],
    )
    .await
}
