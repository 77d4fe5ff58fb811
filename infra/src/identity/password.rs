//! Password hashes: argon2id, off the async threads, a bounded number at a time.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// Hashes and checks passwords with one set of parameters.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    /// Each hash takes memory and a core for tens of milliseconds: more at once only queue.
    slots: Arc<Semaphore>,
    /// Checked when the account does not exist, so that the answer takes as long as for one that does.
    decoy: Arc<str>,
}

/// The hasher itself failed; never the fault of the person who signs in.
#[derive(Debug, thiserror::Error)]
#[error("password hashing: {0}")]
pub struct PasswordFault(String);

impl Passwords {
    /// Parameters of the OWASP password storage guidance: 19 MiB, two passes, one lane.
    ///
    /// # Errors
    /// When the machine cannot hash at all.
    pub fn recommended(parallel: usize) -> Result<Self, PasswordFault> {
        Self::with(Params::new(19 * 1024, 2, 1, None).map_err(fault)?, parallel)
    }

    /// The cheapest parameters, for seeds and tests that sign in hundreds of people.
    ///
    /// # Errors
    /// When the machine cannot hash at all.
    pub fn cheap(parallel: usize) -> Result<Self, PasswordFault> {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None).map_err(fault)?, parallel)
    }

    fn with(params: Params, parallel: usize) -> Result<Self, PasswordFault> {
        let decoy = hash_now(&params, "a decoy that nobody knows").map(Arc::from)?;
        Ok(Self { params, slots: Arc::new(Semaphore::new(parallel.max(1))), decoy })
    }

    /// Hashes a new password to a PHC string.
    ///
    /// # Errors
    /// [`PasswordFault`] when the hasher fails.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordFault> {
        let params = self.params.clone();
        self.off_runtime(move || hash_now(&params, password.expose_secret())).await?
    }

    /// Whether `password` is the one behind `stored`. Without a stored hash the answer is no, after
    /// the same work.
    ///
    /// # Errors
    /// [`PasswordFault`] when the hasher fails.
    pub async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, PasswordFault> {
        let known = stored.is_some();
        let phc = stored.unwrap_or_else(|| self.decoy.to_string());
        let matches = self
            .off_runtime(move || {
                PasswordHash::new(&phc).is_ok_and(|hash| {
                    Argon2::default()
                        .verify_password(password.expose_secret().as_bytes(), &hash)
                        .is_ok()
                })
            })
            .await?;
        Ok(known && matches)
    }

    async fn off_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordFault> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(fault)?;
        tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(slot);
            outcome
        })
        .await
        .map_err(fault)
    }
}

fn hash_now(params: &Params, password: &str) -> Result<String, PasswordFault> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(fault)
}

fn fault(error: impl std::fmt::Display) -> PasswordFault {
    PasswordFault(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::cheap(1).expect("hasher");
        let hash = passwords.hash("tea at four in spring".into()).await.expect("hash");
        assert!(hash.starts_with("$argon2id$"));
        let verify = async |password: &str, stored: Option<&String>| {
            passwords.verify(password.into(), stored.cloned()).await.expect("verify")
        };
        assert!(verify("tea at four in spring", Some(&hash)).await);
        assert!(!verify("tea at five in spring", Some(&hash)).await);
        assert!(!verify("a decoy that nobody knows", None).await);
    }
}
