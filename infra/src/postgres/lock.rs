use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, Write as _},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};

use super::{
    Server,
    error::{PostgresError, Tried as _},
};

/// The right to run the server of a directory. The system gives it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    held: File,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(root: &Path, server: &Server) -> Result<Self, PostgresError> {
        let path = root.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .tried(|| format!("cannot open {}", path.display()))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            file.read_to_string(&mut holder).tried(|| format!("cannot read {}", path.display()))?;
            return Err(PostgresError::Running {
                root: root.to_owned(),
                pid: holder.trim().parse().unwrap_or(0),
                server: server.clone(),
            });
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .tried(|| format!("cannot write {}", path.display()))?;
        Ok(Self { held: file })
    }
}

impl Drop for Lock {
    /// Closing alone is not enough: a child that another thread has just forked holds a copy of the
    /// file until it becomes its own program.
    fn drop(&mut self) {
        // It fails on no lock that was taken; and then the closing file gives it back.
        let _ = flock(&self.held, FlockOperation::Unlock);
    }
}
