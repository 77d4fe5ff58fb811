//! Puts the parts of a server together.

use std::sync::Arc;

use trunkline_infra::{
    clock::Clock,
    db::Db,
    identity::{HashSlots, Passwords, Providers, Seal, Tokens},
    live::LiveStore,
    postgres::Step,
    upkeep::Access,
};

use super::{
    config::Config,
    database::{Database, Own},
    exposure,
    fault::StartFault,
};
use crate::app::{App, Post};

/// What use cases stand on, with the database that must be stopped after them.
pub(crate) struct Program {
    pub(crate) app: Arc<App>,
    database: Database,
}

impl Program {
    /// Opens everything but the ears; `own` says what is done about a database of our own.
    pub(crate) async fn open(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
        own: Own,
    ) -> Result<Self, StartFault> {
        exposure::check(config)?;
        let database = Database::open(config, progress, own).await?;
        let app = open_app(config, &database).await?;
        Ok(Self { app, database })
    }

    /// How each role reaches the database.
    pub(crate) fn access(&self) -> &Access {
        &self.database.access
    }

    /// Does what needs the database for long, and takes the server over when the process ends that ran it.
    pub(crate) async fn during<T>(
        &self,
        work: impl Future<Output = Result<T, StartFault>>,
    ) -> Result<T, StartFault> {
        self.database.during(work).await
    }

    /// Lets running work end, then the database.
    pub(crate) async fn close(self) -> Result<(), StartFault> {
        self.app.db.close().await;
        self.database.stop().await
    }
}

/// The parts of a server over an open database.
async fn open_app(config: &Config, database: &Database) -> Result<Arc<App>, StartFault> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let db = Db::connect(database.access.options(config.pool_size, cores)).await?;
    let clock = Clock::System;
    let tokens = Tokens::from_directory(&config.token_key_dir, clock.now())?;
    // Hashing more passwords at once than there are cores only makes each of them wait.
    let slots = HashSlots { parallel: cores, waiting: config.password_waiting };
    let mut passwords = Passwords::new(config.hash_cost, slots)?;
    if let Some(file) = &config.password_breached_file {
        passwords = passwords.knowing_breached(file)?;
    }
    let live = live_store(config)?;
    let providers = Providers::new(config.provider_reach, config.provider_ca_file.as_deref())?;
    let app = App::new(db, clock, tokens, passwords, live, post(config)?, providers);
    Ok(Arc::new(app.keeping_private_for(config.private_retention_months)))
}

fn post(config: &Config) -> Result<Post, StartFault> {
    let mailer = exposure::mailer(config)?;
    let seal = Seal::from_file(&config.seal_key_file)?;
    Ok(Post { mailer, seal, public_url: config.public_url.clone() })
}

/// Where live data are kept.
pub(crate) fn live_store(config: &Config) -> Result<LiveStore, StartFault> {
    match config.redis() {
        None => Ok(LiveStore::in_memory()),
        Some(address) => Ok(LiveStore::in_redis(address, config.instances)?),
    }
}
