//! Which demo runs on a directory of data: one alone plays the day there.

use std::{
    fs::{File, OpenOptions, TryLockError, create_dir_all, remove_file},
    io::{self, Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use trunkline_infra::postgres::check_place;

use crate::boot::StartFault;

/// Times that a start asks for the right, and the pause between two: who only looks whether a demo runs
/// has the file for an instant, and a demo has it for longer than all of them.
const TRIES: usize = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// The right to run the demo of a directory. The system gives it back when the process ends, however
/// it ends; the file is taken away with it, but for that of a killed one.
#[derive(Debug)]
pub(super) struct Running {
    held: File,
    path: PathBuf,
}

impl Running {
    /// Takes the right, or says where the demo that has it is reached.
    pub(super) fn begin(data_dir: &Path) -> Result<Self, StartFault> {
        let path = lock_of(data_dir);
        let fault =
            |source| StartFault::File { what: format!("cannot lock {}", path.display()), source };
        check_place(data_dir)?;
        if let Some(parent) = path.parent() {
            create_dir_all(parent).map_err(fault)?;
        }
        let mut tries = 0;
        let (held, locked) = loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let held = options.open(&path).map_err(fault)?;
            let locked = lock(&held);
            tries += 1;
            // Who had it has taken the file away meanwhile: the next one is at another file. Not again and
            // again: there are file systems on which a file has another number at each look.
            if locked.is_err() || is_at(&held, &path) || tries == TRIES {
                break (held, locked);
            }
        };
        match locked {
            Ok(()) => {
                held.set_len(0).map_err(fault)?;
                Ok(Self { held, path })
            }
            Err(TryLockError::WouldBlock) => {
                let address = read(&held).map_err(fault)?;
                let place =
                    if address.is_empty() { "it is about to begin" } else { address.as_str() };
                Err(StartFault::Usage(format!(
                    "a demo runs on this data directory already: {place}; end it first, or name \
                     another directory with --data-dir"
                )))
            }
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    /// Tells others where it is reached.
    pub(super) fn tell(&self, url: &str) -> Result<(), StartFault> {
        let what = || "cannot write the address of the demo".to_owned();
        let written = (&self.held).write_all(url.as_bytes());
        written.map_err(|source| StartFault::File { what: what(), source })
    }
}

impl Drop for Running {
    /// Closing alone is not enough: a child that another thread has just forked holds a copy of the
    /// file until it becomes its own program.
    fn drop(&mut self) {
        // First the file, which is this one as long as it is locked. Where it stays it disturbs nobody.
        let _ = remove_file(&self.path);
        // It fails on no lock that was taken; and then the closing file gives it back.
        let _ = self.held.unlock();
    }
}

/// Where the demo is reached that runs on this directory of data now; `None` when none does.
pub(crate) fn running_at(data_dir: &Path) -> Option<String> {
    let file = File::open(lock_of(data_dir)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&file).ok().filter(|address| !address.is_empty()),
        _ => None,
    }
}

/// Whether this open file is the one that is found at the path now.
fn is_at(file: &File, path: &Path) -> bool {
    let same = |file: &File| {
        let (open, found) = (file.metadata().ok()?, path.metadata().ok()?);
        Some((open.dev(), open.ino()) == (found.dev(), found.ino()))
    };
    same(file).unwrap_or(false)
}

/// Takes the file for itself alone; what is in the way after the last try stays there.
fn lock(file: &File) -> Result<(), TryLockError> {
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
            tried => return tried,
        }
    }
    file.try_lock()
}

fn read(mut file: &File) -> io::Result<String> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

/// Beside the directory: what makes the directory gives it the permissions that its server needs.
fn lock_of(data_dir: &Path) -> PathBuf {
    let full = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let mut name = full.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    full.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_demo_on_the_same_data_is_told_of_the_first_until_that_ends() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("deep").join("demo");
        assert_eq!(running_at(&data), None);
        let first = Running::begin(&data).expect("the only one");
        first.tell("http://127.0.0.1:4000").expect("told");
        assert_eq!(running_at(&data).as_deref(), Some("http://127.0.0.1:4000"));
        let refused = Running::begin(&data).expect_err("a second one").to_string();
        assert!(refused.contains("already: http://127.0.0.1:4000;"), "{refused}");
        Running::begin(&dir.path().join("other")).expect("other data");
        drop(first);
        assert_eq!(running_at(&data), None);
        assert!(!lock_of(&data).exists(), "nothing is left of it");
        Running::begin(&data).expect("the next one");
    }

    #[test]
    fn data_in_a_file_are_refused_with_what_would_do() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let refused = Running::begin(&file.path().join("demo")).expect_err("no directory");
        let told = format!("{} is no directory", file.path().display());
        assert!(refused.to_string().starts_with(&told), "{refused}");
    }

    #[test]
    fn who_only_looks_keeps_no_demo_from_starting() {
        let dir = tempfile::tempdir().expect("a directory");
        // As one that was killed has left it.
        let looked_at = File::create(lock_of(dir.path())).expect("the lock");
        looked_at.lock_shared().expect("nobody has it");
        std::thread::scope(|threads| {
            threads.spawn(|| {
                sleep(PAUSE);
                looked_at.unlock().expect("it was taken");
            });
            Running::begin(dir.path()).expect("a start all the same");
        });
    }
}
