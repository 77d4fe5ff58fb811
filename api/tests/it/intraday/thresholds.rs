//! Days before their first figures, and sums of figures that were counted with different thresholds.

use serde_json::json;

use super::{centre, figures, gauge};

#[tokio::test]
async fn a_day_has_no_figures_before_its_first_interval_and_a_service_level_names_its_thresholds() {
    let centre = centre().await;
    let office = centre.server.head_office().await;
    let document = "{ wallboard { network { today { offered answered serviceLevelPercent
        thresholdSeconds leastThresholdSeconds greatestThresholdSeconds } } } }";
    let today =
        async || office.ok(document, json!({})).await["wallboard"]["network"]["today"].take();
    centre.gauges(&[gauge("GZ", 0, 0, -5)]).await;
    assert_eq!(today().await, json!(null), "no data, not 0");
    let mut other = figures(Some("KM"), -900, 10, 8, -4);
    other["thresholdSeconds"] = json!(40);
    centre.figures(&[figures(Some("GZ"), -900, 10, 9, -4), other]).await;
    let mixed = json!({"offered": 20, "answered": 17, "serviceLevelPercent": "85", "thresholdSeconds": null,
                       "leastThresholdSeconds": 20, "greatestThresholdSeconds": 40});
    assert_eq!(today().await, mixed, "the goal of the queue where none is told");
}
