use std::{env, fs, path::PathBuf, process, str::FromStr as _};

use sea_orm::sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _,
    postgres::PgConnectOptions,
};
use tokio::sync::OnceCell;
use trunkline_infra::{
    db::{Db, DbOptions},
    postgres::{SuperviseOptions, Supervised, Supervisor},
};

/// A migrated database of this test program.
pub struct Database {
    admin: PgConnectOptions,
    /// Keeps the server alive as long as the program.
    _server: Option<Supervised>,
}

static DATABASE: OnceCell<Database> = OnceCell::const_new();

/// The database of this test program, made on first use.
///
/// # Panics
/// When no PostgreSQL can be had or the migrations fail: no test can pass then.
pub async fn database() -> &'static Database {
    DATABASE.get_or_init(Database::make).await
}

impl Database {
    #[expect(clippy::expect_used, reason = "without a database no test can run")]
    async fn make() -> Self {
        let (server, admin) = match env::var("TRUNKLINE_TEST_POSTGRES") {
            Ok(url) => (None, PgConnectOptions::from_str(&url).expect("URL of a superuser")),
            Err(_) => {
                let root = scratch();
                let options = SuperviseOptions { root: Some(&root), ..Default::default() };
                let server = Supervisor::start(options).await.expect("a PostgreSQL of its own");
                let admin = server.server().connect_options("postgres", "postgres");
                (Some(server), admin)
            }
        };
        let mut connection = PgConnection::connect_with(&admin).await.expect("the server");
        drop_left_overs(&mut connection).await;
        // The steps of the schema run once a program; a copy is made faster. The name of the
        // program's process keeps others from copying what is being made.
        migrated(&admin, &template(), None).await;
        let name = format!("trunkline_test_{}", process::id());
        let admin = migrated(&admin, &name, Some(&template())).await;
        Self { admin, _server: server }
    }

    /// Another migrated database on the same server, for a test that must be alone in it. `label`
    /// is its own among the tests of the program, and not `template`.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn db_scratch(&self, label: &str) -> Self {
        let name = format!("trunkline_test_{label}_{}", process::id());
        Self { admin: migrated(&self.admin, &name, Some(&template())).await, _server: None }
    }

    /// Pools for a test, as the roles that the server uses.
    ///
    /// # Panics
    /// When the database does not answer.
    #[expect(clippy::expect_used, reason = "without a database no test can run")]
    pub async fn connect(&self) -> Db {
        let options = DbOptions {
            app: self.options("trunkline_app"),
            system: self.options("trunkline_system"),
            connections: 8,
            threads: 1,
        };
        Db::connect(options).await.expect("pools")
    }

    /// Address of the superuser, as the program takes addresses.
    #[must_use]
    pub fn url(&self) -> String {
        self.admin.to_url_lossy().into()
    }

    /// How to connect as `role`.
    #[must_use]
    pub fn options(&self, role: &str) -> PgConnectOptions {
        self.admin.clone().username(role)
    }

    /// Runs one statement as the superuser.
    ///
    /// # Panics
    /// When the database refuses it.
    #[expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]
    pub async fn db_admin_run(&self, sql: &'static str) {
        self.db_admin().await.execute(sql).await.expect("statement");
    }

    /// A connection of the superuser, for what no role of the server may see.
    ///
    /// # Panics
    /// When the database does not answer.
    #[expect(clippy::expect_used, reason = "without a database no test can run")]
    pub async fn db_admin(&self) -> PgConnection {
        PgConnection::connect_with(&self.admin).await.expect("the database")
    }
}

/// The database that the others of this program are copied from. Nobody works in it: PostgreSQL
/// copies only what nobody is connected to.
fn template() -> String {
    format!("trunkline_test_template_{}", process::id())
}

/// Makes the database `name` on the server of `admin`, from `template` if there is one, and brings
/// its schema up to date.
#[expect(clippy::expect_used, reason = "without a database no test can run")]
async fn migrated(
    admin: &PgConnectOptions,
    name: &str,
    template: Option<&str>,
) -> PgConnectOptions {
    let lock = making(admin).await;
    let mut superuser = PgConnection::connect_with(admin).await.expect("the server");
    let from = template.map(|template| format!(" template {template}")).unwrap_or_default();
    let create = format!("create database {name}{from}");
    superuser.execute(AssertSqlSafe(create)).await.expect("a database");
    superuser.close().await.expect("the end of a connection");
    let admin = admin.clone().database(name);
    let mut superuser = PgConnection::connect_with(&admin).await.expect("the database");
    // Also of a copy: who may connect is not copied.
    trunkline_migrations::bootstrap(&mut superuser).await.expect("roles");
    superuser.close().await.expect("the end of a connection");
    lock.close().await.expect("the end of a connection");
    let mut owner = PgConnection::connect_with(&admin.clone().username("trunkline_owner"))
        .await
        .expect("the owner role");
    trunkline_migrations::migrate(&mut owner).await.expect("migrations");
    owner.close().await.expect("the end of a connection");
    admin
}

/// Waits until no other test, of whichever program, makes a database on the server: they would
/// change the roles that all share at the same time. Ends with the connection.
#[expect(clippy::expect_used, reason = "without a database no test can run")]
async fn making(admin: &PgConnectOptions) -> PgConnection {
    // Such a lock counts within one database, so all take it in the one that every server has.
    let shared = admin.clone().database("postgres");
    let mut connection = PgConnection::connect_with(&shared).await.expect("the server");
    connection.execute("select pg_advisory_lock(8389754676633367924)").await.expect("a lock");
    connection
}

/// Databases of programs that no longer run.
async fn drop_left_overs(connection: &mut PgConnection) {
    let names = connection
        .fetch_all("select datname::text from pg_database where datname like 'trunkline_test_%'")
        .await
        .unwrap_or_default();
    for row in names {
        let Ok(name) = row.try_get::<String, _>(0) else { continue };
        let pid = name.rsplit('_').next().unwrap_or_default();
        if !PathBuf::from("/proc").join(pid).exists() {
            let drop = format!("drop database if exists {name} with (force)");
            // Somebody else may have dropped it meanwhile.
            let _ = connection.execute(AssertSqlSafe(drop)).await;
        }
    }
}

/// A place for the server of this program's run. Its own for each program, since a server belongs
/// to the program that started it. Places of programs that have ended are cleared away.
fn scratch() -> PathBuf {
    const NAME: &str = "trunkline-test-";
    let folder = env::temp_dir();
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(NAME));
        if pid.is_some_and(|pid| !PathBuf::from("/proc").join(pid).exists()) {
            // Another program may be clearing the same place.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    folder.join(format!("{NAME}{}", process::id()))
}
