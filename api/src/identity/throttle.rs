//! Guessing made slow: attempts are counted by account and by address, and each one too many delays
//! the next for longer. Nobody is locked out for good, so nobody can lock out somebody else.

use std::time::Duration;

use trunkline_domain::fault::{Fault, FaultCode};
use trunkline_infra::{
    ctx::Origin,
    identity::secret_hash,
    live::{Backoff, Key, Verdict},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    http::network_of,
};

/// Sign-ins and other questions of a password, by account.
pub(super) const PASSWORD: Backoff = backoff(5, 1, 300, 3600);
/// Mails that somebody can have sent to somebody else, by account.
pub(super) const MAIL: Backoff = backoff(3, 60, 3600, 24 * 3600);
/// Sign-ins begun at a provider, by address: a whole site may share one, and begin at once.
pub(super) const PROVIDER: Backoff = backoff(200, 1, 60, 900);
/// Failures of any kind, by address. A whole site may share one.
const ADDRESS: Backoff = backoff(50, 1, 300, 900);

const fn backoff(free: u32, first: u64, cap: u64, life: u64) -> Backoff {
    Backoff {
        free,
        first: Duration::from_secs(first),
        cap: Duration::from_secs(cap),
        life: Duration::from_secs(life),
    }
}

/// An attempt that came too early.
#[derive(Debug)]
pub(super) struct Throttled {
    /// What too many attempts were counted by: the account, or the address for all accounts.
    pub(super) by: Key,
    wait: Duration,
}

impl From<Throttled> for AppError {
    fn from(throttled: Throttled) -> Self {
        let wait = throttled.wait;
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Fault::new(FaultCode::RateLimited).with("retryAfterSeconds", seconds.to_string()).into()
    }
}

/// An attempt that may go on.
#[derive(Debug)]
pub(super) struct Attempt {
    account: Key,
    address: Option<Key>,
}

impl Attempt {
    /// Begins an attempt at `what` with the account that `name` names, whether there is one or not.
    /// It is counted before it is looked at, so that many at once gain nothing.
    ///
    /// # Errors
    /// [`Throttled`], which is RATE_LIMITED with `retryAfterSeconds`.
    pub(super) async fn begin(
        app: &App,
        what: &str,
        rule: Backoff,
        name: &str,
        origin: &Origin,
    ) -> Result<Self, Throttled> {
        let now = app.clock.now();
        let address = origin.address.map(|it| Key::of_all("attempts-from", network_of(it)));
        if let Some(address) = &address {
            go(app.live.pause(address, now).await, address)?;
        }
        let account = key_of(what, name);
        go(app.live.attempt(&account, rule, now).await, &account)?;
        Ok(Self { account, address })
    }

    /// It failed: the address is held to it as well.
    pub(super) async fn failed(&self, app: &App) {
        if let Some(address) = &self.address {
            app.live.attempt(address, ADDRESS, app.clock.now()).await;
        }
    }

    /// It succeeded: the account's attempts are forgotten. Those of the address are not, or whoever
    /// has an account could guess at others' for ever.
    pub(super) async fn succeeded(&self, app: &App) {
        app.live.forgive(&self.account).await;
    }

    /// It ended so. Who is asked for a code besides the right password has not failed, and who was right
    /// in a tenant that is suspended has not either. Says whether it failed.
    pub(super) async fn end<T>(&self, app: &App, outcome: &Outcome<T>) -> bool {
        match outcome {
            Ok(_) | Err(AppError::TenantSuspended) => {
                self.succeeded(app).await;
                false
            }
            Err(AppError::Faults(faults)) => {
                let asked = FaultCode::SecondFactorRequired;
                let failed = faults.iter().all(|fault| fault.code != asked);
                if failed {
                    self.failed(app).await;
                }
                failed
            }
            Err(_) => false,
        }
    }

    /// Attempts at `what` under `name` led to success elsewhere: they are forgotten.
    pub(super) async fn forgive(app: &App, what: &str, name: &str) {
        app.live.forgive(&key_of(what, name)).await;
    }
}

/// Names that strangers make up become keys of one length, and are no personal data there.
fn key_of(what: &str, name: &str) -> Key {
    let hash = secret_hash(name).into_iter().take(16).map(|byte| format!("{byte:02x}"));
    Key::of_all(what, hash.collect::<String>())
}

fn go(verdict: Verdict, by: &Key) -> Result<(), Throttled> {
    match verdict {
        Verdict::Go => Ok(()),
        Verdict::Wait(wait) => Err(Throttled { by: by.clone(), wait }),
    }
}
