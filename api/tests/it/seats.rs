//! Nobody is planned to stand: more people than seats are told, and refused where that weighs so much.

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::{ShiftId, SiteId};
use trunkline_testkit::shanghai;

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const SET: &str = "mutation($input: SiteSeatsSetInput!) { siteSeatsSet(input: $input) {
  site { code seats { validFromDate seats } } userErrors { code path } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  violations { rule severity measured limit startsAt } userErrors { code } } }";
const RULES: &str = "mutation($input: WorkRulesSetInput!) { workRulesSet(input: $input) {
  userErrors { code } } }";

const TOLD: &str = "query($id: ID!) { schedule(id: $id) { generation {
  shortfalls { kind rule queue { code } heldBack { rule agents } message } } } }";

async fn set(actor: &Actor, site: SiteId, from: &str, seats: Value) -> Value {
    let input = json!({"siteId": site.to_string(), "validFromDate": from, "seats": seats});
    actor.ok(SET, json!({"input": input})).await["siteSeatsSet"].take()
}

async fn start_at(actor: &Actor, shift: ShiftId, local: &str) -> Value {
    let change = json!({"startsAt": shanghai(local).to_string()});
    let input = json!({"shiftId": shift.to_string(), "change": change});
    actor.ok(EDIT, json!({"input": input})).await["shiftEdit"].take()
}

/// What is found about seats.
fn about_seats(payload: &Value) -> Vec<Value> {
    let found = payload["violations"].as_array().expect("list").iter();
    found.filter(|it| it["rule"] == "SEATS").cloned().collect()
}

#[tokio::test]
async fn a_plan_with_more_people_than_seats_is_refused_until_it_fits() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let draft = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), false).await;
    let mut shifts = Vec::new();
    for agent in company.db_agents(site, 3).await {
        shifts.push(company.db_shift(draft, site, agent, "2026-03-10T09:00", 8).await);
    }
    let (manager, planner) = (server.site_manager(site).await, server.planner(site).await);
    set(&manager, site, "2026-03-11", json!(1)).await;
    let done = set(&manager, site, "2026-03-09", json!(2)).await;
    let seats = json!([{"validFromDate": "2026-03-09", "seats": 2},
                       {"validFromDate": "2026-03-11", "seats": 1}]);
    assert_eq!(done, json!({"site": {"code": "GZ", "seats": seats}, "userErrors": []}));

    let id = json!(draft.to_string());
    let refused = publish(&planner, &id, 1).await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED"}]));
    let too_many = json!({"rule": "SEATS", "severity": "BLOCKING", "measured": "3 agents",
                          "limit": "2 agents"});
    assert_eq!(about_seats(&refused), [too_many]);

    // The third comes when the others go.
    let moved = start_at(&planner, shifts[2], "2026-03-10T17:00").await;
    assert_eq!(moved["userErrors"], json!([]), "{moved:#}");
    let published = publish(&planner, &id, 2).await;
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
    let back = start_at(&planner, shifts[2], "2026-03-10T16:00").await;
    assert_eq!(back["userErrors"], json!([{"code": "RULE_VIOLATED"}]));
    let [found] = &about_seats(&back)[..] else { panic!("one: {back:#}") };
    assert_eq!(found["startsAt"], shanghai("2026-03-10T16:00").to_string());

    // A site that can make do decides so.
    let rules = json!([{"rule": "SEATS", "severity": "WARNING"}]);
    let input = json!({"siteId": site.to_string(), "validFromDate": "2026-03-09", "rules": rules});
    let told = planner.ok(RULES, json!({"input": input})).await;
    assert_eq!(told["workRulesSet"]["userErrors"], json!([]));
    let back = start_at(&planner, shifts[2], "2026-03-10T16:00").await;
    assert_eq!(back["userErrors"], json!([]), "{back:#}");
    assert_eq!(about_seats(&back)[0]["severity"], "WARNING");
}

#[tokio::test]
async fn a_generated_draft_has_a_seat_for_everybody_and_says_what_it_could_not_cover_for_that() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    company.db_agents(site, 8).await;
    let by_day = |at| if (time(9, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at) { 5 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    let (manager, planner) = (server.site_manager(site).await, server.planner(site).await);
    set(&manager, site, "2026-03-09", json!(3)).await;

    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "seed": 7, "iterations": 60});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let job = ended(&server, &planner, &asked["job"]["id"]).await;
    let id = job["schedule"]["id"].clone();
    let schedule = planner.ok(TOLD, json!({"id": id})).await["schedule"].take();
    let gaps = schedule["generation"]["shortfalls"].as_array().expect("list").iter();
    let gaps: Vec<_> = gaps.filter(|it| it["kind"] == "COVERAGE").collect();
    assert!(gaps.len() >= 7, "five are wanted on each of seven days: {schedule:#}");
    let for_seats = gaps.iter().filter(|it| it["rule"] == "SEATS");
    assert!(for_seats.clone().count() >= 5, "{schedule:#}");
    for gap in for_seats {
        assert_eq!(gap["queue"]["code"], "presale");
        let held = gap["heldBack"].as_array().expect("list");
        assert!(held.iter().any(|it| it["rule"] == "SEATS"), "{gap:#}");
    }
    let published = publish(&planner, &id, 1).await;
    assert_eq!(about_seats(&published), Vec::<Value>::new());
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
}

#[tokio::test]
async fn seats_are_set_by_who_runs_the_site() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let manager = server.site_manager(site).await;
    let wrong = set(&manager, site, "2026-03-09", json!(10_001)).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "seats"]}]);
    assert_eq!(wrong["userErrors"], fault);
    let enough = set(&manager, site, "2026-03-09", Value::Null).await;
    assert_eq!(enough["site"]["seats"], json!([{"validFromDate": "2026-03-09", "seats": null}]));

    let elsewhere = server.site_manager(server.company.db_site("CD").await).await;
    let refused = set(&elsewhere, site, "2026-03-09", json!(3)).await;
    assert_eq!(refused["userErrors"], json!([{"code": "NOT_FOUND", "path": ["input", "siteId"]}]));
    let input = json!({"input": {"siteId": site.to_string(), "validFromDate": "2026-03-09"}});
    assert_eq!(server.planner(site).await.error_code(SET, input).await, "FORBIDDEN");
}
