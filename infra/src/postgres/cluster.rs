//! The data directory: whose it is, and making it.

use std::{
    fs::{self, File},
    path::Path,
};

use super::{
    Server, Step,
    account::Account,
    binaries::Binaries,
    error::{PostgresError, Tried as _},
    wheel::last_line,
};

/// Major version of the data in `data`; `None` when there are none.
pub(super) fn made_by(data: &Path) -> Result<Option<u32>, PostgresError> {
    if let Ok(text) = fs::read_to_string(data.join("PG_VERSION")) {
        let major = text.trim().parse().map_err(|_| PostgresError::Foreign(data.to_owned()))?;
        return Ok(Some(major));
    }
    match fs::read_dir(data).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(PostgresError::Foreign(data.to_owned())),
        Ok(false) | Err(_) => Ok(None),
    }
}

/// Makes an empty cluster at `data`. It grows beside it and moves there when whole, so that a
/// first start cut short leaves nothing half made.
pub(super) async fn init(
    data: &Path,
    binaries: &Binaries,
    account: &Account,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<(), PostgresError> {
    progress(Step::Initialising);
    let side = data.with_extension("new");
    let mut outcome = Err(PostgresError::NoAccount);
    for locale in locales(binaries.major) {
        if side.exists() {
            fs::remove_dir_all(&side).tried(|| format!("cannot clear {}", side.display()))?;
        }
        account.private_dir(&side)?;
        outcome = run(&side, locale, binaries, account).await;
        if outcome.is_ok() {
            break;
        }
    }
    outcome?;
    if data.exists() {
        // Empty, or `made_by` would have refused it.
        fs::remove_dir(data).tried(|| format!("cannot clear {}", data.display()))?;
    }
    fs::rename(&side, data).tried(|| format!("cannot place {}", data.display()))?;
    let parent = data.parent().unwrap_or(data);
    File::open(parent)
        .and_then(|dir| dir.sync_all())
        .tried(|| format!("cannot sync {}", parent.display()))
}

/// Arguments for the locale, best first: text compares by code point everywhere, and the C library
/// of some systems has no C.UTF-8.
fn locales(major: u32) -> &'static [&'static [&'static str]] {
    if major >= 17 {
        return &[&["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]];
    }
    &[&["--locale=C.UTF-8", "--lc-messages=C"], &["--locale=C"]]
}

async fn run(
    side: &Path,
    locale: &[&str],
    binaries: &Binaries,
    account: &Account,
) -> Result<(), PostgresError> {
    let mut command = std::process::Command::new(binaries.program("initdb"));
    command
        .args(["--auth=trust", "--encoding=UTF8", "--no-instructions"])
        .args(locale)
        .arg(format!("--username={}", Server::SUPERUSER))
        .arg("-D")
        .arg(side)
        .env("TZ", "UTC")
        .current_dir("/");
    account.apply(&mut command);
    let output = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .tried(|| "cannot run initdb".to_owned())?;
    if output.status.success() {
        return Ok(());
    }
    Err(PostgresError::Init(last_line(&output.stderr)))
}

/// Process of the server that runs on `data`, or ran there and could not tidy up.
pub(super) fn noted_pid(data: &Path) -> Option<i32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_other_things_in_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(made_by(dir.path()).unwrap(), None);
        fs::write(dir.path().join("letter.txt"), "dear all").unwrap();
        assert!(matches!(made_by(dir.path()), Err(PostgresError::Foreign(_))));
        fs::write(dir.path().join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(made_by(dir.path()).unwrap(), Some(15));
    }
}
