use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

/// Oldest major version that the schema runs on.
pub(super) const OLDEST: u32 = 15;

/// Where packages put the programs outside of PATH, each `*` for a version.
const PLACES: [&str; 8] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// A directory with `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) dir: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    /// The programs in `dir`, when they are there and run.
    pub(super) async fn at(dir: &Path) -> Option<Self> {
        // A link in PATH names the directory where its sister programs are.
        let dir = fs::canonicalize(dir.join("postgres")).ok()?.parent()?.to_owned();
        if !dir.join("initdb").exists() {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().await.ok()?;
        let major = major(&String::from_utf8(output.stdout).ok()?)?;
        Some(Self { dir, major })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// All programs on the machine that are new enough: those of PATH first, then the newest.
pub(super) async fn found() -> Vec<Binaries> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<Binaries> = Vec::new();
    let mut elsewhere = Vec::new();
    for dir in env::split_paths(&path) {
        add(&mut found, &dir).await;
    }
    for dir in PLACES.iter().flat_map(|pattern| expand(pattern)) {
        add(&mut elsewhere, &dir).await;
    }
    elsewhere.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
    elsewhere.retain(|binaries| !found.contains(binaries));
    found.extend(elsewhere);
    found
}

async fn add(list: &mut Vec<Binaries>, dir: &Path) {
    if let Some(binaries) = Binaries::at(dir).await
        && binaries.major >= OLDEST
        && !list.contains(&binaries)
    {
        list.push(binaries);
    }
}

/// The directories that match a pattern with one `*`.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return Vec::new() };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(after.trim_start_matches('/')))
        .collect()
}

/// The major version in what `postgres --version` prints.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_line_gives_its_major_also_for_betas_and_packages() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta2"), Some(19));
        assert_eq!(major("no such thing"), None);
    }

    #[test]
    fn a_pattern_finds_the_directories_of_all_versions() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["pgsql-15", "pgsql-16", "other"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let mut found = expand(&format!("{}/pgsql-*/bin", dir.path().display()));
        found.sort();
        assert_eq!(found, [dir.path().join("pgsql-15/bin"), dir.path().join("pgsql-16/bin")]);
    }
}
