//! The keys that seal, and the file they lie in.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use aws_lc_rs::aead::{AES_256_GCM, RandomizedNonceKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::SealFault;
use crate::identity::signing_keys::write_private;

const KEY_BYTES: usize = 32;
/// Bytes of a key's name, which stands before all that it has sealed.
pub(super) const ID_BYTES: usize = 8;

/// 256 random bits.
pub(super) type KeyBytes = [u8; KEY_BYTES];

/// Name of a key: the beginning of a hash of it, which tells nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealKeyId([u8; ID_BYTES]);

impl SealKeyId {
    fn of_key(key: &KeyBytes) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"name of a key that seals");
        hash.update(key);
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&hash.finalize()[..ID_BYTES]);
        Self(id)
    }

    /// The name before a sealed value; `None` when the value is too short to have one.
    #[must_use]
    pub fn before(sealed: &[u8]) -> Option<Self> {
        sealed.first_chunk().copied().map(Self)
    }

    /// As it stands before a sealed value.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl fmt::Display for SealKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A key ready for use.
pub(super) struct Key {
    pub(super) id: SealKeyId,
    pub(super) cipher: RandomizedNonceKey,
}

/// The keys, newest first, as the file had them when it was last read.
pub(super) struct Ring {
    file: Option<PathBuf>,
    read: RwLock<Read>,
}

struct Read {
    keys: Arc<[Key]>,
    /// Of the file, before it was read.
    stamp: Option<Stamp>,
}

/// What changes when a file does.
type Stamp = (SystemTime, u64);

impl Ring {
    /// Keys that lie in no file.
    pub(super) fn of_keys(keys: &[KeyBytes]) -> Result<Self, SealFault> {
        let read = Read { keys: ciphers(keys)?, stamp: None };
        Ok(Self { file: None, read: RwLock::new(read) })
    }

    /// The keys of a file; the first is made with it when it does not exist.
    pub(super) fn of_file(path: &Path) -> Result<Self, SealFault> {
        if !path.exists() {
            put(path, &[super::fresh_key()])?;
        }
        let read = Read::of(path)?;
        Ok(Self { file: Some(path.to_owned()), read: RwLock::new(read) })
    }

    /// The keys as they were last read.
    pub(super) fn known(&self) -> Arc<[Key]> {
        Arc::clone(&self.read.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    /// The keys as they are now: the file is read again when it has changed. One that cannot be read
    /// changes nothing.
    pub(super) fn current(&self) -> Arc<[Key]> {
        let Some(path) = &self.file else { return self.known() };
        let stamp = stamp_of(path);
        if stamp.is_none()
            || stamp == self.read.read().unwrap_or_else(PoisonError::into_inner).stamp
        {
            return self.known();
        }
        match Read::of(path) {
            Ok(read) => *self.read.write().unwrap_or_else(PoisonError::into_inner) = read,
            Err(error) => tracing::error!(%error, "the keys that seal stay as they were"),
        }
        self.known()
    }
}

impl Read {
    fn of(path: &Path) -> Result<Self, SealFault> {
        let stamp = stamp_of(path);
        Ok(Self { keys: ciphers(&lines(path)?)?, stamp })
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn ciphers(keys: &[KeyBytes]) -> Result<Arc<[Key]>, SealFault> {
    let key = |bytes: &KeyBytes| {
        let cipher = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        cipher.map(|cipher| Key { id: SealKeyId::of_key(bytes), cipher })
    };
    let keys: Result<Vec<_>, _> = keys.iter().map(key).collect();
    keys.map(Into::into).map_err(|_| SealFault::Generation)
}

fn lines(path: &Path) -> Result<Vec<KeyBytes>, SealFault> {
    let text = std::fs::read_to_string(path).map_err(|source| fault(path, source))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Option<Vec<KeyBytes>> =
        lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
    let keys = keys.filter(|keys| !keys.is_empty());
    keys.ok_or_else(|| SealFault::Malformed(path.display().to_string()))
}

/// Writes the whole file at once, so that nobody reads half of it.
fn put(path: &Path, keys: &[KeyBytes]) -> Result<(), SealFault> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| fault(path, source))?;
    }
    let text: String = keys.iter().map(|key| STANDARD.encode(key) + "\n").collect();
    let draft = path.with_extension("draft");
    // Of somebody who was cut short.
    let _ = std::fs::remove_file(&draft);
    write_private(&draft, text.as_bytes())
        .and_then(|()| std::fs::rename(&draft, path))
        .map_err(|source| fault(path, source))
}

fn fault(path: &Path, source: std::io::Error) -> SealFault {
    SealFault::File { path: path.display().to_string(), source }
}

/// Makes a key that seals from now on; the others go on opening what they have sealed. Gives its name.
///
/// # Errors
/// When the file cannot be read, written or understood.
pub fn add_seal_key(path: &Path) -> Result<SealKeyId, SealFault> {
    let new = super::fresh_key();
    let mut keys = vec![new];
    if path.exists() {
        keys.extend(lines(path)?);
    }
    put(path, &keys)?;
    Ok(SealKeyId::of_key(&new))
}

/// Takes keys out of the file for good: what they have sealed can never be opened again. The one that
/// seals stays, whatever is asked.
///
/// # Errors
/// When the file cannot be read, written or understood.
pub fn remove_seal_keys(path: &Path, gone: &[SealKeyId]) -> Result<(), SealFault> {
    let keys = lines(path)?.into_iter().enumerate();
    let stays = |(at, key): &(usize, KeyBytes)| *at == 0 || !gone.contains(&SealKeyId::of_key(key));
    let keys: Vec<KeyBytes> = keys.filter(stays).map(|(_, key)| key).collect();
    put(path, &keys)
}
