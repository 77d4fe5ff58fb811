//! Everything that a running server shares.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use trunkline_domain::id::TenantId;
use trunkline_infra::{
    clock::Clock,
    ctx::Ctx,
    db::{Db, TenantTx},
    identity::{Passwords, Seal, Tokens},
    live::LiveStore,
    mail::Mailer,
    network::{Directory, load_directory},
};

use crate::{error::Outcome, identity::Callers, intraday::Boards};

/// Small tables of a tenant may be this old when another server changed them.
const DIRECTORY_AGE: Duration = Duration::from_secs(5);

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
    /// Facts of boards asked for a moment ago.
    pub boards: Boards,
    /// Letters to people.
    pub post: Post,
    directories: Cache<TenantId, Arc<Directory>>,
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
    ) -> Self {
        Self {
            db,
            clock,
            tokens,
            passwords,
            callers: Callers::default(),
            live,
            boards: Boards::default(),
            post,
            directories: Cache::builder().max_capacity(1000).time_to_live(DIRECTORY_AGE).build(),
        }
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
        let read = Arc::new(load_directory(tx, ctx.now()).await?);
        self.directories.insert(ctx.tenant(), Arc::clone(&read));
        Ok(read)
    }

    /// The directory of a tenant if it is in memory.
    #[must_use]
    pub fn known_directory(&self, tenant: TenantId) -> Option<Arc<Directory>> {
        self.directories.get(&tenant)
    }

    /// Forgets what is in memory of the small tables of the context's tenant, after the commit of a
    /// change of them.
    pub async fn forget_directory(&self, ctx: &Ctx) {
        let (directories, tenant) = (self.directories.clone(), ctx.tenant());
        ctx.after_commit(async move { directories.invalidate(&tenant) }).await;
    }
}
