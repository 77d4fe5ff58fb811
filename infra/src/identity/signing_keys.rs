//! Keys that sign access tokens: one that signs, those that are to follow it, and those before it
//! until the last token of theirs has run out.
//!
//! Each key is a file whose name says from when on it signs, `20261125T120000Z.der` (PKCS#8). So the
//! same files mean the same to every server that has them, without a word between the servers, and a
//! key that begins later is known everywhere before its first token comes.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Form of a key file's name: the first second in which the key signs.
const NAME: &str = "%Y%m%dT%H%M%SZ";
const EXTENSION: &str = "der";
/// How far the clocks of two servers may be apart.
pub(super) const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The signing keys could not be had. Each text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The directory or a file in it cannot be read or written.
    #[error(
        "signing key {path}: {source}; check the path, and that the account which runs the program may \
         read and write there"
    )]
    File {
        /// Path of the file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file holds something else, or its name says no instant.
    #[error(
        "signing key {0} is no Ed25519 key (PKCS#8, DER) called after the instant from which it signs, \
         as in 20261125T120000Z.der: take it away; `trunkline keys rotate` makes one"
    )]
    Malformed(String),
    /// The file of the audit's key holds something else.
    #[error(
        "{0} is no Ed25519 key (PKCS#8, DER): bring the key back; with a new one what is sealed \
         already cannot be verified"
    )]
    MalformedSeal(String),
    /// No key could be made.
    #[error("no signing key could be generated")]
    Generation,
}

/// A key pair, and from when on it signs.
pub struct SigningKey {
    /// Thumbprint of the public key, RFC 7638.
    pub kid: String,
    /// First instant at which it signs.
    pub begins: Timestamp,
    pub(super) signing: EncodingKey,
    pub(super) checking: DecodingKey,
    public: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// What a key of a ring does at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Will sign; already published, so that everybody knows it by then.
    Next,
    /// Signs.
    Current,
    /// Signs no more; its tokens are honoured before this instant.
    Retired(Timestamp),
    /// Its last token has run out.
    Over,
}

/// A public key as RFC 8037 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
    kid: String,
    x: String,
}

impl SigningKey {
    pub(super) fn generate(begins: Timestamp) -> Result<Self, KeyFault> {
        Self::of_pkcs8(&new_pkcs8()?, begins).ok_or(KeyFault::Generation)
    }

    fn of_pkcs8(bytes: &[u8], begins: Timestamp) -> Option<Self> {
        // PKCS#8 version 1 carries no public key, so the pair derives it.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).ok()?;
        let public = pair.public_key().as_ref();
        let x = URL_SAFE_NO_PAD.encode(public);
        // The members that a thumbprint is taken of, in their one order and form.
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        Some(Self {
            kid: URL_SAFE_NO_PAD.encode(Sha256::digest(members)),
            begins,
            signing: EncodingKey::from_ed_der(bytes),
            checking: DecodingKey::from_ed_der(public),
            public: x,
        })
    }

    fn jwk(&self) -> Jwk {
        let (kid, x) = (self.kid.clone(), self.public.clone());
        Jwk { kty: "OKP", crv: "Ed25519", usage: "sig", alg: "EdDSA", kid, x }
    }
}

/// The keys that there are, in the order in which they sign.
#[derive(Debug)]
pub struct KeyRing {
    keys: Vec<SigningKey>,
    /// How long the longest-lived token of a key is good for.
    token_lifetime: SignedDuration,
}

impl KeyRing {
    pub(super) fn of(mut keys: Vec<SigningKey>, token_lifetime: SignedDuration) -> Self {
        keys.sort_by(|a, b| (a.begins, &a.kid).cmp(&(b.begins, &b.kid)));
        Self { keys, token_lifetime }
    }

    /// The keys of the directory.
    ///
    /// # Errors
    /// When the directory or a key cannot be read; hidden files and those of another extension are
    /// none of it.
    pub fn read(directory: &Path, token_lifetime: SignedDuration) -> Result<Self, KeyFault> {
        let at = |source| file_fault(directory, source);
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(at)? {
            let path = entry.map_err(at)?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if name.starts_with('.') || path.extension().is_none_or(|it| it != EXTENSION) {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|source| file_fault(&path, source))?;
            let key = begins_of(name).and_then(|begins| SigningKey::of_pkcs8(&bytes, begins));
            keys.push(key.ok_or_else(|| KeyFault::Malformed(path.display().to_string()))?);
        }
        Ok(Self::of(keys, token_lifetime))
    }

    /// Whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All keys with what they do at `now`, in the order in which they sign.
    pub fn states(&self, now: Timestamp) -> impl Iterator<Item = (&SigningKey, KeyState)> {
        let current = self.current_place(now);
        self.keys.iter().enumerate().map(move |(place, key)| {
            let state = match place.cmp(&current) {
                std::cmp::Ordering::Greater => KeyState::Next,
                std::cmp::Ordering::Equal => KeyState::Current,
                std::cmp::Ordering::Less => {
                    let over = self.keys[place + 1].begins + self.token_lifetime + SKEW;
                    if now < over { KeyState::Retired(over) } else { KeyState::Over }
                }
            };
            (key, state)
        })
    }

    /// The newest key that has begun; before any has, the first.
    fn current_place(&self, now: Timestamp) -> usize {
        self.keys.iter().rposition(|key| key.begins <= now).unwrap_or(0)
    }

    pub(super) fn current(&self, now: Timestamp) -> Option<&SigningKey> {
        self.keys.get(self.current_place(now))
    }

    /// The key of a token, unless its time is over.
    pub(super) fn find(&self, kid: &str, now: Timestamp) -> Option<&SigningKey> {
        let mut known = self.states(now).filter(|(_, state)| *state != KeyState::Over);
        known.find(|(key, _)| key.kid == kid).map(|(key, _)| key)
    }

    /// The public keys that everybody may know: all whose tokens are, or will be, honoured.
    #[must_use]
    pub fn published(&self, now: Timestamp) -> Vec<Jwk> {
        let known = self.states(now).filter(|(_, state)| *state != KeyState::Over);
        known.map(|(key, _)| key.jwk()).collect()
    }
}

fn begins_of(name: &str) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::strptime(NAME, name).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn file_fault(path: &Path, source: std::io::Error) -> KeyFault {
    KeyFault::File { path: path.display().to_string(), source }
}

/// A new key pair, PKCS#8.
pub(crate) fn new_pkcs8() -> Result<Vec<u8>, KeyFault> {
    let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new());
    Ok(document.map_err(|_| KeyFault::Generation)?.as_ref().to_vec())
}

/// Makes a key that signs from `begins` on (whole seconds), readable by its owner alone. Gives its
/// path. One that is there already for this second stays.
///
/// # Errors
/// When the file cannot be written.
pub fn add_signing_key(directory: &Path, begins: Timestamp) -> Result<PathBuf, KeyFault> {
    std::fs::create_dir_all(directory).map_err(|source| file_fault(directory, source))?;
    let name = begins.strftime(NAME).to_string();
    let path = directory.join(&name).with_extension(EXTENSION);
    let draft = directory.join(format!(".{name}.{}", std::process::id()));
    // Complete before it has its name, and never in the place of another: two servers may start at
    // once on one directory.
    let written = write_private(&draft, &new_pkcs8()?)
        .and_then(|()| std::fs::hard_link(&draft, &path))
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists if path.exists() => Ok(()),
            _ => Err(error),
        });
    let _ = std::fs::remove_file(&draft);
    written.map_err(|source| file_fault(&path, source))?;
    Ok(path)
}

/// Takes the files of keys away whose last token has run out. Gives their paths.
///
/// # Errors
/// When the directory cannot be read or a file not be removed.
pub fn remove_keys_over(
    directory: &Path,
    token_lifetime: SignedDuration,
    now: Timestamp,
) -> Result<Vec<PathBuf>, KeyFault> {
    let ring = KeyRing::read(directory, token_lifetime)?;
    let over = ring.states(now).filter(|(_, state)| *state == KeyState::Over);
    let mut removed = Vec::new();
    for (key, _) in over {
        let name = key.begins.strftime(NAME).to_string();
        let path = directory.join(name).with_extension(EXTENSION);
        std::fs::remove_file(&path).map_err(|source| file_fault(&path, source))?;
        removed.push(path);
    }
    Ok(removed)
}

/// Writes a new file that its owner alone can read.
#[cfg(unix)]
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    fn states(ring: &KeyRing, now: &str) -> Vec<KeyState> {
        ring.states(at(now)).map(|(_, state)| state).collect()
    }

    #[test]
    fn the_name_of_a_file_says_from_when_on_its_key_signs() {
        let folder = tempfile::tempdir().expect("folder");
        let directory = folder.path().join("keys");
        let begins = at("2026-11-25T12:00:00Z");
        let path = add_signing_key(&directory, begins).expect("made");
        assert!(path.ends_with("20261125T120000Z.der"));
        let ring = KeyRing::read(&directory, LIFETIME).expect("read");
        assert_eq!(ring.keys[0].begins, begins);
        let kid = ring.keys[0].kid.clone();
        add_signing_key(&directory, begins).expect("there already");
        assert_eq!(KeyRing::read(&directory, LIFETIME).expect("read").keys[0].kid, kid);
        assert_eq!(std::fs::read_dir(&directory).expect("directory").count(), 1);
    }

    #[test]
    fn a_key_is_next_then_signs_then_is_honoured_then_is_over() {
        let keys = ["2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z"];
        let keys = keys.map(|begins| SigningKey::generate(at(begins)).expect("key"));
        let ring = KeyRing::of(keys.into(), LIFETIME);
        let over = at("2026-11-25T13:11:00Z");
        use KeyState::{Current, Next, Over, Retired};
        for (now, expected) in [
            ("2026-11-25T11:00:00Z", [Current, Next]),
            ("2026-11-25T12:59:59Z", [Current, Next]),
            ("2026-11-25T13:00:00Z", [Retired(over), Current]),
            ("2026-11-25T13:11:00Z", [Over, Current]),
        ] {
            assert_eq!(states(&ring, now), expected, "{now}");
        }
        assert_eq!(ring.published(at("2026-11-25T13:00:00Z")).len(), 2);
        assert_eq!(ring.published(over).len(), 1);
    }

    #[test]
    fn keys_that_are_over_are_taken_away() {
        let folder = tempfile::tempdir().expect("folder");
        let first = add_signing_key(folder.path(), at("2026-11-25T12:00:00Z")).expect("made");
        add_signing_key(folder.path(), at("2026-11-25T13:00:00Z")).expect("made");
        let removed = |now| remove_keys_over(folder.path(), LIFETIME, at(now)).expect("removed");
        assert!(removed("2026-11-25T13:05:00Z").is_empty());
        assert_eq!(removed("2026-11-25T14:00:00Z"), [first]);
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::write(folder.path().join("README.md"), "keys").expect("written");
        assert!(KeyRing::read(folder.path(), LIFETIME).expect("read").is_empty());
        std::fs::write(folder.path().join("20261125T120000Z.der"), "none").expect("written");
        let fault = KeyRing::read(folder.path(), LIFETIME).expect_err("no key").to_string();
        assert!(fault.contains("20261125T120000Z.der is no Ed25519 key"), "{fault}");
    }

    /// RFC 8037, appendix A: the key, and in A.3 its thumbprint.
    #[test]
    fn the_kid_is_the_thumbprint_of_the_public_key() {
        let seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        let mut pkcs8 =
            vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        pkcs8.extend(URL_SAFE_NO_PAD.decode(seed).expect("seed"));
        let key = SigningKey::of_pkcs8(&pkcs8, Timestamp::UNIX_EPOCH).expect("key");
        assert_eq!(key.public, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
