//! Sign-ins under way at a provider: each is good once, for ten minutes, for the browser that began
//! it and in the tenant in which it was begun.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use trunkline_domain::id::TenantId;
use uuid::Uuid;

use super::super::{Seal, new_secret, secret_hash};
use crate::{
    ctx::new_id,
    db::{DbError, TenantTx},
    params, read_model,
};

/// Time to sign in at the provider.
pub const PROVIDER_SIGN_IN_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
const PURPOSE: &str = "sign-in at an identity provider";

/// What only the browser keeps; without it an answer of the provider is worth nothing.
#[derive(Debug, Clone)]
pub struct BrowserKey {
    /// In which tenant the sign-in was begun.
    pub tenant: TenantId,
    id: Uuid,
    secret: String,
}

impl BrowserKey {
    /// Reads what [`begin_sign_in`] gave; `None` when it is nothing of the kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '.');
        let tenant = parts.next()?.parse().ok()?;
        let id = Uuid::try_parse(parts.next()?).ok()?;
        Some(Self { tenant, id, secret: parts.next()?.to_owned() })
    }
}

/// A sign-in that has just begun.
#[derive(Debug)]
pub struct NewSignIn {
    /// For the browser to keep.
    pub browser_key: String,
    /// Comes back with the browser.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Hash of the verifier (RFC 7636, S256).
    pub challenge: String,
}

/// What the end of a sign-in needs of its beginning.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BegunSignIn {
    /// To be found in the token.
    pub nonce: String,
    /// To be shown with the code.
    pub verifier: String,
    /// Version of the provider's settings when it began.
    pub version: i32,
    /// When it began, if the provider is to ask anew who it is.
    pub anew_since: Option<Timestamp>,
}

/// Begins a sign-in, in which the provider asks `anew` who it is or not, and forgets those whose time is
/// over. What comes back later is sealed with the browser's key, so the database cannot tell it.
///
/// # Errors
/// What the database says.
pub async fn begin_sign_in(
    tx: &TenantTx,
    version: i32,
    anew: bool,
    now: Timestamp,
) -> Result<NewSignIn, DbError> {
    tx.run(
        "delete from app.provider_sign_in where tenant_id = $1 and expires_at <= $2",
        params![tx.tenant(), now],
    )
    .await?;
    let (id, secret, state) = (new_id::<()>(now).uuid(), new_secret(), new_secret());
    let (nonce, verifier, anew_since) = (new_secret(), new_secret(), anew.then_some(now));
    let begun = BegunSignIn { nonce, verifier, version, anew_since };
    let sealed = serde_json::to_vec(&begun)
        .ok()
        .zip(Seal::of_secret(PURPOSE, &secret).ok())
        .and_then(|(text, seal)| seal.seal(PURPOSE, &text).ok());
    let sealed =
        sealed.ok_or_else(|| DbError::Internal("a sign-in cannot be sealed".to_owned()))?;
    tx.run(
        "insert into app.provider_sign_in (tenant_id, id, browser_hash, state_hash, sealed, created_at,
                                           expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![
            tx.tenant(),
            id,
            secret_hash(&secret),
            secret_hash(&state),
            sealed,
            now,
            now + PROVIDER_SIGN_IN_LIFETIME
        ],
    )
    .await?;
    Ok(NewSignIn {
        browser_key: format!("{}.{}.{secret}", tx.tenant(), id.simple()),
        state,
        challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(begun.verifier.as_bytes())),
        nonce: begun.nonce,
    })
}

read_model! {
    struct SealedRow {
        sealed: Vec<u8>,
    }
}

/// Uses a sign-in up, if the browser is the one that began it and the state is its own. Of two who
/// come at once one gets it; another browser takes nothing away.
///
/// # Errors
/// What the database says.
pub async fn use_sign_in(
    tx: &TenantTx,
    key: &BrowserKey,
    state: &str,
    now: Timestamp,
) -> Result<Option<BegunSignIn>, DbError> {
    let row: Option<SealedRow> = tx
        .one(
            "delete from app.provider_sign_in
             where tenant_id = $1 and id = $2 and browser_hash = $3 and state_hash = $4
               and expires_at > $5
             returning sealed",
            params![tx.tenant(), key.id, secret_hash(&key.secret), secret_hash(state), now],
        )
        .await?;
    Ok(row.and_then(|row| {
        let seal = Seal::of_secret(PURPOSE, &key.secret).ok()?;
        serde_json::from_slice(&seal.open(PURPOSE, &row.sealed).ok()?).ok()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_of_a_browser_is_none() {
        let tenant: TenantId = new_id(Timestamp::UNIX_EPOCH);
        for text in ["", "a.b.c", &format!("{tenant}.x.y"), &tenant.to_string()] {
            assert!(BrowserKey::parse(text).is_none(), "{text}");
        }
        let key = BrowserKey::parse(&format!("{tenant}.{}.se.cret", Uuid::nil().simple()));
        assert_eq!(key.map(|key| (key.tenant, key.secret)), Some((tenant, "se.cret".to_owned())));
    }
}
