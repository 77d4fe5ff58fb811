//! What the edge lets through to the real schema: who reads it, in which language it answers, and how
//! long it works.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::{http::Settings, server::ServerOptions};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const SCHEMA: &str = "{ __schema { queryType { name } } }";
const TYPE: &str = "{ ...F } fragment F on Query { __type(name: \"Query\") { name } }";
const SITE_UPDATE: &str = "mutation($input: SiteUpdateInput!) {
  siteUpdate(input: $input) { site { version } userErrors { code path } } }";
const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("no code")
}

/// The answer to a mutation, which may fail on the way: nobody looks for it in the audit.
async fn tried(actor: &Actor, body: &Value, key: Option<&str>) -> Value {
    let mut request = actor.post(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.send().await.expect("answer").json().await.expect("JSON")
}

#[tokio::test]
async fn the_schema_is_read_by_who_signed_in_and_by_partners_where_it_is_developed() {
    let server = Server::start().await;
    let office = server.head_office().await;
    let partner = server.partner(&[Permission::NetworkRead], &[]).await;
    let production = server.beside(ServerOptions { production: true, ..ServerOptions::default() });
    let in_production = |actor: &Actor| production.with_credential(actor.credential());
    for (document, field) in [(SCHEMA, "__schema"), (TYPE, "__type")] {
        let readers = [office.clone(), in_production(&office), partner.clone()];
        for reader in readers {
            assert!(!reader.ok(document, json!({})).await[field].is_null(), "{document}");
        }
        let refused = in_production(&partner).send(document, json!({})).await;
        assert_eq!(code(&refused), "FORBIDDEN", "{refused:#}");
        assert!(refused["data"].is_null(), "{refused:#}");
        for nobody in [server.anonymous(), production.anonymous()] {
            let refused = nobody.send(document, json!({})).await;
            assert_eq!(code(&refused), "UNAUTHENTICATED", "{refused:#}");
            assert!(refused["data"].is_null(), "{refused:#}");
        }
    }
    in_production(&partner).ok("{ sites { code } }", json!({})).await;
}

#[tokio::test]
async fn where_no_language_asked_for_is_there_the_callers_own_is_spoken() {
    let server = Server::start().await;
    let email = server.address_of("admin");
    let id = server
        .company
        .db_user(&server.app.passwords, &email, Role::TenantAdmin, Within::Tenant)
        .await;
    let chinese = "update app.app_user set language = 'zh-CN' where tenant_id = $1 and id = $2";
    server.company.db_run(chinese, params![server.company.tenant, id]).await;
    let admin = server.sign_in(&email).await;
    let body = json!({
        "query": "mutation($input: UserCreateInput!) { userCreate(input: $input) { userErrors { message } } }",
        "variables": {"input": {"email": "zhou", "displayName": "Zhou"}},
    });
    let said = async |languages: &str| {
        let request = admin.post(&body).header("accept-language", languages);
        let answer: Value = request.send().await.expect("answer").json().await.expect("JSON");
        let message = &answer["data"]["userCreate"]["userErrors"][0]["message"];
        message.as_str().unwrap_or_else(|| panic!("a fault: {answer:#}")).to_owned()
    };
    let own = said("fr-FR, fr;q=0.9").await;
    assert!(!own.is_ascii(), "{own}");
    assert!(said("fr, en;q=0.1").await.is_ascii(), "another one that is asked for is spoken");
}

#[tokio::test]
async fn a_mutation_that_runs_out_of_time_is_undone_and_its_key_is_free() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    // What is slow only once is over before the time counts.
    admin.ok("{ viewer { roles } }", json!({})).await;
    // Less than what a statement waits for a lock.
    let transport =
        Settings { request_timeout: Duration::from_millis(1_900), ..Settings::default() };
    let brief = server.beside(ServerOptions { transport, ..ServerOptions::default() });
    let admin = brief.with_credential(admin.credential());
    let input = json!({"siteId": site.to_string(), "nameEn": "Canton", "nameZh": "Canton"});
    let body = json!({"query": SITE_UPDATE, "variables": {"input": input}});
    for key in [None, Some(KEY)] {
        let held = server.company.db_begin().await;
        let lock = "select 1 from app.site where tenant_id = $1 and id = $2 for update";
        held.run(lock, params![server.company.tenant, site]).await.expect("a lock");
        let answer = tried(&admin, &body, key).await;
        assert_eq!(code(&answer), "DEADLINE_EXCEEDED", "{answer:#}");
        assert!(answer["data"].is_null(), "{answer:#}");
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains("undone"), "{message}");
        drop(held);
    }
    let again = async {
        loop {
            let answer = tried(&admin, &body, Some(KEY)).await;
            // What was given up may still be on its way out, and hold the key until then.
            if answer.get("errors").is_none() {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let again = tokio::time::timeout(Duration::from_secs(20), again).await.expect("a free key");
    let version = &again["data"]["siteUpdate"]["site"]["version"];
    assert_eq!(version, 2, "nothing was done before: {again:#}");
}

#[tokio::test]
async fn of_several_idempotency_keys_none_counts() {
    let server = Server::start().await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let site = server.company.db_site("GZ").await;
    let input = json!({"siteId": site.to_string(), "nameEn": "Canton"});
    let body = json!({"query": SITE_UPDATE, "variables": {"input": input}});
    let request = admin.post(&body).header("idempotency-key", KEY).header("idempotency-key", KEY);
    let response = request.send().await.expect("answer");
    assert_eq!(response.status(), 400);
    assert_eq!(code(&response.json().await.expect("JSON")), "INVALID_ARGUMENT");
    let answer = tried(&admin, &body, Some(KEY)).await;
    assert_eq!(answer["data"]["siteUpdate"]["site"]["version"], 2, "{answer:#}");
}

#[tokio::test]
async fn a_number_that_no_int_can_be_is_refused_also_where_nothing_is_looked_up() {
    let server = Server::start().await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let document = |first: &str| {
        format!(
            "{{ node(id: \"nobody\") {{ ... on Job {{ schedule {{ changes(first: {first}) {{ nodes {{ id }} }} }} }} }} }}"
        )
    };
    for first in ["-2147483649", "-45623079686"] {
        assert_eq!(admin.error_code(&document(first), json!({})).await, "VALIDATION_FAILED");
    }
    let taken = admin.ok(&document("-2147483648"), json!({})).await;
    assert_eq!(taken["node"], Value::Null, "only a resolver knows that no page is so long");
    let of_variable = "query($first: Int!) { node(id: \"nobody\") { ... on Job { schedule {
        changes(first: $first) { nodes { id } } } } } }";
    let code = admin.error_code(of_variable, json!({"first": -2_147_483_649_i64})).await;
    assert_eq!(code, "VALIDATION_FAILED");
}
