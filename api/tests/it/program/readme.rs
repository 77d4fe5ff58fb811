//! What the README says to paste.

use std::io::Write as _;

use tokio::time::timeout;

use super::{Ground, PATIENCE, PROGRAM, command};

const README: &str = include_str!("../../../../README.md");

const CALLS: &str = "interval_start,tz,queue,interval_minutes,offered
2026-02-02T09:00,Asia/Shanghai,presale,30,12
";

/// The block of the README that begins so.
fn block(begins: &str) -> &'static str {
    let from = README.find(&format!("```sh\n{begins}")).expect("a block") + "```sh\n".len();
    let length = README[from..].find("```").expect("its end");
    &README[from..from + length]
}

#[tokio::test]
async fn a_network_of_ones_own_is_made_as_the_readme_says() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: there is no curl");
        return;
    }
    let ground = Ground::alone("readme").await;
    let bin = tempfile::tempdir().expect("a directory");
    std::os::unix::fs::symlink(PROGRAM, bin.path().join("trunkline")).expect("a link");
    let path = std::env::var("PATH").expect("a path");
    let shell = async |script: &str| {
        // For its variables and directory; the program of it is not run.
        let program = command(ground.dir.path());
        let mut shell = tokio::process::Command::new("sh");
        shell.env_clear();
        for (name, value) in program.as_std().get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        shell
            .env("PATH", format!("{}:{path}", bin.path().display()))
            .env("TRUNKLINE_DATABASE_URL", ground.database.url())
            .current_dir(ground.dir.path())
            .args(["-euc", script])
            .kill_on_drop(true);
        let output = timeout(5 * PATIENCE, shell.output()).await.expect("it ends");
        let output = output.expect("a shell");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert!(output.status.success(), "{said}");
        said
    };

    let first = block("export TRUNKLINE_PASSWORD");
    let (people, _) = first.split_once("trunkline serve").expect("what is done before serving");
    let said = shell(people).await;
    assert!(said.contains("Made you@acme.example in acme"), "{said}");
    assert!(!said.contains("Password"), "a password that was given is not shown: {said}");
    let password = people.lines().next().expect("the password");

    let program = ground.serve().await;
    let network = block("api=http");
    let here = format!("api={}/graphql ", program.address());
    let network = network.replacen("api=http://127.0.0.1:4000/graphql ", &here, 1);
    let said = shell(&format!("{password}\n{network}")).await;
    for made in
        ["\"accessToken\":\"", "{\"site\":{\"id\"", "{\"team\":{\"id\"", "{\"queue\":{\"id\""]
    {
        assert!(said.contains(made), "{made}: {said}");
    }
    assert_eq!(said.matches("\"userErrors\":[]").count(), 4, "{said}");

    std::fs::write(ground.dir.path().join("calls.csv"), CALLS).expect("a file");
    let import = "trunkline import history --tenant acme calls.csv";
    assert!(README.contains(import));
    let said = shell(import).await;
    assert!(said.contains("1 interval new"), "{said}");
    assert_eq!(program.terminated().await, Some(0));
}
