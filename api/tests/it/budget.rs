//! What calls cost, what callers may spend, and who is sent away.

use serde_json::{Value, json};
use trunkline::{
    budget::{Budget, Budgets},
    http::{Manifest, Settings},
    server::ServerOptions,
};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::ctx::Ctx;
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const AGENTS: &str = "query($first: Int = 50) { agents(first: $first) { nodes { displayName } } }";

/// Status, header and body of an answer.
async fn answer(actor: &Actor, body: Value, header: &str) -> (u16, String, Value) {
    let request = actor.post(&body).header("accept", "application/graphql-response+json");
    let response = request.send().await.expect("answer");
    let value = response.headers().get(header).and_then(|value| value.to_str().ok());
    let (status, value) = (response.status().as_u16(), value.unwrap_or_default().to_owned());
    (status, value, response.json().await.expect("JSON"))
}

fn code(body: &Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or("no code")
}

/// Somebody who may read everything.
async fn auditor(server: &Server) -> Actor {
    server.user("auditor@example.com", Role::Auditor, Within::Tenant).await
}

fn tight(points: u32) -> ServerOptions {
    let budget = Budget { points, per_second: 1 };
    let budgets = Budgets { user: budget, client: budget, stranger: budget };
    ServerOptions { budgets, ..Default::default() }
}

#[tokio::test]
async fn each_answer_says_what_it_cost_and_what_is_left() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let site = server.company.db_site("GZ").await;
    let team = server.company.db_team(site, "Lions").await;
    server.company.db_agent("1001", "Li Na", site, Some(team), &[]).await;
    let body = json!({"query": AGENTS, "variables": {"first": 30}});
    let (status, limit, body) = answer(&auditor, body, "ratelimit").await;
    assert_eq!((status, body.get("errors")), (200, None));
    let cost = &body["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(30), &json!(1)));
    assert_eq!((&cost["limit"], &cost["restorePerSecond"]), (&json!(20_000), &json!(200)));
    assert_eq!(cost["remaining"], 19_970);
    assert_eq!(cost["mostExpensivePath"], "agents");
    assert_eq!(limit, "\"points\";r=19970;t=1");
}

#[tokio::test]
async fn a_spent_budget_refuses_with_the_time_to_wait_and_nobody_else_feels_it() {
    let server = Server::start().await;
    let (office, other) = (server.head_office().await, server.stranger().await);
    let tight = server.beside(tight(100));
    let spender = tight.with_credential(office.credential());
    for expected in [200, 200, 429] {
        let (status, wait, body) = answer(&spender, json!({"query": AGENTS}), "retry-after").await;
        assert_eq!(status, expected, "{body:#}");
        if status == 429 {
            assert_eq!(code(&body), "RATE_LIMITED");
            assert!((1..=50).contains(&wait.parse::<u32>().expect("seconds")), "{wait}");
            assert_eq!(body["extensions"]["cost"]["actual"], Value::Null);
            let told = &body["errors"][0]["extensions"]["retryAfterSeconds"];
            assert_eq!(told.to_string(), wait);
        }
    }
    let other = tight.with_credential(other.head_office().await.credential());
    assert_eq!(answer(&other, json!({"query": AGENTS}), "ratelimit").await.0, 200);
}

#[tokio::test]
async fn an_operation_beyond_every_budget_is_refused_with_its_most_expensive_path() {
    let server = Server::start().await;
    let office = server.head_office().await;
    let many: String = ('a'..='h').map(|key| format!("{key}: skill {{ name }} ")).collect();
    let query = format!(
        "{{ sites {{ name }} all: agents(first: 200) {{ nodes {{ skills {{ grade }} again: skills {{ {many} }} }} }} }}"
    );
    let (status, _, body) = answer(&office, json!({"query": query}), "ratelimit").await;
    assert_eq!((status, code(&body)), (400, "QUERY_TOO_COSTLY"), "{body:#}");
    let message = body["errors"][0]["message"].as_str().expect("message");
    assert!(message.contains("`all.nodes.again.a`"), "{message}");
    let huge = "{ agents(first: 2147483647) { nodes { displayName } } }";
    assert_eq!(office.error_code(huge, json!({})).await, "QUERY_TOO_COSTLY");
}

#[tokio::test]
async fn a_dry_run_tells_the_price_and_neither_carries_out_nor_charges() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let query = "query($dry: Boolean! = true) {
        rateLimit(dryRun: $dry) { cost nodeCount limit remaining restorePerSecond resetAt }
        ...All }
        fragment All on Query { agents(first: 200) { nodes { skills { skill { name } } } } }";
    let dry = auditor.ok(query, json!({})).await;
    let cost = 200 + 200 * 5 * 2;
    assert_eq!(dry["rateLimit"]["cost"], cost);
    assert_eq!(dry["rateLimit"]["nodeCount"], 200 + 200 * 5);
    assert_eq!(dry["rateLimit"]["remaining"], 20_000);
    assert_eq!(dry["rateLimit"]["resetAt"], crate::support::START);
    assert!(dry.get("agents").is_none(), "{dry}");
    let wet = auditor.ok(query, json!({"dry": false})).await;
    assert_eq!(wet["rateLimit"]["remaining"], 20_000 - cost);
    assert_eq!(wet["agents"]["nodes"], json!([]));
    let huge = "{ rateLimit(dryRun: true) { cost } agents(first: 90000) { nodes { id } } }";
    assert_eq!(auditor.ok(huge, json!({})).await["rateLimit"]["cost"], 90_000);
}

#[tokio::test]
async fn where_only_trusted_documents_run_people_send_ids_and_partners_what_they_like() {
    /// SHA-256 of `{ sites { name } }`.
    const ID: &str = "7a86d0974b097210e27af08da8a2a066f47210c2e538af76fbfeabdbbcd386bf";
    let server = Server::start().await;
    let office = server.head_office().await;
    let partner = server.partner(&[Permission::NetworkRead], &[]).await;
    let json = json!({ ID: "{ sites { name } }" }).to_string();
    let manifest = Manifest::parse(json.as_bytes()).expect("manifest");
    let strict = server.beside(ServerOptions {
        transport: Settings { manifest, ..Settings::default() },
        only_trusted: true,
        ..Default::default()
    });
    let office = strict.with_credential(office.credential());
    let by_id = json!({"documentId": format!("sha256:{ID}")});
    let (status, _, body) = answer(&office, by_id, "ratelimit").await;
    assert_eq!((status, &body["data"]["sites"]), (200, &json!([])), "{body:#}");
    let (_, _, body) = answer(&office, json!({"query": "{ sites { name } }"}), "ratelimit").await;
    assert_eq!(body["data"]["sites"], json!([]));
    let free = "{ sites { id } }";
    assert_eq!(office.error_code(free, json!({})).await, "DOCUMENT_UNKNOWN");
    strict.with_credential(partner.credential()).ok(free, json!({})).await;
    assert_eq!(office.error_code(free, json!({})).await, "DOCUMENT_UNKNOWN");
}

#[tokio::test]
async fn a_tenant_that_crowds_the_pool_is_sent_away_and_another_is_served() {
    let server = Server::start().await;
    let (office, stranger) = (server.head_office().await, server.stranger().await);
    let other = stranger.head_office().await;
    let sites = json!({"query": "{ sites { name } }"});
    assert_eq!(answer(&office, sites.clone(), "retry-after").await.0, 200);
    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    let mut held = Vec::new();
    while let Ok(Ok(tx)) =
        tokio::time::timeout(std::time::Duration::from_millis(50), server.app.db.begin(&ctx)).await
    {
        held.push(tx);
    }
    let crowd: Vec<_> = (0..100)
        .map(|_| {
            let (db, ctx) = (server.app.db.clone(), ctx.clone());
            tokio::spawn(async move { db.begin(&ctx).await.map(drop) })
        })
        .collect();
    while server.app.db.has_room(server.company.tenant) {
        tokio::task::yield_now().await;
    }
    let (status, wait, body) = answer(&office, sites.clone(), "retry-after").await;
    assert_eq!((status, code(&body), wait.as_str()), (503, "UNAVAILABLE", "1"), "{body:#}");
    assert_eq!(answer(&other, sites.clone(), "retry-after").await.0, 200);
    drop(held);
    for waiter in crowd {
        // Some were let in, the others sent away at once.
        let _ = waiter.await.expect("task");
    }
    assert_eq!(answer(&office, sites, "retry-after").await.0, 200);
}

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { code } } }";

fn guess(server: &Server, email: &str) -> Value {
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": "a guess"});
    json!({"query": SIGN_IN, "variables": {"input": input}})
}

/// Points that are left, as an answer's header tells.
fn points_left(answer: &reqwest::Response) -> u32 {
    let header = answer.headers()["ratelimit"].to_str().expect("text");
    let left = header.split(';').find_map(|part| part.strip_prefix("r="));
    left.expect("what is left").parse().expect("a number")
}

#[tokio::test]
async fn who_has_not_signed_in_spends_the_budget_of_the_address() {
    let server = Server::start().await;
    let office = server.head_office().await;
    let stranger = Budget { points: 50, per_second: 1 };
    let behind = server.beside(ServerOptions {
        transport: Settings { proxy_hops: 1, ..Settings::default() },
        budgets: Budgets { stranger, ..Budgets::default() },
        ..Default::default()
    });
    let nobody = behind.anonymous();
    let from = async |address: &str, name: &str| {
        let request = nobody.post(&guess(&behind, &format!("{name}@example.com")));
        request.header("x-forwarded-for", address).send().await.expect("answer")
    };
    let first = from("203.0.113.7", "first").await;
    assert_eq!(first.status(), 200);
    let mut left = points_left(&first);
    assert!(left < stranger.points, "{left}");
    let mut refused = None;
    for number in 0..6 {
        let hashes = server.app.passwords.hashes_made();
        let answer = from("203.0.113.7", &format!("agent{number}")).await;
        if answer.status() == 429 {
            assert_eq!(server.app.passwords.hashes_made(), hashes, "nothing was tried");
            refused = Some(answer);
            break;
        }
        let now = points_left(&answer);
        assert!(now < left, "{now} after {left}");
        left = now;
    }
    let refused = refused.expect("the budget is spent");
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(code(&refused.json().await.expect("JSON")), "RATE_LIMITED");
    assert_eq!(from("198.51.100.4", "elsewhere").await.status(), 200);
    let office = behind.with_credential(office.credential());
    assert_eq!(answer(&office, json!({"query": AGENTS}), "ratelimit").await.0, 200);
}

#[tokio::test]
async fn who_has_not_signed_in_tries_once_in_a_document() {
    let server = Server::start().await;
    let nobody = server.anonymous();
    let hashes = server.app.passwords.hashes_made();
    for tries in [30, 2] {
        let many: String = (0..tries)
            .map(|i| format!("a{i}: sessionCreate(input: $input) {{ userErrors {{ code }} }} "))
            .collect();
        let mut body = guess(&server, "li.na@example.com");
        body["query"] = json!(format!("mutation($input: SessionCreateInput!) {{ {many} }}"));
        let (status, _, body) = answer(&nobody, body, "ratelimit").await;
        assert_eq!((status, code(&body)), (400, "QUERY_TOO_COSTLY"), "{body:#}");
    }
    assert_eq!(server.app.passwords.hashes_made(), hashes);
    let mut body = guess(&server, "li.na@example.com");
    body["query"] = json!(SIGN_IN.replacen('{', "{ __typename ", 1));
    let (status, _, body) = answer(&nobody, body, "ratelimit").await;
    assert_eq!(status, 200, "{body:#}");
    let refused = json!([{"code": "CREDENTIALS_REFUSED"}]);
    assert_eq!(body["data"]["sessionCreate"]["userErrors"], refused);
    assert_eq!(server.app.passwords.hashes_made(), hashes + 1);
}
