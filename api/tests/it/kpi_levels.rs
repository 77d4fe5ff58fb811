//! Service levels of sites that measure differently, brought to one way by the waits that feeds tell.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{QueueId, SiteId},
    identity::{Permission, Role},
};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const PUSH: &str =
    "mutation($input: IntervalFiguresPushInput!) { intervalFiguresPush(input: $input) {
  results { outcome userErrors { code message path } } userErrors { code } } }";
const LEVEL: &str =
    "query($threshold: Int, $method: ServiceLevelMethod, $from: Date!, $to: Date!) {
  siteComparison(fromDate: $from, toDate: $to, kpiCodes: [\"service_level\"],
                 thresholdSeconds: $threshold, method: $method) { kpis {
    network { ...value queues { queue { code } value comparableValue
                                sites { site { code } value queues { value } } } }
    sites { site { code } ...value sites { value } queues { queue { code } ...value } } } } }
fragment value on KpiValue { value status numerator denominator isComparable comparableValue
  comparableCoveragePercent thresholdSeconds serviceLevelMethod }";
const GOAL: &str = "mutation($input: QueueGoalSetInput!) { queueGoalSet(input: $input) {
  userErrors { code path } } }";
/// 09:00 in Shanghai on the day on which the tests begin.
const NINE: &str = "2026-03-02T01:00:00Z";
/// The same on the day before.
const YESTERDAY: &str = "2026-03-01T01:00:00Z";

struct Network {
    server: Server,
    feed: Actor,
    sites: Vec<SiteId>,
    queues: Vec<QueueId>,
}

/// Guangzhou, Chengdu and Shenyang with a queue each, and one that all of them share.
async fn network() -> Network {
    let server = Server::start().await;
    let (mut sites, mut queues) = (Vec::new(), Vec::new());
    for code in ["GZ", "CD", "SY"] {
        let site = server.company.db_site(code).await;
        queues.push(server.company.db_queue(&format!("{code}-sales"), 15, &[site], None).await);
        sites.push(site);
    }
    queues.push(server.company.db_queue("presale", 15, &sites, None).await);
    let feed = server.partner(&[Permission::IntradayRead, Permission::IntradayWrite], &[]).await;
    Network { server, feed, sites, queues }
}

/// Figures of a site's own queue.
fn told(site: &str, starts_at: &str, [offered, in_time, abandoned]: [i64; 3]) -> Value {
    json!({"queue": {"code": format!("{site}-sales")}, "site": {"code": site},
           "startsAt": starts_at, "sourceAt": "2026-03-02T12:00:00Z", "offered": offered,
           "answered": offered - abandoned, "answeredInThreshold": in_time,
           "abandoned": abandoned})
}

/// Chengdu measures within 40 s: 8,100 of its 12,000 were answered within 20.
fn chengdu() -> Value {
    let mut figures = told("CD", NINE, [12_000, 9_000, 600]);
    figures["thresholdSeconds"] = json!(40);
    figures["waits"] = json!([
        {"upToSeconds": 5, "answered": 4_000}, {"upToSeconds": 10, "answered": 2_100},
        {"upToSeconds": 15, "answered": 1_500}, {"upToSeconds": 20, "answered": 500},
        {"upToSeconds": 30, "answered": 600}, {"upToSeconds": 40, "answered": 300},
        {"upToSeconds": 60, "answered": 2_400, "abandoned": 600}]);
    figures
}

impl Network {
    async fn push(&self, figures: &[Value]) -> Value {
        let input = json!({"input": {"source": "acd", "figures": figures}});
        self.feed.ok(PUSH, input).await["intervalFiguresPush"]["results"].take()
    }

    async fn took(&self, figures: &[Value]) {
        for result in self.push(figures).await.as_array().expect("results") {
            assert_eq!(result["outcome"], "ACCEPTED", "{result}");
        }
    }

    async fn march(&self) {
        self.took(&[
            told("GZ", NINE, [20_000, 16_400, 560]),
            chengdu(),
            told("SY", NINE, [3_000, 2_760, 45]),
        ])
        .await;
    }
}

async fn level(actor: &Actor, threshold: i32, method: &str, day: &str) -> Value {
    let to: jiff::civil::Date = day.parse().expect("date");
    let variables = json!({"threshold": threshold, "method": method, "from": day,
                           "to": to.tomorrow().expect("day")});
    actor.ok(LEVEL, variables).await["siteComparison"]["kpis"][0].take()
}

#[tokio::test]
async fn head_office_sees_chengdus_level_at_20_s_and_that_of_the_network() {
    let network = network().await;
    network.march().await;
    let office = network.server.head_office().await;
    let at_20 = level(&office, 20, "OFFERED", "2026-03-02").await;
    let chengdu = &at_20["sites"][0];
    assert_eq!(chengdu["site"]["code"], "CD");
    assert_eq!(chengdu["value"], "75");
    assert_eq!(chengdu["thresholdSeconds"], 40);
    assert_eq!(chengdu["isComparable"], false);
    assert_eq!(chengdu["comparableValue"], "67.50");
    assert_eq!(at_20["sites"][1]["comparableValue"], "82");
    assert_eq!(at_20["sites"][2]["comparableValue"], "92");
    let whole = &at_20["network"];
    assert_eq!(whole["comparableValue"], "77.89");
    assert_eq!(whole["comparableCoveragePercent"], "100");
    assert_eq!(whole["value"], "80.46", "each within its own threshold");
    assert_eq!((&whole["isComparable"], &whole["status"]), (&json!(false), &json!("INFO")));
    assert_eq!(whole["thresholdSeconds"], Value::Null);
    let answered = level(&office, 40, "ANSWERED_ONLY", "2026-03-02").await;
    assert_eq!(answered["sites"][0]["comparableValue"], "78.95", "9,000 of 11,400");
    assert_eq!(answered["network"]["comparableValue"], Value::Null, "two told no waits");
    assert_eq!(answered["network"]["comparableCoveragePercent"], "34.29", "12,000 of 35,000");
}

#[tokio::test]
async fn head_office_drills_to_the_queues_and_a_site_manager_to_the_own_part_only() {
    let network = network().await;
    network.march().await;
    let mut shared = told("CD", NINE, [100, 50, 0]);
    shared["queue"] = json!({"code": "presale"});
    let mut other = told("GZ", NINE, [300, 300, 0]);
    other["queue"] = json!({"code": "presale"});
    network.took(&[shared, other]).await;
    let office = network.server.head_office().await;
    let level_of = async |actor: &Actor| level(actor, 20, "OFFERED", "2026-03-02").await;
    let seen = level_of(&office).await;
    let queues = &seen["sites"][0]["queues"];
    assert_eq!(queues[0]["queue"]["code"], "CD-sales");
    assert_eq!(queues[0]["comparableValue"], "67.50");
    assert_eq!(queues[1]["queue"]["code"], "presale");
    assert_eq!((&queues[1]["value"], &queues[1]["denominator"]), (&json!("50"), &json!("100")));
    assert_eq!(seen["sites"][0]["thresholdSeconds"], Value::Null, "two queues, two thresholds");
    assert_eq!(seen["sites"][0]["status"], "INFO");
    assert_eq!(seen["sites"][0]["comparableValue"], "67.36", "8,150 of 12,100");
    assert_eq!(seen["sites"][0]["sites"], json!([]));
    let of_network = seen["network"]["queues"].as_array().expect("queues");
    let presale = of_network.iter().find(|it| it["queue"]["code"] == "presale").expect("queue");
    let share: f64 = presale["value"].as_str().expect("value").parse().expect("number");
    assert!((share - 87.5).abs() < 1e-9, "350 of 400");
    assert_eq!(presale["sites"][1], json!({"site": {"code": "GZ"}, "value": "100", "queues": []}));
    assert_eq!(presale["sites"][2]["value"], Value::Null, "no data is no zero");
    let manager = network.server.site_manager(network.sites[1]).await;
    let own = level_of(&manager).await;
    assert_eq!(own["network"], Value::Null);
    assert_eq!(own["sites"].as_array().map(Vec::len), Some(1));
    assert_eq!(&own["sites"][0]["queues"], queues);
    let stranger = network.server.stranger().await.head_office().await;
    assert_eq!(level_of(&stranger).await["network"]["queues"], json!([]));
}

#[tokio::test]
async fn waits_that_cannot_be_are_refused_at_their_place() {
    let network = network().await;
    let bins = |bins: Value| {
        let mut figures = told("GZ", NINE, [10, 6, 2]);
        figures["waits"] = bins;
        figures
    };
    let cases = [
        (bins(json!([{"upToSeconds": 10, "answered": 6}])), "waits.0.upToSeconds"),
        (bins(json!([{"upToSeconds": 5}, {"upToSeconds": 5}])), "waits.1.upToSeconds"),
        (bins(json!([{"upToSeconds": 10}, {"upToSeconds": 5}])), "waits.1.upToSeconds"),
        (bins(json!([{}, {"upToSeconds": 5}])), "waits.1.upToSeconds"),
        (bins(json!([{"upToSeconds": -5}])), "waits.0.upToSeconds"),
        (bins(json!([{"upToSeconds": 5, "answered": -1}])), "waits.0.answered"),
        (bins(json!([{"upToSeconds": 5, "answered": 6}])), "waits"),
        (bins(json!([{"upToSeconds": 5, "answered": 8, "abandoned": 2}])), "waits"),
        (bins(json!(vec![json!({}); 101])), "waits"),
    ];
    let figures: Vec<Value> = cases.iter().map(|(figures, _)| figures.clone()).collect();
    let results = network.push(&figures).await;
    for (at, (figures, path)) in cases.iter().enumerate() {
        let error = &results[at]["userErrors"][0];
        assert_eq!(error["code"], "INVALID_VALUE", "{figures} {}", results[at]);
        let place: Vec<_> = error["path"].as_array().expect("path").iter().collect();
        let place: Vec<_> = place.iter().filter_map(|it| it.as_str()).collect();
        assert_eq!(place.join("."), format!("input.figures.{at}.{path}"), "{figures}");
    }
    let sound = bins(json!([{"upToSeconds": 5, "answered": 6}, {"upToSeconds": 30},
                            {"upToSeconds": 40, "answered": 2, "abandoned": 2}]));
    network.took(std::slice::from_ref(&sound)).await;
    assert_eq!(network.push(&[sound]).await[0]["outcome"], "UNCHANGED");
}

#[tokio::test]
async fn without_all_waits_there_is_no_comparable_level_and_it_is_said_how_much_is_covered() {
    let network = network().await;
    network.march().await;
    let mut silent = chengdu();
    silent["startsAt"] = json!("2026-03-02T01:15:00Z");
    silent.as_object_mut().expect("figures").remove("waits");
    network.took(&[silent]).await;
    let office = network.server.head_office().await;
    let seen = level(&office, 20, "OFFERED", "2026-03-02").await;
    assert_eq!(seen["sites"][0]["value"], "75");
    assert_eq!(seen["sites"][0]["comparableValue"], Value::Null);
    assert_eq!(seen["sites"][0]["comparableCoveragePercent"], "0");
    assert_eq!(seen["network"]["comparableValue"], Value::Null);
    assert_eq!(seen["network"]["comparableCoveragePercent"], "48.94", "23,000 of 47,000");
}

#[tokio::test]
async fn another_goal_leaves_yesterday_as_it_was_measured_also_where_it_is_corrected() {
    let network = network().await;
    network.took(&[told("GZ", YESTERDAY, [100, 80, 20])]).await;
    let admin = network.server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let goal = json!({"queueId": network.queues[0].to_string(), "goal": {
        "serviceLevelPercent": "90", "thresholdSeconds": 40, "method": "ANSWERED_ONLY"}});
    let set = admin.ok(GOAL, json!({"input": goal})).await;
    assert_eq!(set["queueGoalSet"]["userErrors"], json!([]));
    network.server.pass(3_600);
    let mut correction = told("GZ", YESTERDAY, [100, 60, 20]);
    correction["sourceAt"] = json!("2026-03-02T12:30:00Z");
    let mut now = told("GZ", "2026-03-02T12:30:00Z", [100, 60, 20]);
    now["sourceAt"] = json!("2026-03-02T12:45:00Z");
    network.took(&[correction, now]).await;
    let office = network.server.head_office().await;
    let of = async |day: &str| {
        let seen = level(&office, 20, "OFFERED", day).await;
        let site = &seen["sites"][1];
        json!([site["value"], site["serviceLevelMethod"], site["thresholdSeconds"]])
    };
    assert_eq!(of("2026-03-01").await, json!(["60", "OFFERED", 20]));
    assert_eq!(of("2026-03-02").await, json!(["75", "ANSWERED_ONLY", 40]));
}
