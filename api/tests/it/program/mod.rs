//! The program itself, as processes.

mod alone;
mod audit;
mod commands;
mod demo;
mod keys;
mod neighbours;
mod readme;
mod seal;
mod together;

use std::{ffi::OsStr, path::Path, process::Stdio, time::Duration};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};
use trunkline_domain::{id::SiteId, identity::Role};
use trunkline_infra::{db::Db, identity::Passwords};
use trunkline_testkit::{Company, Database, Within, database, redis::RedisServer};

use crate::support::{Actor, START};

/// Nothing that is waited for takes as long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
const PLANNER: &str = "planner@example.com";

/// A directory, a database and perhaps a Redis that only the programs of one test use.
struct Ground {
    database: Database,
    redis: Option<RedisServer>,
    dir: TempDir,
}

impl Ground {
    /// For one program at a time, which needs no Redis. `test` names the test.
    async fn alone(test: &str) -> Self {
        let database = database().await.db_scratch(test).await;
        Self { database, redis: None, dir: tempfile::tempdir().expect("a directory") }
    }

    /// For several programs, which meet in a Redis. `None` where there is none, which is said.
    async fn together(test: &str) -> Option<Self> {
        let redis = Some(RedisServer::start(test)?);
        Some(Self { redis, ..Self::alone(test).await })
    }

    /// The program on this ground, when it has said its first line.
    async fn start(&self, arguments: &[&str]) -> Program {
        let mut command = command(self.dir.path());
        if let Some(redis) = &self.redis {
            command.env("TRUNKLINE_REDIS_URL", redis.url());
        }
        command.env("TRUNKLINE_DATABASE_URL", self.database.url()).args(arguments);
        Program::begin(command, PATIENCE, |_| true).await
    }

    /// A server on a free port that leaves jobs to the worker.
    async fn serve(&self) -> Program {
        self.start(&["serve", "--listen", "127.0.0.1:0"]).await
    }
}

/// Where the program was built.
const PROGRAM: &str = env!("CARGO_BIN_EXE_trunkline");

/// The program in `dir`, without the variables of whoever runs the tests.
fn command(dir: &Path) -> Command {
    command_of(PROGRAM.as_ref(), dir)
}

/// The same of another file of the program.
fn command_of(program: &OsStr, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TRUNKLINE_DATA_DIR", dir)
        .env("TRUNKLINE_LOG_FILTER", "error")
        .env("TRUNKLINE_WORK", "false")
        .current_dir(dir)
        .kill_on_drop(true);
    command
}

/// A running program; it is killed with this value.
struct Program {
    child: Child,
    /// Open, so that it may say more.
    _out: Lines<BufReader<ChildStdout>>,
    /// What it said on standard output until it was ready.
    said: String,
}

impl Program {
    /// Starts a program and waits until it has said the line that `is_last` knows.
    async fn begin(
        mut command: Command,
        patience: Duration,
        is_last: impl Fn(&str) -> bool,
    ) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("standard output")).lines();
        let mut said = String::new();
        let listen = async {
            loop {
                let line = out.next_line().await.expect("text").expect("a line before its end");
                said = format!("{said}{line}\n");
                if is_last(&line) {
                    return;
                }
            }
        };
        timeout(patience, listen).await.expect("it says what is waited for");
        Self { child, _out: out, said }
    }

    /// Where it serves, as it says.
    fn address(&self) -> &str {
        let words = self.said.split_whitespace();
        let url = words.into_iter().find(|word| word.starts_with("http://"));
        url.expect("an address").trim_end_matches('/')
    }

    /// Asks it to end as a service manager does, and gives its exit code.
    async fn terminated(mut self) -> Option<i32> {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill");
        assert!(sent.success());
        timeout(3 * PATIENCE, self.child.wait()).await.expect("it ends").expect("status").code()
    }

    /// Kills it as a failing machine would.
    async fn killed(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// A company with a site of twelve agents, and its planner.
async fn company(ground: &Ground) -> (Company, SiteId) {
    let now: Timestamp = START.parse().expect("instant");
    let db: Db = ground.database.connect().await;
    let company = Company::db_new(&db, &ground.database, now).await;
    let site = company.db_site("GZ").await;
    company.db_agents(site, 12).await;
    let passwords = Passwords::cheap(2).expect("hasher");
    company.db_user(&passwords, PLANNER, Role::Planner, Within::Site(site)).await;
    (company, site)
}

async fn planner(program: &Program, company: &Company) -> Actor {
    Actor::at(program.address()).sign_in(&company.slug, PLANNER).await
}
