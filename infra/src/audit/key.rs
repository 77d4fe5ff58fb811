use std::path::Path;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::identity::{KeyFault, new_pkcs8, write_private};

/// The key that signs the chains of the audit. Its own, not the one of the tokens: only the worker
/// holds it, so who takes over a server that answers requests cannot sign a history of his own.
pub struct SealKey {
    pair: Ed25519KeyPair,
    id: String,
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SealKey {
    /// A key that lives as long as the process.
    ///
    /// # Errors
    /// When none can be generated.
    pub fn ephemeral() -> Result<Self, KeyFault> {
        Self::of_pkcs8(&new_pkcs8()?).ok_or(KeyFault::Generation)
    }

    /// The key in `path` (Ed25519, PKCS#8, DER), made there when it does not exist.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood.
    pub fn from_file(path: &Path) -> Result<Self, KeyFault> {
        if !path.exists() {
            let file = |source: std::io::Error| KeyFault::File {
                path: path.display().to_string(),
                source,
            };
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(file)?;
            }
            match write_private(path, &new_pkcs8()?) {
                // Another process was a moment earlier: both take what it wrote.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                written => written.map_err(file)?,
            }
        }
        Self::read(path)
    }

    /// The key in `path`, which must be there.
    ///
    /// # Errors
    /// When the file cannot be read or understood.
    pub fn read(path: &Path) -> Result<Self, KeyFault> {
        let name = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|source| KeyFault::File { path: name.clone(), source })?;
        Self::of_pkcs8(&bytes).ok_or(KeyFault::MalformedSeal(name))
    }

    fn of_pkcs8(bytes: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).ok()?;
        let id = URL_SAFE_NO_PAD.encode(&Sha256::digest(pair.public_key().as_ref())[..12]);
        Some(Self { pair, id })
    }

    /// Short name of the key, from its public half.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = UnparsedPublicKey::new(&ED25519, self.pair.public_key().as_ref());
        public.verify(message, signature).is_ok()
    }
}
