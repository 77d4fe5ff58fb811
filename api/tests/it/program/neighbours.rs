//! Several processes on one database of the program's own.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;

use super::{PATIENCE, Program, command};

/// A directory that the account of the database may enter.
fn place() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    dir
}

async fn serve(dir: &TempDir) -> Program {
    let mut command = command(dir.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    Program::begin(command, 5 * PATIENCE, |_| true).await
}

/// What another command says, on both ways.
async fn said(dir: &TempDir, arguments: &[&str]) -> String {
    let mut command = command(dir.path());
    let output = timeout(5 * PATIENCE, command.args(arguments).output()).await.expect("it ends");
    let output = output.expect("the program runs");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("text")
}

/// Waits until a server answers from the database: that it knows nobody of this name.
async fn answers(server: &Program) {
    let client = reqwest::Client::new();
    let ask = async {
        // Another name each time: who fails too often under one has to wait.
        for attempt in 0.. {
            let document = format!(
                "mutation {{ sessionCreate(input: {{tenantSlug: \"acme\", password: \"plum rain\", \
                 email: \"agent{attempt}@acme.example\"}}) {{ userErrors {{ code }} }} }}"
            );
            let request = client.post(format!("{}/graphql", server.address()));
            let answer = request.json(&json!({"query": document})).send().await.expect("an answer");
            if answer.text().await.expect("text").contains("CREDENTIALS_REFUSED") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    timeout(4 * PATIENCE, ask).await.expect("the database is there");
}

#[tokio::test]
async fn a_server_takes_the_database_over_from_the_process_that_ran_it() {
    let dir = place();
    let first = serve(&dir).await;
    assert!(first.said.contains("There is no user yet: begin with `trunkline tenant create`"));
    let owner = first.child.id().expect("it runs");
    let second = serve(&dir).await;
    for server in [&first, &second] {
        answers(server).await;
    }
    let doctor = said(&dir, &["doctor"]).await;
    assert!(doctor.contains(&format!("process {owner} runs it")), "{doctor}");

    assert_eq!(first.terminated().await, Some(0));
    answers(&second).await;
    let heir = second.child.id().expect("it runs");
    let doctor = said(&dir, &["doctor"]).await;
    assert!(doctor.contains(&format!("process {heir} runs it")), "{doctor}");
    assert_eq!(second.terminated().await, Some(0));
    assert!(!dir.path().join("postgres/data/postmaster.pid").exists(), "it was ended in order");
}

#[tokio::test]
async fn servers_that_are_started_together_on_nothing_both_serve() {
    let dir = place();
    let (one, other) = tokio::join!(serve(&dir), serve(&dir));
    for server in [&one, &other] {
        answers(server).await;
    }
    assert_eq!(one.terminated().await, Some(0));
    assert_eq!(other.terminated().await, Some(0));
}

#[tokio::test]
async fn who_makes_a_first_company_is_told_what_takes_so_long_and_what_comes_next() {
    let dir = place();
    let made = said(&dir, &["tenant", "create", "--slug", "acme", "--name", "Acme"]).await;
    assert!(made.contains("a first one takes some seconds to make"), "{made}");
    assert!(made.contains("Made the tenant acme"), "{made}");
    let server = serve(&dir).await;
    let next = "There is no user yet: begin with `trunkline user create`";
    assert!(server.said.contains(next), "{}", server.said);
    assert_eq!(server.terminated().await, Some(0));
}
