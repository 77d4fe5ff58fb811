//! Sessions: families of refresh tokens of which only the newest is good.

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::id::{SessionId, UserId};

use super::{Seal, new_secret, secret_hash, viewers::EMPLOYED};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

/// How long a session lives without a new sign-in.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A session that nobody has used for so long has ended, a weekend long. Tokens are changed every ten
/// minutes while it is used.
pub const SESSION_REST: SignedDuration = SignedDuration::from_hours(3 * 24);
/// For so long the last refresh token is answered once more, with the same successor: a phone may
/// have lost the answer, or two windows asked at once.
const GRACE: SignedDuration = SignedDuration::from_secs(10);

/// Where a session was opened, as far as it is known; shown to its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// Address.
    pub address: Option<String>,
    /// The program, as it calls itself.
    pub user_agent: Option<String>,
}

/// Writes a new session of somebody who showed who they are at `proved_at`; `None` = nobody says when.
///
/// # Errors
/// What the database says.
pub async fn insert_session(
    tx: &TenantTx,
    id: SessionId,
    user: UserId,
    refresh_secret: &str,
    device: &Device,
    proved_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbError> {
    let Device { address, user_agent } = device;
    tx.run(
        "insert into app.session (tenant_id, id, user_id, refresh_hash, address, user_agent, rotated_at,
                                  created_at, expires_at, proved_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)",
        params![
            tx.tenant(),
            id,
            user,
            secret_hash(refresh_secret),
            *address,
            *user_agent,
            now,
            now + SESSION_LIFETIME,
            proved_at
        ],
    )
    .await?;
    Ok(())
}

read_model! {
    /// A session as its owner sees it.
    pub struct SessionView {
        /// Its id.
        pub id: SessionId,
        /// Address it was opened from.
        pub address: Option<String>,
        /// The program, as it calls itself.
        pub user_agent: Option<String>,
        /// Opened at.
        pub created_at: Timestamp,
        /// When tokens were last changed for new ones.
        pub rotated_at: Timestamp,
        /// Ends at the latest.
        pub expires_at: Timestamp,
    }
}

/// Up to `limit` living sessions of a user, newest first.
///
/// # Errors
/// What the database says.
pub async fn list_sessions(
    tx: &TenantTx,
    user: UserId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<SessionView>, DbError> {
    tx.all(
        "select id, address, user_agent, created_at, rotated_at, expires_at from app.session
         where tenant_id = $1 and user_id = $2 and revoked_at is null and expires_at > $3
           and rotated_at > $4
         order by created_at desc, id desc limit $5",
        params![tx.tenant(), user, now, now - SESSION_REST, limit],
    )
    .await
}

read_model! {
    /// What a living session tells of its owner.
    pub struct LivingSession {
        /// When they showed who they are; `None` = the provider did not say.
        pub proved_at: Option<Timestamp>,
    }
}

/// A session of a user; `None` when it is somebody else's or has ended.
///
/// # Errors
/// What the database says.
pub async fn living_session(
    tx: &TenantTx,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<LivingSession>, DbError> {
    tx.one(
        "select proved_at from app.session
         where tenant_id = $1 and user_id = $2 and id = $3 and revoked_at is null and expires_at > $4
           and rotated_at > $5",
        params![tx.tenant(), user, session, now, now - SESSION_REST],
    )
    .await
}

read_model! {
    struct SessionRow {
        user_id: UserId,
        epoch: i32,
        alive: bool,
        at_work: bool,
        suspended: bool,
        refresh_hash: Vec<u8>,
        previous_hash: Option<Vec<u8>>,
        successor: Option<Vec<u8>>,
        rotated_at: Timestamp,
    }
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was the current one, or was until a moment ago.
    Rotated {
        /// Whose session it is.
        user: UserId,
        /// Epoch of the user.
        epoch: i32,
        /// The secret that has taken its place.
        successor: String,
    },
    /// It was used before, so somebody has a copy: the whole session is revoked.
    Reused {
        /// Whose session it was.
        user: UserId,
    },
    /// It is the current one, but the account is switched off, or its owner has left.
    Shut {
        /// Whose session it is.
        user: UserId,
    },
    /// It is good and stays so, but the tenant is suspended.
    Suspended {
        /// Whose session it is.
        user: UserId,
    },
    /// No living session has it.
    Unknown,
}

/// Puts a new secret in the place of `secret`, if that is the current one. The last one before it
/// gets the same successor again for some seconds; any other ends the session.
///
/// # Errors
/// What the database says.
pub async fn rotate_session(
    tx: &TenantTx,
    session: SessionId,
    secret: &str,
    now: Timestamp,
) -> Result<Rotation, DbError> {
    let row: Option<SessionRow> = tx
        .one(
            format!(
                "select s.user_id, u.epoch, u.state = 'ACTIVE' and {EMPLOYED} as at_work,
                    s.revoked_at is null and s.expires_at > $3 and s.rotated_at > $4 as alive,
                    t.state = 'SUSPENDED' as suspended, s.refresh_hash, s.previous_hash, s.successor,
                    s.rotated_at
                 from app.session s
                 join app.app_user u on u.tenant_id = s.tenant_id and u.id = s.user_id
                 join app.tenant t on t.id = s.tenant_id
                 left join app.agent a on a.tenant_id = u.tenant_id and a.id = u.agent_id
                 left join app.site w on w.tenant_id = a.tenant_id and w.id = a.site_id
                 where s.tenant_id = $1 and s.id = $2 and t.state <> 'CLOSED'
                 for update of s"
            ),
            params![tx.tenant(), session, now, now - SESSION_REST],
        )
        .await?;
    let Some(row) = row else { return Ok(Rotation::Unknown) };
    let presented = secret_hash(secret);
    // The successor is sealed under the token before it: only who has that one can read it.
    let place = session.to_string();
    let seal = Seal::of_secret("successor", secret)
        .map_err(|error| DbError::Internal(error.to_string()))?;
    let (user, epoch, is_current) = (row.user_id, row.epoch, row.refresh_hash == presented);
    if is_current && !row.at_work {
        return Ok(Rotation::Shut { user });
    }
    if !row.alive {
        return Ok(Rotation::Unknown);
    }
    if is_current && row.suspended {
        return Ok(Rotation::Suspended { user });
    }
    if is_current {
        let successor = new_secret();
        let sealed = seal
            .seal(&place, successor.as_bytes())
            .map_err(|error| DbError::Internal(error.to_string()))?;
        tx.run(
            "update app.session
             set refresh_hash = $3, previous_hash = $4, successor = $5, rotated_at = $6
             where tenant_id = $1 and id = $2",
            params![tx.tenant(), session, secret_hash(&successor), presented, sealed, now],
        )
        .await?;
        return Ok(Rotation::Rotated { user, epoch, successor });
    }
    let again = row
        .successor
        .filter(|_| row.previous_hash == Some(presented) && now < row.rotated_at + GRACE)
        .and_then(|sealed| seal.open(&place, &sealed).ok())
        .and_then(|successor| String::from_utf8(successor).ok());
    if let Some(successor) = again {
        if !row.at_work {
            return Ok(Rotation::Shut { user });
        }
        if row.suspended {
            return Ok(Rotation::Suspended { user });
        }
        return Ok(Rotation::Rotated { user, epoch, successor });
    }
    revoke_session(tx, user, session, "refresh token used twice", now).await?;
    Ok(Rotation::Reused { user })
}

/// Ends a session of a user; its access tokens are refused within the viewer cache's lifetime. Says
/// whether it lived.
///
/// # Errors
/// What the database says.
pub async fn revoke_session(
    tx: &TenantTx,
    user: UserId,
    session: SessionId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.session set revoked_at = $4, revoke_reason = $5
             where tenant_id = $1 and user_id = $2 and id = $3 and revoked_at is null",
            params![tx.tenant(), user, session, now, reason],
        )
        .await?;
    Ok(rows == 1)
}

/// Ends all sessions of a user but the one to keep. Says how many lived.
///
/// # Errors
/// What the database says.
pub async fn revoke_sessions(
    tx: &TenantTx,
    user: UserId,
    keep: Option<SessionId>,
    reason: &str,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.run(
        "update app.session set revoked_at = $4, revoke_reason = $5
         where tenant_id = $1 and user_id = $2 and id is distinct from $3
           and revoked_at is null and expires_at > $4",
        params![tx.tenant(), user, keep, now, reason],
    )
    .await
}

/// For so long after its end a session can still be looked up, by who asks what happened.
const KEPT_AFTER_THE_END: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Forgets sessions that would have ended 30 days ago or earlier, also those that were revoked, up to
/// `most` of them; gives how many.
///
/// # Errors
/// What the database says.
pub async fn forget_sessions(tx: &TenantTx, now: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.run(
        "delete from app.session
         where tenant_id = $1 and id in (select id from app.session
                                         where tenant_id = $1 and expires_at <= $2
                                         order by expires_at limit $3)",
        params![tx.tenant(), now - KEPT_AFTER_THE_END, most],
    )
    .await
}
