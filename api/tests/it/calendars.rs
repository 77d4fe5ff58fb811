//! Special days of sites, days that were unusual, and what events brought.

use jiff::{ToSpan as _, civil::date};
use serde_json::{Value, json};
use trunkline_domain::id::{QueueId, SiteId};
use trunkline_testkit::shanghai;

use crate::{
    history::import,
    support::{Actor, Server},
};

const SET: &str = "mutation($input: SpecialDaysSetInput!) { specialDaysSet(input: $input) {
  specialDays { localDate name isClosed site { code } } userErrors { code path } } }";
const DAYS: &str = "query($site: ID!) { specialDays(siteId: $site, from: \"2026-01-01\",
  to: \"2027-01-01\") { localDate name isClosed } }";
const UNUSUAL: &str =
    "query($queue: ID!) { unusualDays(queueId: $queue, from: \"2025-12-21T16:00:00Z\",
  to: \"2026-03-01T16:00:00Z\") { localDate name changePercent } }";
const PROPOSE: &str =
    "mutation($input: DemandEventProposeInput!) { demandEventPropose(input: $input) {
  demandEvent { id volumeUplift handleTimeUplift } userErrors { code path } } }";

/// Ten weeks of mornings until 1 March 2026; on 10 February half of the calls, on 24 February twice
/// as many from 10:00 to 11:00.
fn mornings() -> String {
    let mut csv =
        "interval_start,tz,queue,interval_minutes,offered,answered,aht_seconds\n".to_owned();
    for day in 0..70_i64 {
        let date = date(2025, 12, 22).saturating_add(day.days());
        for slot in ["09:00", "09:30", "10:00", "10:30"] {
            let calls = match (day, &slot[..2]) {
                (50, _) => 500,
                (64, "10") => 2000,
                _ => 1000,
            };
            csv += &format!("{date}T{slot},Asia/Shanghai,presale,30,{calls},{calls},180\n");
        }
    }
    csv
}

async fn company() -> (Server, SiteId, QueueId, Actor) {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    (server, site, queue, planner)
}

async fn set(actor: &Actor, site: SiteId, days: Value, remove: Value) -> Value {
    let input = json!({"siteId": site.to_string(), "days": days, "removeOn": remove});
    actor.ok(SET, json!({"input": input})).await["specialDaysSet"].take()
}

#[tokio::test]
async fn a_special_day_of_the_calendar_is_learned_and_a_closed_one_has_no_calls() {
    let (server, site, queue, planner) = company().await;
    let days = json!([{"localDate": "2026-02-10", "name": "Feast"},
                      {"localDate": "2026-03-03", "name": " Feast "},
                      {"localDate": "2026-03-05", "name": "Stocktaking", "isClosed": true}]);
    let found =
        planner.ok(UNUSUAL, json!({"queue": queue.to_string()})).await["unusualDays"].take();
    assert_eq!((&found[0]["localDate"], &found[0]["name"]), (&json!("2026-02-10"), &Value::Null));
    let done = set(&planner, site, days, json!([])).await;
    assert_eq!(done["userErrors"], json!([]));
    assert_eq!(done["specialDays"][1]["name"], "Feast");
    let found =
        planner.ok(UNUSUAL, json!({"queue": queue.to_string()})).await["unusualDays"].take();
    assert_eq!(found[0]["name"], "Feast", "{found:#}");
    let change = found[0]["changePercent"].as_f64().expect("percent");
    assert!((change + 50.0).abs() < 1.0, "{change}");

    let run = "mutation($input: ForecastRunInput!) { forecastRun(input: $input) { forecast {
        points(from: \"2026-03-02T16:00:00Z\", to: \"2026-03-05T16:00:00Z\") { startsAt volume } } } }";
    let input = json!({"queueId": queue.to_string(), "startsOn": "2026-03-03", "days": 3});
    let answer = planner.ok(run, json!({"input": input})).await;
    let points = answer["forecastRun"]["forecast"]["points"].as_array().expect("points").clone();
    let calls: Vec<f64> = points
        .chunks(48)
        .map(|day| day.iter().filter_map(|it| it["volume"].as_f64()).sum::<f64>())
        .collect();
    assert!((1900.0..2100.0).contains(&calls[0]), "half of a usual day: {calls:?}");
    assert!((3900.0..4100.0).contains(&calls[1]) && calls[2] == 0.0, "{calls:?}");

    let done = set(&planner, site, json!([]), json!(["2026-03-05"])).await;
    assert_eq!(done["userErrors"], json!([]));
    let seen = planner.ok(DAYS, json!({"site": site.to_string()})).await["specialDays"].take();
    let dates: Vec<_> = seen.as_array().expect("list").iter().map(|it| &it["localDate"]).collect();
    assert_eq!(dates, ["2026-02-10", "2026-03-03"]);

    let elsewhere = server.planner(server.company.db_site("CD").await).await;
    let strange_server = server.stranger().await;
    let strange_site = strange_server.company.db_site("GZ").await;
    for actor in [&elsewhere, &strange_server.planner(strange_site).await] {
        let refused = set(actor, site, json!([]), json!(["2026-02-10"])).await;
        let hidden = json!([{"code": "NOT_FOUND", "path": ["input", "siteId"]}]);
        assert_eq!(refused["userErrors"], hidden);
        assert_eq!(actor.error_code(DAYS, json!({"site": site.to_string()})).await, "NOT_FOUND");
    }
    let input = json!({"input": {"siteId": site.to_string(), "days": []}});
    assert_eq!(server.head_office().await.error_code(SET, input).await, "FORBIDDEN");
}

#[tokio::test]
async fn an_event_starts_from_what_the_last_one_of_its_name_brought() {
    let (server, site, queue, planner) = company().await;
    let event = |day: &str, volume: Value, queue: &QueueId| {
        let (from, to) = (format!("{day}T10:00"), format!("{day}T11:00"));
        json!({"input": {"name": "Members' day", "kind": "PROMOTION", "queueIds": [queue.to_string()],
               "startsAt": shanghai(&from), "endsAt": shanghai(&to), "volumeUplift": volume}})
    };
    let manager = server.site_manager(site).await;
    let propose =
        async |input: Value| manager.ok(PROPOSE, input).await["demandEventPropose"].take();
    let refused = propose(event("2026-03-24", Value::Null, &queue)).await;
    let unknown = json!([{"code": "INVALID_VALUE", "path": ["input", "volumeUplift"]}]);
    assert_eq!(refused["userErrors"], unknown, "nothing was seen yet");

    let guessed = propose(event("2026-02-24", json!("0.5"), &queue)).await;
    let decide = "mutation($input: DemandEventDecideInput!) { demandEventDecide(input: $input) {
        demandEvent { state } userErrors { code } } }";
    let word = json!({"input": {"demandEventId": guessed["demandEvent"]["id"], "accept": true}});
    planner.ok(decide, word).await;
    let learned =
        "query($queue: ID!) { demandEventLearned(queueId: $queue, name: \"members' DAY\") {
        intervals expected actual volumeUplift handleTimeUplift demandEvent { name } } }";
    let found = planner.ok(learned, json!({"queue": queue.to_string()})).await;
    let found = &found["demandEventLearned"];
    assert_eq!((&found["intervals"], &found["actual"]), (&json!(2), &json!(4000.0)), "{found:#}");
    assert!((found["volumeUplift"].as_f64().expect("share") - 1.0).abs() < 0.01);
    let next = propose(event("2026-03-24", Value::Null, &queue)).await;
    let uplift: f64 =
        next["demandEvent"]["volumeUplift"].as_str().expect("share").parse().expect("a number");
    assert!((uplift - 1.0).abs() < 0.01, "{next:#}");

    let of_site = "query($site: ID!) { demandEvents(from: \"2026-02-01T00:00:00Z\",
        to: \"2026-04-01T00:00:00Z\", siteId: $site) { name } }";
    let here = planner.ok(of_site, json!({"site": site.to_string()})).await;
    assert_eq!(here["demandEvents"].as_array().expect("list").len(), 2);
    let other = server.company.db_site("CD").await;
    let office = server.head_office().await;
    let there = office.ok(of_site, json!({"site": other.to_string()})).await;
    assert_eq!(there["demandEvents"], json!([]));
    assert_eq!(planner.error_code(of_site, json!({"site": other.to_string()})).await, "NOT_FOUND");
}
