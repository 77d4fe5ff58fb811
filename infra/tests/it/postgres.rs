use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
    sync::Mutex,
};

use rustix::process::{Pid, Signal, kill_process};
use sea_orm::sqlx::{self, Connection as _, PgConnection, Row as _};
use tempfile::TempDir;
use trunkline_infra::postgres::{
    PostgresError, Server, Step, SuperviseOptions, Supervised, Supervisor,
};

/// A directory that the server's account may enter.
fn place() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn start(root: &Path) -> Supervised {
    Supervisor::start(SuperviseOptions { root: Some(root), ..Default::default() }).await.unwrap()
}

async fn refusal(root: &Path) -> PostgresError {
    let options = SuperviseOptions { root: Some(root), ..Default::default() };
    let error = Supervisor::start(options).await.unwrap_err();
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

async fn connect(server: &Server) -> PgConnection {
    PgConnection::connect(&server.url_for(Server::SUPERUSER, "postgres")).await.unwrap()
}

/// Writes one row more and counts them.
async fn one_more(server: &Server) -> i64 {
    let mut db = connect(server).await;
    sqlx::raw_sql("create table if not exists kept (n int); insert into kept values (1)")
        .execute(&mut db)
        .await
        .unwrap();
    sqlx::query("select count(*) from kept").fetch_one(&mut db).await.unwrap().get(0)
}

fn kill(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

#[tokio::test]
async fn a_database_outlives_stops_and_a_killed_server() {
    let dir = place();
    let steps = Mutex::new(Vec::new());
    let progress = |step| steps.lock().unwrap().push(step);
    let first = Supervisor::start(SuperviseOptions { root: Some(dir.path()), progress: &progress })
        .await
        .unwrap();
    assert_eq!(
        *steps.lock().unwrap(),
        [Step::Looking, Step::Initialising, Step::Starting, Step::Ready]
    );
    assert_eq!(one_more(first.server()).await, 1);

    let refused = refusal(dir.path()).await;
    assert!(
        matches!(&refused, PostgresError::Running { pid, server, .. }
            if *pid == std::process::id() && server == first.server()),
        "{refused}"
    );
    first.stop().await.unwrap();
    assert!(!dir.path().join("postgres/data/postmaster.pid").exists());

    let second = start(dir.path()).await;
    assert_eq!(one_more(second.server()).await, 2);
    kill(second.pid().unwrap().try_into().unwrap());
    let ended = second.stop().await.unwrap_err();
    assert!(matches!(ended, PostgresError::Ended { .. }), "{ended}");

    let third = start(dir.path()).await;
    assert_eq!(one_more(third.server()).await, 3);
    third.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_is_durable_private_and_speaks_utf8_in_utc() {
    let dir = place();
    let server = start(dir.path()).await;
    let mut db = connect(server.server()).await;
    for (setting, value) in [
        ("fsync", "on"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("full_page_writes", "on"),
    ] {
        let row = sqlx::query("select current_setting($1)").bind(setting).fetch_one(&mut db).await;
        assert_eq!(row.unwrap().get::<String, _>(0), value, "{setting}");
    }
    let row = sqlx::query("select upper('zürich')").fetch_one(&mut db).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "ZÜRICH");
    let mode = fs::metadata(server.server().socket_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);

    server.ensure_database("branch \"one\"").await.unwrap();
    server.ensure_database("branch \"one\"").await.unwrap();
    let url = server.url_for(Server::SUPERUSER, "branch \"one\"");
    PgConnection::connect(&url).await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_process_takes_its_server_along() {
    let dir = place();
    start(dir.path()).await.stop().await.unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "postgres::hold_a_server"])
        .env("TRUNKLINE_TEST_ROOT", dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("holding")));
    let PostgresError::Running { pid, server, .. } = refusal(dir.path()).await else {
        panic!("the holder has the lock")
    };
    assert_eq!(pid, holder.id());
    assert_eq!(one_more(&server).await, 1);
    kill(holder.id());
    holder.wait().unwrap();

    // With nobody else taking part, its server ends and tidies up.
    let note = dir.path().join("postgres/data/postmaster.pid");
    while note.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let next = start(dir.path()).await;
    assert_eq!(one_more(next.server()).await, 2);
    next.stop().await.unwrap();
}

/// The process that gets killed above.
#[tokio::test]
#[ignore = "started by the test that kills it"]
async fn hold_a_server() {
    let root = std::env::var_os("TRUNKLINE_TEST_ROOT").unwrap();
    let _held = start(Path::new(&root)).await;
    println!("holding");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_orphan_is_ended_and_its_rows_are_kept() {
    let dir = place();
    let first = start(dir.path()).await;
    assert_eq!(one_more(first.server()).await, 1);
    let orphan = first.pid().unwrap();
    // The shell between is killed, so that nobody is left to end the server.
    let stat = fs::read_to_string(format!("/proc/{orphan}/stat")).unwrap_or_default();
    let Some(shell) = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)) else {
        eprintln!("SKIPPED an_orphan_is_ended_and_its_rows_are_kept: this system has no /proc");
        return;
    };
    // The shell's watcher would still end the server, so it goes too.
    let group = Command::new("pgrep").args(["-P", shell]).output().unwrap();
    kill(shell.parse().unwrap());
    for child in String::from_utf8(group.stdout).unwrap().split_whitespace() {
        if child != orphan.to_string() {
            kill(child.parse().unwrap());
        }
    }
    drop(first);

    let steps = Mutex::new(Vec::new());
    let progress = |step| steps.lock().unwrap().push(step);
    let next = Supervisor::start(SuperviseOptions { root: Some(dir.path()), progress: &progress })
        .await
        .unwrap();
    assert!(steps.lock().unwrap().contains(&Step::EndingOrphan));
    assert_ne!(next.pid(), Some(orphan));
    assert_eq!(one_more(next.server()).await, 2);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn foreign_files_and_data_of_a_missing_version_are_refused_in_one_line() {
    let dir = place();
    let data = dir.path().join("postgres/data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("letter.txt"), "dear all").unwrap();
    let foreign = refusal(dir.path()).await;
    assert!(matches!(foreign, PostgresError::Foreign(_)), "{foreign}");
    assert!(data.join("letter.txt").exists());

    fs::write(data.join("PG_VERSION"), "12\n").unwrap();
    let old = refusal(dir.path()).await;
    assert!(matches!(old, PostgresError::Version { made: 12, .. }), "{old}");
}
