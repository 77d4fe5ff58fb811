//! Access tokens: short-lived JWT signed with Ed25519 (RFC 9068), and the opaque secrets beside them.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use trunkline_domain::{
    id::{ApiClientId, ApiKeyId, SessionId, TenantId, UserId},
    identity::{SECRET_ALPHABET, SECRET_LENGTH},
};
use uuid::Uuid;

use super::signing_keys::{Jwk, KeyFault, KeyRing, SigningKey, add_signing_key};
use crate::ctx::new_id;

const ISSUER: &str = "trunkline";
const AUDIENCE: &str = "trunkline-api";
/// Type of an access token, RFC 9068.
const TYPE: &str = "at+jwt";
/// How long an access token is good for.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// No token of ours is longer; what is, is not looked at.
const LONGEST: usize = 2048;
/// So often the key files are looked at again.
const KEYS_AGE: SignedDuration = SignedDuration::from_secs(30);
/// At once for a key that is not known, but no more often than this.
const KEYS_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A person, in a session.
    User {
        /// The user.
        user: UserId,
        /// The session it belongs to.
        session: SessionId,
        /// Epoch of the user when it was made; a later epoch voids it.
        epoch: i32,
    },
    /// A partner's program that changed a key for it.
    Client {
        /// The API client.
        client: ApiClientId,
        /// The key it was made for; revoking the key voids it.
        key: ApiKeyId,
        /// Codes of what it may do at most.
        scopes: Vec<String>,
    },
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose it is.
    pub bearer: Bearer,
    /// First instant at which it is void.
    pub expires_at: Timestamp,
}

/// The claims as they are written. What is not listed here, or stands there twice, is refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    iss: String,
    aud: String,
    sub: String,
    tid: TenantId,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<ApiKeyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl Written {
    fn of(tenant: TenantId, bearer: Bearer, now: Timestamp, expires: Timestamp) -> Self {
        let bare = |sub| Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub,
            tid: tenant,
            jti: new_id::<()>(now).uuid(),
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: expires.as_second(),
            sid: None,
            epoch: None,
            key: None,
            scope: None,
        };
        match bearer {
            Bearer::User { user, session, epoch } => {
                Self { sid: Some(session), epoch: Some(epoch), ..bare(user.to_string()) }
            }
            Bearer::Client { client, key, scopes } => {
                let scope = Some(scopes.join(" "));
                Self { key: Some(key), scope, ..bare(client.to_string()) }
            }
        }
    }

    fn claims(self, now: Timestamp) -> Option<Claims> {
        let Self { iss: _, aud: _, sub, tid, jti: _, iat: _, nbf, exp, sid, epoch, key, scope } =
            self;
        let second = now.as_second();
        if second < nbf || exp <= second {
            return None;
        }
        let bearer = match (sid, epoch, key, scope) {
            (Some(session), Some(epoch), None, None) => {
                Bearer::User { user: sub.parse().ok()?, session, epoch }
            }
            (None, None, Some(key), Some(scope)) => {
                let scopes = scope.split_whitespace().map(str::to_owned).collect();
                Bearer::Client { client: sub.parse().ok()?, key, scopes }
            }
            _ => return None,
        };
        Some(Claims { tenant: tid, bearer, expires_at: Timestamp::from_second(exp).ok()? })
    }
}

/// The head of a token of ours, word for word: a token that names a key in its head, another
/// algorithm or anything else is none of ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    typ: String,
    alg: String,
    kid: String,
}

/// The token is not one that this server made and still honours. Deliberately without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct TokenRefused;

/// Signs access tokens and checks them.
#[derive(Debug)]
pub struct Tokens {
    /// Where the keys come from; `None` = they live as long as the process.
    directory: Option<PathBuf>,
    ring: RwLock<Known>,
}

#[derive(Debug, Clone)]
struct Known {
    ring: Arc<KeyRing>,
    read_at: Timestamp,
}

impl Tokens {
    /// A key that lives as long as the process.
    ///
    /// # Errors
    /// When none can be generated.
    pub fn ephemeral() -> Result<Self, KeyFault> {
        let key = SigningKey::generate(Timestamp::UNIX_EPOCH)?;
        let ring = KeyRing::of(vec![key], ACCESS_LIFETIME);
        Ok(Self::over(None, ring, Timestamp::UNIX_EPOCH))
    }

    /// The keys in `directory`; when there is none, one that signs from `now` on is made there. The
    /// directory is looked at again while the server runs.
    ///
    /// # Errors
    /// When the files cannot be read, written or understood.
    pub fn from_directory(directory: &Path, now: Timestamp) -> Result<Self, KeyFault> {
        let read = || KeyRing::read(directory, ACCESS_LIFETIME);
        let mut ring =
            if directory.exists() { read()? } else { KeyRing::of(Vec::new(), ACCESS_LIFETIME) };
        if ring.is_empty() {
            add_signing_key(directory, now)?;
            ring = read()?;
        }
        Ok(Self::over(Some(directory.to_owned()), ring, now))
    }

    fn over(directory: Option<PathBuf>, ring: KeyRing, read_at: Timestamp) -> Self {
        Self { directory, ring: RwLock::new(Known { ring: Arc::new(ring), read_at }) }
    }

    /// The keys, read anew when they were read longer than `age` ago. Those that were known stay when
    /// the directory cannot be read or is empty.
    fn ring(&self, now: Timestamp, age: SignedDuration) -> Arc<KeyRing> {
        let known = self.ring.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(directory) = &self.directory else { return known.ring };
        if now.duration_since(known.read_at) < age {
            return known.ring;
        }
        let ring = match KeyRing::read(directory, ACCESS_LIFETIME) {
            Ok(ring) if !ring.is_empty() => Arc::new(ring),
            Ok(_) => {
                tracing::warn!(directory = %directory.display(), "no signing key is left");
                known.ring
            }
            Err(fault) => {
                tracing::warn!(%fault, "signing keys");
                known.ring
            }
        };
        let next = Known { ring: Arc::clone(&ring), read_at: now };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = next;
        ring
    }

    /// Makes an access token that is good from `now` on for [`ACCESS_LIFETIME`].
    ///
    /// # Errors
    /// When signing fails, which is a defect of the key.
    pub fn issue(
        &self,
        tenant: TenantId,
        bearer: Bearer,
        now: Timestamp,
    ) -> Result<(String, Timestamp), KeyFault> {
        let expires = now + ACCESS_LIFETIME;
        let ring = self.ring(now, KEYS_AGE);
        let key = ring.current(now).ok_or(KeyFault::Generation)?;
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let claims = Written::of(tenant, bearer, now, expires);
        let token = jsonwebtoken::encode(&header, &claims, &key.signing)
            .map_err(|_| KeyFault::Generation)?;
        Ok((token, expires))
    }

    /// Reads a token at `now`.
    ///
    /// # Errors
    /// [`TokenRefused`], whatever is wrong with it.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Claims, TokenRefused> {
        self.read(token, now).ok_or(TokenRefused)
    }

    fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        if token.len() > LONGEST {
            return None;
        }
        let head = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
        let Head { typ, alg, kid } = serde_json::from_slice(&head).ok()?;
        if typ != TYPE || alg != "EdDSA" {
            return None;
        }
        let mut ring = self.ring(now, KEYS_AGE);
        if ring.find(&kid, now).is_none() {
            ring = self.ring(now, KEYS_PAUSE);
        }
        let key = ring.find(&kid, now)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are judged by the server's own clock, which tests can set.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let read = jsonwebtoken::decode::<Written>(token, &key.checking, &validation).ok()?;
        read.claims.claims(now)
    }

    /// The public keys whose tokens are honoured, for `/.well-known/jwks.json`.
    #[must_use]
    pub fn published(&self, now: Timestamp) -> Vec<Jwk> {
        self.ring(now, KEYS_AGE).published(now)
    }
}

/// A secret of 256 random bits in letters and digits, shown to its owner once.
#[must_use]
pub fn new_secret() -> String {
    let mut secret = String::with_capacity(SECRET_LENGTH);
    while secret.len() < SECRET_LENGTH {
        let mut bytes = [0u8; 64];
        crate::ctx::fill_random(&mut bytes);
        // Six bits choose one of 62; the two values beyond are drawn again, so that all are alike.
        let letters = bytes.iter().filter_map(|byte| SECRET_ALPHABET.get(usize::from(byte & 63)));
        secret.extend(letters.take(SECRET_LENGTH - secret.len()).copied().map(char::from));
    }
    secret
}

/// What is stored of a secret. Plain SHA-256 is enough: 256 random bits cannot be guessed.
#[must_use]
pub fn secret_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use trunkline_domain::id::Id;

    use super::*;

    fn instant() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("instant")
    }

    fn user(epoch: i32) -> Bearer {
        let id = Uuid::from_u128(7);
        Bearer::User { user: Id::from_uuid(id), session: Id::from_uuid(id), epoch }
    }

    fn token(tokens: &Tokens, bearer: Bearer, now: Timestamp) -> String {
        let tenant = Id::from_uuid(Uuid::from_u128(7));
        tokens.issue(tenant, bearer, now).expect("token").0
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let (tokens, now) = (Tokens::ephemeral().expect("key"), instant());
        let token = token(&tokens, user(1), now);
        let claims = tokens.check(&token, now).expect("good");
        assert_eq!((claims.bearer, claims.expires_at), (user(1), now + ACCESS_LIFETIME));
        assert_eq!(tokens.check(&token, now + ACCESS_LIFETIME), Err(TokenRefused));
        assert_eq!(tokens.check(&token, now - SignedDuration::from_secs(1)), Err(TokenRefused));
    }

    #[test]
    fn a_token_of_a_program_carries_its_key_and_scopes() {
        let (tokens, now) = (Tokens::ephemeral().expect("key"), instant());
        let id = Uuid::from_u128(8);
        let scopes = vec!["history:read".to_owned(), "kpi:read".to_owned()];
        let (client, key) = (Id::from_uuid(id), Id::from_uuid(id));
        let bearer = Bearer::Client { client, key, scopes };
        let token = token(&tokens, bearer.clone(), now);
        assert_eq!(tokens.check(&token, now).expect("good").bearer, bearer);
    }

    #[test]
    fn a_foreign_key_and_a_changed_token_are_refused() {
        let (tokens, now) = (Tokens::ephemeral().expect("key"), instant());
        let token = token(&tokens, user(1), now);
        assert_eq!(Tokens::ephemeral().expect("key").check(&token, now), Err(TokenRefused));
        let unsigned = token.rsplit_once('.').expect("three parts").0.to_owned() + ".";
        for bad in ["", "x.y.z", &token[1..], &unsigned, &"a".repeat(5000)] {
            assert_eq!(tokens.check(bad, now), Err(TokenRefused), "{bad}");
        }
    }

    #[test]
    fn the_first_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let directory = folder.path().join("keys");
        let now = instant();
        let made = Tokens::from_directory(&directory, now).expect("made");
        let read = Tokens::from_directory(&directory, now + KEYS_AGE).expect("read");
        assert!(read.check(&token(&made, user(1), now), now).is_ok());
    }

    #[test]
    fn two_servers_agree_while_the_key_changes() {
        let folder = tempfile::tempdir().expect("folder");
        let start = instant();
        let one = Tokens::from_directory(folder.path(), start).expect("made");
        let two = Tokens::from_directory(folder.path(), start).expect("read");
        let change = start + SignedDuration::from_mins(5);
        add_signing_key(folder.path(), change).expect("next");
        let soon = start + KEYS_AGE;
        assert_eq!((one.published(soon).len(), two.published(soon).len()), (2, 2));
        let before = token(&one, user(1), change - SignedDuration::from_secs(1));
        let after = token(&one, user(2), change);
        let kid = |token: &str| token.split('.').next().map(str::to_owned);
        assert_ne!(kid(&before), kid(&after), "another key signs");
        assert!(two.check(&before, change).is_ok(), "good until it expires");
        assert!(two.check(&after, change).is_ok());
        let over = change + ACCESS_LIFETIME + SignedDuration::from_mins(1);
        assert_eq!(two.published(over).len(), 1);
    }

    #[test]
    fn a_key_that_nobody_announced_is_found_when_its_first_token_comes() {
        let folder = tempfile::tempdir().expect("folder");
        let start = instant();
        let server = Tokens::from_directory(folder.path(), start).expect("made");
        let now = start + SignedDuration::from_secs(2);
        add_signing_key(folder.path(), now).expect("at once");
        let other = Tokens::from_directory(folder.path(), now).expect("read");
        assert!(server.check(&token(&other, user(1), now), now).is_ok());
    }
}
