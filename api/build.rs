//! Tells a release program from which commit it is built, where that can be known.

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
    process::Command,
};

/// What the program is built from, seen from here.
const SOURCES: [&str; 9] = [
    "build.rs",
    "Cargo.toml",
    "src",
    "web",
    "../Cargo.toml",
    "../Cargo.lock",
    "../domain",
    "../infra",
    "../migrations",
];

fn main() -> io::Result<()> {
    let mut cargo = io::stdout().lock();
    writeln!(cargo, "cargo::rerun-if-changed=build.rs")?;
    let mut version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    // A program that is tried out between commits is not built anew for each.
    let is_release = env::var("PROFILE").is_ok_and(|it| it == "release");
    if is_release
        && is_own_tree()
        && let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"])
    {
        // The first changes with the branch, the second with each commit. A path that is not there would
        // have everything built anew each time.
        for name in ["HEAD", "logs/HEAD"] {
            let path = git(&["rev-parse", "--git-path", name]).filter(|it| Path::new(it).exists());
            if let Some(path) = path {
                writeln!(cargo, "cargo::rerun-if-changed={path}")?;
            }
        }
        // A plus tells that it is built from something else than that commit.
        let status = ["--no-optional-locks", "status", "--porcelain", "--untracked-files=no", "--"];
        let changed = git(&[&status[..], &SOURCES].concat()).map_or("", |_| "+");
        for path in SOURCES.into_iter().filter(|it| Path::new(it).exists()) {
            writeln!(cargo, "cargo::rerun-if-changed={path}")?;
        }
        version = format!("{version} ({commit}{changed})");
    }
    // No name of ours: Cargo hands it on to the program that it runs, which refuses unknown ones.
    writeln!(cargo, "cargo::rustc-env=BUILD_VERSION={version}")
}

/// Whether the tree that Git knows is this one, and not one into which these sources were copied.
fn is_own_tree() -> bool {
    let real = |path: &str| fs::canonicalize(path).ok();
    git(&["rev-parse", "--show-toplevel"]).is_some_and(|top| real(&top) == real(".."))
}

/// What Git says; `None` where there is none, or no tree of it.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
