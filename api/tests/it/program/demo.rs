//! The demo, as somebody starts it on a machine that has nothing but this program.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use serde_json::{Value, json};
use trunkline_testkit::PASSWORD;

use super::{Program, command};
use crate::support::Actor;

/// The first start makes a cluster, two companies and their rosters; on a busy machine that takes long.
const PATIENCE: Duration = Duration::from_secs(300);
/// Ids are drawn by chance: data made anew have others.
const NETWORK: &str =
    "{ sites { id code } agents(first: 1) { totalCount { value } nodes { id number } } }";

async fn demo(dir: &Path) -> Program {
    let mut command = command(dir);
    command.env_remove("TRUNKLINE_WORK").args(["demo", "--small", "--port", "0"]);
    Program::begin(command, PATIENCE, |line| line.starts_with("End it with Ctrl-C")).await
}

/// What the planner among the printed logins sees.
async fn seen(demo: &Program) -> Value {
    let login = demo.said.lines().find(|line| line.contains("  planner: ")).expect("a login");
    let email = login.split_whitespace().next().expect("an address");
    Actor::at(demo.address()).sign_in("huayin", email).await.ok(NETWORK, json!({})).await
}

#[tokio::test]
async fn the_demo_begins_with_nothing_and_a_killed_one_finds_its_data_again() {
    let dir = tempfile::tempdir().expect("a directory");
    // As root the database runs under another account, which must get there.
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let first = demo(dir.path()).await;
    let place = dir.path().join("demo");
    for told in [PASSWORD, &format!("--data-dir '{}'", place.display())] {
        assert!(first.said.contains(told), "{told}: {}", first.said);
    }
    let before = seen(&first).await;
    let sites = before["sites"].as_array().expect("sites").iter().map(|it| it["code"].clone());
    assert_eq!(sites.collect::<Vec<_>>(), ["CD", "GZ", "SY"]);
    assert_eq!(before["agents"]["totalCount"]["value"], 54);
    let mut beside = command(dir.path());
    let beside = beside.args(["demo", "--small", "--port", "0"]).output().await.expect("it ends");
    let said = String::from_utf8_lossy(&beside.stderr);
    let told = format!("a demo runs on this data directory already: {};", first.address());
    assert!(beside.status.code() == Some(1) && said.contains(&told), "{said}");
    first.killed().await;

    let second = demo(dir.path()).await;
    assert_eq!(seen(&second).await, before);
    assert_eq!(second.terminated().await, Some(0));
}
