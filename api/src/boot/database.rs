//! The database of this run: the configured one, or one that the program runs itself.

use std::{
    io,
    path::{Path, PathBuf},
    pin::pin,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::{sleep, timeout};
use trunkline_infra::{
    postgres::{PostgresError, Step, SuperviseOptions, Supervised, Supervisor, is_made},
    upkeep::{self, Access},
};

use super::{config::Config, fault::StartFault};

/// Name of the database in a server of our own.
const NAME: &str = "trunkline";

/// Pause between two looks whether the process that runs the database has ended.
const LOOK: Duration = Duration::from_millis(500);

/// Looks, one after the other, that may fail before the server is given up: some seconds without a free file
/// end no process that serves.
const FORGIVEN: u32 = 20;

/// Looks whether the process that runs the database has made it ready: about a minute of them, in which it
/// makes and migrates one, or ends.
const READY: u32 = 120;

/// Longest wait at the end for a server that is just being taken over.
const ENDING: Duration = Duration::from_secs(30);

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

/// Who runs the server behind a database.
#[derive(Debug)]
enum Runner {
    /// Whoever configured its address.
    Others,
    /// This process.
    Us(Supervised),
    /// Another process of this program, on the same directory of data.
    Neighbour(Neighbour),
}

/// The process that runs our database, while it is another one.
#[derive(Debug)]
struct Neighbour {
    /// 0 while it is still starting.
    pid: u32,
    data_dir: PathBuf,
    /// The server, once that process has ended and this one has taken over.
    inherited: OnceLock<Supervised>,
}

impl Neighbour {
    fn named(&self) -> String {
        match self.pid {
            0 => "another process".to_owned(),
            pid => format!("process {pid}"),
        }
    }
}

/// A database that answers, and who runs the server behind it.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) access: Access,
    runner: Runner,
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
            return Ok(Self { access, runner: Runner::Others });
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
                Ok(Self { access, runner: Runner::Us(server) })
            }
            Err(PostgresError::Running { server, pid, .. }) => {
                let data_dir = config.data_dir.clone();
                let neighbour = Neighbour { pid, data_dir, inherited: OnceLock::new() };
                let access = Access::of_supervised(&server, NAME);
                Ok(Self { access, runner: Runner::Neighbour(neighbour) })
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Opens the database for serving. Ours is migrated, and made where `own` says so; another one
    /// must be migrated already, because programs of different ages may stand on it. One that another
    /// process of this program runs gets a minute for that, as both may have been started together.
    pub(crate) async fn open(
        config: &Config,
        progress: &(dyn Fn(Step) + Sync),
        own: Own,
    ) -> Result<Self, StartFault> {
        let mut looks = 0;
        loop {
            // Anew each time: the neighbour may have ended meanwhile.
            let database = Self::start(config, progress, own).await?;
            if let Runner::Us(server) = &database.runner {
                if own == Own::Anew {
                    upkeep::drop_supervised(server.server(), NAME).await?;
                }
                server.ensure_database(NAME).await?;
                upkeep::bootstrap_supervised(server.server(), NAME).await?;
                upkeep::migrate(&database.access).await?;
                return Ok(database);
            }
            if own == Own::Anew {
                return Err(StartFault::NotOurs(database.place()));
            }
            let fault = match upkeep::pending(&database.access).await {
                Ok(pending) if pending.is_empty() => {
                    if looks > 0 {
                        // Next it makes the keys, which are for both.
                        sleep(LOOK).await;
                    }
                    return Ok(database);
                }
                Ok(pending) => StartFault::Pending(pending),
                Err(fault) => fault.into(),
            };
            let Runner::Neighbour(neighbour) = &database.runner else { return Err(fault) };
            if looks == READY {
                return Err(fault);
            }
            if looks == 0 {
                tracing::warn!(%fault, "{} has not made the database ready yet", neighbour.named());
            }
            looks += 1;
            sleep(LOOK).await;
        }
    }

    /// Where it is, and who runs it when that is another process of this program.
    fn place(&self) -> String {
        let place = self.access.place();
        match &self.runner {
            Runner::Neighbour(neighbour) => format!("{place}, run by {}", neighbour.named()),
            Runner::Others | Runner::Us(_) => place,
        }
    }

    /// Who runs a database of our own, for a person; `None` of a configured one.
    pub(crate) fn owner(&self) -> Option<String> {
        match &self.runner {
            Runner::Others => None,
            Runner::Us(_) => {
                Some("no other process runs it now: it was started for this look".to_owned())
            }
            Runner::Neighbour(neighbour) => Some(format!(
                "{} runs it; when that ends, a `serve`, `worker` or `demo` beside it takes over",
                neighbour.named()
            )),
        }
    }

    /// Does `work`, which needs the database for long. When another process runs the server, this one
    /// runs it from the end of that process on: the same data on the same socket, so what was broken off
    /// is connected anew.
    ///
    /// # Errors
    /// Those of `work`; [`StartFault::NoHeir`] when the server cannot be run here.
    pub(crate) async fn during<T>(
        &self,
        work: impl Future<Output = Result<T, StartFault>>,
    ) -> Result<T, StartFault> {
        let Runner::Neighbour(neighbour) = &self.runner else { return work.await };
        tracing::warn!(
            "the database in {} belongs to {} and ends with it: this process takes over then",
            neighbour.data_dir.display(),
            neighbour.named()
        );
        let taking = AtomicBool::new(false);
        let mut work = pin!(work);
        let mut heir = pin!(inherit(&neighbour.data_dir, &taking));
        let server = tokio::select! {
            done = &mut work => {
                // A server that is just starting is not dropped but ended in order, by `stop`.
                if taking.load(Ordering::Relaxed)
                    && let Ok(Ok(server)) = timeout(ENDING, heir).await
                {
                    let _ = neighbour.inherited.set(server);
                }
                return done;
            }
            server = &mut heir => server.map_err(StartFault::NoHeir)?,
        };
        tracing::warn!("{} has ended: this process runs the database now", neighbour.named());
        // It is set at one of two places of this function, which is called once.
        let _ = neighbour.inherited.set(server);
        work.await
    }

    /// Ends the server if it is ours, when everything is on disk.
    pub(crate) async fn stop(self) -> Result<(), StartFault> {
        let server = match self.runner {
            Runner::Others => None,
            Runner::Us(server) => Some(server),
            Runner::Neighbour(neighbour) => neighbour.inherited.into_inner(),
        };
        match server {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}

/// Starts the server of a directory as soon as no other process runs it; makes no database there.
/// `taking` is set while the server starts.
async fn inherit(data_dir: &Path, taking: &AtomicBool) -> Result<Supervised, PostgresError> {
    // The first step is told when the directory is locked.
    let progress = |_: Step| taking.store(true, Ordering::Relaxed);
    let mut failed = 0;
    loop {
        sleep(LOOK).await;
        let outcome = match is_made(data_dir) {
            Ok(true) => {
                let options = SuperviseOptions { root: Some(data_dir), progress: &progress };
                Supervisor::start(options).await
            }
            Ok(false) => Err(PostgresError::Io {
                what: format!("cannot go on in {}", data_dir.display()),
                source: io::Error::other("its database is gone"),
            }),
            Err(fault) => Err(fault),
        };
        match outcome {
            Err(PostgresError::Running { .. }) => failed = 0,
            Err(fault) if failed < FORGIVEN => {
                failed += 1;
                tracing::warn!(%fault, "cannot take the database over yet");
            }
            outcome => return outcome,
        }
        taking.store(false, Ordering::Relaxed);
    }
}
