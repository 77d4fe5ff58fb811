//! Hiring, changing and moving agents.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, SiteId},
    identity::{Permission, Role},
};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const CREATE: &str = "mutation($input: AgentCreateInput!) {
  agentCreate(input: $input) {
    agent { id number displayName post site { code } team { code } languages hiredOn version
            skills { skill { code } grade } externalIds { source value } }
    userErrors { code path } } }";
const UPDATE: &str = "mutation($input: AgentUpdateInput!) {
  agentUpdate(input: $input) { agent { displayName status leftOn version } userErrors { code path } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) {
  agentMove(input: $input) { agent { post site { code } team { code } } userErrors { code path } } }";
const AVAILABILITY: &str = "mutation($input: AvailabilityAddInput!) {
  availabilityAdd(input: $input) {
    availability { id available label weekdays starts ends endsOn startsAt } userErrors { code path } } }";

async fn hr(server: &Server) -> Actor {
    server.user("hr@example.com", Role::Hr, Within::Tenant).await
}

fn lin_yue(site: SiteId) -> Value {
    json!({"number": "A-1007", "displayName": "Lin Yue", "siteId": site.to_string(),
           "hiredOn": "2025-03-01", "languages": ["zh", "EN-gb"], "contract": {},
           "externalIds": [{"source": "acd", "value": "4711"}], "decision": "HR-1"})
}

/// Code and path of the first fault of a payload.
fn fault(payload: &Value) -> (String, String) {
    let error = &payload["userErrors"][0];
    let path = error["path"].as_array().into_iter().flatten().filter_map(Value::as_str);
    (error["code"].as_str().unwrap_or_default().to_owned(), path.collect::<Vec<_>>().join("."))
}

fn is(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

#[tokio::test]
async fn a_hired_agent_is_there_with_all_that_was_said() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let team = server.company.db_team(site, "T1").await;
    let skill = server.company.db_skill("presale").await;
    let mut input = lin_yue(site);
    input["teamId"] = json!(team.to_string());
    input["skills"] = json!([{"skillId": skill.to_string(), "grade": 4}]);
    let made = hr(&server).await.ok(CREATE, json!({"input": input})).await["agentCreate"].take();
    assert_eq!(made["userErrors"], json!([]));
    let mut agent = made["agent"].clone();
    agent.as_object_mut().expect("agent").remove("id");
    let said = json!({"number": "A-1007", "displayName": "Lin Yue", "post": "agent",
        "site": {"code": "GZ"}, "team": {"code": "T1"}, "languages": ["zh", "en-GB"],
        "hiredOn": "2025-03-01", "version": 1,
        "skills": [{"skill": {"code": "presale"}, "grade": 4}],
        "externalIds": [{"source": "acd", "value": "4711"}]});
    assert_eq!(agent, said);
    let manager = server.site_manager(site).await;
    let found = manager
        .ok("query($id: ID!) { agent(id: $id) { number } }", json!({"id": made["agent"]["id"]}))
        .await;
    assert_eq!(found["agent"]["number"], "A-1007");
}

#[tokio::test]
async fn faults_of_a_hire_are_told_at_their_places() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let team = server.company.db_team(cd, "T1").await;
    let skill = server.company.db_skill("presale").await;
    let hr = hr(&server).await;
    let create = async |change: &dyn Fn(&mut Value)| {
        let mut input = lin_yue(gz);
        change(&mut input);
        hr.ok(CREATE, json!({"input": input})).await["agentCreate"].take()
    };
    let of = async |change: &dyn Fn(&mut Value)| fault(&create(change).await);
    let wrong_grade = |it: &mut Value| {
        it["skills"] = json!([{"skillId": skill.to_string(), "grade": 6}]);
    };
    assert_eq!(of(&wrong_grade).await, is("INVALID_VALUE", "input.skills.0.grade"));
    let unknown_skill = |it: &mut Value| it["skills"] = json!([{"skillId": "skl_no", "grade": 1}]);
    assert_eq!(of(&unknown_skill).await, is("NOT_FOUND", "input.skills.0.skillId"));
    let other_team = |it: &mut Value| it["teamId"] = json!(team.to_string());
    assert_eq!(of(&other_team).await, is("INVALID_VALUE", "input.teamId"));
    let hours = |it: &mut Value| it["contract"] = json!({"weeklyMinSeconds": 200_000});
    assert_eq!(of(&hours).await, is("INVALID_VALUE", "input.contract.weeklyMaxSeconds"));
    let name = |it: &mut Value| it["displayName"] = json!(" ");
    assert_eq!(of(&name).await, is("INVALID_VALUE", "input.displayName"));
    assert_eq!(create(&|_| {}).await["userErrors"], json!([]));
    assert_eq!(of(&|_| {}).await, is("DUPLICATE", "input.number"));
}

#[tokio::test]
async fn a_change_names_what_changes_and_is_refused_when_somebody_was_faster() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Gao Ming", site, None, &[]).await;
    let hr = hr(&server).await;
    let update = async |mut input: Value| {
        input["agentId"] = json!(agent.to_string());
        hr.ok(UPDATE, json!({"input": input})).await["agentUpdate"].take()
    };
    let renamed = update(json!({"displayName": "Gao Mingming", "expectedVersion": 1})).await;
    assert_eq!(renamed["agent"]["displayName"], "Gao Mingming");
    let late = update(json!({"status": "ON_LEAVE", "expectedVersion": 1})).await;
    assert_eq!(fault(&late), is("STALE_VERSION", "input.expectedVersion"));
    let current =
        json!({"displayName": "Gao Mingming", "status": "ACTIVE", "leftOn": null, "version": 2});
    assert_eq!(late["agent"], current);
    let left = update(json!({"status": "TERMINATED"})).await;
    assert_eq!(fault(&left), is("INVALID_VALUE", "input.leftOn"));
    let left = update(json!({"status": "TERMINATED", "leftOn": "2026-05-15"})).await;
    assert_eq!(left["agent"]["leftOn"], "2026-05-15");
    let back = update(json!({"status": "ACTIVE", "leftOn": null})).await;
    assert_eq!(back["agent"]["leftOn"], Value::Null);
}

#[tokio::test]
async fn a_site_sends_its_people_on_leave_and_only_hr_ends_an_employment() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "Gao Ming", site, None, &[]).await;
    let (hr, manager) = (hr(&server).await, server.site_manager(site).await);
    let update = async |who: &Actor, mut input: Value| {
        input["agentId"] = json!(agent.to_string());
        who.ok(UPDATE, json!({"input": input})).await["agentUpdate"].take()
    };
    let leave = update(&manager, json!({"status": "ON_LEAVE"})).await;
    assert_eq!(leave["agent"]["status"], "ON_LEAVE");
    let end = json!({"status": "TERMINATED", "leftOn": "2026-05-15"});
    for input in [end.clone(), json!({"leftOn": "2026-05-15"})] {
        let refused = update(&manager, input).await;
        assert_eq!(fault(&refused), is("FORBIDDEN", "input.status"));
    }
    assert_eq!(update(&hr, end).await["agent"]["status"], "TERMINATED");
    let back = update(&manager, json!({"status": "ACTIVE", "leftOn": null})).await;
    assert_eq!(fault(&back), is("FORBIDDEN", "input.status"));
    let renamed = update(&manager, json!({"displayName": "Gao Mingming"})).await;
    assert_eq!(renamed["agent"]["status"], "TERMINATED");
}

#[tokio::test]
async fn an_agent_of_another_site_is_forbidden_where_it_may_be_read_and_not_found_where_not() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let agent = server.company.db_agent("1", "Li Na", cd, None, &[]).await;
    let manager = server.site_manager(gz).await;
    // Reads all sites besides: the auditor's right.
    let reader = server
        .company
        .db_user(&server.app.passwords, "reader@example.com", Role::SiteManager, Within::Site(gz))
        .await;
    server
        .company
        .db_run(
            "insert into app.role_assignment (tenant_id, id, user_id, role, scope, valid_from, created_at)
             values ($1, $2, $3, 'auditor', 'TENANT', 'epoch', 'epoch')",
            trunkline_infra::params![server.company.tenant, reader, reader],
        )
        .await;
    let reader = server.sign_in("reader@example.com").await;
    let stranger = hr(&server.stranger().await).await;
    let update = async |who: &Actor, id: String| {
        let input = json!({"agentId": id, "displayName": "Somebody else"});
        who.ok(UPDATE, json!({"input": input})).await["agentUpdate"].take()
    };
    assert_eq!(fault(&update(&reader, agent.to_string()).await), is("FORBIDDEN", "input.agentId"));
    let hidden = update(&manager, agent.to_string()).await;
    assert_eq!(fault(&hidden), is("NOT_FOUND", "input.agentId"));
    assert_eq!(update(&stranger, agent.to_string()).await, hidden);
    let absent: AgentId = trunkline_infra::ctx::new_id(server.app.clock.now());
    assert_eq!(update(&manager, absent.to_string()).await, hidden);
    let seen = reader
        .ok(
            "query($id: ID!) { agent(id: $id) { displayName version } }",
            json!({"id": agent.to_string()}),
        )
        .await;
    assert_eq!(seen["agent"], json!({"displayName": "Li Na", "version": 1}));
}

#[tokio::test]
async fn a_move_changes_place_and_rights_at_its_instant() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let (t1, t2) = (server.company.db_team(gz, "T1").await, server.company.db_team(cd, "T2").await);
    let agent = server.company.db_agent("1", "Lin Yue", gz, Some(t1), &[]).await;
    let (hr, leader, next) = (hr(&server).await, server.leader(t1).await, server.leader(t2).await);
    let own = server.agent(agent).await;
    let go = async |at: &str, change: Value| {
        let mut input = change;
        input["agentId"] = json!(agent.to_string());
        input["effectiveAt"] = json!(at);
        input["reason"] = json!("TRANSFER");
        hr.ok(MOVE, json!({"input": input})).await["agentMove"].take()
    };
    let sees = async |who: &Actor| {
        let query = "query($id: ID!) { agent(id: $id) { id } }";
        who.ok(query, json!({"id": agent.to_string()})).await["agent"].is_object()
    };
    let away = json!({"siteId": cd.to_string(), "teamId": t2.to_string()});
    let early = go("2024-12-01T00:00:00Z", away.clone()).await;
    assert_eq!(fault(&early), is("INVALID_VALUE", "input.effectiveAt"));
    assert_eq!(
        go("2026-03-02T11:00:00Z", away).await["agent"],
        json!({"post": "agent", "site": {"code": "CD"}, "team": {"code": "T2"}})
    );
    assert!(!sees(&leader).await, "the former leader");
    assert!(sees(&next).await, "the new leader");
    assert!(sees(&own).await, "the agent");
    let sites = own.ok("{ viewer { sites { code } } }", json!({})).await;
    assert_eq!(sites["viewer"]["sites"], json!([{"code": "CD"}]));
    let later = go("2026-04-01T00:00:00Z", json!({"siteId": gz.to_string()})).await;
    assert_eq!(later["agent"]["site"]["code"], "CD", "not before its instant");
}

#[tokio::test]
async fn an_agent_says_when_work_is_possible_and_nobody_else_below_does() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agent("1", "He Lu", site, None, &[]).await;
    let peer = server.company.db_agent("2", "Wu Gang", site, None, &[]).await;
    let (own, peer) = (server.agent(agent).await, server.agent(peer).await);
    let add = async |who: &Actor, when: Value| {
        let input = json!({"agentId": agent.to_string(), "available": false, "label": "class", "when": when});
        who.ok(AVAILABILITY, json!({"input": input})).await["availabilityAdd"].take()
    };
    let classes = json!({"weekly": {"weekdays": [2, 4], "starts": "13:30", "ends": "17:00", "endsOn": "2026-06-30"}});
    let added = add(&own, classes.clone()).await;
    assert_eq!(added["availability"].as_array().map(Vec::len), Some(2));
    assert_eq!(added["availability"][0]["weekdays"], json!([2]));
    let hidden = add(&peer, classes).await;
    assert_eq!(fault(&hidden), is("NOT_FOUND", "input.agentId"));
    let wrong =
        json!({"once": {"startsAt": "2026-06-22T00:00:00Z", "endsAt": "2026-06-22T00:00:00Z"}});
    assert_eq!(fault(&add(&own, wrong).await), is("INVALID_VALUE", "input.when.once.endsAt"));
    let remove = "mutation($input: AvailabilityRemoveInput!) {
      availabilityRemove(input: $input) { agent { availability { weekdays } } userErrors { code path } } }";
    let input = json!({"availabilityId": added["availability"][0]["id"]});
    let left = own.ok(remove, json!({"input": input})).await["availabilityRemove"].take();
    assert_eq!(left["agent"]["availability"], json!([{"weekdays": [4]}]));
    assert_eq!(
        fault(&own.ok(remove, json!({"input": input})).await["availabilityRemove"]),
        is("NOT_FOUND", "input.availabilityId")
    );
}

#[tokio::test]
async fn why_somebody_cannot_work_is_for_those_who_plan_with_it() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let agent = company.db_agent("1", "He Lu", site, Some(team), &[]).await;
    company
        .db_run(
            "insert into app.availability (tenant_id, id, agent_id, available, label, starts_at, ends_at)
             values ($1, $2, $3, false, 'surgery', '2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z')",
            params![company.tenant, agent.uuid(), agent],
        )
        .await;
    let labels = async |who: Actor| {
        let document = "query($id: ID!) { agent(id: $id) { availability { label } } }";
        who.ok(document, json!({"id": agent.to_string()})).await["agent"]["availability"].take()
    };
    let told = json!([{"label": "surgery"}]);
    assert_eq!(labels(server.agent(agent).await).await, told);
    assert_eq!(labels(server.leader(team).await).await, told);
    assert_eq!(labels(server.site_manager(site).await).await, told);
    assert_eq!(labels(server.planner(site).await).await, told);
    for (role, expected) in
        [(Role::Hr, told), (Role::Finance, json!([])), (Role::Trainer, json!([]))]
    {
        let email = format!("{role}@example.com");
        let seen = labels(server.user(&email, role, Within::Tenant).await).await;
        assert_eq!(seen, expected, "{role}");
    }
    let partner = server.partner(&[Permission::AgentRead], &[]).await;
    assert_eq!(labels(partner).await, json!([]));
}
