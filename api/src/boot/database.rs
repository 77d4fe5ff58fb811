//! The database of this run: the configured one, or one that the program runs itself.

use trunkline_infra::{
    postgres::{PostgresError, Step, SuperviseOptions, Supervised, Supervisor, is_made},
    upkeep::{self, Access},
};

use super::{config::Config, fault::StartFault};

/// Name of the database in a server of our own.
const NAME: &str = "trunkline";

/// What is done about a database of our own when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// It must be there already.
    Found,
    /// It is made when there is none.
    Made,
    /// It is thrown away first, then made.
    Anew,
}

/// A database that answers, and the server behind it when it is ours.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) access: Access,
    server: Option<Supervised>,
}

impl Database {
    /// Finds the configured database, or starts our own, as it is; joins the one that another
    /// process of this program runs. Makes none.
    pub(crate) async fn reach(config: &Config) -> Result<Self, StartFault> {
        Self::start(config, &|_| (), Own::Found).await
    }

    async fn start(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
        own: Own,
    ) -> Result<Self, StartFault> {
        if let Some(access) = config.database.access()? {
            return Ok(Self { access, server: None });
        }
        if own == Own::Found && !is_made(&config.data_dir)? {
            return Err(StartFault::NoDatabase {
                dir: config.data_dir.clone(),
                advice: config.where_data_are(),
            });
        }
        let options = SuperviseOptions { root: Some(&config.data_dir), progress };
        match Supervisor::start(options).await {
            Ok(server) => {
                let access = Access::of_supervised(server.server(), NAME);
                Ok(Self { access, server: Some(server) })
            }
            Err(PostgresError::Running { server, pid, .. }) => {
                tracing::info!(pid, "using the database that another process runs");
                Ok(Self { access: Access::of_supervised(&server, NAME), server: None })
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Opens the database for serving. Ours is migrated, and made where `own` says so; another one
    /// must be migrated already, because programs of different ages may stand on it.
    pub(crate) async fn open(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
        own: Own,
    ) -> Result<Self, StartFault> {
        let database = Self::start(config, progress, own).await?;
        if let Some(server) = &database.server {
            if own == Own::Anew {
                upkeep::drop_supervised(server.server(), NAME).await?;
            }
            server.ensure_database(NAME).await?;
            upkeep::bootstrap_supervised(server.server(), NAME).await?;
            upkeep::migrate(&database.access).await?;
            return Ok(database);
        }
        if own == Own::Anew {
            return Err(StartFault::NotOurs(database.access.place()));
        }
        let pending = upkeep::pending(&database.access).await?;
        if pending.is_empty() { Ok(database) } else { Err(StartFault::Pending(pending)) }
    }

    /// Ends the server if it is ours, when everything is on disk.
    pub(crate) async fn stop(self) -> Result<(), StartFault> {
        match self.server {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}
