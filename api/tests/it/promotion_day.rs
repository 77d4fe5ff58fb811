//! Scenario 1: a promotion day from the proposal of the event to what its forecast was worth.

use jiff::{ToSpan as _, civil::date};
use serde_json::{Value, json};
use trunkline::forecasting::close_finished_days;
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::Permission,
};
use trunkline_infra::ctx::Ctx;
use trunkline_testkit::shanghai;

use crate::{
    history::import,
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const PROPOSE: &str =
    "mutation($input: DemandEventProposeInput!) { demandEventPropose(input: $input) {
  demandEvent { id state } userErrors { code path } } }";
const DECIDE: &str =
    "mutation($input: DemandEventDecideInput!) { demandEventDecide(input: $input) {
  demandEvent { state } userErrors { code } } }";
const RUN: &str = "mutation($input: ForecastRunInput!) { forecastRun(input: $input) {
  forecast { id number eventNames
    points(from: \"2026-11-10T02:00:00Z\", to: \"2026-11-10T04:00:00Z\") { volume handleTimeSeconds } }
  userErrors { code } } }";
const COMPUTE: &str =
    "mutation($input: RequirementComputeInput!) { requirementCompute(input: $input) {
  requirement { points(from: \"2026-11-10T02:00:00Z\", to: \"2026-11-10T04:00:00Z\") { onPhone onRoster } }
  userErrors { code } } }";
const PUSH: &str =
    "mutation($input: IntervalFiguresPushInput!) { intervalFiguresPush(input: $input) {
  results { outcome userErrors { code path } } userErrors { code } } }";
const CLOSES: &str = "query { queueCloses(from: \"2026-11-10\", to: \"2026-11-12\") {
  queue { code } localDate closes intervals missingIntervals isMissing forecast { number state }
  accuracy { accuracyPercent biasPercent } } }";

/// Ten o'clock in Shanghai on the promotion day, and the half hours after it.
fn half_hour(slot: i64) -> String {
    (shanghai("2026-11-10T10:00") + jiff::SignedDuration::from_mins(30 * slot)).to_string()
}

/// Ten weeks of 10:00 to 12:00 until the Thursday before.
fn usual_days() -> String {
    let mut csv =
        "interval_start,tz,queue,interval_minutes,offered,answered,aht_seconds\n".to_owned();
    for day in 0..70_i64 {
        let date = date(2026, 8, 28).saturating_add(day.days());
        for (slot, calls) in ["10:00", "10:30", "11:00", "11:30"].iter().zip([100, 110, 105, 95]) {
            csv += &format!("{date}T{slot},Asia/Shanghai,presale,30,{calls},{calls},180\n");
        }
    }
    csv
}

/// Somebody proposes, the planner accepts.
async fn agreed(proposer: &Actor, planner: &Actor, event: Value) {
    let made = proposer.ok(PROPOSE, json!({"input": event})).await["demandEventPropose"].take();
    assert_eq!(made["demandEvent"]["state"], "PROPOSED", "{made:#}");
    let word = json!({"input": {"demandEventId": made["demandEvent"]["id"], "accept": true}});
    let decided = planner.ok(DECIDE, word).await["demandEventDecide"].take();
    assert_eq!(decided["demandEvent"]["state"], "ACCEPTED", "{decided:#}");
}

async fn run(planner: &Actor, queue: QueueId) -> Value {
    let input = json!({"queueId": queue.to_string(), "startsOn": "2026-11-09", "days": 7});
    let answer = planner.ok(RUN, json!({"input": input})).await["forecastRun"].take();
    assert_eq!(answer["userErrors"], json!([]), "{answer:#}");
    answer["forecast"].clone()
}

/// Calls and seconds of the four half hours, to a millionth.
fn figures(forecast: &Value) -> Vec<(f64, f64)> {
    let points = forecast["points"].as_array().expect("points").iter();
    let rounded = |value: &Value| (value.as_f64().expect("number") * 1e6).round() / 1e6;
    points.map(|it| (rounded(&it["volume"]), rounded(&it["handleTimeSeconds"]))).collect()
}

async fn agents(planner: &Actor, forecast: &Value) -> (Vec<i64>, Vec<i64>) {
    let input = json!({"input": {"forecastId": forecast["id"]}});
    let answer = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    let points = answer["requirement"]["points"].as_array().expect("points").iter();
    points
        .map(|it| {
            (it["onPhone"].as_i64().expect("agents"), it["onRoster"].as_i64().expect("agents"))
        })
        .unzip()
}

/// Offered, answered in 20 s and abandoned of half hours, as the switch tells them.
async fn push(feed: &Actor, day: &[(i64, i64, i64)], first: i64, source_at: &str) {
    let figure = |(slot, (offered, in_time, abandoned)): (i64, &(i64, i64, i64))| {
        json!({"queue": {"code": "presale"}, "site": {"code": "GZ"}, "startsAt": half_hour(slot),
               "sourceAt": shanghai(source_at), "offered": offered, "answered": offered - abandoned,
               "answeredInThreshold": in_time, "abandoned": abandoned, "thresholdSeconds": 20})
    };
    let figures: Vec<Value> = (first..).zip(day).map(figure).collect();
    let input = json!({"input": {"source": "acd", "figures": figures}});
    let pushed = feed.ok(PUSH, input).await["intervalFiguresPush"].take();
    let results = pushed["results"].as_array().expect("results");
    assert!(results.iter().all(|it| it["outcome"] == "ACCEPTED"), "{pushed:#}");
}

async fn close(server: &Server) -> u64 {
    let ctx = Ctx::of_system(server.company.tenant, "close", server.app.clock.now());
    close_finished_days(&server.app, &ctx).await.expect("closed")
}

fn percent(value: &Value) -> f64 {
    (value.as_f64().expect("percent") * 100.0).round() / 100.0
}

/// The week with the promotion is planned: two versions, two requirements, a published schedule.
async fn planned(server: &Server, site: SiteId, queue: QueueId) {
    server.company.db_agents(site, 12).await;
    let (planner, marketing) = (server.planner(site).await, server.head_office().await);
    import(&planner, &usual_days()).await;
    for (slot, calls) in (0..).zip(["100", "110", "105", "95"]) {
        let base = json!({"name": format!("base {slot}"), "kind": "CORRECTION", "volume": calls,
            "handleTimeSeconds": "180", "startsAt": half_hour(slot), "endsAt": half_hour(slot + 1),
            "queueIds": [queue.to_string()]});
        agreed(&planner, &planner, base).await;
    }
    let base = run(&planner, queue).await;
    assert_eq!(figures(&base), [(100.0, 180.0), (110.0, 180.0), (105.0, 180.0), (95.0, 180.0)]);
    assert_eq!(agents(&planner, &base).await.0, [14, 15, 14, 13]);

    let warm_up = json!({"name": "11.11 warm-up", "kind": "PROMOTION", "volumeUplift": "0.8",
        "handleTimeUplift": "0.1", "startsAt": half_hour(0), "endsAt": half_hour(4),
        "queueIds": [queue.to_string()]});
    agreed(&marketing, &planner, warm_up).await;
    server.pass(60);
    let raised = run(&planner, queue).await;
    assert_eq!(figures(&raised), [(180.0, 198.0), (198.0, 198.0), (189.0, 198.0), (171.0, 198.0)]);
    assert_eq!(raised["number"], 2);
    let (on_phone, on_roster) = agents(&planner, &raised).await;
    assert_eq!((on_phone, on_roster), (vec![24, 26, 25, 23], vec![35, 38, 36, 33]));

    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-11-09", "seed": 1, "iterations": 20});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let job = ended(server, &planner, &asked["job"]["id"]).await;
    let done = publish(&planner, &job["schedule"]["id"], 1).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let states = "query($queue: ID!) { forecasts(queueId: $queue) { nodes { number state } } }";
    let states = planner.ok(states, json!({"queue": queue.to_string()})).await;
    let expected = json!([{"number": 2, "state": "FROZEN"}, {"number": 1, "state": "OPEN"}]);
    assert_eq!(states["forecasts"]["nodes"], expected);
}

#[tokio::test]
async fn a_promotion_day_is_proposed_planned_frozen_and_told_what_it_was_worth() {
    let server = Server::start().await;
    server.app.clock.set(shanghai("2026-11-06T09:00"));
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    planned(&server, site, queue).await;

    server.app.clock.set(shanghai("2026-11-10T12:05"));
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    let day = [(210, 96, 25), (215, 155, 10), (190, 163, 3), (170, 150, 1)];
    push(&feed, &day, 0, "2026-11-10T12:01").await;
    assert_eq!(close(&server).await, 74, "the days since the first one, and not the one under way");

    server.app.clock.set(shanghai("2026-11-11T00:10"));
    assert_eq!(close(&server).await, 0, "the last figures of the day may still be on their way");
    server.app.clock.set(shanghai("2026-11-11T00:16"));
    assert_eq!(close(&server).await, 1);
    assert_eq!(close(&server).await, 0, "a closed day stays closed");
    let planner = server.sign_in(&format!("planner-{site}@example.com")).await;
    let closes = planner.ok(CLOSES, json!({})).await["queueCloses"].take();
    let told = &closes[0];
    assert_eq!((&told["closes"], &told["intervals"]), (&json!(1), &json!(4)), "{closes:#}");
    assert_eq!(told["forecast"], json!({"number": 2, "state": "FROZEN"}));
    assert_eq!(percent(&told["accuracy"]["accuracyPercent"]), 93.76);
    assert_eq!(percent(&told["accuracy"]["biasPercent"]), -5.99);
    let kpis = "{ siteComparison(fromDate: \"2026-11-10\", toDate: \"2026-11-11\",
        kpiCodes: [\"service_level\", \"abandonment_rate\"]) { kpis { sites { value status } } } }";
    let kpis = planner.ok(kpis, json!({})).await["siteComparison"]["kpis"].take();
    let value = |place: usize| kpis[place]["sites"][0]["value"].as_str().expect("value").to_owned();
    assert_eq!((value(0), value(1)), ("71.85".to_owned(), "4.97".to_owned()));
    assert_eq!(kpis[1]["sites"][0]["status"], "AMBER");

    let check =
        "query($agents: Float!) { staffingCheck(demand: {calls: 210, handleTimeSeconds: 198},
        agents: $agents) { requiredAgents withAgents { serviceLevelPercent } } }";
    for (agents, level) in [(24.0, 27.37), (28.0, 85.17)] {
        let found = planner.ok(check, json!({"agents": agents})).await["staffingCheck"].take();
        assert_eq!(found["requiredAgents"], 28);
        assert_eq!(percent(&found["withAgents"]["serviceLevelPercent"]), level);
    }
}

#[tokio::test]
async fn a_late_correction_closes_the_day_anew_and_a_lost_day_is_in_the_gap_report() {
    let server = Server::start().await;
    server.app.clock.set(shanghai("2026-11-06T09:00"));
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    planned(&server, site, queue).await;
    server.app.clock.set(shanghai("2026-11-12T00:20"));
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    let day = [(210, 96, 25), (215, 155, 10), (190, 163, 3), (170, 150, 1)];
    push(&feed, &day, 0, "2026-11-10T12:01").await;
    close(&server).await;
    let planner = server.sign_in(&format!("planner-{site}@example.com")).await;
    let gaps = "{ queueCloses(from: \"2026-11-06\", to: \"2026-11-12\", onlyGaps: true) {
        localDate isMissing } }";
    let gaps = planner.ok(gaps, json!({})).await["queueCloses"].take();
    let dates: Vec<_> =
        gaps.as_array().expect("list").iter().map(|it| it["localDate"].clone()).collect();
    let lost = ["2026-11-06", "2026-11-07", "2026-11-08", "2026-11-09", "2026-11-11"];
    assert_eq!(dates, lost.map(|date| json!(date)), "{gaps:#}");

    push(&feed, &[(171, 150, 1)], 3, "2026-11-12T00:19").await;
    assert_eq!(close(&server).await, 1, "only the day that was corrected");
    let closes = planner.ok(CLOSES, json!({})).await["queueCloses"].take();
    assert_eq!(closes[0]["closes"], 2);
    // Σ|f − a| is 48 of 786 now.
    assert_eq!(percent(&closes[0]["accuracy"]["accuracyPercent"]), 93.89);
    let report = "query($by: ForecastAccuracyBy!) { forecastAccuracyReport(from: \"2026-11-01\",
        to: \"2026-12-01\", by: $by) { total { absoluteError actual }
        rows { startsOn intervals figures { accuracyPercent } } } }";
    for (by, starts_on) in [("DAY", "2026-11-10"), ("WEEK", "2026-11-09"), ("QUEUE", "2026-11-10")]
    {
        let found = planner.ok(report, json!({"by": by})).await["forecastAccuracyReport"].take();
        let row = &found["rows"][0];
        assert_eq!((&row["startsOn"], &row["intervals"]), (&json!(starts_on), &json!(4)));
        assert_eq!(found["total"]["actual"], 786.0);
        assert!((found["total"]["absoluteError"].as_f64().expect("calls") - 48.0).abs() < 1e-6);
    }
    let actuals = "query($queue: ID!) { forecastActuals(queueId: $queue, from: \"2026-11-10T02:00:00Z\",
        to: \"2026-11-10T04:00:00Z\") { startsAt forecast { number } figures { forecast actual } } }";
    let actuals = planner.ok(actuals, json!({"queue": queue.to_string()})).await;
    let first = &actuals["forecastActuals"][0];
    assert_eq!(
        (&first["startsAt"], &first["forecast"]["number"]),
        (&json!(half_hour(0)), &json!(2))
    );
    assert_eq!(first["figures"]["actual"], 210.0);

    let strange_server = server.stranger().await;
    let strange_site = strange_server.company.db_site("GZ").await;
    let stranger = strange_server.planner(strange_site).await;
    assert_eq!(stranger.ok(CLOSES, json!({})).await["queueCloses"], json!([]));
}
