//! Commands that make and take in something, as a person types them.

use serde_json::json;
use trunkline_testkit::database;

use super::{Ground, command, company};
use crate::support::Actor;

const CALLS: &str = "interval_start,tz,queue,interval_minutes,offered,answered,abandoned
2026-02-02T09:00,Asia/Shanghai,presale,30,12,11,1
2026-02-02T09:30,Asia/Shanghai,presale,30,15,15,0
";

/// Three Mondays, without the one in the middle.
const MONDAYS: &str = "interval_start,tz,queue,interval_minutes,offered,answered,abandoned
2026-02-02T09:00,Asia/Shanghai,presale,30,12,11,1
2026-02-16T09:00,Asia/Shanghai,presale,30,14,14,0
";

/// As a spreadsheet writes it where the comma is the decimal sign, and an interval of another century.
const LATER: &str = "interval_start;tz;queue;interval_minutes;offered
2126-02-02T09:00;Asia/Shanghai;presale;30;12
2026-02-23T09:00;Asia/Shanghai;presale;30;15
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
async fn a_company_is_suspended_and_resumed_from_the_command_line() {
    let ground = Ground::alone("suspending").await;
    let create = ["tenant", "create", "--slug", "huayin", "--name", "Huayin"];
    assert_eq!(run(&ground, &create).await.0, Some(0));
    let suspend = ["tenant", "suspend", "--slug", "huayin", "--reason", "the contract has ended"];
    let resume = ["tenant", "resume", "--slug", "huayin"];
    let state = async || {
        let db = ground.database.connect().await;
        let tx = db.begin_system("a test").await.expect("transaction");
        let sql = "select state as value from app.tenant where slug = 'huayin'";
        tx.scalar::<String>(sql, Vec::new()).await.expect("answer").expect("a state")
    };
    let (code, said) = run(&ground, &resume).await;
    assert!(code == Some(1) && said.contains("is not SUSPENDED"), "{said}");
    let (code, said) = run(&ground, &suspend).await;
    assert!(code == Some(0) && said.contains("TENANT_SUSPENDED"), "{said}");
    assert_eq!(state().await, "SUSPENDED");
    let (code, said) = run(&ground, &suspend).await;
    assert!(code == Some(1) && said.contains("is SUSPENDED already"), "{said}");
    let (code, said) = run(&ground, &resume).await;
    assert!(code == Some(0) && said.contains("works again"), "{said}");
    assert_eq!(state().await, "ACTIVE");
    let (code, said) = run(&ground, &["tenant", "suspend", "--slug", "nobody"]).await;
    assert!(code == Some(1) && said.contains("there is no tenant nobody"), "{said}");
}

#[tokio::test]
async fn a_company_is_made_and_its_history_taken_in_from_the_command_line() {
    let ground = Ground::alone("commands").await;
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
    let made = "Made office@example.com in huayin: role head_office, for the whole tenant.";
    assert!(code == Some(0) && said.contains(made), "{said}");
    assert!(!said.contains("Password"), "a password that was given is not shown: {said}");

    let file = ground.dir.path().join("calls.csv");
    let path = file.to_str().expect("a path");
    std::fs::write(&file, CALLS).expect("file");
    let import = ["import", "history", "--tenant", "huayin", path];
    let (code, said) = run(&ground, &import).await;
    assert!(code == Some(1) && said.contains("1 fault in 2 rows.\nNothing was taken"), "{said}");
    assert!(said.contains("there is no other") && said.contains("--create-queues"), "{said}");
    assert!(said.contains("in 2 rows, the first of them on the lines 2, 3"), "{said}");
    assert!(said.contains("first make a site with the mutation `siteCreate`"), "{said}");
    let making = [&import[..], &["--create-queues"]].concat();
    let (code, said) = run(&ground, &making).await;
    assert!(code == Some(1) && said.contains("siteCreate"), "nowhere to serve it: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    ground
        .database
        .db_admin_run(
            "insert into app.site (tenant_id, id, code, name_en, name_zh, time_zone, state, created_at,
                                   updated_at)
             select id, gen_random_uuid(), 'GZ', 'GZ', 'GZ', 'Asia/Shanghai', 'OPEN', now(), now()
             from app.tenant where slug = 'huayin'",
        )
        .await;
    let queue = "the queue presale: intervals of 30 minutes in Asia/Shanghai, served at GZ.";
    let trying = [&making[..], &["--dry-run"]].concat();
    let (code, said) = run(&ground, &trying).await;
    assert!(code == Some(0) && said.contains(&format!("Would make {queue}")), "{said}");
    let (code, said) = run(&ground, &making).await;
    assert!(code == Some(0) && said.contains("2 intervals new"), "{said}");
    assert!(said.contains(&format!("Made {queue}")), "{said}");
    let (code, said) = run(&ground, &making).await;
    assert!(code == Some(0) && said.contains("2 unchanged"), "{said}");
    assert!(!said.contains("gaps"), "nothing is missing: {said}");
    assert!(!said.contains("the queue"), "none was made: {said}");
    std::fs::write(&file, LATER).expect("file");
    let (code, said) = run(&ground, &import).await;
    let fault = "row 2, interval_start: 2126-02-02T09:00 is still to come";
    assert!(code == Some(1) && said.contains(fault) && said.contains("--keep-good"), "{said}");
    std::fs::write(&file, "interval_start,tz,queue,interval_minutes,offered\n").expect("file");
    let (code, said) = run(&ground, &import).await;
    assert!(code == Some(1) && said.contains("a header and no row"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    std::fs::write(&file, MONDAYS).expect("file");
    let (code, said) = run(&ground, &import).await;
    assert!(code == Some(0) && said.contains("gaps in presale: 2026-02-09\n"), "{said}");

    let program = ground.serve().await;
    let office = Actor::at(program.address()).sign_in("huayin", "office@example.com").await;
    let queues = office.ok("{ queues { code } }", json!({})).await;
    assert_eq!(queues["queues"], json!([{"code": "presale"}]));
}

/// `user create` for a person with this name and the options.
fn user<'a>(slug: &'a str, name: &'a str, email: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["user", "create", "--tenant", slug, "--name", name, "--email", email];
    [&fixed[..], options].concat()
}

#[tokio::test]
async fn a_role_of_one_place_is_not_given_without_it() {
    let ground = Ground::alone("user_refused").await;
    let (company, _) = company(&ground).await;
    let refused: [(&[&str], &str); 7] = [
        (&["--role", "agent"], "--agent NUMBER"),
        (&["--role", "planner"], "--site CODE"),
        (&["--role", "team_leader", "--site", "GZ"], "--site CODE --team CODE"),
        (&["--role", "planner", "--site", "XX"], "no site has the code XX: there are GZ"),
        (&["--role", "agent", "--agent", "99"], "no agent has the number 99"),
        (&["--role", "head_office", "--site", "GZ"], "leave --site and --team out"),
        (&["--role", "partner_client"], "programs get an API client"),
    ];
    for (options, advice) in refused {
        let arguments = user(&company.slug, "Zhao", "zhao@example.com", options);
        let (code, said) = run(&ground, &arguments).await;
        assert!(code == Some(1) && said.contains(advice), "{options:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test]
async fn a_user_of_an_agent_is_made_from_the_command_line_and_it_is_on_record() {
    let ground = Ground::alone("user_agent").await;
    let (company, _) = company(&ground).await;
    let admin = user(&company.slug, "Wang", "wang@example.com", &["--role", "tenant_admin"]);
    let agent = ["--role", "agent", "--agent", "7"];
    let agent = user(&company.slug, "Zhao", "zhao@example.com", &agent);
    for (arguments, place) in [(admin, "for the whole tenant."), (agent, "for agent 7 alone.")] {
        let (code, said) = run(&ground, &arguments).await;
        assert!(code == Some(0) && said.contains(place), "{said}");
    }
    let second = ["--role", "agent", "--agent", "7"];
    for (email, option) in
        [("zhao2@example.com", "--agent 7"), ("wang@example.com", "--email wang@example.com")]
    {
        let options = if option == "--agent 7" { &second[..] } else { &["--role", "hr"] };
        let (code, said) = run(&ground, &user(&company.slug, "Zhao", email, options)).await;
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(said, format!("trunkline: {option}: There is one with this value already.\n"));
    }
    let program = ground.serve().await;
    let agent = Actor::at(program.address()).sign_in(&company.slug, "zhao@example.com").await;
    let seen = agent.ok("{ agents(first: 5) { nodes { number } } }", json!({})).await;
    assert_eq!(seen["agents"]["nodes"], json!([{"number": "7"}]), "the own person alone");
    let admin = Actor::at(program.address()).sign_in(&company.slug, "wang@example.com").await;
    let asked = "{ auditEvents(first: 50) { nodes { action actorName request } } }";
    let events = admin.ok(asked, json!({})).await;
    for action in ["user.create", "role.assign"] {
        let nodes = events["auditEvents"]["nodes"].as_array().expect("events").iter();
        let of_system = nodes.filter(|it| {
            it["action"] == action
                && it["actorName"].is_null()
                && it["request"] == "user administration"
        });
        assert_eq!(of_system.count(), 2, "{action}: {events}");
    }
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
