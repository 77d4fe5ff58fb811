//! Days before their first figures, sums of figures that were counted with different thresholds, and
//! the goals that they are measured by.

use serde_json::{Value, json};
use trunkline_infra::{ctx::Ctx, params};

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

#[tokio::test]
async fn a_row_has_the_goal_that_all_its_queues_have_and_none_where_they_differ() {
    let centre = centre().await;
    let (office, company) = (centre.server.head_office().await, &centre.server.company);
    let document = "{ wallboard { cursor network { ...row } sites { ...row } queues { ...row } } }
        fragment row on WallboardRow { goal { serviceLevelPercent thresholdSeconds } }";
    let board = async || {
        let later = Ctx::of_system(company.tenant, "test", centre.server.app.clock.now());
        centre.server.app.forget_directory(&later).await;
        office.ok(document, json!({})).await["wallboard"].take()
    };
    // The threshold, row by row: the network, Guangzhou, Kunming, the queues local and presale.
    let thresholds = |board: &Value| {
        let rows = [
            &board["network"],
            &board["sites"][0],
            &board["sites"][1],
            &board["queues"][0],
            &board["queues"][1],
        ];
        rows.map(|row| row["goal"]["thresholdSeconds"].as_i64())
    };
    let alike = board().await;
    let usual = json!({"serviceLevelPercent": "80.00", "thresholdSeconds": 20});
    assert_eq!(alike["network"]["goal"], usual);
    assert_eq!(thresholds(&alike), [Some(20); 5]);
    let presale = "update app.queue_goal set threshold_seconds = 30 where tenant_id = $1
        and queue_id = (select id from app.queue where tenant_id = $1 and code = 'presale')";
    company.db_run(presale, params![company.tenant]).await;
    let unlike = board().await;
    assert_eq!(thresholds(&unlike), [None, Some(30), None, Some(20), Some(30)]);
    assert_ne!(alike["cursor"], unlike["cursor"], "the board says something else");
}
