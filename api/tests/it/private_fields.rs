//! Home address, national id, emergency contact: who sees them, how, and the trace it leaves.

use serde_json::{Value, json};
use trunkline::boot::worker::round;
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::{Permission, Role},
    network::TenantState,
};
use trunkline_infra::{audit::SealKey, identity::move_tenant, live::LiveStore, params};
use trunkline_testkit::{Within, database};

use crate::support::{Actor, Server};

const SET: &str = "mutation($input: AgentPrivateSetInput!) {
  agentPrivateSet(input: $input) { agent { id } userErrors { code path message params { value } } } }";
const ERASE: &str = "mutation($input: AgentPrivateEraseInput!) {
  agentPrivateErase(input: $input) { agent { id } userErrors { code path } } }";
const LEAVE: &str = "mutation($input: AgentUpdateInput!) {
  agentUpdate(input: $input) { agent { status } userErrors { code path } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) { agentMove(input: $input) {
  userErrors { code path } } }";
const READ: &str = "query($id: ID!, $reveal: Boolean!) { agent(id: $id) {
  privateData(reveal: $reveal) { isCovered homeAddress nationalId emergencyContact } } }";
const LIST: &str = "{ agents { nodes { displayName
  privateData(reveal: true) { nationalId } } } }";
const AUDIT: &str = "query($action: String!) { auditEvents(filter: {action: $action}) {
  nodes { subject actorName details { name value } before { name value } after { name value } } } }";

const ADDRESS: &str = "广州市天河区 1 号";
const NUMBER: &str = "11010119900307123X";

struct Company {
    server: Server,
    site: SiteId,
    team: TeamId,
    agent: AgentId,
    hr: Actor,
}

async fn company() -> Company {
    company_of(Server::start().await).await
}

/// The same on a database of its own: a round of the worker is one over all companies of its database.
async fn company_alone(label: &str) -> Company {
    let database = database().await.db_scratch(label).await;
    company_of(Server::start_on(&database, LiveStore::in_memory()).await).await
}

async fn company_of(server: Server) -> Company {
    let site = server.company.db_site("GZ").await;
    let team = server.company.db_team(site, "T1").await;
    let agent = server.company.db_agent("1", "Li Na", site, Some(team), &[]).await;
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    Company { server, site, team, agent, hr }
}

async fn set(who: &Actor, agent: AgentId, fields: Value) -> Value {
    let mut input = fields;
    input["agentId"] = json!(agent.to_string());
    who.ok(SET, json!({"input": input})).await["agentPrivateSet"]["userErrors"].take()
}

async fn read(who: &Actor, agent: AgentId, reveal: bool) -> Value {
    let input = json!({"id": agent.to_string(), "reveal": reveal});
    who.ok(READ, input).await["agent"]["privateData"].take()
}

fn all() -> Value {
    json!({"homeAddress": ADDRESS, "nationalId": NUMBER, "emergencyContact": "Li Qiang 13800000000"})
}

#[tokio::test]
async fn each_role_sees_all_a_cover_or_nothing() {
    let company = company().await;
    let Company { server, site, team, agent, hr } = &company;
    assert_eq!(set(hr, *agent, all()).await, json!([]));
    let peer = server.company.db_agent("2", "Zhou Wei", *site, Some(*team), &[]).await;
    let person = async |role: Role| {
        let email = format!("{}@example.com", role.as_str());
        server.user(&email, role, Within::Tenant).await
    };
    let covered = json!({"isCovered": true, "homeAddress": "****", "nationalId": "****",
                         "emergencyContact": "****"});
    let full = json!({"isCovered": false, "homeAddress": ADDRESS, "nationalId": NUMBER,
                      "emergencyContact": "Li Qiang 13800000000"});
    let scopes =
        [Permission::AgentRead, Permission::AgentPrivateRead, Permission::DevelopmentFileRead];
    let none = Value::Null;
    // As it is read without asking for more, and with.
    let cases = [
        ("the person", server.agent(*agent).await, &covered, &full),
        ("HR", hr.clone(), &covered, &full),
        ("the leader", server.leader(*team).await, &covered, &covered),
        ("the site manager", server.site_manager(*site).await, &covered, &covered),
        ("an auditor", person(Role::Auditor).await, &covered, &covered),
        ("a peer", server.agent(peer).await, &none, &none),
        ("a planner", server.planner(*site).await, &none, &none),
        ("quality", person(Role::QualityAnalyst).await, &none, &none),
        ("a trainer", person(Role::Trainer).await, &none, &none),
        ("finance", person(Role::Finance).await, &none, &none),
        ("an administrator", person(Role::TenantAdmin).await, &none, &none),
        ("a program", server.partner(&scopes, &[]).await, &none, &none),
    ];
    for (who, actor, plain, revealed) in cases {
        assert_eq!(read(&actor, *agent, false).await, *plain, "{who}");
        assert_eq!(read(&actor, *agent, true).await, *revealed, "{who}");
    }
    let stranger = server.stranger().await.user("hr@example.com", Role::Hr, Within::Tenant).await;
    assert_eq!(read(&stranger, *agent, true).await, none);
}

#[tokio::test]
async fn each_full_reading_is_written_down_and_a_cover_shows_nothing_to_write_down() {
    let company = company().await;
    let Company { server, site, team, agent, hr } = &company;
    let other = server.company.db_agent("2", "Zhou Wei", *site, Some(*team), &[]).await;
    set(hr, *agent, all()).await;
    set(hr, other, json!({"nationalId": "E12345678"})).await;
    read(hr, *agent, false).await;
    read(&server.leader(*team).await, *agent, true).await;
    let auditor = server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    let rows = async |action: &str| {
        let seen =
            auditor.ok(AUDIT, json!({"action": action})).await["auditEvents"]["nodes"].take();
        let mut rows: Vec<String> = seen
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| {
                let by = row["actorName"].as_str().unwrap_or_default();
                let subject = row["subject"].as_str().unwrap_or_default();
                format!("{by} {subject} {} {} {}", row["details"], row["before"], row["after"])
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(rows("agent_private.read").await, Vec::<String>::new());
    read(hr, *agent, true).await;
    let read_all = rows("agent_private.read").await;
    assert_eq!(read_all.len(), 1, "{read_all:?}");
    assert!(read_all[0].starts_with(&format!("hr@example.com {agent}")), "{read_all:?}");
    for field in ["home_address", "national_id", "emergency_contact"] {
        assert!(read_all[0].contains(field), "{read_all:?}");
    }

    let list = hr.ok(LIST, json!({})).await["agents"]["nodes"].take();
    let numbers: Vec<_> =
        list.as_array().expect("nodes").iter().map(|it| &it["privateData"]["nationalId"]).collect();
    assert_eq!(numbers, [&json!(NUMBER), &json!("E12345678")]);
    let after = rows("agent_private.read").await;
    assert_eq!(after.len(), 3, "one more for each of two: {after:?}");
    for id in [agent, &other] {
        let of = |row: &&String| row.contains(&id.to_string()) && !row.contains("home_address");
        assert_eq!(after.iter().filter(of).count(), 1, "only the number was read: {after:?}");
    }
    // What was written is told without the values.
    let written = rows("agent_private.set").await.join(" ");
    assert!(written.contains("nationalId") && !written.contains("123X"), "{written}");
    assert!(written.contains(r#"{"name":"nationalId","value":"****"}"#), "{written}");
}

#[tokio::test]
async fn hr_writes_and_nobody_else_and_no_refusal_repeats_a_value() {
    let company = company().await;
    let Company { server, site, team, agent, hr } = &company;
    for actor in
        [server.agent(*agent).await, server.leader(*team).await, server.site_manager(*site).await]
    {
        assert_eq!(
            actor.error_code(SET, json!({"input": {"agentId": agent.to_string()}})).await,
            "FORBIDDEN"
        );
    }
    let refused = set(hr, *agent, json!({"nationalId": "42 secret"})).await;
    assert_eq!(refused[0]["path"], json!(["input", "nationalId"]));
    assert!(!refused.to_string().contains("secret"), "{refused}");
    let stranger = server.stranger().await.user("hr@example.com", Role::Hr, Within::Tenant).await;
    assert_eq!(set(&stranger, *agent, all()).await[0]["code"], "NOT_FOUND");

    set(hr, *agent, all()).await;
    assert_eq!(set(hr, *agent, json!({"homeAddress": null})).await, json!([]));
    let now = read(hr, *agent, true).await;
    assert_eq!((&now["homeAddress"], &now["nationalId"]), (&Value::Null, &json!(NUMBER)));
    // At rest nothing of it can be read.
    let sql = "select row_to_json(p)::text as value from app.agent_private p where tenant_id = $1";
    let tx = server.company.db_begin().await;
    let row: Option<String> = tx.scalar(sql, params![tx.tenant()]).await.expect("row");
    let row = row.expect("a row");
    let hexadecimal: String = NUMBER.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(!row.contains("123X") && !row.contains(&hexadecimal), "{row}");
}

/// Rows of private fields that are left, and the audit's rows of erasure: whose, and all that they say.
async fn left(server: &Server) -> (i64, Vec<String>) {
    let tx = server.company.db_begin().await;
    let count = "select count(*) as value from app.agent_private where tenant_id = $1";
    let count: Option<i64> = tx.scalar(count, params![tx.tenant()]).await.expect("count");
    let rows =
        "select coalesce(jsonb_agg(concat_ws(' ', subject, reason, before::text) order by at, id),
                                '[]') as value
                from app.audit_event where tenant_id = $1 and action = 'agent_private.erase'";
    let rows: Option<Value> = tx.scalar(rows, params![tx.tenant()]).await.expect("rows");
    let rows = rows.expect("a row");
    let rows = rows.as_array().expect("rows").iter();
    (count.expect("count"), rows.map(|row| row.as_str().unwrap_or_default().to_owned()).collect())
}

#[tokio::test]
async fn hr_erases_for_good_and_the_audit_says_whose_which_and_why() {
    let company = company().await;
    let Company { server, site, team, agent, hr } = &company;
    set(hr, *agent, all()).await;
    let erase = async |who: &Actor, reason: &str| {
        let input = json!({"agentId": agent.to_string(), "reason": reason});
        who.ok(ERASE, json!({"input": input})).await["agentPrivateErase"]["userErrors"].take()
    };
    for actor in
        [server.agent(*agent).await, server.leader(*team).await, server.site_manager(*site).await]
    {
        let input = json!({"agentId": agent.to_string(), "reason": "asked"});
        assert_eq!(actor.error_code(ERASE, json!({"input": input})).await, "FORBIDDEN");
    }
    let stranger = server.stranger().await.user("hr@example.com", Role::Hr, Within::Tenant).await;
    assert_eq!(erase(&stranger, "asked").await[0]["code"], "NOT_FOUND");
    assert_eq!(erase(hr, "  ").await[0]["code"], "INVALID_VALUE");
    assert_eq!(left(server).await, (1, vec![]));

    assert_eq!(erase(hr, "the person asked").await, json!([]));
    let (rows, audit) = left(server).await;
    assert_eq!((rows, audit.len()), (0, 1), "{audit:?}");
    assert!(audit[0].starts_with(&format!("{agent} the person asked")), "{audit:?}");
    assert!(audit[0].contains("homeAddress") && audit[0].contains("nationalId"), "{audit:?}");
    assert!(audit[0].contains("****") && !audit[0].contains("123X"), "{audit:?}");
    let now = read(hr, *agent, true).await;
    assert_eq!((&now["homeAddress"], &now["nationalId"]), (&Value::Null, &Value::Null));
    // Nothing is left to erase, and the audit says that there was nothing.
    assert_eq!(erase(hr, "again").await, json!([]));
    let (_, audit) = left(server).await;
    assert!(audit.len() == 2 && audit.contains(&format!("{agent} again {{}}")), "{audit:?}");
}

/// The first agent leaves at the end of March 2026.
async fn leave(hr: &Actor, agent: AgentId) {
    let input = json!({"agentId": agent.to_string(), "status": "TERMINATED",
                       "leftOn": "2026-03-31", "expectedVersion": 1});
    let gone = hr.ok(LEAVE, json!({"input": input})).await["agentUpdate"].take();
    assert_eq!(gone["agent"]["status"], "TERMINATED", "{gone}");
}

#[tokio::test]
async fn the_worker_erases_two_years_after_the_last_day_and_not_a_day_before() {
    let company = company_alone("private_erased").await;
    let Company { server, site, agent, hr, .. } = &company;
    let stays = server.company.db_agent("2", "Zhou Wei", *site, None, &[]).await;
    for agent in [*agent, stays] {
        assert_eq!(set(hr, agent, all()).await, json!([]));
    }
    leave(hr, *agent).await;
    let folder = tempfile::tempdir().expect("a directory");
    let key = SealKey::from_file(&folder.path().join("audit-key.der")).expect("key");
    let round_at = async |now: &str| {
        server.app.clock.set(now.parse().expect("instant"));
        assert_eq!(round(&server.app, &key).await.expect("a round"), 0, "nothing failed");
        left(server).await
    };
    // The day counts at the site, which is eight hours ahead.
    assert_eq!(round_at("2028-03-30T15:59:59Z").await, (2, vec![]));
    let (rows, audit) = round_at("2028-03-30T16:00:00Z").await;
    assert_eq!((rows, audit.len()), (1, 1), "{audit:?}");
    assert!(audit[0].starts_with(&agent.to_string()), "{audit:?}");
    assert_eq!(round_at("2040-01-01T00:00:00Z").await.0, 1, "who works keeps theirs");
}

#[tokio::test]
async fn a_suspended_company_is_rid_of_what_is_due_and_all_else_waits() {
    let company = company_alone("private_suspended").await;
    let Company { server, site, agent, hr, .. } = &company;
    let stays = server.company.db_agent("2", "Zhou Wei", *site, None, &[]).await;
    assert_eq!(set(hr, *agent, all()).await, json!([]));
    leave(hr, *agent).await;
    let input = json!({"agentId": stays.to_string(), "effectiveAt": "2026-04-01T00:00:00Z",
                       "post": "trainer", "reason": "ROTATION"});
    let moved = hr.ok(MOVE, json!({"input": input})).await["agentMove"].take();
    assert_eq!(moved["userErrors"], json!([]));
    let change = async |from: TenantState, to: TenantState| {
        let tx = server.app.db.begin_system("a test").await.expect("transaction");
        assert!(move_tenant(&tx, server.company.tenant, from, to).await.expect("a state"));
        tx.commit().await.expect("commit");
    };
    let key = SealKey::ephemeral().expect("key");
    let trainers = async || {
        assert_eq!(round(&server.app, &key).await.expect("a round"), 0, "nothing failed");
        let tx = server.company.db_begin().await;
        let sql = "select count(*) as value from app.agent
                   where tenant_id = $1 and post = 'trainer'";
        let count: Option<i64> = tx.scalar(sql, params![tx.tenant()]).await.expect("rows");
        count.expect("a count")
    };
    change(TenantState::Active, TenantState::Suspended).await;
    server.app.clock.set("2028-03-30T16:00:00Z".parse().expect("instant"));
    assert_eq!(trainers().await, 0, "who moves does so when the company goes on");
    let (rows, audit) = left(server).await;
    assert_eq!((rows, audit.len()), (0, 1), "{audit:?}");
    change(TenantState::Suspended, TenantState::Active).await;
    assert_eq!(trainers().await, 1);
}
