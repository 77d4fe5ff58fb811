//! Encryption of the few secrets that the server must be able to read again.

use std::{fmt, path::Path, sync::Arc};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::signing_keys::write_private;

const KEY_BYTES: usize = 32;

/// AES-256-GCM with a random nonce before each text. Clones share their keys.
#[derive(Clone)]
pub struct Seal {
    /// The first seals, all open: a new first line turns the key over.
    keys: Arc<[RandomizedNonceKey]>,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("keys", &self.keys.len()).finish()
    }
}

/// The keys that seal could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SealFault {
    /// The file cannot be read or written.
    #[error("seal keys {path}: {source}")]
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
        Self::of_keys(&[fresh_key()]).ok_or(SealFault::Generation)
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
        Self::of_keys(&[hash.finalize().into()]).ok_or(SealFault::Generation)
    }

    /// The keys in `path`, one a line, 32 bytes in base 64; made there (readable by its owner alone)
    /// when it does not exist.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn from_file(path: &Path) -> Result<Self, SealFault> {
        let name = path.display().to_string();
        let file = |source| SealFault::File { path: name.clone(), source };
        if !path.exists() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(file)?;
            }
            let line = STANDARD.encode(fresh_key()) + "\n";
            write_private(path, line.as_bytes()).map_err(file)?;
        }
        let text = std::fs::read_to_string(path).map_err(file)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let keys: Option<Vec<[u8; KEY_BYTES]>> =
            lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
        let keys = keys.filter(|keys| !keys.is_empty());
        keys.and_then(|keys| Self::of_keys(&keys)).ok_or(SealFault::Malformed(name))
    }

    fn of_keys(keys: &[[u8; KEY_BYTES]]) -> Option<Self> {
        let keys: Result<Vec<_>, _> =
            keys.iter().map(|key| RandomizedNonceKey::new(&AES_256_GCM, key)).collect();
        Some(Self { keys: keys.ok()?.into() })
    }

    /// Seals `text` for a place, without which it cannot be opened.
    ///
    /// # Errors
    /// Never in practice: the text is far below the limit of the cipher.
    pub fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let key = self.keys.first().ok_or(SealBroken)?;
        let mut sealed = text.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| SealBroken)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`SealBroken`].
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
        self.keys
            .iter()
            .find_map(|key| {
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                let mut text = text.to_vec();
                let opened =
                    key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text).ok()?;
                Some(opened.to_vec())
            })
            .ok_or(SealBroken)
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

fn fresh_key() -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
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
    fn an_old_key_opens_as_long_as_its_line_stands_below_the_new_one() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("keys/seal.key");
        let sealed = Seal::from_file(&path).expect("made").seal("here", b"old").expect("sealed");
        let old = std::fs::read_to_string(&path).expect("file");
        let new = STANDARD.encode([7; KEY_BYTES]);
        std::fs::write(&path, format!("{new}\n{old}")).expect("written");
        assert!(Seal::from_file(&path).expect("both").open("here", &sealed).is_ok());
        std::fs::write(&path, new).expect("written");
        assert_eq!(Seal::from_file(&path).expect("new").open("here", &sealed), Err(SealBroken));
        std::fs::write(&path, "not a key").expect("written");
        assert!(matches!(Seal::from_file(&path), Err(SealFault::Malformed(_))));
    }
}
