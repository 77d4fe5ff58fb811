//! What was refused, as the audit tells it: of whom, from where and why; never what was typed, and no
//! more than once a minute.

use serde_json::{Value, json};
use trunkline_domain::identity::{Permission, Role};
use trunkline_infra::params;
use trunkline_testkit::{PASSWORD, Within};

use crate::support::{Actor, Server};

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) {
  sessionCreate(input: $input) { session { refreshToken } userErrors { code } } }";
const REFRESH: &str = "mutation($input: SessionRefreshInput!) {
  sessionRefresh(input: $input) { session { refreshToken } userErrors { code } } }";
const SITE_CREATE: &str = "mutation($input: SiteCreateInput!) {
  siteCreate(input: $input) { userErrors { code } } }";
const AGENT_UPDATE: &str = "mutation($input: AgentUpdateInput!) {
  agentUpdate(input: $input) { userErrors { code path } } }";
const READ: &str =
    "query($filter: AuditEventFilter) { auditEvents(first: 200, filter: $filter) { nodes {
  action subject actorName address client request reason
  before { name value } after { name value } details { name value } } } }";

/// What somebody types who guesses.
const GUESS: &str = "let me in please";

async fn auditor(server: &Server) -> Actor {
    server.user("auditor@example.com", Role::Auditor, Within::Tenant).await
}

/// Rows of an action, once those under way are written, oldest first.
async fn rows(server: &Server, auditor: &Actor, action: &str) -> Vec<Value> {
    server.app.refusals.settled().await;
    let mut found = auditor.ok(READ, json!({"filter": {"action": action}})).await;
    let mut rows = found["auditEvents"]["nodes"].as_array_mut().expect("rows").split_off(0);
    rows.reverse();
    rows
}

fn detail<'a>(row: &'a Value, name: &str) -> &'a str {
    let mut details = row["details"].as_array().expect("details").iter();
    let found = details.find(|detail| detail["name"] == name).map(|detail| &detail["value"]);
    found.and_then(Value::as_str).unwrap_or_default()
}

async fn sign_in(server: &Server, email: &str, password: &str) -> Value {
    let input = json!({"tenantSlug": server.company.slug, "email": email, "password": password});
    server.anonymous().ok(SIGN_IN, json!({"input": input})).await["sessionCreate"].take()
}

#[tokio::test]
async fn each_sign_in_is_told_and_guesses_once_a_minute_with_their_number() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let li = server
        .company
        .db_user(&server.app.passwords, "li@example.com", Role::HeadOffice, Within::Tenant)
        .await
        .to_string();
    for _ in 0..5 {
        let refused = sign_in(&server, "li@example.com", GUESS).await;
        assert_eq!(refused["userErrors"][0]["code"], "CREDENTIALS_REFUSED");
    }
    // The sixth is not even looked at, nor is the seventh.
    for _ in 0..2 {
        let early = sign_in(&server, "li@example.com", GUESS).await;
        assert_eq!(early["userErrors"][0]["code"], "RATE_LIMITED");
    }
    let early = rows(&server, &auditor, "session.refuse").await;
    let told = |rows: &[Value]| -> Vec<(String, u32)> {
        let told = |row: &Value| {
            let count = detail(row, "count").parse().expect("a number");
            (detail(row, "reason").to_owned(), count)
        };
        let mut told: Vec<_> = rows.iter().map(told).collect();
        told.sort_unstable();
        told
    };
    assert_eq!(told(&early), [("PASSWORD".to_owned(), 1), ("THROTTLED".to_owned(), 1)]);
    for row in &early {
        assert_eq!((&row["subject"], &row["address"]), (&json!(li), &json!("127.0.0.1")));
        assert_eq!(row["actorName"], Value::Null, "who it was is not known");
        assert!(row["request"].as_str().expect("an id").starts_with("journey-"), "{row}");
    }
    server.pass(61);
    sign_in(&server, "li@example.com", GUESS).await;
    let later = rows(&server, &auditor, "session.refuse").await;
    assert_eq!(later.len(), 3);
    let (now, row) = (told(&later), &later[2]);
    assert_eq!((detail(row, "reason"), detail(row, "count")), ("PASSWORD", "5"), "{now:?}");

    // Who gets in is told too; of accounts that there are not, nothing can be.
    server.pass(30);
    let inside = sign_in(&server, "li@example.com", PASSWORD).await;
    assert_eq!(inside["userErrors"], json!([]));
    sign_in(&server, "nobody@example.com", GUESS).await;
    let entered = rows(&server, &auditor, "session.create").await;
    let entered: Vec<_> = entered.iter().filter(|row| row["subject"] == json!(li)).collect();
    assert_eq!(entered.len(), 1);
    assert_eq!(entered[0]["actorName"], "li@example.com");
    assert_eq!(rows(&server, &auditor, "session.refuse").await.len(), 3);
    let tx = server.company.db_begin().await;
    let sql = "select string_agg(row_to_json(e)::text, ' ') as value from app.audit_event e
               where tenant_id = $1";
    let all: Option<String> = tx.scalar(sql, params![tx.tenant()]).await.expect("rows");
    let all = all.expect("rows");
    assert!(!all.contains(GUESS) && !all.contains(PASSWORD), "nothing that was typed");
}

#[tokio::test]
async fn what_nothing_follows_is_told_once_its_minute_is_over_or_when_the_program_ends() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let hasher = &server.app.passwords;
    server.company.db_user(hasher, "li@example.com", Role::HeadOffice, Within::Tenant).await;
    let guess = async || {
        sign_in(&server, "li@example.com", GUESS).await;
        server.app.refusals.settled().await;
    };
    for _ in 0..3 {
        guess().await;
        server.pass(1);
    }
    let counts = async || {
        let told = rows(&server, &auditor, "session.refuse").await;
        let count =
            |row: &Value| (detail(row, "count").to_owned(), detail(row, "lastAt").to_owned());
        told.iter().map(count).collect::<Vec<_>>()
    };
    let text = |count: &str, last_at: &str| (count.to_owned(), last_at.to_owned());
    server.app.tell_late_refusals().await;
    assert_eq!(counts().await, [text("1", "")], "its minute is not over");
    server.pass(60);
    server.app.tell_late_refusals().await;
    let late = text("2", "2026-03-02T12:00:02Z");
    assert_eq!(counts().await, [text("1", ""), late.clone()]);
    server.pass(120);
    server.app.tell_late_refusals().await;
    assert_eq!(counts().await.len(), 2, "nothing is left");
    guess().await;
    guess().await;
    server.app.tell_last_refusals().await;
    assert_eq!(counts().await, [text("1", ""), late, text("1", ""), text("1", "")], "at the end");
}

#[tokio::test]
async fn a_refresh_is_not_told_and_its_reuse_is() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    server
        .company
        .db_user(&server.app.passwords, "li@example.com", Role::HeadOffice, Within::Tenant)
        .await;
    let first =
        sign_in(&server, "li@example.com", PASSWORD).await["session"]["refreshToken"].take();
    let refresh = async |token: &Value| {
        let input = json!({"input": {"refreshToken": token}});
        server.anonymous().ok(REFRESH, input).await["sessionRefresh"].take()
    };
    assert_eq!(refresh(&first).await["userErrors"], json!([]));
    assert_eq!(rows(&server, &auditor, "session.").await.len(), 2, "the two sign-ins");
    server.pass(60);
    assert_eq!(refresh(&first).await["userErrors"][0]["code"], "SESSION_REFUSED");
    let reuse = rows(&server, &auditor, "session.reuse").await;
    assert_eq!(reuse.len(), 1);
    assert_eq!(reuse[0]["after"], json!([{"name": "state", "value": "ENDED"}]));
    assert_eq!(reuse[0]["address"], "127.0.0.1");
}

#[tokio::test]
async fn a_refresh_is_told_that_the_end_of_access_account_or_employment_refuses() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let (company, hasher) = (&server.company, &server.app.passwords);
    let site = company.db_site("GZ").await;
    let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
    let li = company.db_user(hasher, "li@example.com", Role::Agent, Within::Own(agent)).await;
    let token =
        sign_in(&server, "li@example.com", PASSWORD).await["session"]["refreshToken"].take();
    let refresh = async || {
        let input = json!({"input": {"refreshToken": token}});
        server.anonymous().send(REFRESH, input).await
    };
    let suspended = async |state: &str| {
        let tx = server.app.db.begin_system("a test").await.expect("transaction");
        let sql = format!("update app.tenant set state = '{state}' where id = $1");
        tx.run(sql, params![company.tenant]).await.expect("moved");
        tx.commit().await.expect("commit");
    };
    suspended("SUSPENDED").await;
    assert_eq!(refresh().await["errors"][0]["extensions"]["code"], "TENANT_SUSPENDED");
    suspended("ACTIVE").await;

    let refused = json!({"session": null, "userErrors": [{"code": "SESSION_REFUSED"}]});
    for change in [
        "update app.agent set left_on = '2026-03-01' where tenant_id = $1",
        // As a user is disabled.
        "with off as (update app.app_user set state = 'DISABLED' where tenant_id = $1 and agent_id is not null
                      returning tenant_id, id)
         update app.session s set revoked_at = now() from off
         where s.tenant_id = off.tenant_id and s.user_id = off.id",
    ] {
        server.pass(61);
        company.db_run(change, params![company.tenant]).await;
        assert_eq!(refresh().await["data"]["sessionRefresh"], refused, "{change}");
        let back = "update app.agent set left_on = null where tenant_id = $1";
        company.db_run(back, params![company.tenant]).await;
    }
    let told = rows(&server, &auditor, "session.refuse").await;
    let reasons: Vec<_> = told.iter().map(|row| detail(row, "reason")).collect();
    assert_eq!(reasons, ["SUSPENDED", "ACCOUNT", "ACCOUNT"]);
    assert!(told.iter().all(|row| row["subject"] == json!(li.to_string())), "{told:#?}");
    assert!(told.iter().all(|row| row["address"] == "127.0.0.1"), "{told:#?}");
}

#[tokio::test]
async fn who_may_not_change_something_is_named_once_for_each_mutation() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let site = server.company.db_site("GZ").await;
    let (team, agent) = (server.company.db_team(site, "A").await, "1");
    let agent = server.company.db_agent(agent, "Li Na", site, Some(team), &[]).await;
    let person = server.agent(agent).await;
    let create = json!({"input": {"code": "SZ", "nameEn": "Shenzhen", "nameZh": "深圳",
                                  "timeZone": "Asia/Shanghai"}});
    for _ in 0..3 {
        assert_eq!(person.error_code(SITE_CREATE, create.clone()).await, "FORBIDDEN");
    }
    let told = rows(&server, &auditor, "access.refuse").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["actorName"], format!("{agent}@example.com"));
    let lacks = ("siteCreate", "network:write");
    assert_eq!((detail(&told[0], "field"), detail(&told[0], "lacks")), lacks);

    // Somebody who may write elsewhere and see it here: the thing is named.
    let here = json!({"input": {"agentId": agent.to_string(), "displayName": "Li"}});
    let other = server.company.db_site("CD").await;
    let user = server
        .company
        .db_user(&server.app.passwords, "two@example.com", Role::SiteManager, Within::Site(other))
        .await;
    server
        .company
        .db_run(
            "insert into app.role_assignment (tenant_id, id, user_id, role, scope, valid_from, created_at)
             values ($1, gen_random_uuid(), $2, 'auditor', 'TENANT', 'epoch', now())",
            params![server.company.tenant, user],
        )
        .await;
    let two = server.sign_in("two@example.com").await;
    let refused = two.ok(AGENT_UPDATE, here).await["agentUpdate"]["userErrors"][0].take();
    assert_eq!(refused, json!({"code": "FORBIDDEN", "path": ["input", "agentId"]}));
    let told = rows(&server, &auditor, "access.refuse").await;
    let row = told.iter().find(|row| row["actorName"] == "two@example.com").expect("a row");
    assert_eq!(row["subject"], agent.to_string());
    assert_eq!((&row["before"], &row["after"]), (&json!([]), &json!([])), "nothing was changed");
}

#[tokio::test]
async fn a_key_that_is_refused_is_told_of_the_program_whose_it_is() {
    let server = Server::start().await;
    let auditor = auditor(&server).await;
    let (client, secret) =
        server.company.db_client("switch", &[Permission::NetworkRead], &[]).await;
    let text = trunkline::identity::api_key(client, &secret);
    let sites = "{ sites { code } }";
    server.partner_with(&text).ok(sites, json!({})).await;
    let wrong = trunkline::identity::api_key(client, &trunkline_infra::identity::new_secret());
    let refused = server.partner_with(&wrong);
    assert_eq!(refused.error_code(sites, json!({})).await, "UNAUTHENTICATED");
    let told = rows(&server, &auditor, "api_client.refuse").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["subject"], detail(&told[0], "reason")),
        (&json!(client.to_string()), "SECRET")
    );
    assert_eq!(told[0]["address"], "127.0.0.1");

    let revoke = "update app.api_key set revoked_at = now() where tenant_id = $1";
    server.company.db_run(revoke, params![server.company.tenant]).await;
    server.pass(61);
    assert_eq!(server.partner_with(&text).error_code(sites, json!({})).await, "UNAUTHENTICATED");
    let told = rows(&server, &auditor, "api_client.refuse").await;
    let reasons: Vec<_> = told.iter().map(|row| detail(row, "reason")).collect();
    assert_eq!(reasons, ["SECRET", "NOT_IN_FORCE"]);
}
