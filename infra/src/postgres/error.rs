use std::{io, path::PathBuf, process::ExitStatus};

use sea_orm::sqlx;

use super::Server;

/// Why there is no database. Each text is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// Another process holds the directory and runs the server.
    #[error(
        "the database in {} is already run by process {pid}: stop that process, or connect to it with DATABASE_URL={}",
        root.display(), server.url_for(Server::SUPERUSER, "postgres")
    )]
    Running {
        /// The directory.
        root: PathBuf,
        /// Process that started it, as that process wrote it down; 0 while it is still starting.
        pid: u32,
        /// Where the first one listens.
        server: Server,
    },
    /// No server program on the machine and none to be fetched.
    #[error(
        "no PostgreSQL 15 or newer here and none could be fetched ({0}): install PostgreSQL, or set DATABASE_URL"
    )]
    NotFound(String),
    /// The data were made by a major version that is not installed.
    #[error(
        "the data in {} are PostgreSQL {made} and only {found} is here: install PostgreSQL {made}, or move the directory away to start empty",
        data.display()
    )]
    Version {
        /// Directory of the data.
        data: PathBuf,
        /// Major version that made them.
        made: u32,
        /// What was found, as text.
        found: String,
    },
    /// The place of the data holds something else.
    #[error("{} is not empty and holds no database: move it away, or choose another directory", .0.display())]
    Foreign(PathBuf),
    /// The directory, or one on the way to it, is something else.
    #[error("{} is no directory, and data need one: name another with --data-dir", .0.display())]
    NoDirectory(PathBuf),
    /// The account that the server runs under cannot reach its files.
    #[error(
        "the server runs as {account}, which cannot reach {}: choose a directory that every user may enter",
        path.display()
    )]
    Unreachable {
        /// Directory.
        path: PathBuf,
        /// Name of the account.
        account: String,
    },
    /// Started as root without an account to drop to.
    #[error(
        "PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`: start as an ordinary user, or set DATABASE_URL"
    )]
    NoAccount,
    /// The cluster could not be made.
    #[error("initdb failed ({0}): mend that and start again")]
    Init(String),
    /// The server ended or did not get ready.
    #[error(
        "PostgreSQL did not start ({reason}): see {}; when files of its data are damaged or missing, \
         put {} back from a backup, or move it away to start empty",
        log.display(), log.with_file_name("data").display()
    )]
    Start {
        /// The last thing that it said.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// The server had ended before it was told to.
    #[error("PostgreSQL ended by itself ({status}): see {}; the next start recovers", log.display())]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
    },
    /// The server did not end in time.
    #[error("PostgreSQL (process {0}) does not stop: end it by hand")]
    Stuck(i32),
    /// A file or program could not be used.
    #[error("{what}: {source}: check the path and its permissions")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// The database was not made.
    #[error("the database {name} could not be made: {source}")]
    Database {
        /// Its name.
        name: String,
        /// What the server said.
        source: sqlx::Error,
    },
}

/// Names what was tried in an error of the system.
pub(super) trait Tried<T> {
    fn tried(self, what: impl FnOnce() -> String) -> Result<T, PostgresError>;
}

impl<T> Tried<T> for io::Result<T> {
    fn tried(self, what: impl FnOnce() -> String) -> Result<T, PostgresError> {
        self.map_err(|source| PostgresError::Io { what: what(), source })
    }
}
