use serde_json::{Value, json};
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::{Permission, Role},
};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const COMPARE: &str = "query($codes: [String!]!) {
  siteComparison(fromDate: \"2026-03-01\", toDate: \"2026-04-01\", kpiCodes: $codes) { kpis {
    kpi { code } network { ...value } sites { site { code } ...value } } } }
fragment value on KpiValue { value numerator denominator status isComparable comparableValue
  parts { measure value } }";
const RECORD: &str = "mutation($input: MeasuresRecordInput!) { measuresRecord(input: $input) {
  results { outcome userErrors { code path } } userErrors { code } } }";
const SET: &str = "mutation($input: KpiTargetSetInput!) { kpiTargetSet(input: $input) {
  kpi { code target { targetMin criticalMin } } userErrors { code path } } }";

struct Network {
    server: Server,
    sites: Vec<SiteId>,
    queues: Vec<QueueId>,
}

/// Guangzhou, Chengdu and Shenyang in March 2026; satisfaction is told by a partner.
async fn march() -> Network {
    let server = Server::start().await;
    let (mut sites, mut queues, mut measures) = (Vec::new(), Vec::new(), Vec::new());
    let partner = server.partner(&[Permission::KpiRead, Permission::KpiWrite], &[]).await;
    for (code, offered, in_time, abandoned, answers, top2) in [
        ("GZ", 20_000_i64, 16_400_i64, 560_i64, 2_000, 1_760),
        ("CD", 12_000, 9_000, 600, 900, 720),
        ("SY", 3_000, 2_760, 45, 150, 141),
    ] {
        let site = server.company.db_site(code).await;
        let queue = server.company.db_queue(&format!("{code}-sales"), 15, &[site], None).await;
        // In two days, so that a mean of days would show.
        for (day, share) in [("2026-03-02", 4), ("2026-03-31", 1)] {
            db_day(&server, queue, Some(site), day, [offered, in_time, abandoned], share, 20).await;
        }
        for (name, value) in [("survey_responses", answers), ("survey_top2", top2)] {
            measures.push(json!({"measure": name, "onDate": "2026-03-31",
                                 "siteId": site.to_string(), "value": value.to_string()}));
        }
        sites.push(site);
        queues.push(queue);
    }
    let answer = partner.ok(RECORD, json!({"input": {"measures": measures}})).await;
    assert_eq!(answer["measuresRecord"]["results"][5]["outcome"], "ACCEPTED", "{answer}");
    Network { server, sites, queues }
}

/// `share` fifths of the month.
async fn db_day(
    server: &Server,
    queue: QueueId,
    site: Option<SiteId>,
    day: &str,
    [offered, in_time, abandoned]: [i64; 3],
    share: i64,
    threshold: i32,
) {
    let company = &server.company;
    company
        .db_run(
            "insert into app.queue_day (tenant_id, queue_id, site_id, local_date, intervals, offered,
                                        answered, answered_in_threshold, abandoned, threshold_seconds)
             values ($1, $2, $3, $4::text::date, 96, $5::bigint * $8 / 5, ($5 - $7) * $8 / 5,
                     $6::bigint * $8 / 5, $7::bigint * $8 / 5, $9)",
            params![company.tenant, queue, site, day, offered, in_time, abandoned, share, threshold],
        )
        .await;
}

async fn compare(actor: &Actor, codes: &[&str]) -> Value {
    actor.ok(COMPARE, json!({"codes": codes})).await["siteComparison"]["kpis"].take()
}

#[tokio::test]
async fn head_office_compares_the_sites_by_ratios_of_sums() {
    let network = march().await;
    let office = network.server.head_office().await;
    let kpis = compare(&office, &["service_level", "abandonment_rate", "csat_top2"]).await;
    for (at, sites, whole, status, parts) in [
        (0, ["82", "75", "92"], "80.46", "GREEN", ["28160", "35000"]),
        (1, ["2.8", "5", "1.5"], "3.44", "AMBER", ["1205", "35000"]),
        (2, ["88", "80", "94"], "85.93", "GREEN", ["2621", "3050"]),
    ] {
        let kpi = &kpis[at];
        assert_eq!(kpi["network"]["value"], whole);
        assert_eq!(kpi["network"]["status"], status);
        assert_eq!(kpi["network"]["numerator"], parts[0]);
        assert_eq!(kpi["network"]["denominator"], parts[1]);
        assert_eq!(kpi["network"]["isComparable"], true);
        for (code, value) in ["CD", "GZ", "SY"].iter().zip([sites[1], sites[0], sites[2]]) {
            let rows = kpi["sites"].as_array().expect("sites");
            let row = rows.iter().find(|row| row["site"]["code"] == *code).expect("site");
            let number = |text: &str| text.parse::<f64>().expect("number");
            let told = row["value"].as_str().expect("value");
            assert!((number(told) - number(value)).abs() < 1e-9, "{code} {told} {value}");
        }
    }
    let text = kpis.to_string();
    for mean in ["83.00", "\"83\"", "3.10", "\"3.1\"", "87.33"] {
        assert!(!text.contains(mean), "a mean of site values: {mean}");
    }
}

#[tokio::test]
async fn a_site_with_another_threshold_is_marked_not_comparable() {
    let network = march().await;
    let company = &network.server.company;
    company
        .db_run(
            "update app.queue_day set threshold_seconds = 40 where tenant_id = $1 and queue_id = $2",
            params![company.tenant, network.queues[1]],
        )
        .await;
    let office = network.server.head_office().await;
    let level = compare(&office, &["service_level"]).await[0].take();
    let marks: Vec<_> = level["sites"].as_array().expect("sites").iter().collect();
    assert_eq!(marks[0]["site"]["code"], "CD");
    assert_eq!(marks[0]["isComparable"], false);
    assert_eq!(marks[0]["comparableValue"], Value::Null);
    assert_eq!(marks[1]["isComparable"], true);
    assert_eq!(level["network"]["isComparable"], false);
    assert_eq!(level["network"]["status"], "INFO");
    assert_eq!(level["network"]["comparableValue"], Value::Null);
}

#[tokio::test]
async fn contacts_that_reached_no_site_count_for_the_network_only() {
    let network = march().await;
    let lost = [5_000, 0, 5_000];
    db_day(&network.server, network.queues[0], None, "2026-03-05", lost, 5, 20).await;
    let office = network.server.head_office().await;
    let kpi = compare(&office, &["abandonment_rate"]).await[0].take();
    assert_eq!(kpi["network"]["denominator"], "40000");
    assert_eq!(kpi["network"]["numerator"], "6205");
    assert_eq!(kpi["sites"].as_array().map(Vec::len), Some(3));
    assert_eq!(kpi["sites"][1]["denominator"], "20000");
}

#[tokio::test]
async fn a_site_manager_compares_the_own_site_only_and_a_stranger_nothing() {
    let network = march().await;
    let manager = network.server.site_manager(network.sites[1]).await;
    let kpi = compare(&manager, &["abandonment_rate"]).await[0].take();
    assert_eq!(kpi["network"], Value::Null);
    assert_eq!(kpi["sites"].as_array().map(Vec::len), Some(1));
    assert_eq!(kpi["sites"][0]["site"]["code"], "CD");
    let stranger = network.server.stranger().await.head_office().await;
    let kpi = compare(&stranger, &["abandonment_rate"]).await[0].take();
    assert_eq!((&kpi["sites"], &kpi["network"]["value"]), (&json!([]), &Value::Null));
    assert_eq!(kpi["network"]["status"], "NO_DATA");
}

#[tokio::test]
async fn the_steward_sets_a_target_and_nobody_else() {
    let network = march().await;
    let steward =
        network.server.user("steward@example.com", Role::MetricsSteward, Within::Tenant).await;
    let input = json!({"input": {"kpiCode": "service_level", "targetMin": "85", "criticalMin": "81",
                                 "validFromDate": "2026-03-01"}});
    let answer = steward.ok(SET, input.clone()).await["kpiTargetSet"].take();
    assert_eq!(answer["kpi"]["target"], json!({"targetMin": "85", "criticalMin": "81"}));
    let office = network.server.head_office().await;
    let kpi = compare(&office, &["service_level"]).await[0].take();
    assert_eq!(kpi["network"]["status"], "RED");
    assert_eq!(office.error_code(SET, input).await, "FORBIDDEN");
    let inside = json!({"input": {"kpiCode": "service_level", "targetMin": "85", "criticalMin": "86",
                                  "validFromDate": "2026-03-01"}});
    let answer = steward.ok(SET, inside).await["kpiTargetSet"].take();
    assert_eq!(
        answer["userErrors"][0],
        json!({"code": "INVALID_VALUE", "path": ["input", "criticalMin"]})
    );
}

#[tokio::test]
async fn measures_are_recorded_once_and_those_of_intervals_are_refused() {
    let network = march().await;
    let partner = {
        let scopes = [Permission::KpiRead, Permission::KpiWrite];
        let (id, secret) =
            network.server.company.db_client("survey", &scopes, &network.sites[..1]).await;
        network.server.partner_with(&trunkline::identity::api_key(id, &secret))
    };
    let measure = |name: &str, site: usize, value: &str| {
        json!({"measure": name, "onDate": "2026-03-09", "siteId": network.sites[site].to_string(),
               "value": value})
    };
    let measures = json!({"input": {"measures": [
        measure("complaints_valid", 0, "4"), measure("calls_offered", 0, "4"),
        measure("complaints_valid", 1, "4"), measure("no_such_measure", 0, "4")]}});
    let outcomes = async || {
        let results =
            partner.ok(RECORD, measures.clone()).await["measuresRecord"]["results"].take();
        let results = results.as_array().cloned().unwrap_or_default();
        results.iter().map(|it| it["outcome"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes().await, ["ACCEPTED", "REFUSED", "REFUSED", "REFUSED"]);
    assert_eq!(outcomes().await, ["UNCHANGED", "REFUSED", "REFUSED", "REFUSED"]);
}

#[tokio::test]
async fn the_catalogue_says_how_each_kpi_is_computed() {
    let network = march().await;
    let manager = network.server.site_manager(network.sites[0]).await;
    let query =
        "{ kpiCatalogue(class: FINANCIAL) { code } all: kpiCatalogue { code nameZh formula } }";
    let answer = manager.ok(query, json!({})).await;
    assert_eq!(answer["kpiCatalogue"].as_array().map(Vec::len), Some(7));
    let all = answer["all"].as_array().expect("list");
    assert_eq!(all.len(), 82);
    let level = all.iter().find(|kpi| kpi["code"] == "service_level").expect("kpi");
    assert_eq!(level["formula"], "100 * calls_answered_in_threshold / calls_offered");
    assert_eq!(level["nameZh"], "服务水平");
}
