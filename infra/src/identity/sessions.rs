//! Sessions: families of refresh tokens of which only the newest is good.

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::id::{SessionId, UserId};

use super::secret_hash;
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

/// How long a session lives without a new sign-in.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);
/// For so long the last refresh token is answered once more: a phone may have lost the answer.
const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// Writes a new session.
///
/// # Errors
/// What the database says.
pub async fn insert_session(
    tx: &TenantTx,
    id: SessionId,
    user: UserId,
    refresh_secret: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.session (tenant_id, id, user_id, refresh_hash, rotated_at, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)",
        params![tx.tenant(), id, user, secret_hash(refresh_secret), now, now + SESSION_LIFETIME],
    )
    .await?;
    Ok(())
}

read_model! {
    struct SessionRow {
        user_id: UserId,
        epoch: i32,
        refresh_hash: Vec<u8>,
        previous_hash: Option<Vec<u8>>,
        rotated_at: Timestamp,
    }
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was the current one; the new secret has taken its place.
    Rotated {
        /// Whose session it is.
        user: UserId,
        /// Epoch of the user.
        epoch: i32,
    },
    /// It was used before, so somebody has a copy: the whole session is revoked.
    Reused,
    /// No living session has it.
    Unknown,
}

/// Puts `new_secret` in the place of `secret`, if that is the current one (or was until a moment ago).
///
/// # Errors
/// What the database says.
pub async fn rotate_session(
    tx: &TenantTx,
    session: SessionId,
    secret: &str,
    new_secret: &str,
    now: Timestamp,
) -> Result<Rotation, DbError> {
    let row: Option<SessionRow> = tx
        .one(
            "select s.user_id, u.epoch, s.refresh_hash, s.previous_hash, s.rotated_at
             from app.session s join app.app_user u on u.tenant_id = s.tenant_id and u.id = s.user_id
             where s.tenant_id = $1 and s.id = $2 and s.revoked_at is null and s.expires_at > $3
               and u.state = 'ACTIVE'
             for update of s",
            params![tx.tenant(), session, now],
        )
        .await?;
    let Some(row) = row else { return Ok(Rotation::Unknown) };
    let presented = secret_hash(secret);
    let in_grace = now < row.rotated_at + GRACE && row.previous_hash.as_ref() == Some(&presented);
    if row.refresh_hash == presented || in_grace {
        tx.run(
            "update app.session set refresh_hash = $3, previous_hash = $4, rotated_at = $5
             where tenant_id = $1 and id = $2",
            params![tx.tenant(), session, secret_hash(new_secret), presented, now],
        )
        .await?;
        return Ok(Rotation::Rotated { user: row.user_id, epoch: row.epoch });
    }
    revoke_session(tx, session, "refresh token used twice", now).await?;
    Ok(Rotation::Reused)
}

/// Ends a session; its access tokens are refused within the viewer cache's lifetime.
///
/// # Errors
/// What the database says.
pub async fn revoke_session(
    tx: &TenantTx,
    session: SessionId,
    reason: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update app.session set revoked_at = $3, revoke_reason = $4
         where tenant_id = $1 and id = $2 and revoked_at is null",
        params![tx.tenant(), session, now, reason],
    )
    .await?;
    Ok(())
}
