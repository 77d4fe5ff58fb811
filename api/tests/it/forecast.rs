//! Forecasts from the first run to the comparison with what came.

use std::ops::Range;

use jiff::{ToSpan as _, civil::date};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::Role,
};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::{
    history::{calls, import, queue},
    support::{Actor, Server},
};

const RUN: &str = "mutation($input: ForecastRunInput!) { forecastRun(input: $input) {
  forecast { id number method methodReason state days intervalSeconds eventNames originWeeks historyEndsOn
             candidates { method wape biasPercent } }
  userErrors { code path params { name value } } } }";
const POINTS: &str = "query($id: ID!, $from: DateTime!, $to: DateTime!) { forecast(id: $id) {
  points(from: $from, to: $to) {
    startsAt volume handleTimeSeconds quantiles { p025 p10 p50 p90 p975 } } } }";
const PROPOSE: &str =
    "mutation($input: DemandEventProposeInput!) { demandEventPropose(input: $input) {
  demandEvent { id state version volumeUplift queues { code } } userErrors { code path } } }";
const DECIDE: &str =
    "mutation($input: DemandEventDecideInput!) { demandEventDecide(input: $input) {
  demandEvent { state version } userErrors { code path } } }";

/// Ten weeks of mornings in Shanghai until Sunday 1 March 2026: 09:00 to 12:00 every day.
pub(crate) fn mornings() -> String {
    let mut csv = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
    for day in 0..70_i64 {
        let date = date(2025, 12, 22).saturating_add(day.days());
        for slot in 18..24 {
            let (hour, minute) = (slot / 2, slot % 2 * 30);
            let offered = 60 + 10 * (slot - 18) + day % 7;
            csv += &format!("{date}T{hour:02}:{minute:02},Asia/Shanghai,presale,30,{offered}\n");
        }
    }
    csv
}

/// Half hours of a local day from 09:00 to 12:00, and from 18:00 to 21:00.
const MORNING: Range<usize> = 18..24;
const EVENING: Range<usize> = 36..42;

/// Ten weeks until Sunday 1 March 2026 of two kinds of contact: of the morning a fifth is after-sales, of the
/// evening a third. Mondays have ten parts, Tuesdays nine and so on to the four of Sundays.
fn two_kinds() -> String {
    let mut csv = "interval_start,tz,queue,interval_minutes,offered\n".to_owned();
    for day in 0..70_i64 {
        let date = date(2025, 12, 22).saturating_add(day.days());
        for (code, morning, evening) in [("presale", 20, 10), ("aftersales", 5, 5)] {
            for slot in MORNING.chain(EVENING) {
                let (hour, minute) = (slot / 2, slot % 2 * 30);
                let part = if MORNING.contains(&slot) { morning } else { evening };
                let offered = (10 - day % 7) * part;
                csv += &format!("{date}T{hour:02}:{minute:02},Asia/Shanghai,{code},30,{offered}\n");
            }
        }
    }
    csv
}

async fn company() -> (Server, SiteId, QueueId) {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    (server, site, queue)
}

async fn run(actor: &Actor, queue: QueueId, starts_on: &str, days: i32) -> Value {
    let input = json!({"queueId": queue.to_string(), "startsOn": starts_on, "days": days});
    let answer = actor.ok(RUN, json!({"input": input})).await["forecastRun"].take();
    assert_eq!(answer["userErrors"], json!([]), "{answer:#}");
    answer["forecast"].clone()
}

async fn points(actor: &Actor, forecast: &Value, from: &str, to: &str) -> Vec<Value> {
    let variables = json!({"id": forecast["id"], "from": from, "to": to});
    let answer = actor.ok(POINTS, variables).await["forecast"]["points"].take();
    answer.as_array().expect("points").clone()
}

fn volume(point: &Value) -> f64 {
    point["volume"].as_f64().expect("volume")
}

/// A run for the week from Monday 2 March 2026, and all of its half hours.
async fn week(planner: &Actor, queue: QueueId) -> (Value, Vec<Value>) {
    let forecast = run(planner, queue, "2026-03-02", 7).await;
    let points = points(planner, &forecast, "2026-03-01T16:00:00Z", "2026-03-08T16:00:00Z").await;
    assert_eq!(points.len(), 7 * 48);
    (forecast["eventNames"].clone(), points)
}

/// Contacts in some half hours of a day of the week.
fn contacts(week: &[Value], day: usize, slots: Range<usize>) -> f64 {
    week[48 * day..][slots].iter().map(volume).sum()
}

/// The part of the second queue in what both have.
fn share(presale: &[Value], aftersales: &[Value], day: usize, slots: Range<usize>) -> f64 {
    let own = contacts(aftersales, day, slots.clone());
    own / (own + contacts(presale, day, slots))
}

#[tokio::test]
async fn kinds_of_contact_have_their_own_times_and_a_planner_sets_their_share_of_an_evening() {
    let (server, site, presale) = company().await;
    let aftersales = server.company.db_queue("aftersales", 30, &[site], None).await;
    let planner = server.planner(site).await;
    import(&planner, &two_kinds()).await;
    let (_, presale_before) = week(&planner, presale).await;
    let (_, aftersales_before) = week(&planner, aftersales).await;
    for week in [&presale_before, &aftersales_before] {
        for slots in [MORNING, EVENING] {
            let ratio = contacts(week, 0, slots.clone()) / contacts(week, 6, slots);
            assert!((ratio - 2.5).abs() < 0.25, "Monday differs from Sunday: {ratio}");
        }
    }
    for day in 0..7 {
        for (slots, usual) in [(MORNING, 1.0 / 5.0), (EVENING, 1.0 / 3.0)] {
            let share = share(&presale_before, &aftersales_before, day, slots);
            assert!((share - usual).abs() < 0.02, "day {day}: {share} for {usual}");
        }
    }

    // Tuesday evening has 135 contacts in each half hour: 60 % of them shall be after-sales.
    for (name, queue, calls) in
        [("Evening: pre-sales", presale, "54"), ("Evening: after-sales", aftersales, "81")]
    {
        let set = json!({"name": name, "kind": "CORRECTION", "volume": calls,
            "startsAt": "2026-03-03T10:00:00Z", "endsAt": "2026-03-03T13:00:00Z",
            "queueIds": [queue.to_string()]});
        let made = planner.ok(PROPOSE, json!({"input": set})).await["demandEventPropose"].take();
        assert_eq!(made["demandEvent"]["state"], "PROPOSED", "{made:#}");
        let word = json!({"demandEventId": made["demandEvent"]["id"], "accept": true});
        let decided = planner.ok(DECIDE, json!({"input": word})).await["demandEventDecide"].take();
        assert_eq!(decided["demandEvent"]["state"], "ACCEPTED", "{decided:#}");
    }
    let (presale_events, presale_after) = week(&planner, presale).await;
    let (aftersales_events, aftersales_after) = week(&planner, aftersales).await;
    assert_eq!(presale_events, json!(["Evening: pre-sales"]));
    assert_eq!(aftersales_events, json!(["Evening: after-sales"]));
    let set = share(&presale_after, &aftersales_after, 1, EVENING);
    assert!((set - 0.6).abs() < 1e-9, "{set}");
    let both = |presale: &[Value], aftersales: &[Value]| {
        contacts(presale, 1, EVENING) + contacts(aftersales, 1, EVENING)
    };
    let sums = (both(&presale_before, &aftersales_before), both(&presale_after, &aftersales_after));
    assert!((sums.0 / sums.1 - 1.0).abs() < 0.05, "they are as many as before: {sums:?}");
    for (before, after) in
        [(&presale_before, &presale_after), (&aftersales_before, &aftersales_after)]
    {
        for (place, (before, after)) in before.iter().zip(after).enumerate() {
            let inside = place / 48 == 1 && EVENING.contains(&(place % 48));
            let moved = (volume(after) - volume(before)).abs() > 1e-9;
            assert_eq!(moved, inside, "the morning and other days stay: {before} {after}");
        }
    }
}

#[tokio::test]
async fn an_accepted_event_raises_its_own_intervals_only() {
    let (server, site, queue) = company().await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    let first = run(&planner, queue, "2026-03-03", 7).await;
    assert_eq!((&first["number"], &first["eventNames"]), (&json!(1), &json!([])));
    assert_eq!(first["historyEndsOn"], "2026-03-01");

    let manager = server.user("marketing@example.com", Role::HeadOffice, Within::Tenant).await;
    // 10:00 to 11:00 in Shanghai.
    let event = json!({"name": "Warm-up", "kind": "PROMOTION", "startsAt": "2026-03-04T02:00:00Z",
        "endsAt": "2026-03-04T03:00:00Z", "queueIds": [queue.to_string()], "volumeUplift": "0.8",
        "handleTimeUplift": "0.1"});
    let answer = manager.ok(PROPOSE, json!({"input": event})).await["demandEventPropose"].take();
    assert_eq!(answer["demandEvent"]["state"], "PROPOSED", "{answer:#}");
    assert_eq!(answer["demandEvent"]["volumeUplift"], "0.8");
    let waiting = run(&planner, queue, "2026-03-03", 7).await;
    assert_eq!(waiting["eventNames"], json!([]), "a proposal changes nothing");

    let word = json!({"input": {"demandEventId": answer["demandEvent"]["id"], "accept": true,
                                "expectedVersion": 1}});
    assert_eq!(manager.error_code(DECIDE, word.clone()).await, "FORBIDDEN");
    let decided = planner.ok(DECIDE, word.clone()).await["demandEventDecide"].take();
    assert_eq!(decided["demandEvent"], json!({"state": "ACCEPTED", "version": 2}));
    let stale = planner.ok(DECIDE, word).await["demandEventDecide"].take();
    assert_eq!(stale["userErrors"][0]["code"], "STALE_VERSION");

    let raised = run(&planner, queue, "2026-03-03", 7).await;
    assert_eq!((&raised["number"], &raised["eventNames"]), (&json!(3), &json!(["Warm-up"])));
    let window = ("2026-03-02T16:00:00Z", "2026-03-09T16:00:00Z");
    let before = points(&planner, &first, window.0, window.1).await;
    let after = points(&planner, &raised, window.0, window.1).await;
    assert_eq!((before.len(), after.len()), (7 * 48, 7 * 48));
    for (before, after) in before.iter().zip(&after) {
        let inside = ["2026-03-04T02:00:00Z", "2026-03-04T02:30:00Z"]
            .contains(&before["startsAt"].as_str().expect("instant"));
        let factor = if inside { 1.8 } else { 1.0 };
        assert!((volume(after) - factor * volume(before)).abs() < 1e-9, "{before} {after}");
        let handle_time = if inside { 198.0 } else { 180.0 };
        assert!((after["handleTimeSeconds"].as_f64().expect("seconds") - handle_time).abs() < 1e-9);
    }
    let listed = planner
        .ok(
            "query($queue: ID!) { forecasts(queueId: $queue, first: 2) {
               nodes { number queue { code } } pageInfo { hasNextPage } totalCount { value } }
             demandEvents(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") { name state } }",
            json!({"queue": queue.to_string()}),
        )
        .await;
    assert_eq!(listed["forecasts"]["nodes"][0], json!({"number": 3, "queue": {"code": "presale"}}));
    assert_eq!(listed["forecasts"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(listed["forecasts"]["totalCount"]["value"], 3);
    assert_eq!(listed["demandEvents"], json!([{"name": "Warm-up", "state": "ACCEPTED"}]));
}

#[tokio::test]
async fn a_forecast_is_compared_with_what_came() {
    let (server, site, queue) = company().await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    // From what lay before Monday 23 February.
    let forecast = run(&planner, queue, "2026-02-23", 7).await;
    assert_eq!(forecast["historyEndsOn"], "2026-02-22");
    let query =
        "query($id: ID!) { forecastAccuracy(forecastId: $id, from: \"2026-02-22T16:00:00Z\",
        to: \"2026-03-01T16:00:00Z\") { intervals total { wape accuracyPercent biasPercent actual }
        days { localDate figures { actual } } } }";
    let found = planner.ok(query, json!({"id": forecast["id"]})).await["forecastAccuracy"].take();
    assert_eq!(found["intervals"], 42);
    assert_eq!(found["total"]["actual"], 7.0 * 510.0 + 6.0 * 21.0);
    assert!(found["total"]["wape"].as_f64().expect("share") < 0.05, "{found:#}");
    assert_eq!(found["days"][6]["localDate"], "2026-03-01");
}

#[tokio::test]
async fn bank_il_is_forecast_better_than_by_the_yardsticks() {
    let Some(text) = calls("bank_il_1999_30min.csv") else { return };
    let server = Server::start().await;
    let site = server.company.db_site("TLV").await;
    let queue = queue(&server, "bank_il", 30, "Asia/Jerusalem", site).await;
    let planner = server.planner(site).await;
    import(&planner, &text).await;
    let forecast = run(&planner, queue, "1999-10-03", 28).await;
    let wape = |place: usize| forecast["candidates"][place]["wape"].as_f64().expect("share");
    assert_eq!(forecast["method"], "LEVEL_WEEKDAY_PROFILE");
    assert_eq!(forecast["methodReason"], "LEAST_ERROR");
    assert_eq!(forecast["candidates"][0]["method"], "LEVEL_WEEKDAY_PROFILE");
    assert_eq!(forecast["candidates"][2]["method"], "WEEKDAY_MEAN");
    assert!(wape(0) < wape(1) && wape(0) < wape(2), "{forecast:#}");
    let day = points(&planner, &forecast, "1999-10-03T06:00:00Z", "1999-10-03T08:00:00Z").await;
    assert_eq!(day.len(), 4);
    for point in &day {
        let quantile = |name: &str| point["quantiles"][name].as_f64().expect("calls");
        assert!(quantile("p025") <= quantile("p10") && quantile("p10") < quantile("p90"));
        assert!(quantile("p90") <= quantile("p975") && volume(point) > 0.0);
    }
}

#[tokio::test]
async fn opening_hours_close_the_forecast() {
    let (server, site, queue) = company().await;
    let hours = json!({"week": [[["09:00:00", "11:00:00"]], [["09:00:00", "11:00:00"]], [["09:00:00", "11:00:00"]],
        [["09:00:00", "11:00:00"]], [["09:00:00", "11:00:00"]], [], []], "closed_on": ["2026-03-04"]});
    server
        .company
        .db_run(
            "update app.site set opening = $3 where tenant_id = $1 and id = $2",
            params![server.company.tenant, site, hours],
        )
        .await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    let forecast = run(&planner, queue, "2026-03-03", 5).await;
    let found = points(&planner, &forecast, "2026-03-02T16:00:00Z", "2026-03-07T16:00:00Z").await;
    let open: Vec<_> = found
        .iter()
        .filter(|point| volume(point) > 0.0)
        .map(|point| point["startsAt"].as_str().expect("instant")[..10].to_owned())
        .collect();
    // Tuesday, Thursday and Friday with four half hours each; Wednesday and Saturday are closed.
    let days = ["2026-03-03", "2026-03-05", "2026-03-06"].map(|day| [day; 4]).concat();
    assert_eq!(open, days);
}

#[tokio::test]
async fn too_little_history_and_wrong_fields_are_told() {
    let (server, site, queue) = company().await;
    let planner = server.planner(site).await;
    let mut input = json!({"queueId": queue.to_string(), "startsOn": "2026-03-03", "days": 7});
    let answer = planner.ok(RUN, json!({"input": input})).await["forecastRun"].take();
    assert_eq!(answer["userErrors"][0]["code"], "TOO_LITTLE_HISTORY");
    let params = json!([{"name": "need", "value": "7"}, {"name": "have", "value": "0"},
                        {"name": "memory", "value": "732"}, {"name": "until", "value": "—"}]);
    assert_eq!(answer["userErrors"][0]["params"], params);
    input["days"] = json!(367);
    input["intervalSeconds"] = json!(900);
    let answer = planner.ok(RUN, json!({"input": input})).await["forecastRun"].take();
    let paths: Vec<_> = answer["userErrors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| (error["code"].as_str().expect("code"), error["path"][1].clone()))
        .collect();
    let expected = [("INVALID_VALUE", json!("days")), ("INVALID_VALUE", json!("intervalSeconds"))];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn forecasts_and_events_of_another_site_and_company_are_not_there() {
    let (server, site, queue) = company().await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    let other = server.company.db_site("CD").await;
    let forecast = run(&planner, queue, "2026-03-03", 1).await;
    let event = json!({"name": "Sale", "kind": "PROMOTION", "startsAt": "2026-03-04T02:00:00Z",
        "endsAt": "2026-03-04T03:00:00Z", "queueIds": [queue.to_string()], "volumeUplift": "0.8"});
    let proposed = planner.ok(PROPOSE, json!({"input": event})).await["demandEventPropose"].take();
    let elsewhere = server.planner(other).await;
    let strange_server = server.stranger().await;
    let strange_site = strange_server.company.db_site("GZ").await;
    let stranger = strange_server.planner(strange_site).await;
    for actor in [&elsewhere, &stranger] {
        let seen = actor
            .ok(
                "query($id: ID!) { forecast(id: $id) { id } node(id: $id) { id }
                   demandEvents(from: \"2026-03-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\") { id } }",
                json!({"id": forecast["id"]}),
            )
            .await;
        assert_eq!(seen, json!({"forecast": null, "node": null, "demandEvents": []}));
        let input = json!({"queueId": queue.to_string(), "startsOn": "2026-03-03", "days": 7});
        let answer = actor.ok(RUN, json!({"input": input})).await;
        assert_eq!(answer["forecastRun"]["userErrors"][0]["code"], "NOT_FOUND");
        let word = json!({"demandEventId": proposed["demandEvent"]["id"], "accept": true});
        let answer = actor.ok(DECIDE, json!({"input": word})).await;
        assert_eq!(answer["demandEventDecide"]["userErrors"][0]["code"], "NOT_FOUND");
        let answer = actor.ok(PROPOSE, json!({"input": event})).await;
        assert_eq!(answer["demandEventPropose"]["userErrors"][0]["code"], "NOT_FOUND");
    }
    let everywhere = json!({"name": "Sale", "kind": "PROMOTION", "startsAt": "2026-03-04T02:00:00Z",
        "endsAt": "2026-03-04T03:00:00Z", "queueIds": [], "volumeUplift": "0.8"});
    let answer = planner.ok(PROPOSE, json!({"input": everywhere})).await;
    assert_eq!(answer["demandEventPropose"]["userErrors"][0]["code"], "FORBIDDEN");
}
