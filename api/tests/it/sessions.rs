//! Sessions: tokens that change, devices that are seen and signed out.

use futures_util::future::join_all;
use serde_json::{Value, json};
use trunkline::server::ServerOptions;
use trunkline_domain::identity::Role;
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { accessToken refreshToken } } }";
const REFRESH: &str = "mutation($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { accessToken refreshToken } userErrors { code } } }";
const EMAIL: &str = "li.na@example.com";

async fn device(server: &Server) -> (Actor, Value) {
    let input = json!({"tenantSlug": server.company.slug, "email": EMAIL, "password": PASSWORD});
    let answer = server.anonymous().ok(SIGN_IN, json!({"input": input})).await;
    let session = &answer["sessionCreate"]["session"];
    let token = session["accessToken"].as_str().expect("token");
    (server.with_credential(token), session["refreshToken"].clone())
}

async fn start() -> Server {
    let server = Server::start().await;
    server.company.db_user(&server.app.passwords, EMAIL, Role::HeadOffice, Within::Tenant).await;
    server
}

async fn refresh(server: &Server, token: &Value) -> Value {
    let input = json!({"input": {"refreshToken": token}});
    let mut answer = server.anonymous().ok(REFRESH, input).await["sessionRefresh"].take();
    answer["session"]["refreshToken"].take()
}

async fn is_in(actor: &Actor) -> bool {
    actor.send("{ viewer { roles } }", json!({})).await.get("errors").is_none()
}

#[tokio::test]
async fn a_refresh_that_comes_twice_at_once_gets_the_same_successor() {
    let server = start().await;
    let beside = server.beside(ServerOptions::default());
    let (phone, first) = device(&server).await;
    let at_once = (0..8_usize).map(|n| refresh([&server, &beside][n % 2], &first));
    let answers = join_all(at_once).await;
    let second = answers[0].clone();
    assert!(second.is_string() && second != first, "{second}");
    assert!(answers.iter().all(|answer| *answer == second), "{answers:?}");
    assert!(is_in(&phone).await, "none of them was taken for a thief's");
    server.pass(9);
    assert_eq!(refresh(&server, &first).await, second, "the answer was lost");
    let third = refresh(&server, &second).await;
    assert!(third.is_string() && third != second);
    assert_eq!(refresh(&server, &first).await, Value::Null, "two steps behind");
    assert_eq!(refresh(&server, &third).await, Value::Null, "so the session has ended");
}

#[tokio::test]
async fn a_refresh_token_of_a_while_ago_ends_the_session() {
    let server = start().await;
    let (phone, first) = device(&server).await;
    let second = refresh(&server, &first).await;
    server.pass(10);
    assert_eq!(refresh(&server, &first).await, Value::Null);
    assert_eq!(refresh(&server, &second).await, Value::Null);
    assert!(!is_in(&phone).await);
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_them() {
    let server = start().await;
    let (phone, _) = device(&server).await;
    server.pass(1);
    let (desk, _) = device(&server).await;
    let sessions =
        desk.ok("{ sessions { id isCurrent address } }", json!({})).await["sessions"].take();
    assert_eq!(sessions.as_array().expect("list").len(), 2);
    assert_eq!(sessions[0]["isCurrent"], true, "newest first");
    assert_eq!(sessions[1]["address"], "127.0.0.1");
    let revoke = "mutation($input: SessionRevokeInput!) {
      sessionRevoke(input: $input) { userErrors { code path } } }";
    let input = json!({"sessionId": sessions[1]["id"], "password": PASSWORD});
    let stranger = server.stranger().await.head_office().await;
    let hidden = stranger.ok(revoke, json!({"input": input})).await["sessionRevoke"].take();
    let fault = json!([{"code": "NOT_FOUND", "path": ["input", "sessionId"]}]);
    assert_eq!(hidden["userErrors"], fault);
    assert!(is_in(&phone).await);
    let done = desk.ok(revoke, json!({"input": input})).await["sessionRevoke"].take();
    assert_eq!(done["userErrors"], json!([]));
    assert!(!is_in(&phone).await && is_in(&desk).await);
}

#[tokio::test]
async fn a_session_that_nobody_uses_for_three_days_has_ended_and_one_in_use_goes_on() {
    const DAY: i64 = 24 * 3600;
    let server = start().await;
    let (_, forgotten) = device(&server).await;
    let (_, mut used) = device(&server).await;
    server.pass(3 * DAY - 1);
    used = refresh(&server, &used).await;
    assert!(used.is_string(), "a second before");
    server.pass(1);
    assert_eq!(refresh(&server, &forgotten).await, Value::Null, "at rest");
    for _ in 0..3 {
        used = refresh(&server, &used).await;
        assert!(used.is_string(), "in use");
        server.pass(2 * DAY);
    }
    let desk = server.sign_in(EMAIL).await;
    let sessions = desk.ok("{ sessions { id } }", json!({})).await["sessions"].take();
    assert_eq!(sessions.as_array().expect("list").len(), 2, "the one that rests is shown no more");
    for _ in 0..2 {
        used = refresh(&server, &used).await;
        server.pass(2 * DAY);
    }
    used = refresh(&server, &used).await;
    assert!(used.is_string(), "thirteen days after sign-in");
    server.pass(DAY);
    assert_eq!(refresh(&server, &used).await, Value::Null, "fourteen, in use or not");
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_or_all_others() {
    let server = start().await;
    let (phone, refresh_token) = device(&server).await;
    let (desk, _) = device(&server).await;
    let revoke = "mutation($input: SessionRevokeAllInput!) {
      sessionRevokeAll(input: $input) { endedCount userErrors { code } } }";
    let input = json!({"keepCurrent": true, "password": PASSWORD});
    let others = desk.ok(revoke, json!({"input": input})).await;
    assert_eq!(others["sessionRevokeAll"], json!({"endedCount": 1, "userErrors": []}));
    assert!(!is_in(&phone).await && is_in(&desk).await);
    assert_eq!(refresh(&server, &refresh_token).await, Value::Null);
    desk.ok(revoke, json!({"input": {"password": PASSWORD}})).await;
    assert!(!is_in(&desk).await);
}

#[tokio::test]
async fn ending_another_session_asks_for_the_password_and_signing_out_does_not() {
    let server = start().await;
    let (phone, _) = device(&server).await;
    server.pass(1);
    let (desk, _) = device(&server).await;
    let sessions = desk.ok("{ sessions { id } }", json!({})).await["sessions"].take();
    let one = "mutation($input: SessionRevokeInput!) {
      outcome: sessionRevoke(input: $input) { userErrors { code path } } }";
    let all = "mutation($input: SessionRevokeAllInput!) {
      outcome: sessionRevokeAll(input: $input) { userErrors { code path } } }";
    let end = async |document: &str, mut input: Value, password: Option<&str>| {
        input["password"] = json!(password);
        desk.ok(document, json!({"input": input})).await["outcome"]["userErrors"].take()
    };
    let fault = |code: &str| json!([{"code": code, "path": ["input", "password"]}]);
    for (document, input) in [
        (one, json!({"sessionId": sessions[1]["id"]})),
        (all, json!({})),
        (all, json!({"keepCurrent": true})),
    ] {
        let silent = end(document, input.clone(), None).await;
        assert_eq!(silent, fault("REAUTHENTICATION_REQUIRED"), "{input}");
        let guessed = end(document, input.clone(), Some("a guess")).await;
        assert_eq!(guessed, fault("CREDENTIALS_REFUSED"), "{input}");
        assert!(is_in(&phone).await && is_in(&desk).await, "{input}: nothing has ended");
    }
    let other = json!({"sessionId": sessions[1]["id"]});
    assert_eq!(end(one, other, Some(PASSWORD)).await, json!([]));
    assert!(!is_in(&phone).await);
    // The one that calls, by its id too, ends as it is.
    assert_eq!(end(one, json!({"sessionId": sessions[0]["id"]}), None).await, json!([]));
    assert!(!is_in(&desk).await);
}

#[tokio::test]
async fn what_another_server_did_is_known_here_after_half_a_minute() {
    let server = start().await;
    let (desk, _) = device(&server).await;
    assert!(is_in(&desk).await);
    let sql = "update app.app_user set state = 'DISABLED', epoch = epoch + 1
               where tenant_id = $1 and email = $2";
    server.company.db_run(sql, params![server.company.tenant, EMAIL]).await;
    server.pass(29);
    assert!(is_in(&desk).await, "from memory");
    server.pass(1);
    assert!(!is_in(&desk).await);
}
