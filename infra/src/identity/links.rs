//! Links of mails: tokens that are good once, for a time. Only their hashes are kept.

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::id::{TenantId, UserId};
use uuid::Uuid;

use super::{new_secret, secret_hash};
use crate::{
    ctx::new_id,
    db::{DbError, TenantTx},
    params,
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets the first password.
    Invitation,
    /// Sets a new password.
    PasswordReset,
}

impl LinkKind {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "INVITATION",
            Self::PasswordReset => "PASSWORD_RESET",
        }
    }

    /// For how long it is good.
    #[must_use]
    pub const fn lifetime(self) -> SignedDuration {
        match self {
            Self::Invitation => SignedDuration::from_hours(72),
            Self::PasswordReset => SignedDuration::from_hours(1),
        }
    }
}

/// The token of a link, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkToken {
    /// Whose user it concerns.
    pub tenant: TenantId,
    id: Uuid,
    secret: String,
}

impl LinkToken {
    /// Reads what [`insert_link`] gave; `None` when it is nothing of the kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '.');
        let tenant = parts.next()?.parse().ok()?;
        let id = Uuid::try_parse(parts.next()?).ok()?;
        Some(Self { tenant, id, secret: parts.next()?.to_owned() })
    }
}

/// Makes a link for a user and voids earlier ones of its kind. Gives its token, which is kept nowhere.
///
/// # Errors
/// What the database says.
pub async fn insert_link(
    tx: &TenantTx,
    user: UserId,
    kind: LinkKind,
    now: Timestamp,
) -> Result<String, DbError> {
    void_links(tx, user, kind, now).await?;
    let (id, secret) = (new_id::<()>(now).uuid(), new_secret());
    tx.run(
        "insert into app.user_link (tenant_id, id, user_id, kind, secret_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![
            tx.tenant(),
            id,
            user,
            kind.as_str(),
            secret_hash(&secret),
            now,
            now + kind.lifetime()
        ],
    )
    .await?;
    Ok(format!("{}.{}.{secret}", tx.tenant(), id.simple()))
}

/// Voids the unused links of a kind that a user has.
///
/// # Errors
/// What the database says.
pub async fn void_links(
    tx: &TenantTx,
    user: UserId,
    kind: LinkKind,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update app.user_link set used_at = $4
         where tenant_id = $1 and user_id = $2 and kind = $3 and used_at is null",
        params![tx.tenant(), user, kind.as_str(), now],
    )
    .await?;
    Ok(())
}

/// The active user of a link that is good now, without using it up.
///
/// # Errors
/// What the database says.
pub async fn user_of_link(
    tx: &TenantTx,
    token: &LinkToken,
    kind: LinkKind,
    now: Timestamp,
) -> Result<Option<UserId>, DbError> {
    tx.scalar(
        "select l.user_id as value from app.user_link l
         join app.app_user u on u.tenant_id = l.tenant_id and u.id = l.user_id
         where l.tenant_id = $1 and l.id = $2 and l.secret_hash = $3 and l.kind = $4
           and l.used_at is null and l.expires_at > $5 and u.state = 'ACTIVE'",
        params![tx.tenant(), token.id, secret_hash(&token.secret), kind.as_str(), now],
    )
    .await
}

/// Uses a link up. Says whether it was good; of two who come at once one is told no.
///
/// # Errors
/// What the database says.
pub async fn use_link(
    tx: &TenantTx,
    token: &LinkToken,
    kind: LinkKind,
    now: Timestamp,
) -> Result<bool, DbError> {
    let rows = tx
        .run(
            "update app.user_link set used_at = $5
             where tenant_id = $1 and id = $2 and secret_hash = $3 and kind = $4
               and used_at is null and expires_at > $5",
            params![tx.tenant(), token.id, secret_hash(&token.secret), kind.as_str(), now],
        )
        .await?;
    Ok(rows == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_none() {
        let tenant: TenantId = new_id(Timestamp::UNIX_EPOCH);
        for text in ["", "a.b.c", &format!("{tenant}.x.y"), &tenant.to_string()] {
            assert_eq!(LinkToken::parse(text), None, "{text}");
        }
        let id = Uuid::nil().simple();
        let token = LinkToken::parse(&format!(" {tenant}.{id}.se.cret\n")).expect("token");
        assert_eq!((token.tenant, token.secret.as_str()), (tenant, "se.cret"));
    }
}
