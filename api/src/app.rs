//! Everything that a running server shares.

use std::{
    num::NonZeroU16,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use moka::sync::Cache;
use trunkline_domain::id::TenantId;
use trunkline_infra::{
    clock::Clock,
    ctx::Ctx,
    db::{Db, TenantTx},
    identity::{Passwords, Providers, Seal, Tokens},
    live::LiveStore,
    mail::Mailer,
    network::{Directory, load_directory},
};

use crate::{audit::Refusals, error::Outcome, identity::Callers, intraday::Boards};

/// Small tables of a tenant may be this old when another server changed them.
const DIRECTORY_AGE: Duration = Duration::from_secs(5);
/// Months after the last day of an employment until private fields are erased, unless configured.
const PRIVATE_RETENTION_MONTHS: Option<NonZeroU16> = NonZeroU16::new(24);

/// What use cases stand on.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Where `now` comes from.
    pub clock: Clock,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Callers seen a moment ago.
    pub callers: Callers,
    /// What lives for seconds, and the bus between servers.
    pub live: LiveStore,
    /// Refusals on their way into the audit.
    pub refusals: Refusals,
    /// Facts of boards asked for a moment ago.
    pub boards: Boards,
    /// Letters to people.
    pub post: Post,
    /// The way to identity providers.
    pub providers: Providers,
    /// Months after the last day of an employment until private fields are erased; `None` = never.
    pub private_retention_months: Option<NonZeroU16>,
    /// Tasks of recurring work that failed since the program started.
    pub recurring_failures: AtomicU64,
    directories: Arc<Directories>,
}

/// Directories read a moment ago.
#[derive(Debug)]
struct Directories {
    known: Cache<TenantId, Arc<Directory>>,
    /// How often one was forgotten: what was read before that is not kept after it.
    forgotten: Mutex<u64>,
}

impl Directories {
    fn new() -> Self {
        let known = Cache::builder().max_capacity(1000).time_to_live(DIRECTORY_AGE).build();
        Self { known, forgotten: Mutex::new(0) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, u64> {
        self.forgotten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be taken before a directory is read.
    fn age(&self) -> u64 {
        *self.lock()
    }

    /// Keeps what was read at `age`, unless something was forgotten since: it may be of before the
    /// change.
    fn keep(&self, tenant: TenantId, read: &Arc<Directory>, age: u64) {
        let now = self.lock();
        if *now == age {
            self.known.insert(tenant, Arc::clone(read));
        }
    }

    fn forget(&self, tenant: TenantId) {
        let mut now = self.lock();
        *now += 1;
        self.known.invalidate(&tenant);
    }
}

/// What letters to people and their second factors need.
#[derive(Debug, Clone)]
pub struct Post {
    /// Sends mails.
    pub mailer: Mailer,
    /// Seals secrets at rest.
    pub seal: Seal,
    /// Address under which people reach this server, without a slash at the end; links begin with it.
    pub public_url: String,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        tokens: Tokens,
        passwords: Passwords,
        live: LiveStore,
        post: Post,
        providers: Providers,
    ) -> Self {
        Self {
            db,
            clock,
            tokens,
            passwords,
            callers: Callers::default(),
            live,
            refusals: Refusals::default(),
            boards: Boards::default(),
            post,
            providers,
            private_retention_months: PRIVATE_RETENTION_MONTHS,
            recurring_failures: AtomicU64::new(0),
            directories: Arc::new(Directories::new()),
        }
    }

    /// The same with another time until private fields of who has left are erased, in months; 0 = never.
    #[must_use]
    pub fn keeping_private_for(self, months: u16) -> Self {
        Self { private_retention_months: NonZeroU16::new(months), ..self }
    }

    /// Sites, teams, skills and queues of the context's tenant, from memory when they were read a
    /// moment ago, else through `tx`. Within a unit they are read anew: its writes show, and show
    /// nobody else.
    ///
    /// # Errors
    /// What the database says.
    pub async fn directory(&self, tx: &TenantTx, ctx: &Ctx) -> Outcome<Arc<Directory>> {
        if tx.is_of_unit() {
            return Ok(Arc::new(load_directory(tx, ctx.now()).await?));
        }
        if let Some(known) = self.known_directory(ctx.tenant()) {
            return Ok(known);
        }
        let age = self.directories.age();
        let read = Arc::new(load_directory(tx, ctx.now()).await?);
        self.directories.keep(ctx.tenant(), &read, age);
        Ok(read)
    }

    /// The directory of a tenant if it is in memory.
    #[must_use]
    pub fn known_directory(&self, tenant: TenantId) -> Option<Arc<Directory>> {
        self.directories.known.get(&tenant)
    }

    /// Forgets what is in memory of the small tables of the context's tenant, after the commit of a
    /// change of them.
    pub async fn forget_directory(&self, ctx: &Ctx) {
        let (directories, tenant) = (Arc::clone(&self.directories), ctx.tenant());
        ctx.after_commit(async move { directories.forget(tenant) }).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let (directories, tenant) = (Directories::new(), TenantId::from_uuid(uuid::Uuid::nil()));
        let read = Arc::new(Directory::default());
        let before = directories.age();
        directories.forget(tenant);
        directories.keep(tenant, &read, before);
        assert!(directories.known.get(&tenant).is_none(), "read before, kept after");
        directories.keep(tenant, &read, directories.age());
        assert!(directories.known.get(&tenant).is_some());
    }
}
