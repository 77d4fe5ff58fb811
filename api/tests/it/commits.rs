//! Commits that fail, are cut off or take too long: what their callers are told, and what there is then.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::{http::Settings, server::ServerOptions};
use trunkline_domain::identity::Role;
use trunkline_infra::{live::LiveStore, params};
use trunkline_testkit::{Within, database};

use crate::{
    once::KEY,
    support::{Actor, Server},
};

const SKILL: &str = "mutation($input: SkillCreateInput!) {
  skillCreate(input: $input) { skill { code } userErrors { code } } }";
const TWO: &str = "mutation($one: SkillCreateInput!, $two: SkillCreateInput!) {
  one: skillCreate(input: $one) { skill { code } userErrors { code } }
  two: skillCreate(input: $two) { skill { code } userErrors { code } } }";

/// Has the commit of a new skill hang, be refused or take its time, by the skill's code.
const WHEN_COMMITTED: &str = "
    create function app.when_committed() returns trigger language plpgsql as $$
    begin
        case new.code
            when 'hanging' then perform pg_sleep(7);
            when 'slow' then perform pg_sleep(5);
            when 'refused' then raise exception 'refused';
            else null;
        end case;
        return null;
    end
    $$;
    create constraint trigger when_committed after insert on app.skill
        deferrable initially deferred for each row execute function app.when_committed()";

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(20);

/// A server on a database of its own in which commits go as the code of the skill says.
struct Stage {
    server: Server,
    admin: Actor,
    database: trunkline_testkit::Database,
}

impl Stage {
    async fn new(label: &str) -> Self {
        let database = database().await.db_scratch(label).await;
        database.db_admin_run(WHEN_COMMITTED).await;
        let server = Server::start_on(&database, LiveStore::in_memory()).await;
        let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
        Self { server, admin, database }
    }

    /// Commits go as ever again.
    async fn calm(&self) {
        self.database.db_admin_run("drop trigger when_committed on app.skill").await;
    }

    async fn skills(&self, code: &str) -> i64 {
        let sql = "select count(*) as value from app.skill where tenant_id = $1 and code = $2";
        let tx = self.server.company.db_begin().await;
        let count = tx.scalar(sql, params![tx.tenant(), code.to_owned()]).await;
        count.expect("statement").expect("a row")
    }

    /// Has the server of the database end the session whose commit hangs.
    async fn cut(&self) {
        let sql = "select count(pg_terminate_backend(pid)) as value from pg_stat_activity
                   where datname = current_database() and wait_event = 'PgSleep'
                     and query ilike 'commit%'";
        let cutting = async {
            loop {
                let tx = self.server.company.db_begin().await;
                let ended: Option<i64> = tx.scalar(sql, params![]).await.expect("statement");
                if ended == Some(1) {
                    return;
                }
                drop(tx);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LONG, cutting).await.expect("a commit that hangs");
    }
}

/// Whether the answer was given before, and its body.
async fn create(who: &Actor, code: &str, key: Option<&str>) -> (bool, Value) {
    let input = json!({"code": code, "nameEn": code});
    let mut request = who.post(&json!({"query": SKILL, "variables": {"input": input}}));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.expect("answer");
    let replayed = response.headers().contains_key("idempotent-replayed");
    (replayed, response.json().await.expect("JSON"))
}

/// Code, outcome and message of the first error.
fn error(body: &Value) -> (&str, &Value, &str) {
    let error = &body["errors"][0];
    let extensions = &error["extensions"];
    (
        extensions["code"].as_str().unwrap_or_else(|| panic!("an error: {body:#}")),
        &extensions["outcome"],
        error["message"].as_str().unwrap_or_else(|| panic!("a message: {body:#}")),
    )
}

#[tokio::test]
async fn of_a_commit_that_is_cut_off_nothing_is_claimed() {
    let stage = Stage::new("cut").await;
    let ((_, body), ()) = tokio::join!(create(&stage.admin, "hanging", None), stage.cut());
    let (code, outcome, message) = error(&body);
    assert_eq!((code, outcome), ("UNAVAILABLE", &json!("UNKNOWN")), "{body:#}");
    assert!(message.contains("read what it would have changed"), "{message}");
    assert_eq!(stage.skills("hanging").await, 0);
}

#[tokio::test]
async fn under_its_key_what_was_cut_off_in_its_commit_happens_once() {
    let stage = Stage::new("cut_key").await;
    let asked = create(&stage.admin, "hanging", Some(KEY));
    let ((replayed, body), ()) = tokio::join!(asked, stage.cut());
    let (code, outcome, message) = error(&body);
    assert_eq!((code, outcome), ("UNAVAILABLE", &json!("UNKNOWN")), "{body:#}");
    assert!(message.contains("send it again with the same"), "{message}");
    assert!(!replayed && body["data"].is_null(), "{body:#}");
    stage.calm().await;
    let (replayed, done) = create(&stage.admin, "hanging", Some(KEY)).await;
    assert_eq!(done["data"]["skillCreate"]["skill"]["code"], "hanging", "{done:#}");
    assert!(!replayed, "the commit that was cut off had done nothing");
    assert_eq!(create(&stage.admin, "hanging", Some(KEY)).await, (true, done));
    assert_eq!(stage.skills("hanging").await, 1);
}

#[tokio::test]
async fn a_commit_that_the_database_refuses_is_known_to_have_done_nothing() {
    let stage = Stage::new("refused").await;
    let (_, body) = create(&stage.admin, "refused", None).await;
    assert_eq!((error(&body).0, error(&body).1), ("INTERNAL", &Value::Null), "{body:#}");
    let (_, body) = create(&stage.admin, "refused", Some(KEY)).await;
    assert_eq!((error(&body).0, error(&body).1), ("INTERNAL", &json!("NOT_DONE")), "{body:#}");
    assert_eq!(stage.skills("refused").await, 0);
    stage.calm().await;
    let (replayed, done) = create(&stage.admin, "refused", Some(KEY)).await;
    assert_eq!(done["data"]["skillCreate"]["skill"]["code"], "refused", "{done:#}");
    assert!(!replayed && stage.skills("refused").await == 1);
}

#[tokio::test]
async fn what_would_begin_when_the_time_is_up_is_told_so_and_what_has_begun_is_answered() {
    let stage = Stage::new("late").await;
    let transport = Settings {
        request_timeout: Duration::from_secs(4),
        commit_grace: LONG,
        ..Settings::default()
    };
    let beside = stage.server.beside(ServerOptions { transport, ..ServerOptions::default() });
    let admin = beside.with_credential(stage.admin.credential());
    let input = |code: &str| json!({"code": code, "nameEn": code});
    let variables = json!({"one": input("slow"), "two": input("second")});
    let request = admin.post(&json!({"query": TWO, "variables": variables}));
    let body: Value = request.send().await.expect("answer").json().await.expect("JSON");
    assert_eq!(error(&body).0, "DEADLINE_EXCEEDED", "{body:#}");
    assert_eq!(body["errors"][0]["path"], json!(["two"]), "{body:#}");
    assert_eq!(body["data"]["one"]["skill"]["code"], "slow", "{body:#}");
    assert_eq!((stage.skills("slow").await, stage.skills("second").await), (1, 0));
}
