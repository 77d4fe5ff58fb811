//! Keys of mutations that come over a socket: `extensions.idempotencyKey` of the message.

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::{
    once::{KEY, send},
    support::{Actor, Server},
};

const SKILL: &str = "mutation($input: SkillCreateInput!) {
  skillCreate(input: $input) { skill { id code } userErrors { code } } }";

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

fn skill(code: &str) -> Value {
    json!({"code": code, "nameEn": code})
}

/// A request that makes a skill; without a key one without extensions.
fn request(code: &str, key: Option<&str>) -> Value {
    let mut request = json!({"query": SKILL, "variables": {"input": skill(code)}});
    if let Some(key) = key {
        request["extensions"] = json!({"idempotencyKey": key});
    }
    request
}

async fn skills(server: &Server) -> i64 {
    let tx = server.company.db_begin().await;
    let sql = "select count(*) as value from app.skill where tenant_id = $1";
    tx.scalar(sql, params![server.company.tenant]).await.expect("statement").expect("a row")
}

fn error_code(message: &Value) -> &Value {
    assert_eq!(message["type"], "error", "{message}");
    &message["payload"][0]["extensions"]["code"]
}

#[tokio::test]
async fn a_mutation_over_a_socket_happens_once_and_its_replay_is_marked() {
    let server = Server::start().await;
    let admin = admin(&server).await;
    let mut socket = admin.socket(&[]).await;
    let first = socket.ask("1", request("english", Some(KEY))).await;
    assert_eq!(first["payload"]["data"]["skillCreate"]["skill"]["code"], "english", "{first}");
    assert!(first["payload"]["extensions"]["idempotentReplayed"].is_null(), "{first}");
    assert_eq!(socket.completes().await, "1");
    // On the same socket, on the next one after a broken connection, and by HTTP it is one key.
    let mut next = admin.socket(&[]).await;
    for socket in [&mut socket, &mut next] {
        let mut again = socket.ask("2", request("english", Some(KEY))).await;
        let extensions = again["payload"]["extensions"].as_object_mut().expect("extensions");
        assert_eq!(extensions.remove("idempotentReplayed"), Some(json!(true)));
        assert_eq!(again["payload"], first["payload"]);
        assert_eq!(socket.completes().await, "2");
    }
    let by_http = send(&server, &admin, SKILL, skill("english"), KEY).await;
    assert!(by_http.replayed);
    assert_eq!(by_http.json(), first["payload"]);
    assert_eq!(skills(&server).await, 1);
}

#[tokio::test]
async fn a_key_over_a_socket_is_held_to_the_rules_of_keys() {
    let server = Server::start().await;
    let mut socket = admin(&server).await.socket(&[]).await;
    let short = socket.ask("1", request("english", Some("too-short"))).await;
    assert_eq!(error_code(&short), "INVALID_ARGUMENT");
    assert_eq!(skills(&server).await, 0);
    socket.ask("2", request("english", Some(KEY))).await;
    assert_eq!(socket.completes().await, "2");
    let other = socket.ask("3", request("german", Some(KEY))).await;
    assert_eq!(error_code(&other), "IDEMPOTENCY_CONFLICT");
    assert_eq!(skills(&server).await, 1);
}

#[tokio::test]
async fn a_key_in_the_header_of_the_upgrade_is_refused_and_not_ignored() {
    let server = Server::start().await;
    let mut socket = admin(&server).await.socket(&[("idempotency-key", KEY)]).await;
    let refused = socket.ask("1", request("english", None)).await;
    assert_eq!(error_code(&refused), "INVALID_ARGUMENT");
    assert_eq!(skills(&server).await, 0);
    let read = socket.ask("2", json!({"query": "{ skills { code } }"})).await;
    assert_eq!(read["payload"]["data"]["skills"], json!([]), "{read}");
    assert_eq!(socket.completes().await, "2");
    let own = socket.ask("3", request("english", Some(KEY))).await;
    assert_eq!(own["payload"]["data"]["skillCreate"]["skill"]["code"], "english", "{own}");
}
