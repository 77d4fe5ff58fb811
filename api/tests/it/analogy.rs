//! Forecasts of queues without history, and of what a modification is worth.

use serde_json::{Value, json};

use crate::{forecast::mornings, history::import, support::Server};

const RUN: &str = "mutation($input: ForecastRunInput!) { forecastRun(input: $input) {
  forecast { number likeQueue { code } modifications { demandEventId name isOn }
    points(from: \"2026-03-03T01:00:00Z\", to: \"2026-03-03T04:00:00Z\") { volume handleTimeSeconds } }
  userErrors { code path } } }";

fn volumes(forecast: &Value) -> Vec<f64> {
    let points = forecast["points"].as_array().expect("points").iter();
    points.map(|point| point["volume"].as_f64().expect("calls")).collect()
}

#[tokio::test]
async fn a_new_queue_is_forecast_like_another_and_a_modification_can_be_left_out() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let old = server.company.db_queue("presale", 30, &[site], None).await;
    let new = server.company.db_queue("livestream", 30, &[site], None).await;
    let planner = server.planner(site).await;
    import(&planner, &mornings()).await;
    let other = server.company.db_site("CD").await;
    let hidden = server.company.db_queue("hidden", 30, &[other], None).await;
    let run = async |queue: &str, more: Value| {
        let mut input = json!({"queueId": queue, "startsOn": "2026-03-03", "days": 1});
        for (name, value) in more.as_object().expect("fields") {
            input[name] = value.clone();
        }
        planner.ok(RUN, json!({"input": input})).await["forecastRun"].take()
    };
    let (old, new) = (old.to_string(), new.to_string());
    let own = run(&old, json!({})).await["forecast"].take();
    let bare = run(&new, json!({})).await;
    assert_eq!(bare["userErrors"][0]["code"], "TOO_LITTLE_HISTORY");
    let like = json!({"like": {"queueId": old, "volumeFactor": 0.5, "handleTimeFactor": 1.2}});
    let made = run(&new, like).await["forecast"].take();
    assert_eq!(made["likeQueue"]["code"], "presale", "{made:#}");
    for (own, like) in volumes(&own).iter().zip(volumes(&made)) {
        assert!((like - 0.5 * own).abs() < 1e-9 && like > 20.0);
    }
    assert_eq!(made["points"][0]["handleTimeSeconds"], 216.0);
    let refused = run(&new, json!({"like": {"queueId": hidden.to_string()}})).await;
    let missing = json!([{"code": "NOT_FOUND", "path": ["input", "like", "queueId"]}]);
    assert_eq!(refused["userErrors"], missing);
    let refused = run(&new, json!({"like": {"queueId": old, "volumeFactor": 0.0}})).await;
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "like", "volumeFactor"]));

    let propose = "mutation($input: DemandEventProposeInput!) { demandEventPropose(input: $input) {
        demandEvent { id } userErrors { code } } }";
    let event = json!({"name": "Sale", "kind": "PROMOTION", "startsAt": "2026-03-03T01:00:00Z",
        "endsAt": "2026-03-03T04:00:00Z", "queueIds": [old], "volumeUplift": "1"});
    let sale = planner.ok(propose, json!({"input": event})).await["demandEventPropose"].take();
    let sale = &sale["demandEvent"]["id"];
    let decide = "mutation($input: DemandEventDecideInput!) { demandEventDecide(input: $input) {
        demandEvent { state } } }";
    planner.ok(decide, json!({"input": {"demandEventId": sale, "accept": true}})).await;
    let with = run(&old, json!({})).await["forecast"].take();
    let off = json!({"switchedOffDemandEventIds": [sale]});
    let without = run(&old, off).await["forecast"].take();
    for (at, volume) in volumes(&own).into_iter().enumerate() {
        assert!((volumes(&with)[at] - 2.0 * volume).abs() < 1e-9);
        assert!((volumes(&without)[at] - volume).abs() < 1e-9);
    }
    let stack = json!([{"demandEventId": sale, "name": "Sale", "isOn": false}]);
    assert_eq!(without["modifications"], stack);
}
