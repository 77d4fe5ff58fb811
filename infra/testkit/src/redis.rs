//! A Redis for tests.

use std::{
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::TempDir;

/// A Redis of one test, on a socket in a directory of its own. Ends with this value.
#[derive(Debug)]
pub struct RedisServer {
    dir: TempDir,
    child: Option<Child>,
}

impl RedisServer {
    /// Starts one. `None` where `redis-server` is not installed, which is said loudly, because
    /// `test` then proves less than it says.
    ///
    /// # Panics
    /// When the program is there and does not start.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "a person has to see that a test did not run")]
    pub fn start(test: &str) -> Option<Self> {
        let known = Command::new("redis-server").arg("--version").output();
        if !known.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED {test}: redis-server is not in PATH");
            return None;
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut server = Self { dir, child: None };
        server.restart();
        Some(server)
    }

    /// Where it listens, as `REDIS_URL` takes it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// Kills it, as a failing machine would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended already, which is what we want.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it anew and empty, in the same place.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        // A socket left behind by a killed server refuses, so readiness is asked by connecting.
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(self.socket())
            .arg("--dir")
            .arg(self.dir.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        self.child = Some(child);
        while UnixStream::connect(self.socket()).is_err() {
            let ended = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten());
            assert!(ended.is_none(), "redis-server ended: {ended:?}");
            sleep(Duration::from_millis(5));
        }
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("redis.sock")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
