//! The door: one answer and one hash for whoever is not let in, delays for whoever tries too often.

use serde_json::{Value, json};
use trunkline::{http::Settings, server::ServerOptions};
use trunkline_domain::identity::Role;
use trunkline_infra::{
    identity::{HashCost, HashSlots, Passwords},
    params,
};
use trunkline_testkit::{PASSWORD, Within};

use crate::support::Server;

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken } userErrors { code params { name value } } } }";

/// The code of the refusal, or nothing when somebody was let in.
async fn try_in(server: &Server, slug: &str, email: &str, password: &str) -> Value {
    let input = json!({"tenantSlug": slug, "email": email, "password": password});
    let answer = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    answer["sessionCreate"]["userErrors"][0].clone()
}

fn seconds_to_wait(refusal: &Value) -> i64 {
    assert_eq!(refusal["code"], "RATE_LIMITED", "{refusal}");
    assert_eq!(refusal["params"][0]["name"], "retryAfterSeconds");
    refusal["params"][0]["value"].as_str().expect("seconds").parse().expect("seconds")
}

#[tokio::test]
async fn whoever_is_not_let_in_gets_one_answer_after_one_hash() {
    let server = Server::start().await;
    let slug = server.company.slug.as_str();
    for name in ["li.na@example.com", "off@example.com", "new@example.com"] {
        let passwords = &server.app.passwords;
        server.company.db_user(passwords, name, Role::HeadOffice, Within::Tenant).await;
    }
    let run = async |sql: &str| server.company.db_run(sql, params![server.company.tenant]).await;
    run("update app.app_user set state = 'DISABLED' where tenant_id = $1 and email like 'off@%'")
        .await;
    run("update app.app_user set password_hash = null where tenant_id = $1 and email like 'new@%'")
        .await;
    for (slug, email, password) in [
        ("nobody", "li.na@example.com", PASSWORD),
        (slug, "zhou.wei@example.com", PASSWORD),
        (slug, "li.na@example.com", "something else"),
        (slug, "off@example.com", PASSWORD),
        (slug, "new@example.com", PASSWORD),
        (slug, "no address at all", PASSWORD),
    ] {
        let before = server.app.passwords.hashes_made();
        let refusal = try_in(&server, slug, email, password).await;
        assert_eq!(refusal, json!({"code": "CREDENTIALS_REFUSED", "params": []}), "{slug} {email}");
        assert_eq!(server.app.passwords.hashes_made(), before + 1, "{slug} {email}");
    }
}

#[tokio::test]
async fn guessing_is_delayed_for_longer_each_time_and_the_right_password_still_works() {
    let server = Server::start().await;
    let slug = server.company.slug.as_str();
    let email = "li.na@example.com";
    server.company.db_user(&server.app.passwords, email, Role::HeadOffice, Within::Tenant).await;
    for _ in 0..5 {
        assert_eq!(try_in(&server, slug, email, "a guess").await["code"], "CREDENTIALS_REFUSED");
    }
    let mut waits = Vec::new();
    for _ in 0..12 {
        let hashes = server.app.passwords.hashes_made();
        let wait = seconds_to_wait(&try_in(&server, slug, email, PASSWORD).await);
        assert_eq!(server.app.passwords.hashes_made(), hashes, "a delay costs no hash");
        waits.push(wait);
        server.pass(wait);
        assert_eq!(try_in(&server, slug, email, "a guess").await["code"], "CREDENTIALS_REFUSED");
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    server.pass(300);
    assert_eq!(try_in(&server, slug, email, PASSWORD).await, Value::Null, "after the delay");
    for _ in 0..5 {
        assert_eq!(try_in(&server, slug, email, "a guess").await["code"], "CREDENTIALS_REFUSED");
    }
}

#[tokio::test]
async fn accounts_that_are_not_there_are_delayed_alike() {
    let server = Server::start().await;
    for _ in 0..5 {
        try_in(&server, "nobody", "nobody@example.com", "a guess").await;
    }
    assert_eq!(seconds_to_wait(&try_in(&server, "nobody", "nobody@example.com", "x").await), 1);
}

#[tokio::test]
async fn an_address_that_fails_everywhere_is_delayed_everywhere() {
    let server = Server::start().await;
    let slug = server.company.slug.as_str();
    let email = "li.na@example.com";
    server.company.db_user(&server.app.passwords, email, Role::HeadOffice, Within::Tenant).await;
    for guess in 0..50 {
        let refusal = try_in(&server, slug, &format!("agent{guess}@example.com"), "a guess").await;
        assert_eq!(refusal["code"], "CREDENTIALS_REFUSED");
    }
    let wait = seconds_to_wait(&try_in(&server, slug, email, PASSWORD).await);
    server.pass(wait);
    assert_eq!(try_in(&server, slug, email, PASSWORD).await, Value::Null);
}

#[tokio::test]
async fn the_address_is_what_the_own_proxy_wrote_down_and_nothing_that_stands_before_it() {
    let direct = Server::start().await;
    let transport = Settings { proxy_hops: 1, ..Settings::default() };
    let behind = direct.beside(ServerOptions { transport, ..ServerOptions::default() });
    let slug = direct.company.slug.as_str();
    let email = "li.na@example.com";
    direct.company.db_user(&direct.app.passwords, email, Role::HeadOffice, Within::Tenant).await;
    let client = reqwest::Client::new();
    let try_from = async |server: &Server, forwarded: &str, email: &str, password: &str| {
        let input = json!({"tenantSlug": slug, "email": email, "password": password});
        let answer = client
            .post(format!("{}/graphql", server.address))
            .header("x-forwarded-for", forwarded)
            .json(&json!({"query": SIGN_IN, "variables": {"input": input}}))
            .send()
            .await
            .expect("an answer");
        let answer: Value = answer.json().await.expect("json");
        answer["data"]["sessionCreate"]["userErrors"][0].clone()
    };
    for guess in 0..50 {
        // Somebody who makes up where the request has been before.
        let forwarded = format!("192.0.2.{guess}, 203.0.113.7");
        let email = format!("agent{guess}@example.com");
        let refusal = try_from(&behind, &forwarded, &email, "a guess").await;
        assert_eq!(refusal["code"], "CREDENTIALS_REFUSED");
    }
    seconds_to_wait(&try_from(&behind, "192.0.2.99, 203.0.113.7", email, PASSWORD).await);
    seconds_to_wait(&try_from(&behind, "203.0.113.7", email, PASSWORD).await);
    let other = "203.0.113.7, 198.51.100.4";
    assert_eq!(try_from(&behind, other, email, PASSWORD).await, Value::Null);
    // Without a proxy nobody has written anything down: the header is anybody's word.
    assert_eq!(try_from(&direct, "203.0.113.7", email, PASSWORD).await, Value::Null);
    // A header that is missing or no address leaves the peer.
    assert_eq!(try_from(&behind, "unknown", email, PASSWORD).await, Value::Null);
}

#[tokio::test]
async fn a_hash_of_another_cost_is_made_anew_when_its_owner_signs_in() {
    let server = Server::start().await;
    let slug = server.company.slug.as_str();
    let cost = HashCost { passes: 3, ..HashCost::CHEAPEST };
    let other = Passwords::new(cost, HashSlots { parallel: 1, waiting: 1 }).expect("hasher");
    let email = "li.na@example.com";
    let user = server.company.db_user(&other, email, Role::HeadOffice, Within::Tenant).await;
    let hash = async || {
        let tx = server.company.db_begin().await;
        let sql =
            "select password_hash as value from app.app_user where tenant_id = $1 and id = $2";
        let hash: Option<String> = tx.scalar(sql, params![tx.tenant(), user]).await.expect("hash");
        hash.expect("hash")
    };
    let before = hash().await;
    assert!(before.contains("t=3"), "{before}");
    assert_eq!(try_in(&server, slug, email, "a guess").await["code"], "CREDENTIALS_REFUSED");
    assert_eq!(hash().await, before, "a guess changes nothing");
    assert_eq!(try_in(&server, slug, email, PASSWORD).await, Value::Null);
    let after = hash().await;
    assert!(after.contains("t=1"), "{after}");
    assert_eq!(try_in(&server, slug, email, PASSWORD).await, Value::Null);
    assert_eq!(hash().await, after, "once is enough");
}

#[tokio::test]
async fn an_agent_is_let_in_up_to_the_last_day_of_the_contract() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Li Na", site, None, &[]).await;
    // The contract ends with the 2nd of March at the site, four hours after the test begins.
    let sql =
        "update app.contract set valid_until = '2026-03-03' where tenant_id = $1 and agent_id = $2";
    server.company.db_run(sql, params![server.company.tenant, agent]).await;
    let li_na = server.agent(agent).await;
    li_na.ok("{ viewer { roles } }", json!({})).await;
    server.pass(4 * 3600 + 30);
    let email = format!("{agent}@example.com");
    let refusal = try_in(&server, &server.company.slug, &email, PASSWORD).await;
    assert_eq!(refusal["code"], "CREDENTIALS_REFUSED");
    // Within the life of the token, by the last day of the employment.
    let other = server.company.db_agent("2", "Wang Fang", site, None, &[]).await;
    let wang_fang = server.agent(other).await;
    wang_fang.ok("{ viewer { roles } }", json!({})).await;
    let sql = "update app.agent set left_on = '2026-03-02' where tenant_id = $1 and id = $2";
    server.company.db_run(sql, params![server.company.tenant, other]).await;
    wang_fang.ok("{ viewer { roles } }", json!({})).await;
    server.pass(30);
    assert_eq!(wang_fang.error_code("{ viewer { roles } }", json!({})).await, "UNAUTHENTICATED");
}
