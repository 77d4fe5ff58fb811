//! The database of this run: the configured one, or one that the program runs itself.

use trunkline_infra::{
    postgres::{PostgresError, Step, SuperviseOptions, Supervised, Supervisor},
    upkeep::{self, Access},
};

use super::{config::Config, fault::StartFault};

/// Name of the database in a server of our own.
const NAME: &str = "trunkline";

/// A database that answers, and the server behind it when it is ours.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) access: Access,
    server: Option<Supervised>,
}

impl Database {
    /// Finds the configured database, or starts our own, as it is; joins the one that another
    /// process of this program runs.
    pub(crate) async fn reach(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
    ) -> Result<Self, StartFault> {
        if let Some(access) = config.database.access()? {
            return Ok(Self { access, server: None });
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

    /// Opens the database for serving. Ours is made and migrated; another one must be migrated
    /// already, because programs of different ages may stand on it. `fresh` throws ours away first.
    pub(crate) async fn open(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
        fresh: bool,
    ) -> Result<Self, StartFault> {
        let database = Self::reach(config, progress).await?;
        if let Some(server) = &database.server {
            if fresh {
                upkeep::drop_supervised(server.server(), NAME).await?;
            }
            server.ensure_database(NAME).await?;
            upkeep::bootstrap_supervised(server.server(), NAME).await?;
            upkeep::migrate(&database.access).await?;
            return Ok(database);
        }
        if fresh {
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
