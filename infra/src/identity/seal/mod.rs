//! Encryption of the few secrets that the server must be able to read again.

mod ring;

use std::{fmt, path::Path, sync::Arc};

use aws_lc_rs::aead::{Aad, NONCE_LEN, Nonce};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use self::ring::{ID_BYTES, Key, KeyBytes, Ring};
pub use self::ring::{SealKeyId, add_seal_key, remove_seal_keys};

/// AES-256-GCM. What is sealed begins with the name of its key and a random nonce. Clones share their
/// keys: the first seals, all open.
#[derive(Clone)]
pub struct Seal {
    ring: Arc<Ring>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("keys", &self.key_ids()).finish()
    }
}

/// The keys that seal could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    /// The file cannot be read or written.
    #[error(
        "seal keys {path}: {source}; check the path, and that the account which runs the program may \
         read and write there"
    )]
    File {
        /// Path of the file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{0} holds no keys of 32 bytes in base 64, one a line: put them back from a backup")]
    Malformed(String),
    /// No key could be made.
    #[error("no key that seals could be made")]
    Generation,
}

/// The text was not sealed by these keys for this place, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed text cannot be opened")]
pub struct SealBroken;

impl Seal {
    /// A key that lives as long as the process.
    ///
    /// # Errors
    /// Never in practice: any 32 bytes are a key.
    pub fn ephemeral() -> Result<Self, SealFault> {
        Ring::of_keys(&[fresh_key()]).map(Self::of)
    }

    /// A key that whoever has `secret` (at least 256 random bits) can make again, and nobody else.
    ///
    /// # Errors
    /// Never in practice: any 32 bytes are a key.
    pub fn of_secret(purpose: &str, secret: &str) -> Result<Self, SealFault> {
        let mut hash = Sha256::new();
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(secret.as_bytes());
        Ring::of_keys(&[hash.finalize().into()]).map(Self::of)
    }

    /// The keys in `path`, one a line, 32 bytes in base 64, newest first; made there (readable by its
    /// owner alone) when it does not exist. A change of the file is noticed before something is sealed,
    /// and when something was sealed by a key that is not known.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn from_file(path: &Path) -> Result<Self, SealFault> {
        Ring::of_file(path).map(Self::of)
    }

    fn of(ring: Ring) -> Self {
        Self { ring: Arc::new(ring) }
    }

    /// Names of the keys; the first seals.
    #[must_use]
    pub fn key_ids(&self) -> Vec<SealKeyId> {
        self.ring.current().iter().map(|key| key.id).collect()
    }

    /// Seals `text` for a place, without which it cannot be opened.
    ///
    /// # Errors
    /// Never in practice: the text is far below the limit of the cipher.
    pub fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let keys = self.ring.current();
        let key = keys.first().ok_or(SealBroken)?;
        let mut sealed = text.to_vec();
        let nonce = key
            .cipher
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| SealBroken)?;
        Ok([key.id.bytes().as_slice(), nonce.as_ref(), &sealed].concat())
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`SealBroken`].
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let id = SealKeyId::before(sealed).ok_or(SealBroken)?;
        let keys = self.ring.known();
        if let Some(key) = find(&keys, id) {
            return open_with(key, place, sealed);
        }
        let keys = self.ring.current();
        open_with(find(&keys, id).ok_or(SealBroken)?, place, sealed)
    }

    /// Seals a text to text in base 64.
    ///
    /// # Errors
    /// As [`Seal::seal`].
    pub fn seal_text(&self, place: &str, text: &str) -> Result<String, SealBroken> {
        Ok(STANDARD.encode(self.seal(place, text.as_bytes())?))
    }

    /// Opens what [`Seal::seal_text`] gave.
    ///
    /// # Errors
    /// [`SealBroken`].
    pub fn open_text(&self, place: &str, sealed: &str) -> Result<String, SealBroken> {
        let sealed = STANDARD.decode(sealed).map_err(|_| SealBroken)?;
        String::from_utf8(self.open(place, &sealed)?).map_err(|_| SealBroken)
    }
}

fn find(keys: &[Key], id: SealKeyId) -> Option<&Key> {
    keys.iter().find(|key| key.id == id)
}

fn open_with(key: &Key, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
    let sealed = sealed.get(ID_BYTES..).ok_or(SealBroken)?;
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
    let mut text = text.to_vec();
    let place = Aad::from(place.as_bytes());
    Ok(key.cipher.open_in_place(nonce, place, &mut text).map_err(|_| SealBroken)?.to_vec())
}

fn fresh_key() -> KeyBytes {
    let mut key = KeyBytes::default();
    crate::ctx::fill_random(&mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_opens_at_its_place_and_only_unchanged() {
        let seal = Seal::ephemeral().expect("key");
        let mut sealed = seal.seal("totp usr_1", b"secret").expect("sealed");
        assert_eq!(seal.open("totp usr_1", &sealed).as_deref(), Ok(b"secret".as_slice()));
        let text = seal.seal_text("mail job_1", "Hello").expect("sealed");
        assert_eq!(seal.open_text("mail job_1", &text).as_deref(), Ok("Hello"));
        assert_eq!(seal.open("totp usr_2", &sealed), Err(SealBroken));
        assert_eq!(Seal::ephemeral().expect("key").open("totp usr_1", &sealed), Err(SealBroken));
        assert_eq!(seal.open("totp usr_1", b"short"), Err(SealBroken));
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        assert_eq!(seal.open("totp usr_1", &sealed), Err(SealBroken));
    }

    #[test]
    fn a_new_key_seals_and_an_old_one_opens_until_its_line_is_taken_out() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("keys/seal.key");
        let seal = Seal::from_file(&path).expect("made");
        let old = seal.seal("here", b"old").expect("sealed");
        let new_id = add_seal_key(&path).expect("added");
        // Who runs already notices.
        let new = seal.seal("here", b"new").expect("sealed");
        assert_eq!(SealKeyId::before(&new), Some(new_id));
        assert_eq!(seal.key_ids().len(), 2);
        assert_eq!(seal.open("here", &old).as_deref(), Ok(b"old".as_slice()));
        let old_id = SealKeyId::before(&old).expect("a name");
        remove_seal_keys(&path, &[old_id, new_id]).expect("removed");
        assert_eq!(seal.key_ids(), [new_id], "what seals stays");
        let again = Seal::from_file(&path).expect("one");
        assert_eq!(again.open("here", &old), Err(SealBroken));
        assert_eq!(again.open("here", &new).as_deref(), Ok(b"new".as_slice()));
    }

    #[test]
    fn what_another_server_sealed_by_a_newer_key_opens_here() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("seal.key");
        let here = Seal::from_file(&path).expect("made");
        add_seal_key(&path).expect("added");
        let sealed = Seal::from_file(&path).expect("two").seal("here", b"new").expect("sealed");
        assert_eq!(here.open("here", &sealed).as_deref(), Ok(b"new".as_slice()));
    }

    #[test]
    fn a_file_that_was_spoilt_is_refused_at_the_start_and_harms_nobody_who_runs() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("seal.key");
        let running = Seal::from_file(&path).expect("made");
        let sealed = running.seal("here", b"text").expect("sealed");
        std::fs::write(&path, "not a key").expect("written");
        assert!(matches!(Seal::from_file(&path), Err(SealFault::Malformed(_))));
        assert!(matches!(add_seal_key(&path), Err(SealFault::Malformed(_))));
        assert!(running.seal("here", b"more").is_ok());
        assert!(running.open("here", &sealed).is_ok());
    }
}
