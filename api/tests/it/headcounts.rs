//! Schedules by headcounts: as many people on each shift as a site wants, and wishes met.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use trunkline_domain::{id::SiteId, time::local_of_instant};

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const TEMPLATES: &str =
    "mutation($input: ShiftTemplatesSetInput!) { shiftTemplatesSet(input: $input) {
  userErrors { code path message } } }";
const WISHES: &str = "mutation($input: ShiftWishesSetInput!) { shiftWishesSet(input: $input) {
  userErrors { code path } } }";
const MADE: &str = "query($id: ID!) { schedule(id: $id) {
  shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-15T16:00:00Z\") { startsAt agent { id } }
  generation { shortfalls { kind } headcounts { wantedShifts missingShifts surplusShifts
    gaps { localDate templateCode wanted planned } wishes { uttered met weightUttered weightMet } } } } }";

const RESOLVE: &str = "mutation($input: ScheduleResolveInput!) { scheduleResolve(input: $input) {
  job { id } userErrors { code path message } } }";

/// Eight paid hours that start at one time.
fn template(code: &str, start: &str, headcounts: &Value) -> Value {
    json!({"code": code, "nameEn": code, "nameZh": code, "shortestSeconds": 30600,
           "earliestStart": start, "latestStart": start, "headcounts": headcounts})
}

async fn offer(planner: &Actor, site: SiteId, templates: Value) {
    offer_from(planner, site, "2026-03-09", templates).await;
}

async fn offer_from(planner: &Actor, site: SiteId, from: &str, templates: Value) {
    let input = json!({"siteId": site.to_string(), "validFromDate": from, "templates": templates});
    let done = planner.ok(TEMPLATES, json!({"input": input})).await["shiftTemplatesSet"].take();
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
}

async fn ask(planner: &Actor, site: SiteId, by: &str) -> Value {
    let input = json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "seed": 7,
                       "iterations": 60, "by": by});
    planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take()
}

/// Local day of March and hour at which a shift starts; the site is 8 h ahead.
fn start(shift: &Value) -> (i8, i8) {
    let at: jiff::Timestamp = shift["startsAt"].as_str().expect("text").parse().expect("a time");
    let local = local_of_instant(at, &TimeZone::fixed(jiff::tz::offset(8)));
    (local.day(), local.hour())
}

#[tokio::test]
async fn a_draft_by_headcounts_has_as_many_people_as_wanted_and_meets_wishes() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let agents = company.db_agents(site, 14).await;
    let planner = server.planner(site).await;
    let templates = json!([
        template("EARLY", "07:00", &json!([3, 3, 3, 3, 3, 2, 2])),
        template("LATE", "14:00", &json!([3, 3, 3, 3, 3, 2, 2])),
        template("NIGHT", "22:00", &json!([2, 2, 2, 2, 2, 2, 2])),
    ]);
    offer(&planner, site, templates).await;
    let night = json!({"localDate": "2026-03-11", "templateCode": "NIGHT", "weight": 5});
    let off = json!({"localDate": "2026-03-14", "isWanted": false, "weight": 4});
    for (agent, wish) in agents.iter().zip([night, off]) {
        let input = json!({"agentId": agent.to_string(), "weekStartsOn": "2026-03-09",
                           "wishes": [wish]});
        let done = planner.ok(WISHES, json!({"input": input})).await["shiftWishesSet"].take();
        assert_eq!(done["userErrors"], json!([]));
    }

    let asked = ask(&planner, site, "HEADCOUNTS").await;
    assert_eq!(asked["userErrors"], json!([]));
    let job = ended(&server, &planner, &asked["job"]["id"]).await;
    assert_eq!((&job["state"], &job["failure"]), (&json!("DONE"), &Value::Null), "{job:#}");
    let draft = job["schedule"]["id"].clone();
    let made = planner.ok(MADE, json!({"id": draft})).await["schedule"].take();
    let shifts = made["shifts"].as_array().expect("list");
    let mut there: BTreeMap<(i8, i8), usize> = BTreeMap::new();
    for shift in shifts {
        *there.entry(start(shift)).or_default() += 1;
    }
    let wanted = (9..16).flat_map(|day| {
        let by_day = if day < 14 { 3 } else { 2 };
        [((day, 7), by_day), ((day, 14), by_day), ((day, 22), 2)]
    });
    assert_eq!(there, wanted.collect::<BTreeMap<_, _>>(), "{made:#}");
    let own = |agent: usize, day: i8| {
        let of = |shift: &&Value| shift["agent"]["id"] == agents[agent].to_string();
        let mut starts = shifts.iter().filter(of).map(start);
        starts.find(|start| start.0 == day).map(|start| start.1)
    };
    assert_eq!((own(0, 11), own(1, 14)), (Some(22), None), "as they wished");
    let told = json!({"wantedShifts": 52, "missingShifts": 0, "surplusShifts": 0, "gaps": [],
        "wishes": {"uttered": 2, "met": 2, "weightUttered": 9, "weightMet": 9}});
    assert_eq!(made["generation"], json!({"shortfalls": [], "headcounts": told}));
    let again = planner.ok(RESOLVE, json!({"input": {"scheduleId": draft}})).await;
    let knows_none = json!({"code": "INVALID_STATE", "path": ["input", "scheduleId"],
        "message": "Its state MADE_BY_HEADCOUNTS does not allow this."});
    let refused = json!({"job": null, "userErrors": [knows_none]});
    assert_eq!(again["scheduleResolve"], refused, "it would be planned by the requirement");
    let published = publish(&planner, &draft, 1).await;
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
}

#[tokio::test]
async fn who_is_missing_is_told_and_a_site_without_headcounts_is_told_what_to_do() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    server.company.db_agents(site, 2).await;
    let planner = server.planner(site).await;
    let refused = json!({"job": null,
        "userErrors": [{"code": "INVALID_VALUE", "path": ["input", "by"]}]});
    assert_eq!(ask(&planner, site, "HEADCOUNTS").await, refused, "only the usual shifts");
    offer(&planner, site, json!([template("EARLY", "07:00", &json!([]))])).await;
    assert_eq!(ask(&planner, site, "HEADCOUNTS").await, refused, "none of them by number");

    offer(&planner, site, json!([template("EARLY", "07:00", &json!([3, 0, 0, 0, 0, 0, 0]))])).await;
    let asked = ask(&planner, site, "HEADCOUNTS").await;
    let job = ended(&server, &planner, &asked["job"]["id"]).await;
    let made = planner.ok(MADE, json!({"id": job["schedule"]["id"]})).await["schedule"].take();
    let gap =
        json!({"localDate": "2026-03-09", "templateCode": "EARLY", "wanted": 3, "planned": 2});
    let told = json!({"wantedShifts": 3, "missingShifts": 1, "surplusShifts": 0, "gaps": [gap],
        "wishes": {"uttered": 0, "met": 0, "weightUttered": 0, "weightMet": 0}});
    assert_eq!(made["generation"]["headcounts"], told);

    let asked = ask(&planner, site, "REQUIREMENT").await;
    let job = ended(&server, &planner, &asked["job"]["id"]).await;
    let made = planner.ok(MADE, json!({"id": job["schedule"]["id"]})).await["schedule"].take();
    assert_eq!(made["generation"]["headcounts"], Value::Null);
}

#[tokio::test]
async fn headcounts_of_weekdays_on_which_no_such_shift_is_offered_are_none() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    server.company.db_agents(site, 2).await;
    let planner = server.planner(site).await;
    // Offered from Saturday on, and wanted on Mondays.
    let mondays = json!([template("EARLY", "07:00", &json!([3, 0, 0, 0, 0, 0, 0]))]);
    offer_from(&planner, site, "2026-03-14", mondays).await;
    let refused = json!({"job": null,
        "userErrors": [{"code": "INVALID_VALUE", "path": ["input", "by"]}]});
    assert_eq!(ask(&planner, site, "HEADCOUNTS").await, refused);
    let sundays = json!([template("EARLY", "07:00", &json!([0, 0, 0, 0, 0, 0, 1]))]);
    offer_from(&planner, site, "2026-03-14", sundays).await;
    assert_eq!(ask(&planner, site, "HEADCOUNTS").await["userErrors"], json!([]));
}

#[tokio::test]
async fn more_shifts_by_number_than_a_search_can_hold_are_refused_when_it_is_asked_for() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let shifts = |set: usize| {
        let shift = |hour: usize| {
            let every_day = json!([1, 1, 1, 1, 1, 1, 1]);
            template(&format!("S{set}-{hour}"), &format!("{hour:02}:00"), &every_day)
        };
        json!((0..16).map(|it| shift(it + 6)).collect::<Vec<_>>())
    };
    for (set, from) in ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"].iter().enumerate() {
        offer_from(&planner, site, from, shifts(set)).await;
    }
    let refused = json!({"job": null,
        "userErrors": [{"code": "INVALID_VALUE", "path": ["input", "by"]}]});
    assert_eq!(ask(&planner, site, "HEADCOUNTS").await, refused, "64 of them");
    assert_eq!(ask(&planner, site, "REQUIREMENT").await["userErrors"], json!([]));
}
