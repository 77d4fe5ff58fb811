//! API clients: keys, tokens for keys, and what no program may see.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::{
    ctx::{Ctx, Origin},
    params,
};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const CREATE: &str = "mutation($input: ApiClientCreateInput!) {
  apiClientCreate(input: $input) { key userErrors { code path }
    apiClient { id rate { burst restorePerSecond } keys { id expiresAt revokedAt lastUsedAt } } } }";
const KEY_CREATE: &str = "mutation($input: ApiClientKeyCreateInput!) {
  apiClientKeyCreate(input: $input) { key userErrors { code path } apiClient { keys { id } } } }";
const KEY_REVOKE: &str = "mutation($input: ApiClientKeyRevokeInput!) {
  apiClientKeyRevoke(input: $input) { userErrors { code path } apiClient { keys { id revokedAt } } } }";
const SITES: &str = "{ sites { code } }";

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

async fn create(admin: &Actor, input: Value) -> Value {
    admin.ok(CREATE, json!({"input": input})).await["apiClientCreate"].take()
}

fn ahead(server: &Server, seconds: i64) {
    let clock = &server.app.clock;
    clock.set(clock.now() + SignedDuration::from_secs(seconds));
}

/// As if the memory of callers had run out.
async fn forget_callers(server: &Server) {
    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    server.app.callers.forget(&ctx).await;
}

async fn code(actor: &Actor, query: &str) -> String {
    let answer = actor.send(query, json!({})).await;
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("no error").to_owned()
}

#[tokio::test]
async fn a_program_changes_over_to_its_next_key_before_the_old_one_is_revoked() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let made = create(&admin, json!({"name": "switch", "scopes": ["network:read"]})).await;
    let client = made["apiClient"]["id"].clone();
    let first = made["key"].as_str().expect("key").to_owned();
    assert!(first.starts_with("tl_live_"), "{first}");
    let next = async || {
        let input = json!({"input": {"apiClientId": client}});
        admin.ok(KEY_CREATE, input).await["apiClientKeyCreate"].take()
    };
    let second = next().await;
    let full = json!([{"code": "LIMIT_EXCEEDED", "path": ["input", "apiClientId"]}]);
    assert_eq!(next().await["userErrors"], full, "two keys are enough");
    let (old, new) = (
        server.with_credential(&first),
        server.with_credential(second["key"].as_str().expect("key")),
    );
    old.ok(SITES, json!({})).await;
    new.ok(SITES, json!({})).await;
    let key = made["apiClient"]["keys"][0]["id"].clone();
    let revoke = async |actor: &Actor| {
        let input = json!({"input": {"apiKeyId": key}});
        actor.ok(KEY_REVOKE, input).await["apiClientKeyRevoke"].take()
    };
    let stranger = server.stranger().await;
    let stranger = stranger.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let hidden = json!([{"code": "NOT_FOUND", "path": ["input", "apiKeyId"]}]);
    assert_eq!(revoke(&stranger).await["userErrors"], hidden);
    assert_eq!(revoke(&admin).await["userErrors"], json!([]));
    assert_eq!(code(&old, SITES).await, "UNAUTHENTICATED");
    new.ok(SITES, json!({})).await;
    assert_eq!(next().await["userErrors"], json!([]), "there is room again");
}

#[tokio::test]
async fn what_is_no_key_is_refused_and_so_is_another_secret() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let made = create(&admin, json!({"name": "switch", "scopes": ["network:read"]})).await;
    let key = made["key"].as_str().expect("key");
    let other = create(&admin, json!({"name": "other", "scopes": ["network:read"]})).await;
    let other: trunkline_domain::identity::ApiKeyText =
        other["key"].as_str().expect("key").parse().expect("a key");
    let known: trunkline_domain::identity::ApiKeyText = key.parse().expect("a key");
    let mixed = trunkline_domain::identity::ApiKeyText { id: known.id, secret: other.secret };
    for wrong in [&key[..key.len() - 1], &format!("{key}0"), &mixed.to_string()] {
        assert_eq!(code(&server.with_credential(wrong), SITES).await, "UNAUTHENTICATED");
    }
    server.with_credential(key).ok(SITES, json!({})).await;
}

#[tokio::test]
async fn a_key_and_a_client_end_at_their_instants() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let (in_a_minute, in_two) = ("2026-03-02T12:01:00Z", "2026-03-02T12:02:00Z");
    let input = json!({"name": "switch", "scopes": ["network:read"], "expiresAt": in_two});
    let made = create(&admin, input).await;
    let lasting = server.with_credential(made["key"].as_str().expect("key"));
    let input = json!({"apiClientId": made["apiClient"]["id"], "expiresAt": in_a_minute});
    let short = admin.ok(KEY_CREATE, json!({"input": input})).await["apiClientKeyCreate"].take();
    let short = server.with_credential(short["key"].as_str().expect("key"));
    short.ok(SITES, json!({})).await;
    ahead(&server, 40);
    short.ok(SITES, json!({})).await;
    ahead(&server, 20);
    // Remembered still, but its rights have ended to the instant.
    assert_eq!(code(&short, SITES).await, "FORBIDDEN");
    lasting.ok(SITES, json!({})).await;
    forget_callers(&server).await;
    assert_eq!(code(&short, SITES).await, "UNAUTHENTICATED");
    ahead(&server, 60);
    forget_callers(&server).await;
    assert_eq!(code(&lasting, SITES).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn the_use_of_a_key_is_written_at_most_once_a_minute() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let made = create(&admin, json!({"name": "switch", "scopes": ["network:read"]})).await;
    assert_eq!(made["apiClient"]["keys"][0]["lastUsedAt"], Value::Null);
    let credential = made["key"].as_str().expect("key");
    server.app.authenticate(credential, &Origin::default()).await.expect("a caller");
    let used = async || {
        let tx = server.company.db_begin().await;
        let sql = "select last_used_at as value from app.api_key where tenant_id = $1";
        tx.scalar::<Timestamp>(sql, params![tx.tenant()]).await.expect("answer").expect("used")
    };
    let start = server.app.clock.now();
    assert_eq!(used().await, start);
    for (seconds, expected) in [(59, 0), (1, 60)] {
        ahead(&server, seconds);
        forget_callers(&server).await;
        server.with_credential(credential).ok(SITES, json!({})).await;
        assert_eq!(used().await, start + SignedDuration::from_secs(expected));
    }
}

#[tokio::test]
async fn a_client_is_charged_by_a_rate_of_its_own_and_by_that_of_all_where_it_has_none() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    for (name, rate, burst, policy) in [
        ("slow", json!({"burst": 200, "restorePerSecond": 20}), 200, "\"points\";q=200;w=10"),
        ("usual", Value::Null, 20_000, "\"points\";q=20000;w=40"),
    ] {
        let input = json!({"name": name, "scopes": ["network:read"], "rate": rate});
        let made = create(&admin, input).await;
        assert_eq!(made["apiClient"]["rate"], rate);
        let program = server.with_credential(made["key"].as_str().expect("key"));
        let answer = program.post(&json!({"query": SITES})).send().await.expect("answer");
        assert_eq!(answer.headers()["ratelimit-policy"], policy, "{name}");
        let body: Value = answer.json().await.expect("JSON");
        let cost = &body["extensions"]["cost"];
        let spent = cost["requested"].as_i64().expect("points");
        assert!(spent > 0, "{body}");
        assert_eq!(cost["remaining"], burst - spent, "{name}: {body}");
    }
}

async fn token(server: &Server, basic: Option<(&str, &str)>, form: &str) -> (u16, Value) {
    let url = format!("{}/oauth/token", server.address);
    let mut request = reqwest::Client::new().post(url).body(form.to_owned());
    request = request.header("content-type", "application/x-www-form-urlencoded");
    request = request.header("x-request-id", "token-of-a-program");
    if let Some((client, key)) = basic {
        request = request.basic_auth(client, Some(key));
    }
    let response = request.send().await.expect("answer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-request-id"], "token-of-a-program");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_key_is_changed_for_a_short_token_with_fewer_scopes() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let scopes = json!(["network:read", "history:read"]);
    let made = create(&admin, json!({"name": "switch", "scopes": scopes})).await;
    let client = made["apiClient"]["id"].as_str().expect("id");
    let key = made["key"].as_str().expect("key");
    let grant = "grant_type=client_credentials";
    let (status, made) =
        token(&server, Some((client, key)), &format!("{grant}&scope=network:read")).await;
    assert_eq!(
        (status, &made["token_type"], &made["expires_in"]),
        (200, &json!("Bearer"), &json!(600))
    );
    assert_eq!(made["scope"], "network:read");
    let narrow = server.with_credential(made["access_token"].as_str().expect("token"));
    let seen = narrow.ok("{ viewer { scopes } sites { code } }", json!({})).await;
    assert_eq!(seen, json!({"viewer": {"scopes": ["network:read"]}, "sites": [{"code": "GZ"}]}));
    let form = format!("{grant}&client_id={client}&client_secret={key}");
    let (status, whole) = token(&server, None, &form).await;
    assert_eq!((status, &whole["scope"]), (200, &json!("network:read history:read")));
    let error = |text: &str| json!({ "error": text });
    for (basic, form, status, name) in [
        (Some((client, "wrong")), grant.to_owned(), 401, "invalid_client"),
        (Some(("cli_00000000000000000000000000", key)), grant.to_owned(), 401, "invalid_client"),
        (None, grant.to_owned(), 401, "invalid_client"),
        (Some((client, key)), form.clone(), 400, "invalid_request"),
        (Some((client, key)), format!("{grant}&scope=audit:read"), 400, "invalid_scope"),
        (Some((client, key)), "grant_type=password".to_owned(), 400, "unsupported_grant_type"),
        (Some((client, key)), "scope=network:read".to_owned(), 400, "invalid_request"),
    ] {
        assert_eq!(token(&server, basic, &form).await, (status, error(name)), "{form}");
    }
    ahead(&server, 600);
    assert_eq!(code(&narrow, SITES).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_token_ends_with_the_key_that_it_was_made_for() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let made = create(&admin, json!({"name": "switch", "scopes": ["network:read"]})).await;
    let client = made["apiClient"]["id"].as_str().expect("id");
    let key = made["key"].as_str().expect("key");
    let (_, token) = token(&server, Some((client, key)), "grant_type=client_credentials").await;
    let program = server.with_credential(token["access_token"].as_str().expect("token"));
    program.ok(SITES, json!({})).await;
    let input = json!({"input": {"apiKeyId": made["apiClient"]["keys"][0]["id"]}});
    admin.ok(KEY_REVOKE, input).await;
    assert_eq!(code(&program, SITES).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn no_program_sees_a_personal_file_whatever_its_scopes_say() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
    let admin = admin(&server).await;
    let all: Vec<&str> = Permission::ALL.iter().map(|it| it.as_str()).collect();
    let refused = create(&admin, json!({"name": "all", "scopes": all})).await;
    let faults = refused["userErrors"].as_array().expect("faults");
    assert!(faults.iter().all(|fault| fault["code"] == "INVALID_VALUE"), "{faults:?}");
    // Written past the API, so that nothing but the rules stand between.
    let program = server.partner(Permission::ALL, &[]).await;
    let files = "query($id: ID!) { agent(id: $id) { displayName
        developmentFile { id } qualityFile { id } performanceFile { id } } }";
    let seen = program.send(files, json!({"id": agent.to_string()})).await;
    let seen = &seen["data"]["agent"];
    assert_eq!(seen["displayName"], "Li Na", "agents themselves are in its scopes");
    for file in ["developmentFile", "qualityFile", "performanceFile"] {
        assert_eq!(seen[file], Value::Null, "{file}");
    }
    for closed in
        ["{ users { nodes { id } } }", "{ auditEvents { nodes { id } } }", "{ roles { id } }"]
    {
        assert_eq!(code(&program, closed).await, "FORBIDDEN", "{closed}");
    }
}
