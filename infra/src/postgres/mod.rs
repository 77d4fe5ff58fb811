//! A PostgreSQL of one's own, for a machine on which nobody has prepared one.
//!
//! [`Supervisor::start`] finds the server's programs (or fetches them once), makes a cluster, starts
//! it on a Unix socket that nobody else can reach and ends it with the process that started it,
//! also when that process is killed. As root the server runs as `postgres` or `nobody`. Durability
//! is that of any PostgreSQL: a killed server recovers at the next start.

mod account;
mod binaries;
mod cluster;
mod error;
mod lock;
mod process;
mod server;
mod wheel;

use std::{
    fmt, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sea_orm::sqlx::{self, Connection as _, PgConnection};
use tokio::time::sleep;

use self::{
    account::Account,
    binaries::{Binaries, OLDEST},
    error::Tried as _,
    lock::Lock,
    process::Process,
};
pub use self::{error::PostgresError, server::Server};

/// What a start is busy with, for a person who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Looks for the server's programs.
    Looking,
    /// Downloads them.
    Fetching,
    /// Unpacks them.
    Unpacking,
    /// Makes the cluster.
    Initialising,
    /// Ends a server that a killed predecessor left behind.
    EndingOrphan,
    /// Starts the server and lets it recover.
    Starting,
    /// The server answers.
    Ready,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Looking => "looking for PostgreSQL",
            Self::Fetching => "fetching PostgreSQL",
            Self::Unpacking => "unpacking PostgreSQL",
            Self::Initialising => "making the database",
            Self::EndingOrphan => "ending the database server of an earlier run",
            Self::Starting => "starting the database",
            Self::Ready => "the database is ready",
        })
    }
}

/// How to start.
#[derive(Clone, Copy)]
pub struct SuperviseOptions<'a> {
    /// Directory of the program's files; the database lives in `postgres/` under it. `None`:
    /// /var/lib/trunkline as root, ./.trunkline otherwise.
    pub root: Option<&'a Path>,
    /// Told at the beginning of each step.
    pub progress: &'a (dyn Fn(Step) + Sync),
}

impl Default for SuperviseOptions<'_> {
    fn default() -> Self {
        Self { root: None, progress: &|_| () }
    }
}

impl fmt::Debug for SuperviseOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuperviseOptions").field("root", &self.root).finish_non_exhaustive()
    }
}

/// Starts servers.
#[derive(Debug, Clone, Copy)]
pub struct Supervisor;

impl Supervisor {
    /// Starts the database of a directory, making it when there is none, and waits until it answers.
    ///
    /// # Errors
    /// [`PostgresError`], one line that says what to do; [`PostgresError::Running`] says where the
    /// server is when another process runs it.
    pub async fn start(options: SuperviseOptions<'_>) -> Result<Supervised, PostgresError> {
        let progress = options.progress;
        let root = open_root(options.root)?;
        let server = Server::of(&root);
        let lock = Lock::take(&root, &server)?;
        let data = root.join("data");
        let log = root.join("server.log");
        let account = Account::choose(&data).await?;
        account.must_reach(&root).await?;

        progress(Step::Looking);
        let made = cluster::made_by(&data)?;
        let binaries = choose(&root, &data, made, progress).await?;
        account.must_reach(&binaries.dir).await?;
        if made.is_none() {
            cluster::init(&data, &binaries, &account, progress).await?;
        }
        account.private_dir(server.socket_dir())?;
        process::end_orphans(&data, || progress(Step::EndingOrphan)).await?;

        progress(Step::Starting);
        if log.exists() {
            fs::rename(&log, root.join("server.log.old"))
                .tried(|| format!("cannot set {} aside", log.display()))?;
        }
        let mut process = Process::spawn(&data, &server, &binaries, &account, &log)?;
        until_ready(&mut process, &server, &log).await?;
        progress(Step::Ready);
        Ok(Supervised { server, process: Mutex::new(process), log, _lock: lock })
    }
}

/// A running server; ends with this value at the latest. [`Self::stop`] also waits for the end.
#[derive(Debug)]
pub struct Supervised {
    server: Server,
    process: Mutex<Process>,
    log: PathBuf,
    _lock: Lock,
}

impl Supervised {
    /// Where it listens.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// URL of the database `dbname` for `role`. See [`Server::url_for`].
    #[must_use]
    pub fn url_for(&self, role: &str, dbname: &str) -> String {
        self.server.url_for(role, dbname)
    }

    /// What the server says, line by line.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Process of the server; `None` when it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(process.ended(), Ok(None)).then(|| process.pid()).flatten()
    }

    /// Makes the database `dbname` unless it is there.
    ///
    /// # Errors
    /// [`PostgresError::Database`].
    pub async fn ensure_database(&self, dbname: &str) -> Result<(), PostgresError> {
        let failed = |source| PostgresError::Database { name: dbname.to_owned(), source };
        let options = self.server.connect_options(Server::SUPERUSER, "postgres");
        let mut admin = PgConnection::connect_with(&options).await.map_err(failed)?;
        let known = sqlx::query("select from pg_database where datname = $1")
            .bind(dbname)
            .fetch_optional(&mut admin)
            .await
            .map_err(failed)?;
        if known.is_none() {
            let quoted = dbname.replace('"', "\"\"");
            let create = sqlx::AssertSqlSafe(format!("create database \"{quoted}\""));
            sqlx::raw_sql(create).execute(&mut admin).await.map_err(failed)?;
        }
        admin.close().await.map_err(failed)
    }

    /// Ends the server and waits until everything is on disk.
    ///
    /// # Errors
    /// [`PostgresError::Ended`] when it had ended before, [`PostgresError::Stuck`] when it does not end.
    pub async fn stop(self) -> Result<(), PostgresError> {
        let mut process = self.process.into_inner().unwrap_or_else(PoisonError::into_inner);
        let status = process.stop().await?;
        if status.success() {
            return Ok(());
        }
        Err(PostgresError::Ended { status, log: self.log })
    }
}

/// The directory of the program's files when none is named.
#[must_use]
pub fn default_root() -> &'static Path {
    let is_root = rustix::process::geteuid().is_root();
    Path::new(if is_root { "/var/lib/trunkline" } else { ".trunkline" })
}

/// Whether a database was made in the directory `root` of the program's files. It may not run now.
///
/// # Errors
/// [`PostgresError::NoDirectory`]; [`PostgresError::Io`] for an account that may not look there.
pub fn is_made(root: &Path) -> Result<bool, PostgresError> {
    check_place(root)?;
    let version = root.join("postgres/data/PG_VERSION");
    version.try_exists().tried(|| format!("cannot look for a database in {}", root.display()))
}

/// Refuses a directory for the program's files that cannot be one, or be made.
///
/// # Errors
/// [`PostgresError::NoDirectory`].
pub fn check_place(root: &Path) -> Result<(), PostgresError> {
    match root.ancestors().find(|path| path.exists()) {
        Some(path) if !path.is_dir() => Err(PostgresError::NoDirectory(path.to_owned())),
        _ => Ok(()),
    }
}

/// Makes the directory and gives its real path: a process knows its own only by that.
fn open_root(root: Option<&Path>) -> Result<PathBuf, PostgresError> {
    let is_root = rustix::process::geteuid().is_root();
    let base = root.unwrap_or(default_root());
    let root = base.join("postgres");
    check_place(&root)?;
    for dir in [base, &root] {
        if dir.exists() {
            continue;
        }
        fs::create_dir_all(dir).tried(|| format!("cannot make {}", dir.display()))?;
        if is_root {
            // The server's account has to pass through, whatever the umask.
            fs::set_permissions(dir, fs::Permissions::from_mode(0o755))
                .tried(|| format!("cannot open {}", dir.display()))?;
        }
    }
    fs::canonicalize(&root).tried(|| format!("cannot open {}", root.display()))
}

/// Programs of the major version that made the data; the best there are when there are no data.
async fn choose(
    root: &Path,
    data: &Path,
    made: Option<u32>,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Binaries, PostgresError> {
    let mut found = binaries::found().await;
    found.extend(wheel::cached(root).await);
    let fits = |binaries: &Binaries| made.is_none_or(|major| binaries.major == major);
    if let Some(binaries) = found.iter().find(|binaries| fits(binaries)) {
        return Ok(binaries.clone());
    }
    match made {
        Some(major) if major != wheel::MAJOR => {
            let majors: Vec<String> = found.iter().map(|it| it.major.to_string()).collect();
            let none = format!("nothing from {OLDEST} on");
            let found = if majors.is_empty() { none } else { majors.join(", ") };
            Err(PostgresError::Version { data: data.to_owned(), made: major, found })
        }
        _ => wheel::fetch(root, progress).await,
    }
}

/// Recovery after a crash reads back the log since the last checkpoint, at most a few GB.
const PATIENCE: Duration = Duration::from_secs(180);

async fn until_ready(
    process: &mut Process,
    server: &Server,
    log: &Path,
) -> Result<(), PostgresError> {
    let failed = |reason: String| PostgresError::Start { reason, log: log.to_owned() };
    let pause = Duration::from_millis(20);
    let options = server.connect_options(Server::SUPERUSER, "postgres");
    let mut waited = Duration::ZERO;
    loop {
        if process.ended()?.is_some() {
            return Err(failed(fatal(&fs::read(log).unwrap_or_default())));
        }
        let refused = match PgConnection::connect_with(&options).await {
            Ok(connection) => {
                let _ = connection.close().await;
                return Ok(());
            }
            Err(error) => error,
        };
        if waited >= PATIENCE {
            return Err(failed(refused.to_string()));
        }
        sleep(pause).await;
        waited += pause;
    }
}

/// The line of the server's log that says why it ended.
fn fatal(log: &[u8]) -> String {
    let text = String::from_utf8_lossy(log);
    match text.lines().rfind(|line| line.contains("FATAL:")) {
        Some(line) => line.split_once("FATAL:").map_or(line, |(_, why)| why).trim().to_owned(),
        None => wheel::last_line(log),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_place_for_data_and_a_directory_to_come_is() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_made(&dir.path().join("to/come")).unwrap());
        let data = dir.path().join("postgres/data");
        fs::create_dir_all(&data).unwrap();
        fs::write(data.join("PG_VERSION"), "17\n").unwrap();
        assert!(is_made(dir.path()).unwrap());
        let file = data.join("PG_VERSION");
        for place in [file.clone(), file.join("deeper")] {
            let refused = is_made(&place).unwrap_err().to_string();
            assert!(
                refused.starts_with(&format!("{} is no directory", file.display())),
                "{refused}"
            );
        }
    }

    #[test]
    fn damaged_data_are_told_with_what_would_do() {
        let log = PathBuf::from("/srv/x/postgres/server.log");
        let told =
            PostgresError::Start { reason: "could not open file".to_owned(), log }.to_string();
        assert!(
            told.contains("server.log") && told.contains("put /srv/x/postgres/data back"),
            "{told}"
        );
    }
}
