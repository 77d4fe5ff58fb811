//! The limit: the same statements by pgbench, as the same role, in a transaction of the tenant.

use std::{fs, path::PathBuf, process::Command};

use crate::seed::Seeded;

fn program() -> PathBuf {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = packaged
        .map(|entry| entry.path().join("bin/pgbench"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from("pgbench"))
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// It only read.
    Rollback,
    /// It wrote.
    Commit,
}

/// One transaction of a script, opened as the server opens it.
pub(crate) fn transaction(seeded: &Seeded, statements: &[String], end: End) -> String {
    let mut text =
        format!("begin\\; set local app.tenant_id = '{}';\n", seeded.company.tenant.uuid());
    for statement in statements {
        text.extend(statement.split_whitespace().flat_map(|word| [word, " "]));
        // A script takes a result into variables by \gset, which ends a statement itself.
        text.push_str(if statement.contains("\\gset") { "\n" } else { ";\n" });
    }
    text.push_str(match end {
        End::Rollback => "rollback;\n",
        End::Commit => "commit;\n",
    });
    text
}

/// Runs of `script` a second.
pub(crate) fn run(seeded: &Seeded, script: &str, clients: usize, seconds: u64) -> f64 {
    let file = std::env::temp_dir().join(format!("trunkline-bench-{}.sql", std::process::id()));
    fs::write(&file, script).expect("script");
    let options = seeded.database.options("trunkline_app");
    let host = options
        .get_socket()
        .map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let output = Command::new(program())
        .args(["-n", "-M", "simple", "-j", "2"])
        .args(["-c", &clients.to_string(), "-T", &seconds.to_string()])
        .args(["-h", &host, "-p", &options.get_port().to_string(), "-U", "trunkline_app"])
        .arg("-f")
        .arg(&file)
        .arg(options.get_database().unwrap_or_default())
        .output()
        .expect("pgbench runs: it comes with PostgreSQL");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| {
        panic!("pgbench: {text} {}", String::from_utf8_lossy(&output.stderr));
    })
}
