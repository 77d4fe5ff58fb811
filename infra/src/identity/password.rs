//! Password hashes: argon2id, off the async threads, a bounded number at a time.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::breached::BreachedPasswords;

/// What one hash of argon2id costs (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl HashCost {
    /// The OWASP password storage guidance: 19 MiB, two passes, one lane.
    pub const RECOMMENDED: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// The cheapest there is, for seeds and tests that sign in hundreds of people.
    pub const CHEAPEST: Self = Self { memory_kib: Params::MIN_M_COST, passes: 1, lanes: 1 };
}

/// How many hashes are made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashSlots {
    /// Hashes at the same time; more than there are cores only slow each other down.
    pub parallel: usize,
    /// How many may wait for a slot; the next one is sent away.
    pub waiting: usize,
}

/// Hashes and checks passwords. Clones share their slots.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    /// Each hash takes memory and a core for tens of milliseconds.
    slots: Arc<Semaphore>,
    /// Who hashes or waits has a seat. Who gets none is told to come again: a queue that grows
    /// without end answers nobody in time.
    seats: Arc<Semaphore>,
    /// Checked when the account does not exist, so that the answer takes as long as for one that does.
    decoy: Arc<str>,
    made: Arc<AtomicU64>,
    breached: Option<Arc<BreachedPasswords>>,
}

/// Why a password was not hashed; never the fault of the person who signs in.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    /// All slots are taken and enough people wait.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The hasher itself failed.
    #[error("password hashing: {0}")]
    Hasher(String),
    /// The set of breached passwords cannot be asked.
    #[error("password_breached_file {0}")]
    Breached(String),
}

/// What came of looking at a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCheck {
    /// It is the one behind the stored hash.
    pub matches: bool,
    /// It is, and the hash was made at another cost than is set now: make it anew.
    pub outdated: bool,
}

impl Passwords {
    /// A hasher of this cost.
    ///
    /// # Errors
    /// When argon2id cannot have the cost, or the machine cannot hash at all.
    pub fn new(cost: HashCost, slots: HashSlots) -> Result<Self, PasswordFault> {
        let HashCost { memory_kib, passes, lanes } = cost;
        let params = Params::new(memory_kib, passes, lanes, None).map_err(fault)?;
        let decoy = hash_now(&params, "a decoy that nobody knows").map(Arc::from)?;
        let parallel = slots.parallel.max(1);
        Ok(Self {
            params,
            slots: Arc::new(Semaphore::new(parallel)),
            seats: Arc::new(Semaphore::new(parallel + slots.waiting)),
            decoy,
            made: Arc::default(),
            breached: None,
        })
    }

    /// The same with a set of breached passwords to be asked: a file of SHA-1 hashes in hexadecimal digits,
    /// one a line and in order, as the downloader of Pwned Passwords writes it.
    ///
    /// # Errors
    /// [`PasswordFault::Breached`] when the file is no such set.
    pub fn knowing_breached(self, file: &Path) -> Result<Self, PasswordFault> {
        let set = BreachedPasswords::open(file)
            .map_err(|error| PasswordFault::Breached(format!("{}: {error}", file.display())))?;
        Ok(Self { breached: Some(Arc::new(set)), ..self })
    }

    /// Whether a new password stands in the set of breached ones; in none where no set is known.
    ///
    /// # Errors
    /// [`PasswordFault::Breached`] when the set cannot be read any more.
    pub async fn is_breached(&self, password: &SecretString) -> Result<bool, PasswordFault> {
        let Some(set) = self.breached.clone() else { return Ok(false) };
        let password = password.clone();
        let found = tokio::task::spawn_blocking(move || set.contains(password.expose_secret()));
        let broken = |error: std::io::Error| PasswordFault::Breached(error.to_string());
        found.await.map_err(fault)?.map_err(broken)
    }

    /// The cheapest hasher, with room for everybody.
    ///
    /// # Errors
    /// When the machine cannot hash at all.
    pub fn cheap(parallel: usize) -> Result<Self, PasswordFault> {
        Self::new(HashCost::CHEAPEST, HashSlots { parallel, waiting: 10_000 })
    }

    /// Hashes made so far, those of decoys among them.
    #[must_use]
    pub fn hashes_made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Hashes a new password to a PHC string.
    ///
    /// # Errors
    /// [`PasswordFault`].
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordFault> {
        let params = self.params.clone();
        self.off_runtime(move || hash_now(&params, password.expose_secret())).await?
    }

    /// Whether `password` is the one behind `stored`. Without a stored hash the answer is no, after
    /// the same work.
    ///
    /// # Errors
    /// [`PasswordFault`].
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<PasswordCheck, PasswordFault> {
        let known = stored.is_some();
        let phc = stored.unwrap_or_else(|| self.decoy.to_string());
        let params = self.params.clone();
        let (matches, outdated) = self
            .off_runtime(move || {
                let Ok(hash) = PasswordHash::new(&phc) else { return (false, false) };
                let matches = Argon2::default()
                    .verify_password(password.expose_secret().as_bytes(), &hash)
                    .is_ok();
                (matches, !is_of(&hash, &params))
            })
            .await?;
        let matches = known && matches;
        Ok(PasswordCheck { matches, outdated: matches && outdated })
    }

    async fn off_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordFault> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().map_err(|_| PasswordFault::Busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(fault)?;
        self.made.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop((slot, seat));
            outcome
        })
        .await
        .map_err(fault)
    }
}

/// Whether a stored hash was made by argon2id at this cost.
fn is_of(hash: &PasswordHash, wanted: &Params) -> bool {
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    hash.algorithm == Algorithm::Argon2id.ident()
        && Params::try_from(hash).is_ok_and(|params| cost(&params) == cost(wanted))
}

fn hash_now(params: &Params, password: &str) -> Result<String, PasswordFault> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(fault)
}

fn fault(error: impl std::fmt::Display) -> PasswordFault {
    PasswordFault::Hasher(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: PasswordCheck = PasswordCheck { matches: true, outdated: false };
    const NO: PasswordCheck = PasswordCheck { matches: false, outdated: false };

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::cheap(1).expect("hasher");
        let hash = passwords.hash("tea at four in spring".into()).await.expect("hash");
        assert!(hash.starts_with("$argon2id$"));
        let verify = async |password: &str, stored: Option<&String>| {
            passwords.verify(password.into(), stored.cloned()).await.expect("verify")
        };
        assert_eq!(verify("tea at four in spring", Some(&hash)).await, YES);
        assert_eq!(verify("tea at five in spring", Some(&hash)).await, NO);
        assert_eq!(verify("a decoy that nobody knows", None).await, NO);
        assert_eq!(passwords.hashes_made(), 4, "one hash each, whatever the answer");
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated_when_the_password_is_right() {
        let old = Passwords::cheap(1).expect("hasher");
        let cost = HashCost { passes: 2, ..HashCost::CHEAPEST };
        let new = Passwords::new(cost, HashSlots { parallel: 1, waiting: 1 }).expect("hasher");
        let hash = old.hash("tea at four in spring".into()).await.expect("hash");
        let check = new.verify("tea at four in spring".into(), Some(hash.clone())).await;
        assert_eq!(check.expect("verify"), PasswordCheck { matches: true, outdated: true });
        let check = new.verify("tea at five in spring".into(), Some(hash)).await;
        assert_eq!(check.expect("verify"), NO);
    }

    #[tokio::test]
    async fn who_finds_no_seat_is_sent_away_and_may_come_again() {
        let slots = HashSlots { parallel: 1, waiting: 1 };
        let passwords = Passwords::new(HashCost::CHEAPEST, slots).expect("hasher");
        let hold = Arc::clone(&passwords.slots).acquire_owned().await.expect("slot");
        let hash = || passwords.hash("tea at four in spring".into());
        let (mut first, mut second) = (Box::pin(hash()), Box::pin(hash()));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(futures_util::poll!(&mut second).is_pending());
        assert!(matches!(hash().await, Err(PasswordFault::Busy)));
        drop(hold);
        first.await.expect("hash");
        second.await.expect("hash");
        hash().await.expect("a seat is free again");
    }

    #[test]
    fn a_cost_that_argon2id_cannot_have_is_refused() {
        let cost = HashCost { memory_kib: 1, ..HashCost::CHEAPEST };
        assert!(Passwords::new(cost, HashSlots { parallel: 1, waiting: 1 }).is_err());
    }
}
