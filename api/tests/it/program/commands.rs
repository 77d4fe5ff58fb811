//! Commands that make and take in something, as a person types them.

use serde_json::json;
use trunkline_testkit::database;

use super::{Ground, command};
use crate::support::Actor;

const CALLS: &str = "interval_start,tz,queue,interval_minutes,offered,answered,abandoned
2026-02-02T09:00,Asia/Shanghai,presale,30,12,11,1
2026-02-02T09:30,Asia/Shanghai,presale,30,15,15,0
";

/// What the program says on this database: exit code, standard output and standard error together.
async fn run(ground: &Ground, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = command(ground.dir.path());
    command.env("TRUNKLINE_DATABASE_URL", ground.database.url());
    command.env("TRUNKLINE_PASSWORD", trunkline_testkit::PASSWORD);
    let output = command.args(arguments).output().await.expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("text"))
}

#[tokio::test]
async fn a_company_is_made_and_its_history_taken_in_from_the_command_line() {
    let Some(ground) = Ground::new("commands").await else { return };
    let tenant = [
        "tenant",
        "create",
        "--slug",
        "huayin",
        "--name",
        "Huayin",
        "--name-zh",
        "\u{534e}\u{97f3}",
    ];
    let (code, said) = run(&ground, &tenant).await;
    assert!(code == Some(0) && said.contains("Made the tenant huayin"), "{said}");
    let (code, said) = run(&ground, &tenant).await;
    assert!(code == Some(1) && said.contains("choose another --slug"), "{said}");

    let user = |tenant, role| {
        let email = "office@example.com";
        ["user", "create", "--tenant", tenant, "--email", email, "--name", "Office", "--role", role]
    };
    for (arguments, advice) in [
        (user("nobody", "head_office"), "there is no tenant nobody"),
        (user("huayin", "boss"), "no role is called boss"),
    ] {
        let (code, said) = run(&ground, &arguments).await;
        assert!(code == Some(1) && said.contains(advice), "{said}");
    }
    let (code, said) = run(&ground, &user("huayin", "head_office")).await;
    assert!(code == Some(0) && said.contains("Made office@example.com"), "{said}");
    assert!(!said.contains("Password"), "a password that was given is not shown: {said}");

    let file = ground.dir.path().join("calls.csv");
    let path = file.to_str().expect("a path");
    std::fs::write(&file, CALLS).expect("file");
    let import = ["import", "history", "--tenant", "huayin", path];
    let (code, said) = run(&ground, &import).await;
    assert!(code == Some(1) && said.contains("Nothing was taken"), "no such queue: {said}");
    ground
        .database
        .db_admin_run(
            "insert into app.site (tenant_id, id, code, name_en, name_zh, time_zone, state, created_at,
                                   updated_at)
             select id, gen_random_uuid(), 'GZ', 'GZ', 'GZ', 'Asia/Shanghai', 'OPEN', now(), now()
             from app.tenant where slug = 'huayin'",
        )
        .await;
    let making = [&import[..], &["--create-queues"]].concat();
    let (code, said) = run(&ground, &making).await;
    assert!(code == Some(0) && said.contains("2 intervals new"), "{said}");
    let (code, said) = run(&ground, &making).await;
    assert!(code == Some(0) && said.contains("2 unchanged"), "{said}");

    let program = ground.serve().await;
    let office = Actor::at(program.address()).sign_in("huayin", "office@example.com").await;
    let queues = office.ok("{ queues { code } }", json!({})).await;
    assert_eq!(queues["queues"], json!([{"code": "presale"}]));
}

#[tokio::test]
async fn the_demo_does_not_begin_in_a_database_that_somebody_configured() {
    let database = database().await.db_scratch("no_demo").await;
    let dir = tempfile::tempdir().expect("a directory");
    let mut command = command(dir.path());
    command.env("TRUNKLINE_DATABASE_URL", database.url());
    let output = command.args(["demo", "--port", "0"]).output().await.expect("the program runs");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.lines().count() == 1 && said.contains("--into-configured-database"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
