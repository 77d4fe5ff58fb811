//! The keys that sign tokens, as an operator changes and sees them.

use std::path::Path;

use jiff::SignedDuration;
use trunkline_infra::{clock::Clock, identity::add_signing_key};

use super::command;

/// What the program says to this, which it does without a fault.
async fn keys(dir: &Path, arguments: &[&str]) -> String {
    let output = command(dir).arg("keys").args(arguments).output().await.expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What each key does, in the order in which they sign: what stands after its name and its instant.
async fn listed(dir: &Path) -> Vec<String> {
    let said = keys(dir, &["list"]).await;
    let does = said.lines().map(|line| line.splitn(3, "  ").nth(2).expect("what it does"));
    does.map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn a_key_is_listed_before_it_signs_and_while_it_is_honoured_and_taken_away_when_it_is_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    let said = keys(dir, &["list"]).await;
    assert!(said.starts_with("None yet in "), "{said}");

    let folder = dir.join("token-keys");
    let hours_ago = |hours| Clock::System.now() - SignedDuration::from_hours(hours);
    let over = add_signing_key(&folder, hours_ago(2)).expect("a key");
    add_signing_key(&folder, hours_ago(1)).expect("a key");
    assert_eq!(listed(dir).await, ["over; `trunkline keys rotate` takes it away", "signs"]);

    let said = keys(dir, &["rotate", "--in-minutes", "60"]).await;
    assert!(said.starts_with("Made ") && said.contains("it signs from "), "{said}");
    let gone = format!("Took {} away: its last token has expired.\n", over.display());
    assert!(said.contains(&gone) && !over.exists(), "{said}");
    assert_eq!(listed(dir).await, ["signs", "will sign"]);

    let said = keys(dir, &["rotate", "--in-minutes", "0"]).await;
    assert!(!said.contains("Took "), "its tokens are still good: {said}");
    let now = listed(dir).await;
    assert!(now[0].starts_with("honoured until "), "{now:?}");
    assert_eq!(now[1..], ["signs", "will sign"]);
}
