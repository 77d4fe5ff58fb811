//! When agents are missing, the reserve is called in its order.

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, SiteId};
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const SET: &str = "mutation($input: ReserveAgentSetInput!) { reserveAgentSet(input: $input) {
  reserveMember { agent { number } callOrder reachSeconds } userErrors { code path } } }";
const POOL: &str = "query($site: ID!, $date: Date!) { reservePool(siteId: $site, date: $date) {
  agent { number } callOrder reachSeconds } }";
const CALLS: &str = "query($site: ID!, $from: DateTime!, $seconds: Int!) {
  reserveCalls(siteId: $site, startsAt: $from, durationSeconds: $seconds) { missingSecondsBefore missingSecondsAfter
    calls { member { agent { number } } arrivesAt startsAt endsAt refusal violations { rule severity } } } }";

async fn set(actor: &Actor, agent: AgentId, from: &str, membership: Value) -> Value {
    let input =
        json!({"agentId": agent.to_string(), "validFromDate": from, "membership": membership});
    actor.ok(SET, json!({"input": input})).await["reserveAgentSet"].take()
}

async fn pool(actor: &Actor, site: SiteId, date: &str) -> Vec<Value> {
    let found = actor.ok(POOL, json!({"site": site.to_string(), "date": date})).await;
    let members = found["reservePool"].as_array().expect("list").iter();
    members.map(|member| member["agent"]["number"].clone()).collect()
}

fn morning(site: SiteId) -> Value {
    let from = shanghai("2026-03-03T09:00").to_string();
    json!({"site": site.to_string(), "from": from, "seconds": 4 * 3600})
}

#[tokio::test]
async fn a_gap_proposes_the_reserve_in_order_with_what_keeps_the_others_away() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
    let agents = company.db_agents(site, 6).await;
    // The first works then, the second until 01:00, so without rest; one is missing.
    company.db_shift(week, site, agents[0], "2026-03-03T08:00", 6).await;
    company.db_shift(week, site, agents[1], "2026-03-02T19:00", 6).await;
    let by_time = |at| {
        let wanted = (time(9, 0, 0, 0)..time(13, 0, 0, 0)).contains(&at);
        if wanted { 2 } else { 0 }
    };
    company.db_requirement(queue, 30, ("2026-03-03T00:00", "2026-03-04T00:00"), by_time).await;
    let planner = server.planner(site).await;
    // It is 20:00 the evening before: 13 hours ahead.
    let hours = [1, 1, 17, 2, 2, 1];
    for (place, (agent, hours)) in agents.iter().zip(hours).enumerate() {
        let membership = json!({"callOrder": place + 1, "reachSeconds": hours * 3600});
        let done = set(&planner, *agent, "2026-03-01", membership).await;
        assert_eq!(done["userErrors"], json!([]), "{done:#}");
    }
    // The sixth has left the reserve again; until then it came last.
    set(&planner, agents[5], "2026-03-03", Value::Null).await;
    assert_eq!(pool(&planner, site, "2026-03-02").await, ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(pool(&planner, site, "2026-03-03").await, ["1", "2", "3", "4", "5"]);

    let found = planner.ok(CALLS, morning(site)).await["reserveCalls"].take();
    let calls = found["calls"].as_array().expect("list").iter();
    let said: Vec<_> = calls.map(|it| (&it["member"]["agent"]["number"], &it["refusal"])).collect();
    let expected = json!([
        ["1", "WORKS_THEN"],
        ["2", "RULE"],
        ["3", "TOO_LATE"],
        ["4", null],
        ["5", "NOT_NEEDED"]
    ]);
    assert_eq!(json!(said), expected, "{found:#}");
    let rest = json!({"rule": "MIN_REST", "severity": "BLOCKING"});
    assert_eq!(found["calls"][1]["violations"][0], rest);
    assert_eq!(found["calls"][3]["arrivesAt"], shanghai("2026-03-02T22:00").to_string());
    let proposed = (&found["calls"][3]["startsAt"], &found["calls"][3]["endsAt"]);
    let whole = ["2026-03-03T09:00", "2026-03-03T13:00"].map(|at| json!(shanghai(at).to_string()));
    assert_eq!(proposed, (&whole[0], &whole[1]));
    assert_eq!(found["calls"][2]["startsAt"], Value::Null, "who comes too late");
    let missing = (&found["missingSecondsBefore"], &found["missingSecondsAfter"]);
    assert_eq!(missing, (&json!(4 * 3600), &json!(0)));
}

#[tokio::test]
async fn the_reserve_is_for_those_who_plan() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
    let planner = server.planner(site).await;
    let membership = json!({"callOrder": 1, "reachSeconds": 1800});
    let wrong = json!({"callOrder": 0, "reachSeconds": -1});
    let refused = set(&planner, agent, "2026-03-01", wrong).await;
    let paths: Vec<_> = refused["userErrors"].as_array().expect("list").iter().collect();
    assert_eq!(paths[0]["path"], json!(["input", "membership", "callOrder"]));
    assert_eq!(paths[1]["path"], json!(["input", "membership", "reachSeconds"]));
    let done = set(&planner, agent, "2026-03-01", membership.clone()).await;
    let member = json!({"agent": {"number": "1"}, "callOrder": 1, "reachSeconds": 1800});
    assert_eq!(done, json!({"reserveMember": member, "userErrors": []}));

    let elsewhere = server.planner(company.db_site("CD").await).await;
    let hidden = set(&elsewhere, agent, "2026-03-01", membership).await;
    assert_eq!(hidden["userErrors"], json!([{"code": "NOT_FOUND", "path": ["input", "agentId"]}]));
    for actor in [elsewhere, server.agent(agent).await, server.head_office().await] {
        assert!(pool(&actor, site, "2026-03-03").await.is_empty());
        assert_eq!(actor.ok(CALLS, morning(site)).await["reserveCalls"], Value::Null);
    }
    let mut long = morning(site);
    long["seconds"] = json!(86_401);
    assert_eq!(planner.error_code(CALLS, long).await, "INVALID_ARGUMENT");
}
