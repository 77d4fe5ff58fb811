//! What agents wish of a week: they say it for themselves, and those who plan for them.

use serde_json::{Value, json};
use trunkline_domain::{id::AgentId, identity::Role};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const SET: &str = "mutation($input: ShiftWishesSetInput!) { shiftWishesSet(input: $input) {
  shiftWishes { localDate templateCode isWanted weight } userErrors { code path message } } }";
const READ: &str = "query($id: ID!, $from: Date!, $to: Date!) { agent(id: $id) {
  shiftWishes(from: $from, to: $to) { localDate templateCode isWanted weight } } }";
const TEMPLATES: &str = "mutation($input: ShiftTemplatesSetInput!) {
  shiftTemplatesSet(input: $input) { userErrors { path message } } }";

/// The caller's own wishes, unless `agent` says whose.
async fn set(who: &Actor, agent: Option<AgentId>, monday: &str, wishes: Value) -> Value {
    let agent = agent.map(|agent| agent.to_string());
    let input = json!({"agentId": agent, "weekStartsOn": monday, "wishes": wishes});
    who.ok(SET, json!({"input": input})).await["shiftWishesSet"].take()
}

async fn wishes(who: &Actor, agent: AgentId, (from, to): (&str, &str)) -> Value {
    let asked = json!({"id": agent.to_string(), "from": from, "to": to});
    who.ok(READ, asked).await["agent"]["shiftWishes"].take()
}

fn wish(date: &str, template: Option<&str>, is_wanted: bool, weight: i32) -> Value {
    json!({"localDate": date, "templateCode": template, "isWanted": is_wanted, "weight": weight})
}

/// Code and path, below `input`, of each refusal.
fn refusals(payload: &Value) -> Vec<(&str, String)> {
    let errors = payload["userErrors"].as_array().expect("list").iter();
    let path = |error: &Value| -> Vec<String> {
        let names = error["path"].as_array().expect("path").iter().skip(1);
        names.map(|name| name.as_str().expect("a name").to_owned()).collect()
    };
    errors.map(|it| (it["code"].as_str().expect("code"), path(it).join("."))).collect()
}

#[tokio::test]
async fn an_agent_says_what_it_wishes_of_a_week_and_says_it_anew() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agents(site, 1).await[0];
    let own = server.agent(agent).await;
    let early = json!({"localDate": "2026-03-10", "templateCode": "FULL"});
    let not_short = json!({"localDate": "2026-03-10", "templateCode": "FOUR", "isWanted": false,
                           "weight": 5});
    let off = json!({"localDate": "2026-03-14", "isWanted": false, "weight": 4});
    let done = set(&own, None, "2026-03-09", json!([off, early, not_short])).await;
    let expected = json!([
        wish("2026-03-10", Some("FOUR"), false, 5),
        wish("2026-03-10", Some("FULL"), true, 3),
        wish("2026-03-14", None, false, 4),
    ]);
    assert_eq!((&done["shiftWishes"], &done["userErrors"]), (&expected, &json!([])));
    let works = json!([{"localDate": "2026-03-16"}]);
    let next = set(&own, None, "2026-03-16", works).await;
    assert_eq!(next["shiftWishes"], json!([wish("2026-03-16", None, true, 3)]));
    let both = wishes(&own, agent, ("2026-03-09", "2026-03-23")).await;
    assert_eq!(both.as_array().map(Vec::len), Some(4));
    let week = wishes(&own, agent, ("2026-03-09", "2026-03-16")).await;
    assert_eq!(week, expected, "the end is not among them");

    let only =
        set(&own, None, "2026-03-09", json!([wish("2026-03-11", Some("SIX"), true, 1)])).await;
    assert_eq!(only["shiftWishes"], json!([wish("2026-03-11", Some("SIX"), true, 1)]));
    let none = set(&own, None, "2026-03-09", json!([])).await;
    assert_eq!(none, json!({"shiftWishes": [], "userErrors": []}));
    let left = wishes(&own, agent, ("2026-03-09", "2026-03-23")).await;
    assert_eq!(left, json!([wish("2026-03-16", None, true, 3)]), "another week stays");
    for to in ["2026-03-09", "2026-05-11"] {
        let asked = json!({"id": agent.to_string(), "from": "2026-03-09", "to": to});
        assert_eq!(own.error_code(READ, asked).await, "INVALID_ARGUMENT", "{to}");
    }
}

#[tokio::test]
async fn who_plans_for_an_agent_says_and_sees_its_wishes_and_nobody_else_does() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let agent = company.db_agent("1", "He Lu", site, Some(team), &[]).await;
    let peer = company.db_agent("2", "Wu Gang", site, None, &[]).await;
    let planner = server.planner(site).await;
    let asked = json!([wish("2026-03-10", Some("FULL"), true, 2)]);
    let done = set(&planner, Some(agent), "2026-03-09", asked.clone()).await;
    assert_eq!(done, json!({"shiftWishes": asked, "userErrors": []}));
    let week = ("2026-03-09", "2026-03-16");
    for seen_by in [&planner, &server.agent(agent).await, &server.leader(team).await] {
        assert_eq!(wishes(seen_by, agent, week).await, asked);
    }
    let hidden = [("NOT_FOUND", "agentId".to_owned())];
    let elsewhere = server.planner(company.db_site("CD").await).await;
    let foreign = server.stranger().await;
    let abroad = foreign.planner(foreign.company.db_site("GZ").await).await;
    for actor in [&elsewhere, &abroad, &server.agent(peer).await] {
        let refused = set(actor, Some(agent), "2026-03-09", json!([])).await;
        assert_eq!(refusals(&refused), hidden);
    }
    let input = json!({"agentId": agent.to_string(), "weekStartsOn": "2026-03-09", "wishes": []});
    let auditor = server.user("auditor@example.com", Role::Auditor, Within::Tenant).await;
    assert_eq!(auditor.error_code(SET, json!({"input": input})).await, "FORBIDDEN");
    assert_eq!(
        wishes(&auditor, agent, week).await,
        json!([]),
        "sees the agent, not what it wishes"
    );
    assert_eq!(wishes(&planner, agent, week).await, asked, "nothing was taken back");
    let whose = set(&planner, None, "2026-03-09", json!([])).await;
    assert_eq!(refusals(&whose), [("INVALID_VALUE", "agentId".to_owned())]);
    let message = "an agent: the caller has no agent record of its own";
    assert_eq!(whose["userErrors"][0]["message"], message);
}

#[tokio::test]
async fn a_wish_that_cannot_be_meant_is_refused_at_its_place_with_what_would_do() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let agent = server.company.db_agents(site, 1).await[0];
    let (own, planner) = (server.agent(agent).await, server.planner(site).await);
    let tuesday = set(&own, None, "2026-03-10", json!([])).await;
    assert_eq!(refusals(&tuesday), [("INVALID_VALUE", "weekStartsOn".to_owned())]);
    let odd = json!([
        wish("2026-03-09", Some("FULL"), true, 0),
        wish("2026-03-09", None, false, 6),
        wish("2026-03-09", Some("FULL"), false, 3),
        wish("2026-03-16", None, true, -1),
    ]);
    let refused = set(&own, None, "2026-03-09", odd).await;
    let expected = [
        "wishes.0.weight",
        "wishes.1.weight",
        "wishes.1",
        "wishes.2",
        "wishes.3.localDate",
        "wishes.3.weight",
    ];
    let expected = expected.map(|path| ("INVALID_VALUE", path.to_owned()));
    assert_eq!(refusals(&refused), expected);
    assert_eq!(refused["shiftWishes"], json!([]));

    let day =
        json!({"code": "DAY", "nameEn": "Day", "shortestSeconds": 28800, "earliestStart": "08:00"});
    let input =
        json!({"siteId": site.to_string(), "validFromDate": "2026-03-12", "templates": [day]});
    let offered = planner.ok(TEMPLATES, json!({"input": input})).await["shiftTemplatesSet"].take();
    assert_eq!(offered["userErrors"], json!([]));
    let wish = |date: &str, code: &str| wish(date, Some(code), true, 3);
    let sound = json!([wish("2026-03-11", "FULL"), wish("2026-03-12", "DAY")]);
    let done = set(&own, None, "2026-03-09", sound.clone()).await;
    assert_eq!((&done["shiftWishes"], &done["userErrors"]), (&sound, &json!([])));
    let unknown = json!([wish("2026-03-11", "DAY"), wish("2026-03-12", "FULL")]);
    let refused = set(&own, None, "2026-03-09", unknown).await;
    let error = |place: &str, message: &str| {
        json!({"code": "INVALID_VALUE", "path": ["input", "wishes", place, "templateCode"],
               "message": message})
    };
    let expected = json!([error("0", "one of FULL, SIX, FOUR"), error("1", "one of DAY")]);
    assert_eq!(refused["userErrors"], expected);
    let kept = wishes(&own, agent, ("2026-03-09", "2026-03-16")).await;
    assert_eq!(kept, sound, "what is refused changes nothing");
}
