use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, ScheduleId, SiteId};
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const MINE: &str = "query($from: DateTime!, $to: DateTime!) { mySchedule(from: $from, to: $to) {
  id startsAt endsAt localDate timeZone paidSeconds state version site { code }
  activities { category startsAt endsAt paid } } }";
const WEEK: &str =
    "query($site: ID!) { siteWeek(siteId: $site, weekOf: \"2026-03-04\") { id agent { number } } }";

/// A site with two agents who work on Wednesday, and the published schedule of the week.
async fn guangzhou(server: &Server) -> (SiteId, AgentId, AgentId, ScheduleId) {
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let li = company.db_agent("1", "Li Na", site, None, &[]).await;
    let zhou = company.db_agent("2", "Zhou Wei", site, None, &[]).await;
    let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
    company.db_shift(week, site, li, "2026-03-04T07:00", 8).await;
    company.db_shift(week, site, zhou, "2026-03-04T14:00", 8).await;
    (site, li, zhou, week)
}

fn march() -> Value {
    json!({"from": "2026-03-01T16:00:00Z", "to": "2026-03-29T16:00:00Z"})
}

async fn own(actor: &Actor) -> Vec<Value> {
    actor.ok(MINE, march()).await["mySchedule"].as_array().expect("list").clone()
}

#[tokio::test]
async fn an_agent_sees_the_own_published_shifts_with_what_fills_them() {
    let server = Server::start().await;
    let (_, li, ..) = guangzhou(&server).await;
    let shifts = own(&server.agent(li).await).await;
    assert_eq!(shifts.len(), 1);
    let shift = &shifts[0];
    assert_eq!(shift["startsAt"], shanghai("2026-03-04T07:00").to_string());
    assert_eq!((&shift["localDate"], &shift["paidSeconds"]), (&json!("2026-03-04"), &json!(28800)));
    assert_eq!(
        (&shift["timeZone"], &shift["site"]["code"]),
        (&json!("Asia/Shanghai"), &json!("GZ"))
    );
    let parts = shift["activities"].as_array().expect("list");
    let categories: Vec<_> = parts.iter().map(|part| &part["category"]).collect();
    assert_eq!(categories, ["ON_QUEUE", "MEAL", "ON_QUEUE"]);
    assert_eq!(parts[0]["endsAt"], parts[1]["startsAt"]);
    assert_eq!(parts[2]["endsAt"], shift["endsAt"]);
}

#[tokio::test]
async fn a_list_written_directly_says_what_the_executor_says() {
    let server = Server::start().await;
    let (site, li, ..) = guangzhou(&server).await;
    let document = |forced: &str| {
        format!(
            "query($site: ID!) {{ siteWeek(siteId: $site, weekOf: \"2026-03-04\") {{
               __typename key: id startsAt endsAt localDate timeZone paidSeconds state version
               ...Parts {forced} }} }}
             fragment Parts on Shift {{ activities {{ __typename id category startsAt endsAt paid }} }}"
        )
    };
    let leader = server.site_manager(site).await;
    let variables = json!({"site": site.to_string()});
    // A directive cannot be planned, so it sends the whole list through the executor.
    let executed = leader.ok(&document("again: id @include(if: false)"), variables.clone()).await;
    let direct = leader.ok(&document(""), variables).await;
    assert_eq!(direct["siteWeek"].as_array().map(Vec::len), Some(2));
    assert_eq!(direct, executed);
    assert_eq!(own(&server.agent(li).await).await.len(), 1);
}

#[tokio::test]
async fn drafts_are_seen_by_those_who_plan_and_by_nobody_else() {
    let server = Server::start().await;
    let (site, li, _, published) = guangzhou(&server).await;
    let draft = server.company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), false).await;
    let shift = server.company.db_shift(draft, site, li, "2026-03-10T07:00", 8).await;
    let document = "query($draft: ID!, $shift: ID!, $site: ID!) { schedule(id: $draft) { state }
        node(id: $shift) { id } schedules(siteId: $site) { nodes { id } totalCount { value } } }";
    let ask = async |actor: &Actor| {
        let ids = json!({"draft": draft.to_string(), "shift": shift.to_string(), "site": site.to_string()});
        actor.ok(document, ids).await
    };
    let planner = ask(&server.planner(site).await).await;
    assert_eq!(planner["schedule"]["state"], "DRAFT");
    assert_eq!(planner["node"]["id"], shift.to_string());
    assert_eq!(planner["schedules"]["totalCount"]["value"], 2);

    let agent = server.agent(li).await;
    assert_eq!(own(&agent).await.len(), 1, "the draft of next week is not among them");
    let seen = ask(&agent).await;
    assert_eq!((&seen["schedule"], &seen["node"]), (&Value::Null, &Value::Null));
    let office = ask(&server.head_office().await).await;
    assert_eq!((&office["schedule"], &office["node"]), (&Value::Null, &Value::Null));
    assert_eq!(office["schedules"]["nodes"], json!([{"id": published.to_string()}]));
}

#[tokio::test]
async fn a_week_shows_as_much_of_a_site_as_the_caller_reaches() {
    let server = Server::start().await;
    let (site, li, ..) = guangzhou(&server).await;
    let other = server.company.db_site("CD").await;
    let count = async |actor: Actor| {
        let answer = actor.ok(WEEK, json!({"site": site.to_string()})).await;
        answer["siteWeek"].as_array().expect("list").len()
    };
    assert_eq!(count(server.site_manager(site).await).await, 2);
    assert_eq!(count(server.head_office().await).await, 2);
    assert_eq!(count(server.agent(li).await).await, 1, "the own one");
    assert_eq!(count(server.site_manager(other).await).await, 0);
    assert_eq!(count(server.stranger().await.head_office().await).await, 0);
}

#[tokio::test]
async fn shifts_of_a_page_of_agents_come_with_them() {
    let server = Server::start().await;
    let (site, ..) = guangzhou(&server).await;
    let document = "query($from: DateTime!, $to: DateTime!) {
        agents { nodes { number shifts(from: $from, to: $to) { localDate } } } }";
    let answer = server.planner(site).await.ok(document, march()).await;
    let expected = json!([
        {"number": "1", "shifts": [{"localDate": "2026-03-04"}]},
        {"number": "2", "shifts": [{"localDate": "2026-03-04"}]}
    ]);
    assert_eq!(answer["agents"]["nodes"], expected);
}

#[tokio::test]
async fn a_window_has_a_greatest_length() {
    let server = Server::start().await;
    let (_, li, ..) = guangzhou(&server).await;
    let agent = server.agent(li).await;
    for (from, to) in [("2026-03-01", "2026-05-03"), ("2026-03-02", "2026-03-02")] {
        let window = json!({"from": format!("{from}T00:00:00Z"), "to": format!("{to}T00:00:00Z")});
        assert_eq!(agent.error_code(MINE, window).await, "INVALID_ARGUMENT", "{from} {to}");
    }
}
