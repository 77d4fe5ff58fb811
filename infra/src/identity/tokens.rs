//! Access tokens: short-lived JWT signed with Ed25519, and the opaque secrets beside them.

use std::path::Path;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use trunkline_domain::id::{SessionId, TenantId, UserId};

const ISSUER: &str = "trunkline";
const AUDIENCE: &str = "trunkline-api";
/// Type of an access token, RFC 9068.
const TYPE: &str = "at+jwt";
/// How long an access token is good for.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The user.
    pub sub: UserId,
    /// The tenant.
    pub tid: TenantId,
    /// The session it belongs to.
    pub sid: SessionId,
    /// Epoch of the user when it was made; a later epoch voids it.
    pub epoch: i32,
    iat: i64,
    nbf: i64,
    /// Unix seconds after which it is void.
    pub exp: i64,
}

/// The token is not one that this server made and still honours. Deliberately without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct TokenRefused;

/// The signing key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The key file cannot be read or written.
    #[error("signing key {path}: {source}")]
    File {
        /// Path of the file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("signing key {0} is no Ed25519 key (PKCS#8, DER): remove it to have a new one made")]
    Malformed(String),
    /// No key could be made.
    #[error("no signing key could be generated")]
    Generation,
}

/// Signs access tokens and checks them.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    kid: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Tokens {
    /// A key that lives as long as the process.
    ///
    /// # Errors
    /// When none can be generated.
    pub fn ephemeral() -> Result<Self, KeyFault> {
        let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
            .map_err(|_| KeyFault::Generation)?;
        Self::from_pkcs8(document.as_ref()).ok_or(KeyFault::Generation)
    }

    /// The key in `path`, made there (readable by its owner alone) when it does not exist.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn from_file(path: &Path) -> Result<Self, KeyFault> {
        let name = path.display().to_string();
        let file = |source| KeyFault::File { path: name.clone(), source };
        if !path.exists() {
            let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
                .map_err(|_| KeyFault::Generation)?;
            write_private(path, document.as_ref()).map_err(file)?;
        }
        let bytes = std::fs::read(path).map_err(file)?;
        Self::from_pkcs8(&bytes).ok_or(KeyFault::Malformed(name))
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        // PKCS#8 version 1 carries no public key, so the pair derives it.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).ok()?;
        let public = pair.public_key().as_ref();
        Some(Self {
            signing: EncodingKey::from_ed_der(bytes),
            checking: DecodingKey::from_ed_der(public),
            kid: URL_SAFE_NO_PAD.encode(&Sha256::digest(public)[..12]),
        })
    }

    /// Makes an access token that is good from `now` on for [`ACCESS_LIFETIME`].
    ///
    /// # Errors
    /// When signing fails, which is a defect of the key.
    pub fn issue(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        epoch: i32,
        now: Timestamp,
    ) -> Result<(String, Timestamp), KeyFault> {
        let expires = now + ACCESS_LIFETIME;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            tid: tenant,
            sid: session,
            epoch,
            iat: now.as_second(),
            nbf: now.as_second(),
            exp: expires.as_second(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|_| KeyFault::Generation)?;
        Ok((token, expires))
    }

    /// Reads a token at `now`.
    ///
    /// # Errors
    /// [`TokenRefused`], whatever is wrong with it.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Claims, TokenRefused> {
        const LONGEST: usize = 2048;
        if token.len() > LONGEST {
            return Err(TokenRefused);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefused)?;
        if header.typ.as_deref() != Some(TYPE) || header.kid.as_deref() != Some(&self.kid) {
            return Err(TokenRefused);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are judged by the server's own clock below, which tests can set.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checking, &validation)
            .map_err(|_| TokenRefused)?
            .claims;
        let second = now.as_second();
        if claims.nbf <= second && second < claims.exp { Ok(claims) } else { Err(TokenRefused) }
    }
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A secret of 256 random bits as text, shown to its owner once.
#[must_use]
pub fn new_secret() -> String {
    let mut bytes = [0u8; 32];
    crate::ctx::fill_random(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a secret. Plain SHA-256 is enough: 256 random bits cannot be guessed.
#[must_use]
pub fn secret_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use trunkline_domain::id::Id;
    use uuid::Uuid;

    use super::*;

    fn token(tokens: &Tokens) -> (String, Timestamp) {
        let id = Uuid::from_u128(7);
        let now = Timestamp::from_second(1_800_000_000).expect("instant");
        let (token, _) = tokens
            .issue(Id::from_uuid(id), Id::from_uuid(id), Id::from_uuid(id), 1, now)
            .expect("token");
        (token, now)
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let tokens = Tokens::ephemeral().expect("key");
        let (token, now) = token(&tokens);
        assert_eq!(tokens.check(&token, now).expect("good").epoch, 1);
        assert_eq!(tokens.check(&token, now + ACCESS_LIFETIME), Err(TokenRefused));
        assert_eq!(tokens.check(&token, now - SignedDuration::from_secs(1)), Err(TokenRefused));
    }

    #[test]
    fn a_foreign_key_and_a_changed_token_are_refused() {
        let tokens = Tokens::ephemeral().expect("key");
        let (token, now) = token(&tokens);
        assert_eq!(Tokens::ephemeral().expect("key").check(&token, now), Err(TokenRefused));
        let unsigned = token.rsplit_once('.').expect("three parts").0.to_owned() + ".";
        for bad in ["", "x.y.z", &token[1..], &unsigned, &"a".repeat(5000)] {
            assert_eq!(tokens.check(bad, now), Err(TokenRefused), "{bad}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("keys/signing.der");
        let (token, now) = token(&Tokens::from_file(&path).expect("made"));
        assert!(Tokens::from_file(&path).expect("read").check(&token, now).is_ok());
    }
}
