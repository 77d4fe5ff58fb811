//! Sessions: tokens that change, devices that are seen and signed out.

use serde_json::{Value, json};
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
    let (_, first) = device(&server).await;
    let second = refresh(&server, &first).await;
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
    let input = json!({"sessionId": sessions[1]["id"]});
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
async fn signing_out_everywhere_ends_all_sessions_or_all_others() {
    let server = start().await;
    let (phone, refresh_token) = device(&server).await;
    let (desk, _) = device(&server).await;
    let revoke = "mutation($input: SessionRevokeAllInput!) {
      sessionRevokeAll(input: $input) { endedCount userErrors { code } } }";
    let others = desk.ok(revoke, json!({"input": {"keepCurrent": true}})).await;
    assert_eq!(others["sessionRevokeAll"], json!({"endedCount": 1, "userErrors": []}));
    assert!(!is_in(&phone).await && is_in(&desk).await);
    assert_eq!(refresh(&server, &refresh_token).await, Value::Null);
    desk.ok(revoke, json!({"input": {}})).await;
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
