//! The server as a process that lives no longer than ours.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::time::sleep;

use super::{
    Server,
    account::Account,
    binaries::Binaries,
    cluster::noted_pid,
    error::{PostgresError, Tried as _},
};

/// Runs the server as child of a shell that holds the reading end of a pipe. The writing end is
/// ours alone: when it closes, because we say so or because the system closed it for a process
/// that was killed, the shell asks for a fast shutdown. So no process is left behind and no pid is
/// ever guessed.
const WATCHDOG: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
( read -r line <&3; kill -INT "$server" ) 2>/dev/null &
watch=$!
exec 3<&-
wait "$server"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
"#;

/// Settings for one machine that people also work on. Durability is never traded away.
const SETTINGS: [&str; 19] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=60",
    "shared_buffers=256MB",
    "effective_cache_size=1GB",
    "work_mem=16MB",
    "maintenance_work_mem=128MB",
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "wal_compression=on",
    "random_page_cost=1.1",
    "max_locks_per_transaction=256",
    "jit=off",
    "logging_collector=off",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// A fast shutdown writes out what is in memory; past this it is cut short (and recovers later).
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);
/// An immediate shutdown writes nothing.
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);

/// The running server.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Open as long as the server is to run.
    lifeline: Option<ChildStdin>,
    data: PathBuf,
}

impl Process {
    pub(super) fn spawn(
        data: &Path,
        server: &Server,
        binaries: &Binaries,
        account: &Account,
        log: &Path,
    ) -> Result<Self, PostgresError> {
        let out = File::options()
            .create(true)
            .append(true)
            .open(log)
            .tried(|| format!("cannot open {}", log.display()))?;
        let err = out.try_clone().tried(|| format!("cannot open {}", log.display()))?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "sh"]).arg(binaries.program("postgres"));
        command.arg("-D").arg(data).arg("-k").arg(server.socket_dir());
        command.arg("-p").arg(Server::PORT.to_string());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // A group of its own: an interrupt typed at the terminal is for us, who then end it in order.
        command.process_group(0).current_dir("/");
        command.stdin(Stdio::piped()).stdout(out).stderr(err);
        account.apply(&mut command);
        let mut child = command.spawn().tried(|| "cannot run sh".to_owned())?;
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline, data: data.to_owned() })
    }

    /// How it ended, when it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, PostgresError> {
        self.child.try_wait().tried(|| "cannot ask for the server's state".to_owned())
    }

    /// Process of the server itself.
    pub(super) fn pid(&self) -> Option<i32> {
        noted_pid(&self.data)
    }

    /// Ends the server and waits for it: fast, and when that takes too long, at once.
    pub(super) async fn stop(&mut self) -> Result<ExitStatus, PostgresError> {
        drop(self.lifeline.take());
        if let Some(status) = self.wait(FAST_SHUTDOWN).await? {
            return Ok(status);
        }
        let pid = self.pid();
        if let Some(pid) = pid {
            signal(pid, Signal::QUIT);
        }
        self.wait(IMMEDIATE_SHUTDOWN).await?.ok_or(PostgresError::Stuck(pid.unwrap_or(0)))
    }

    async fn wait(&mut self, patience: Duration) -> Result<Option<ExitStatus>, PostgresError> {
        let mut waited = Duration::ZERO;
        loop {
            let ended = self.ended()?;
            if ended.is_some() || waited >= patience {
                return Ok(ended);
            }
            sleep(POLL).await;
            waited += POLL;
        }
    }
}

/// Ends what a killed predecessor left running on `data` and waits until the last of it is gone.
/// Only for the holder of the lock: nobody else starts servers there.
pub(super) async fn end_orphans(data: &Path, notice: impl Fn()) -> Result<(), PostgresError> {
    let Some(noted) = noted_pid(data) else { return Ok(()) };
    let mut orphans = servers_on(data, noted);
    if !orphans.is_empty() {
        notice();
    }
    for (order, patience) in [(Signal::INT, FAST_SHUTDOWN), (Signal::QUIT, IMMEDIATE_SHUTDOWN)] {
        if orphans.contains(&noted) {
            signal(noted, order);
        }
        let mut waited = Duration::ZERO;
        while !orphans.is_empty() && waited < patience {
            sleep(POLL).await;
            waited += POLL;
            orphans = servers_on(data, noted);
        }
    }
    if let Some(pid) = orphans.first() {
        return Err(PostgresError::Stuck(*pid));
    }
    // Nobody is left. The note may name a process that has since been given to somebody else,
    // which would keep the new server from starting.
    match fs::remove_file(data.join("postmaster.pid")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).tried(|| format!("cannot clear {}", data.display()))
        }
        _ => Ok(()),
    }
}

fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended meanwhile, which is what we want.
        let _ = kill_process(pid, signal);
    }
}

/// The server processes at work in `data`: the one noted there and, where the system tells, its
/// helpers, which outlive a killed server for a moment and must not meet the next one.
fn servers_on(data: &Path, noted: i32) -> Vec<i32> {
    if let Ok(processes) = fs::read_dir("/proc") {
        return processes
            .flatten()
            .filter(|process| {
                fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == data)
            })
            .filter(|process| {
                fs::read_to_string(process.path().join("comm"))
                    .is_ok_and(|name| name.trim() == "postgres")
            })
            .filter_map(|process| process.file_name().to_str()?.parse().ok())
            .collect();
    }
    let alive = Pid::from_raw(noted).is_some_and(|pid| test_kill_process(pid).is_ok());
    let is_server = || {
        let ps = Command::new("ps").args(["-o", "command=", "-p", &noted.to_string()]).output();
        ps.is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout).contains(&*data.to_string_lossy())
        })
    };
    if alive && is_server() { vec![noted] } else { Vec::new() }
}
