//! One process.

use serde_json::json;
use tokio::sync::OnceCell;
use trunkline_testkit::database;

use super::{Ground, command, company, planner};

/// What the program says on a directory of its own; `url` = its database.
async fn output(url: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let mut command = command(dir.path());
    if !url.is_empty() {
        command.env("TRUNKLINE_DATABASE_URL", url);
    }
    let output = command.args(arguments).output().await.expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn the_schema_is_printed_as_it_is_committed() {
    let (code, schema, _) = output("", &["schema"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(schema, include_str!("../../../../schema.graphql"));
}

#[tokio::test]
async fn the_version_names_the_commit_where_that_is_known() {
    let (code, said, _) = output("", &["--version"]).await;
    assert_eq!(code, Some(0));
    let name = concat!("trunkline ", env!("CARGO_PKG_VERSION"));
    let rest = said.trim().strip_prefix(name).expect("the version");
    let commit = rest.strip_prefix(" (").and_then(|it| it.strip_suffix(')'));
    // A tree that was changed since is told by a plus.
    let commit = commit.map(|it| it.strip_suffix('+').unwrap_or(it));
    let is_commit = |it: &str| it.len() >= 12 && it.chars().all(|it| it.is_ascii_hexdigit());
    assert!(rest.is_empty() || commit.is_some_and(is_commit), "{said}");
}

/// Each database that cannot be served from, and what has to be done about it.
async fn unfit() -> &'static [(String, &'static str)] {
    static UNFIT: OnceCell<[(String, &str); 5]> = OnceCell::const_new();
    UNFIT
        .get_or_init(async || {
            let old = database().await.db_scratch("old").await;
            old.db_admin_run("delete from app.schema_migration where name like '0012%'").await;
            let newer = database().await.db_scratch("newer").await;
            newer.db_admin_run("insert into app.schema_migration values ('0099_later', '')").await;
            let changed = database().await.db_scratch("changed").await;
            let digest = "update app.schema_migration set digest = '' where name like '0012%'";
            changed.db_admin_run(digest).await;
            let missing = old.url().replace("trunkline_test_old", "trunkline_missing");
            let nowhere = "postgres://127.0.0.1:1/trunkline".to_owned();
            [
                (nowhere, "start it, or correct TRUNKLINE_DATABASE_URL"),
                (missing, "make it (createdb), then run `trunkline migrate --admin-url"),
                (old.url(), "run `trunkline migrate`"),
                (newer.url(), "start the newer program"),
                (changed.url(), "its step 0012_operations differs"),
            ]
        })
        .await
}

#[tokio::test]
async fn the_doctor_says_in_one_line_what_is_to_be_done_about_a_database() {
    for (url, advice) in unfit().await {
        let (code, said, _) = output(url, &["doctor"]).await;
        let wrong: Vec<&str> = said.lines().filter(|line| line.starts_with("FAIL")).collect();
        assert!(wrong.len() == 1 && wrong[0].contains(*advice), "{url}: {said}");
        assert_eq!(code, Some(1), "{url}");
    }
}

#[tokio::test]
async fn nothing_starts_on_a_database_that_is_not_fit_and_one_line_says_why() {
    for (url, advice) in unfit().await {
        let demo = ["demo", "--port", "0", "--into-configured-database"];
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["worker"], &demo] {
            let (code, _, said) = output(url, command).await;
            assert!(said.lines().count() == 1 && said.contains(*advice), "{url}: {said}");
            assert_eq!(code, Some(1), "{url}");
        }
    }
}

#[tokio::test]
async fn roles_are_made_only_in_a_database_that_is_named() {
    let (code, out, said) =
        output("", &["migrate", "--admin-url", "postgres://postgres@127.0.0.1:1/trunkline"]).await;
    assert!(said.lines().count() == 1 && said.contains("TRUNKLINE_DATABASE_URL"), "{out}{said}");
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn what_needs_data_makes_no_database_and_says_where_one_may_be() {
    let dir = tempfile::tempdir().expect("a directory");
    let (file, demo) = (dir.path().join("calls.csv"), dir.path().join("demo"));
    std::fs::write(&file, "").expect("a file");
    let (place, file) = (dir.path().to_str().expect("a path"), file.to_str().expect("a path"));
    let said = async |arguments: &[&str]| {
        let mut command = command(dir.path());
        let output = command.args(arguments).args(["--data-dir", place]).output().await;
        let output = output.expect("the program runs");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert!(!dir.path().join("postgres").exists(), "{arguments:?}");
        (output.status.code(), text)
    };
    let person = ["--email", "li.na@huayin.example", "--name", "Li Na", "--role", "tenant_admin"];
    let user = [&["user", "create", "--tenant", "huayin"][..], &person].concat();
    let absent = format!("there is no database in {place}: ");
    let making = format!("`trunkline migrate --data-dir {place}` makes a new one");
    for arguments in [
        &user[..],
        &["import", "history", "--tenant", "huayin", file],
        &["audit", "verify"],
        &["migrate", "--check"],
        &["worker"],
    ] {
        let (code, text) = said(arguments).await;
        assert!(code == Some(1) && text.lines().count() == 1, "{arguments:?}: {text}");
        for told in ["--data-dir DIR", &absent, &making] {
            assert!(text.contains(told), "{told}: {text}");
        }
    }
    std::fs::create_dir(&demo).expect("a directory");
    let hint = format!("the data of the demo are reached with --data-dir {}", demo.display());
    let (code, text) = said(&user[..]).await;
    assert!(code == Some(1) && text.contains(&hint), "{text}");
    let (code, text) = said(&["doctor"][..]).await;
    assert!(code == Some(0) && text.contains(&hint) && text.contains(&making), "{text}");
}

#[tokio::test]
async fn the_configuration_is_explained_with_the_origin_of_each_value_and_without_passwords() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("trunkline.toml"), "pool_size = 8").expect("configuration");
    // One stands in front of the host, the other among the parameters.
    let url = "postgres://planner:lotus-pond@db.example.com/trunkline?password=plum-rain";
    let mut command = command(dir.path());
    command.env("TRUNKLINE_DATABASE_URL", url).env("TRUNKLINE_LOG_FORMAT", "json");
    let output = command.args(["config", "explain", "--log-filter", "warn"]).output().await;
    let output = output.expect("the program runs");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    assert_eq!(output.status.code(), Some(0), "{text}");
    let lines: Vec<String> =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "pool_size 8 [file trunkline.toml]",
        "log_format json [variable TRUNKLINE_LOG_FORMAT]",
        // Above the variable of the same key, which is set too.
        "log_filter warn [flag --log-filter]",
        "instances 1 [default]",
        &format!("data_dir {} [variable TRUNKLINE_DATA_DIR]", dir.path().display()),
        // Nobody set it, and it lies there all the same.
        &format!("seal_key_file {}/seal.key [default]", dir.path().display()),
        "database_url postgres://planner:********@db.example.com/trunkline?password=******** \
         [variable TRUNKLINE_DATABASE_URL]",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line}: {text}");
    }
    assert!(["lotus-pond", "plum-rain"].iter().all(|it| !text.contains(it)), "{text}");
}

#[tokio::test]
async fn a_server_answers_on_an_outside_database_and_ends_softly_when_asked() {
    let ground = Ground::alone("serves").await;
    let (company, _) = company(&ground).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let ops = free.local_addr().expect("address");
    drop(free);
    let file = ground.dir.path().join("trunkline.toml");
    std::fs::write(file, format!("ops_listen = \"{ops}\"")).expect("configuration");
    let program = ground.serve().await;
    for path in ["livez", "startupz", "readyz"] {
        let answer = reqwest::get(format!("http://{ops}/{path}")).await.expect("answer");
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.text().await.expect("text"), "ok");
    }
    let planner = planner(&program, &company).await;
    let answer = planner.ok("{ viewer { sites { code } } }", json!({})).await;
    assert_eq!(answer["viewer"]["sites"], json!([{"code": "GZ"}]));
    assert_eq!(program.terminated().await, Some(0));
}

#[tokio::test]
async fn a_log_that_nobody_reads_any_more_keeps_nothing_from_being_done() {
    let dir = tempfile::tempdir().expect("a directory");
    let ground = database().await;
    let mut command = command(dir.path());
    // Everything is logged, and the first line of it fails.
    command.env("TRUNKLINE_LOG_FILTER", "trace").env("TRUNKLINE_DATABASE_URL", ground.url());
    let closed = || std::io::pipe().expect("a pipe").1;
    command.stdout(closed()).stderr(closed());
    let status = command.args(["migrate", "--check"]).status().await.expect("the program runs");
    assert_eq!(status.code(), Some(0));
}
