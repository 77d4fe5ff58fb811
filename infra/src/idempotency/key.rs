use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};
use uuid::Uuid;

use crate::{ctx::Ctx, db::DbError};

const NONCE: usize = 12;
const DERIVED: usize = 32;

/// Length of what is derived from a key.
struct Bytes;

impl KeyType for Bytes {
    fn len(&self) -> usize {
        DERIVED
    }
}

/// A key of a caller. The database never has it: it has a name derived from the key, and answers
/// sealed by another value derived from it, since an answer may hold what is shown once and stored
/// nowhere, such as a new API key. (HKDF of RFC 5869; AES-256-GCM.)
pub(super) struct CallersKey(Prk);

impl CallersKey {
    /// The caller's `key`: the same text of another caller or tenant is another key.
    pub(super) fn new(ctx: &Ctx, key: &str) -> Self {
        let mut salt = ctx.tenant().uuid().as_bytes().to_vec();
        salt.extend_from_slice(subject(ctx).as_bytes());
        Self(Salt::new(HKDF_SHA256, &salt).extract(key.as_bytes()))
    }

    fn derive(&self, what: &[u8]) -> Result<[u8; DERIVED], DbError> {
        let mut derived = [0; DERIVED];
        let what = [what];
        self.0.expand(&what, Bytes).and_then(|okm| okm.fill(&mut derived)).map_err(broken)?;
        Ok(derived)
    }

    /// What the database knows the key by.
    pub(super) fn name(&self) -> Result<Vec<u8>, DbError> {
        Ok(self.derive(b"name")?.to_vec())
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, DbError> {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(b"seal")?).map_err(broken)
    }

    /// Seals an answer to the request of that hash: nonce, then text and tag.
    pub(super) fn seal(&self, request_hash: &[u8], answer: &str) -> Result<Vec<u8>, DbError> {
        let mut text = answer.as_bytes().to_vec();
        let nonce = self.cipher()?.seal_in_place_append_tag(Aad::from(request_hash), &mut text);
        let mut sealed = nonce.map_err(broken)?.as_ref().to_vec();
        sealed.append(&mut text);
        Ok(sealed)
    }

    /// Opens what [`CallersKey::seal`] made.
    pub(super) fn open(&self, request_hash: &[u8], sealed: &[u8]) -> Result<String, DbError> {
        let (nonce, text) = sealed.split_at_checked(NONCE).ok_or_else(|| broken(Unspecified))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
        let mut text = text.to_vec();
        let cipher = self.cipher()?;
        let opened = cipher.open_in_place(nonce, Aad::from(request_hash), &mut text);
        String::from_utf8(opened.map_err(broken)?.to_vec()).map_err(|_| broken(Unspecified))
    }
}

/// Whose keys they are: the user's, on whatever device, or the API client's.
pub(super) fn subject(ctx: &Ctx) -> Uuid {
    ctx.actor().unwrap_or(Uuid::nil())
}

fn broken(_: Unspecified) -> DbError {
    DbError::Internal("a kept answer cannot be sealed or opened".to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use trunkline_domain::id::TenantId;

    use super::*;

    fn key(tenant: u128, text: &str) -> CallersKey {
        let tenant = TenantId::from_uuid(Uuid::from_u128(tenant));
        CallersKey::new(&Ctx::of_system(tenant, "test", Timestamp::UNIX_EPOCH), text)
    }

    #[test]
    fn an_answer_is_opened_with_the_key_and_request_it_was_sealed_with() {
        let sealed = key(1, "a-key-of-one").seal(b"hash", "{\"data\":1}").expect("sealed");
        assert!(!sealed.windows(4).any(|part| part == b"data"));
        assert_eq!(key(1, "a-key-of-one").open(b"hash", &sealed).expect("text"), "{\"data\":1}");
        assert!(key(1, "a-key-of-two").open(b"hash", &sealed).is_err());
        assert!(key(2, "a-key-of-one").open(b"hash", &sealed).is_err());
        assert!(key(1, "a-key-of-one").open(b"other", &sealed).is_err());
    }

    #[test]
    fn the_name_of_a_key_is_its_callers_own() {
        let name = |tenant, text| key(tenant, text).name().expect("name");
        assert_eq!(name(1, "a"), name(1, "a"));
        assert_ne!(name(1, "a"), name(2, "a"));
        assert_ne!(name(1, "a"), name(1, "b"));
    }
}
