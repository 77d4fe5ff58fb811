//! A company whose access is suspended, and then goes on.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline::{http::Settings, server::ServerOptions};
use trunkline_domain::{
    identity::{Permission, Role},
    network::TenantState::{self, Active, Closed, Suspended},
};
use trunkline_infra::identity::move_tenant;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::Server;

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken refreshToken } userErrors { code } } }";
const REFRESH: &str = "mutation($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { accessToken refreshToken } userErrors { code } } }";
const SITES: &str = "{ sites { code } }";
const BOARDS: &str =
    "subscription { wallboardChanged { cursor network { waiting { contacts } } } }";

/// Changes the state behind the server's back, as the command line does, and waits until every server
/// knows of it.
async fn db_move(server: &Server, from: TenantState, to: TenantState) {
    let tx = server.app.db.begin_system("a test").await.expect("transaction");
    assert!(move_tenant(&tx, server.company.tenant, from, to).await.expect("moved"));
    tx.commit().await.expect("commit");
    server.pass(31);
}

async fn try_in(server: &Server, email: &str, password: &str) -> Value {
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": password});
    server.anonymous().send(SIGN_IN, json!({"input": input})).await
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_suspended_company_is_told_so_and_works_again_when_it_is_resumed() {
    let server = Server::start().await;
    server.company.db_site("GZ").await;
    let office = server.head_office().await;
    let program = server.partner(&[Permission::NetworkRead], &[]).await;
    let bystander = server.stranger().await;
    bystander.company.db_site("XX").await;
    let bystander = bystander.head_office().await;
    for caller in [&office, &program] {
        caller.ok(SITES, json!({})).await;
    }

    db_move(&server, Active, Suspended).await;
    for caller in [&office, &program] {
        let body = json!({"query": SITES});
        let answer = caller.post(&body).send().await.expect("answer");
        assert_eq!(answer.status(), 403);
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(code(&answer), "TENANT_SUSPENDED");
        let closed = caller.knock().await.close().await;
        assert_eq!(closed, (4403, "TENANT_SUSPENDED".to_owned()));
    }
    let forged = server.with_credential(&format!("{}x", office.credential()));
    assert_eq!(forged.error_code(SITES, json!({})).await, "UNAUTHENTICATED", "no oracle");
    bystander.ok(SITES, json!({})).await;

    db_move(&server, Suspended, Active).await;
    for caller in [&office, &program] {
        let sites = caller.ok(SITES, json!({})).await;
        assert_eq!(sites["sites"], json!([{"code": "GZ"}]), "the same token and key");
    }

    db_move(&server, Active, Closed).await;
    assert_eq!(office.error_code(SITES, json!({})).await, "UNAUTHENTICATED", "that is for good");
}

#[tokio::test]
async fn who_signs_in_right_is_told_of_the_suspension_and_nobody_else() {
    let server = Server::start().await;
    let email = server.address_of("li.na");
    server.company.db_user(&server.app.passwords, &email, Role::HeadOffice, Within::Tenant).await;
    let mut inside = try_in(&server, &email, PASSWORD).await["data"]["sessionCreate"].take();
    let token = inside["session"]["refreshToken"].take();
    let refresh = async || {
        let input = json!({"input": {"refreshToken": token}});
        server.anonymous().send(REFRESH, input).await
    };

    db_move(&server, Active, Suspended).await;
    let wrong = try_in(&server, &email, "a guess").await;
    let refused = json!({"sessionCreate": {"session": null, "userErrors": [{"code": "CREDENTIALS_REFUSED"}]}});
    assert_eq!(wrong["data"], refused);
    let unknown = try_in(&server, &server.address_of("nobody"), PASSWORD).await;
    assert_eq!(unknown["data"], refused);
    let right = try_in(&server, &email, PASSWORD).await;
    assert_eq!(code(&right), "TENANT_SUSPENDED");
    assert_eq!(code(&refresh().await), "TENANT_SUSPENDED");
    let made_up =
        json!({"input": {"refreshToken": format!("{}x", token.as_str().expect("token"))}});
    let made_up = server.anonymous().send(REFRESH, made_up).await;
    assert_ne!(code(&made_up), "TENANT_SUSPENDED", "no oracle");

    db_move(&server, Suspended, Active).await;
    let again = try_in(&server, &email, PASSWORD).await;
    assert!(again["data"]["sessionCreate"]["session"]["accessToken"].is_string(), "{again}");
}

#[tokio::test]
async fn a_session_outlives_a_suspension() {
    let server = Server::start().await;
    let email = server.address_of("li.na");
    server.company.db_user(&server.app.passwords, &email, Role::HeadOffice, Within::Tenant).await;
    let inside = try_in(&server, &email, PASSWORD).await;
    let token = inside["data"]["sessionCreate"]["session"]["refreshToken"].clone();
    let input = json!({"input": {"refreshToken": token}});
    db_move(&server, Active, Suspended).await;
    for _ in 0..2 {
        let refused = server.anonymous().send(REFRESH, input.clone()).await;
        assert_eq!(code(&refused), "TENANT_SUSPENDED");
    }
    db_move(&server, Suspended, Active).await;
    let renewed = server.anonymous().ok(REFRESH, input).await["sessionRefresh"].take();
    assert_eq!(renewed["userErrors"], json!([]), "its token was not used up");
    let token = renewed["session"]["accessToken"].as_str().expect("token");
    server.with_credential(token).ok("{ viewer { roles } }", json!({})).await;
}

#[tokio::test]
async fn open_sockets_and_streams_of_a_suspended_company_end_with_its_code() {
    let transport = Settings { recheck: Duration::from_millis(100), ..Settings::default() };
    let options = ServerOptions { transport, ..ServerOptions::default() };
    let server = Server::start().await.beside(options);
    server.company.db_site("GZ").await;
    let office = server.head_office().await;
    let mut socket = office.subscribe(BOARDS, json!({})).await;
    let mut stream = office.events(BOARDS, json!({})).await;
    socket.next("wallboardChanged").await;
    stream.next().await.expect("a board");
    db_move(&server, Active, Suspended).await;
    assert_eq!(socket.close().await, (4403, "TENANT_SUSPENDED".to_owned()));
    let mut last = Value::Null;
    while let Some(event) = stream.next().await {
        last = event;
    }
    assert_eq!(code(&last), "TENANT_SUSPENDED");
}

#[tokio::test]
async fn a_program_of_a_suspended_company_gets_no_token() {
    let server = Server::start().await;
    let (client, secret) = server.company.db_client("feed", &[Permission::NetworkRead], &[]).await;
    let key = trunkline::identity::api_key(client, &secret);
    let ask = async |key: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &client.to_string()),
            ("client_secret", key),
        ];
        let url = format!("{}/oauth/token", server.address);
        let answer = reqwest::Client::new().post(url).form(&form).send().await.expect("answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    assert_eq!(ask(&key).await.0, 200);
    db_move(&server, Active, Suspended).await;
    let told = json!({"error": "unauthorized_client", "error_description": "TENANT_SUSPENDED"});
    assert_eq!(ask(&key).await, (400, told));
    let other = trunkline::identity::api_key(client, &trunkline_infra::identity::new_secret());
    assert_eq!(ask(&other).await, (401, json!({"error": "invalid_client"})), "no oracle");
    db_move(&server, Suspended, Active).await;
    assert_eq!(ask(&key).await.0, 200);
}

#[tokio::test]
async fn who_was_kept_out_by_a_suspension_stands_in_the_audit() {
    let server = Server::start().await;
    let email = server.address_of("li.na");
    let (company, hasher) = (&server.company, &server.app.passwords);
    let person = company.db_user(hasher, &email, Role::Auditor, Within::Tenant).await;
    let program = server.partner(&[Permission::NetworkRead], &[]).await;
    db_move(&server, Active, Suspended).await;
    assert_eq!(program.error_code(SITES, json!({})).await, "TENANT_SUSPENDED");
    assert_eq!(code(&try_in(&server, &email, PASSWORD).await), "TENANT_SUSPENDED");
    server.app.refusals.settled().await;
    db_move(&server, Suspended, Active).await;
    let events = "{ auditEvents(first: 50) { nodes { action subject details { name value } } } }";
    let events = server.sign_in(&email).await.ok(events, json!({})).await;
    let events = events["auditEvents"]["nodes"].as_array().expect("rows");
    let reason = json!({"name": "reason", "value": "SUSPENDED"});
    let told = |action: &str| {
        let of_action = events.iter().filter(|event| event["action"] == action);
        let why = |event: &&Value| {
            event["details"].as_array().is_some_and(|details| details.contains(&reason))
        };
        of_action.filter(why).collect::<Vec<_>>()
    };
    assert_eq!(told("api_client.refuse").len(), 1, "{events:#?}");
    let refused = told("session.refuse");
    assert_eq!(refused.len(), 1, "{events:#?}");
    assert_eq!(refused[0]["subject"], json!(person.to_string()));
}
