//! What is sent twice under one `Idempotency-Key` happens once and is answered the same.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_infra::{
    ctx::{Ctx, Origin},
    db::Column,
    idempotency::{Claim, claim, forget_answers},
    params,
};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

pub(crate) const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const OTHER_KEY: &str = "1d1b4f0c-3a55-4c0b-a9a4-3f7a2f5a7c11";
const SKILL: &str = "mutation($input: SkillCreateInput!) {
  skillCreate(input: $input) { skill { id code } userErrors { code message } } }";
const SITE: &str = "mutation($input: SiteCreateInput!) {
  siteCreate(input: $input) { site { id code } userErrors { code } } }";
const EVENT: &str = "mutation($input: DemandEventProposeInput!) {
  demandEventPropose(input: $input) { demandEvent { id queues { code } } userErrors { code } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) {
  agentMove(input: $input) { agent { post team { code } } userErrors { code } } }";

/// An answer as it came.
#[derive(Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: String,
}

impl Sent {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    fn code(&self) -> (u16, String) {
        let json = self.json();
        let code = json["errors"][0]["extensions"]["code"].as_str();
        (self.status, code.unwrap_or_else(|| panic!("an error: {json:#}")).to_owned())
    }
}

pub(crate) async fn send(
    server: &Server,
    who: &Actor,
    document: &str,
    input: Value,
    key: &str,
) -> Sent {
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", server.address))
        .header("accept", "application/graphql-response+json")
        .header("idempotency-key", key)
        .bearer_auth(who.credential())
        .json(&json!({"query": document, "variables": {"input": input}}));
    let answer = request.send().await.expect("answer");
    Sent {
        status: answer.status().as_u16(),
        replayed: answer.headers().get("idempotent-replayed").is_some_and(|it| it == "true"),
        body: answer.text().await.expect("text"),
    }
}

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

async fn scalar<C: Column>(server: &Server, sql: &str) -> C {
    let tx = server.company.db_begin().await;
    tx.scalar(sql, params![server.company.tenant]).await.expect("statement").expect("a row")
}

async fn kept(server: &Server) -> i64 {
    scalar(server, "select count(*) as value from app.idempotency where tenant_id = $1").await
}

fn skill(code: &str) -> Value {
    json!({"code": code, "nameEn": code})
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_to_the_letter() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let first = send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert_eq!((first.status, first.replayed), (200, false));
    assert_eq!(first.json()["data"]["skillCreate"]["skill"]["code"], "english");
    for _ in 0..2 {
        let again = send(&server, &admin, SKILL, skill("english"), KEY).await;
        assert_eq!(again, Sent { replayed: true, ..Sent { body: first.body.clone(), ..first } });
    }
    let skills: i64 =
        scalar(&server, "select count(*) as value from app.skill where tenant_id = $1").await;
    assert_eq!((skills, kept(&server).await), (1, 1));
}

#[tokio::test]
async fn a_key_is_good_for_one_request() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let conflict = (409, "IDEMPOTENCY_CONFLICT".to_owned());
    send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert_eq!(send(&server, &admin, SKILL, skill("german"), KEY).await.code(), conflict);
    let site = json!({"code": "GZ", "nameEn": "Guangzhou", "timeZone": "Asia/Shanghai"});
    assert_eq!(send(&server, &admin, SITE, site, KEY).await.code(), conflict);
}

#[tokio::test]
async fn twenty_equal_requests_at_once_have_one_effect() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let office = server.head_office().await;
    let input = json!({"name": "Warm-up", "kind": "PROMOTION", "volumeUplift": "0.5",
        "startsAt": "2026-03-04T02:00:00Z", "endsAt": "2026-03-04T03:00:00Z",
        "queueIds": [queue.to_string()]});
    let all = (0..20).map(|_| send(&server, &office, EVENT, input.clone(), KEY));
    let answers = join_all(all).await;
    let fresh: Vec<&Sent> = answers.iter().filter(|answer| !answer.replayed).collect();
    assert_eq!(fresh.len(), 1, "{answers:#?}");
    assert!(answers.iter().all(|it| it.status == 200 && it.body == fresh[0].body), "{answers:#?}");
    let events: i64 =
        scalar(&server, "select count(*) as value from app.demand_event where tenant_id = $1")
            .await;
    assert_eq!(events, 1);
}

#[tokio::test]
async fn a_refusal_by_the_rules_is_an_answer_and_is_kept() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    server.company.db_skill("english").await;
    // The database refuses it, which must not undo the claim of the key.
    let first = send(&server, &admin, SKILL, skill("english"), KEY).await;
    let errors = &first.json()["data"]["skillCreate"]["userErrors"];
    assert_eq!(errors[0]["code"], "DUPLICATE");
    let rename = "update app.skill set code = 'german' where tenant_id = $1";
    server.company.db_run(rename, params![server.company.tenant]).await;
    let again = send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert_eq!((again.replayed, again.body), (true, first.body));
    let anew = send(&server, &admin, SKILL, skill("english"), OTHER_KEY).await;
    assert_eq!(anew.json()["data"]["skillCreate"]["userErrors"], json!([]));
}

#[tokio::test]
async fn keys_belong_to_their_user_and_tenant() {
    let server = Server::start().await;
    let stranger = server.stranger().await;
    let other = server.user("second@example.com", Role::TenantAdmin, Within::Tenant).await;
    let actors = [admin(&server).await, other, admin(&stranger).await];
    for (actor, code) in actors.iter().zip(["english", "german", "english"]) {
        let answer = send(&server, actor, SKILL, skill(code), KEY).await;
        assert!(!answer.replayed, "{answer:?}");
        assert_eq!(answer.json()["data"]["skillCreate"]["skill"]["code"], code);
    }
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day() {
    let server = Server::start().await;
    let first = admin(&server).await;
    send(&server, &first, SKILL, skill("english"), KEY).await;
    let later = async |at: &str| {
        server.app.clock.set(at.parse().expect("instant"));
        server.sign_in("admin@example.com").await
    };
    let forgotten = async || {
        let tx = server.company.db_begin().await;
        let now = server.app.clock.now();
        let forgotten = forget_answers(&tx, now, 10).await.expect("statement");
        tx.commit().await.expect("commit");
        forgotten
    };
    let same_day = later("2026-03-03T11:59:59Z").await;
    assert!(send(&server, &same_day, SKILL, skill("english"), KEY).await.replayed);
    assert_eq!(forgotten().await, 0);
    let next_day = later("2026-03-03T12:00:00Z").await;
    let anew = send(&server, &next_day, SKILL, skill("german"), KEY).await;
    assert!(!anew.replayed);
    assert_eq!(anew.json()["data"]["skillCreate"]["skill"]["code"], "german");
    later("2026-03-04T12:00:00Z").await;
    assert_eq!((forgotten().await, kept(&server).await), (1, 0));
}

#[tokio::test]
async fn a_key_that_promises_too_much_is_refused() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let refused = (400, "INVALID_ARGUMENT".to_owned());
    for key in ["too-short", "with space in the middle", "x".repeat(256).as_str()] {
        assert_eq!(send(&server, &admin, SKILL, skill("english"), key).await.code(), refused);
    }
    let two = "mutation($input: SkillCreateInput!) {
      one: skillCreate(input: $input) { userErrors { code } }
      two: skillCreate(input: $input) { userErrors { code } } }";
    assert_eq!(send(&server, &admin, two, skill("english"), KEY).await.code(), refused);
    let session = "mutation($input: SessionRefreshInput!) {
      sessionRefresh(input: $input) { userErrors { code } } }";
    let input = json!({"refreshToken": "a.b.c"});
    assert_eq!(send(&server, &admin, session, input, KEY).await.code(), refused);
    // A query changes nothing, so a key does not matter.
    let query = send(&server, &admin, "{ skills { code } }", json!(null), KEY).await;
    assert_eq!((query.status, kept(&server).await), (200, 0));
}

#[tokio::test]
async fn what_a_kept_mutation_changed_shows_at_once_and_to_all() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let sites = async || admin.ok("{ sites { code } }", json!({})).await["sites"].take();
    assert_eq!(sites().await, json!([]), "and this is in memory now");
    let site = json!({"code": "GZ", "nameEn": "Guangzhou", "timeZone": "Asia/Shanghai"});
    let made = send(&server, &admin, SITE, site, KEY).await;
    assert_eq!(made.json()["data"]["siteCreate"]["site"]["code"], "GZ", "{}", made.body);
    assert_eq!(sites().await, json!([{"code": "GZ"}]));
}

#[tokio::test]
async fn what_is_shown_once_is_not_readable_in_the_database() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let document = "mutation($input: ApiClientCreateInput!) {
      apiClientCreate(input: $input) { key userErrors { code } } }";
    let input = json!({"name": "switch", "scopes": ["history:read"]});
    let first = send(&server, &admin, document, input.clone(), KEY).await;
    assert!(first.body.contains("tl_live_"), "{}", first.body);
    let sealed: Vec<u8> =
        scalar(&server, "select answer as value from app.idempotency where tenant_id = $1").await;
    assert!(sealed.len() > first.body.len());
    assert!(!sealed.windows(8).any(|part| part == b"tl_live_"));
    assert_eq!(send(&server, &admin, document, input, KEY).await.body, first.body);
}

#[tokio::test]
async fn a_request_under_way_for_long_is_told_to_come_again() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let viewer = server
        .app
        .authenticate(admin.credential(), &Origin::default())
        .await
        .expect("caller")
        .viewer;
    let ctx = Ctx::of_caller(viewer.expect("viewer"), "test".into(), server.app.clock.now());
    let held = claim(&server.app.db, &ctx, KEY, vec![1]).await.expect("claim");
    assert!(matches!(held, Claim::New(_)));
    let busy = send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert_eq!(busy.code(), (409, "IDEMPOTENCY_CONFLICT".to_owned()));
    assert_eq!(busy.json()["errors"][0]["extensions"]["retryAfterSeconds"], 1);
    drop(held);
    let done = send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert_eq!((done.status, done.replayed), (200, false));
}

/// A move of an agent that has written its assignment and cannot go on, until `release`d.
struct Stuck {
    server: Server,
    hr: Actor,
    input: Value,
    holder: trunkline_infra::db::TenantTx,
}

impl Stuck {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let (one, two) = (company.db_team(site, "A").await, company.db_team(site, "B").await);
        let agent = company.db_agent("1", "Li Na", site, Some(one), &[]).await;
        let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
        let holder = company.db_begin().await;
        let lock = "select 1 as value from app.agent where tenant_id = $1 and id = $2
                    for no key update";
        let _: Option<i32> =
            holder.scalar(lock, params![company.tenant, agent]).await.expect("lock");
        let input = json!({"agentId": agent.to_string(), "effectiveAt": "2026-03-02T12:00:00Z",
                           "reason": "TRANSFER", "teamId": two.to_string()});
        Self { server, hr, input, holder }
    }

    async fn send(&self) -> Sent {
        send(&self.server, &self.hr, MOVE, self.input.clone(), KEY).await
    }

    /// Connections that wait for the holder. With `end`, they are cut by the server.
    async fn waiting(&self, end: bool) -> i64 {
        let sql = "select count(case when $1 then pg_terminate_backend(pid) end)
                          + count(*) filter (where not $1) as value
                   from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))";
        // What a transaction has seen of the activity it sees again, until it is told to look anew.
        let anew = "select pg_stat_clear_snapshot()::text is null as value";
        let _: Option<bool> = self.holder.scalar(anew, params![]).await.expect("statement");
        self.holder.scalar(sql, params![end]).await.expect("statement").expect("count")
    }

    async fn until_waiting(&self) {
        while self.waiting(false).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn assignments(&self) -> i64 {
        let sql = "select count(*) as value from app.assignment where tenant_id = $1";
        scalar(&self.server, sql).await
    }

    /// The agent is free again, and the request is sent anew.
    async fn release(self) -> (Self, Sent) {
        let Self { server, hr, input, holder } = self;
        holder.commit().await.expect("commit");
        let holder = server.company.db_begin().await;
        let stuck = Self { server, hr, input, holder };
        let sent = stuck.send().await;
        (stuck, sent)
    }
}

#[tokio::test]
async fn what_was_rolled_back_is_not_kept_and_a_retry_runs_anew() {
    let stuck = Stuck::new().await;
    assert_eq!(stuck.send().await.code(), (200, "DEADLINE_EXCEEDED".to_owned()));
    assert_eq!((stuck.assignments().await, kept(&stuck.server).await), (1, 0));
    let (stuck, done) = stuck.release().await;
    assert_eq!(done.json()["data"]["agentMove"]["agent"]["team"]["code"], "B", "{}", done.body);
    assert_eq!((done.replayed, stuck.assignments().await), (false, 2));
    assert!(stuck.send().await.replayed);
}

#[tokio::test]
async fn a_backend_killed_between_effect_and_commit_leaves_nothing() {
    let stuck = Stuck::new().await;
    let kill = async {
        stuck.until_waiting().await;
        stuck.waiting(true).await
    };
    let (answer, killed) = tokio::join!(stuck.send(), kill);
    assert_eq!((answer.code(), killed), ((200, "UNAVAILABLE".to_owned()), 1));
    assert_eq!((stuck.assignments().await, kept(&stuck.server).await), (1, 0));
    let (stuck, done) = stuck.release().await;
    assert_eq!((done.status, done.replayed, stuck.assignments().await), (200, false, 2));
}

#[tokio::test]
async fn a_client_that_was_cut_off_finds_one_effect_when_it_comes_again() {
    let stuck = Stuck::new().await;
    tokio::select! {
        answer = stuck.send() => panic!("an answer: {answer:?}"),
        () = stuck.until_waiting() => {}
    }
    let (stuck, done) = stuck.release().await;
    assert_eq!((done.status, stuck.assignments().await), (200, 2), "{}", done.body);
    assert!(stuck.send().await.replayed);
}

#[tokio::test]
async fn a_mutation_whose_socket_is_cut_off_is_done_all_the_same() {
    let stuck = Stuck::new().await;
    let mut socket = stuck.hr.socket(&[]).await;
    // Without a key: nobody will send it again.
    let request = json!({"query": MOVE, "variables": {"input": stuck.input}});
    tokio::select! {
        answer = socket.ask("1", request) => panic!("an answer: {answer}"),
        () = stuck.until_waiting() => {}
    }
    drop(socket);
    let pause = async || tokio::time::sleep(Duration::from_millis(5)).await;
    while stuck.server.ops.gauges().live_sockets() > 0 {
        pause().await;
    }
    let Stuck { server, holder, .. } = stuck;
    holder.commit().await.expect("commit");
    let sql = "select count(*) as value from app.assignment where tenant_id = $1";
    let moved = async {
        while scalar::<i64>(&server, sql).await == 1 {
            pause().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), moved).await.expect("the agent is moved");
}
