//! The network grows and changes by data only.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_infra::{ctx::Ctx, network::lock_queue, params};
use trunkline_testkit::Within;

use crate::support::{Actor, Server};

const SITE_CREATE: &str = "mutation($input: SiteCreateInput!) {
  siteCreate(input: $input) { site { id code state version } userErrors { code path } } }";
const SITE_UPDATE: &str = "mutation($input: SiteUpdateInput!) {
  siteUpdate(input: $input) { site { name state version } userErrors { code path } } }";
const QUEUE_CREATE: &str = "mutation($input: QueueCreateInput!) {
  queueCreate(input: $input) {
    queue { id code intervalSeconds sites { code } skill { code } thresholdSeconds serviceLevelMethod
            minimumStaff shrinkage patienceSeconds }
    userErrors { code path } } }";
const GOAL_SET: &str = "mutation($input: QueueGoalSetInput!) {
  queueGoalSet(input: $input) { queue { thresholdSeconds } userErrors { code path } } }";
const STAFFING_SET: &str = "mutation($input: QueueStaffingSetInput!) {
  queueStaffingSet(input: $input) {
    queue { minimumStaff shrinkage unplannedShrinkage patienceSeconds version }
    userErrors { code path } } }";

const WEEK_SET: &str = "mutation($input: QueueWeekSetInput!) {
  queueWeekSet(input: $input) {
    week { effectiveOn bands { weekdays starts ends minimumStaff shrinkage unplannedShrinkage
                               seniors { grade sharePercent minimum } } }
    userErrors { code path } } }";

async fn admin(server: &Server) -> Actor {
    server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await
}

fn queue(sites: &[String]) -> Value {
    json!({"code": "presale", "nameEn": "Presale", "timeZone": "Asia/Shanghai",
           "intervalSeconds": 1800, "siteIds": sites, "minimumStaff": 2, "shrinkage": "0.3",
           "patienceSeconds": "90", "goal": {"serviceLevelPercent": "80", "thresholdSeconds": 20}})
}

#[tokio::test]
async fn a_fourth_site_made_by_the_api_is_there_for_head_office_and_shares_a_queue() {
    let server = Server::start().await;
    let mut sites = Vec::new();
    for code in ["GZ", "CD", "SY"] {
        sites.push(server.company.db_site(code).await.to_string());
    }
    let (admin, office) = (admin(&server).await, server.head_office().await);
    assert_eq!(
        office.ok("{ sites { code } }", json!({})).await["sites"].as_array().map(Vec::len),
        Some(3)
    );
    let km = json!({"code": "KM", "nameEn": "Kunming", "nameZh": "昆明", "timeZone": "Asia/Shanghai",
        "opening": {"week": [{"weekday": 1, "opens": "08:30", "closes": "12:00"},
                             {"weekday": 1, "opens": "13:00", "closes": "17:30"}]}});
    let made = admin.ok(SITE_CREATE, json!({"input": km})).await["siteCreate"].take();
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["site"]["state"], "OPEN");
    sites.push(made["site"]["id"].as_str().expect("id").to_owned());
    let made = admin.ok(QUEUE_CREATE, json!({"input": queue(&sites)})).await["queueCreate"].take();
    assert_eq!(made["userErrors"], json!([]));
    let seen = office.ok("{ sites { code } queues { code sites { code } } }", json!({})).await;
    let codes = json!([{"code": "CD"}, {"code": "GZ"}, {"code": "KM"}, {"code": "SY"}]);
    assert_eq!(seen["sites"], codes);
    let shared = seen["queues"][0]["sites"].as_array().map(Vec::len);
    assert_eq!(shared, Some(4));
}

#[tokio::test]
async fn a_queue_keeps_what_was_said_about_it() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await.to_string();
    let admin = admin(&server).await;
    let skill = "mutation { skillCreate(input: {code: \"presale\", nameEn: \"Presale\"}) {
        skill { id name } userErrors { code } } }";
    let skill = admin.ok(skill, json!({})).await["skillCreate"]["skill"]["id"].take();
    let mut input = queue(&[site]);
    input["skillId"] = skill;
    let made = admin.ok(QUEUE_CREATE, json!({"input": input})).await["queueCreate"]["queue"].take();
    let said = json!({"intervalSeconds": 1800, "skill": {"code": "presale"}, "thresholdSeconds": 20,
        "serviceLevelMethod": "OFFERED", "minimumStaff": 2, "shrinkage": "0.3000",
        "patienceSeconds": "90.000"});
    for (field, value) in said.as_object().expect("object") {
        assert_eq!(made[field], *value, "{field}");
    }
}

#[tokio::test]
async fn the_staffing_of_a_queue_changes_where_it_is_said_and_stays_elsewhere() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await.to_string();
    let admin = admin(&server).await;
    let made = admin.ok(QUEUE_CREATE, json!({"input": queue(&[site])})).await;
    let id = made["queueCreate"]["queue"]["id"].clone();
    let set = async |mut input: Value| {
        input["queueId"] = id.clone();
        admin.ok(STAFFING_SET, json!({"input": input})).await["queueStaffingSet"].take()
    };
    let said = set(json!({"unplannedShrinkage": "0.08", "expectedVersion": 1})).await;
    let queue = json!({"minimumStaff": 2, "shrinkage": "0.3000", "unplannedShrinkage": "0.0800",
        "patienceSeconds": "90.000", "version": 2});
    assert_eq!(said, json!({"queue": queue, "userErrors": []}));
    let stale = set(json!({"minimumStaff": 1, "expectedVersion": 1})).await;
    assert_eq!(stale["userErrors"][0]["code"], "STALE_VERSION");
    let nothing = set(json!({})).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "minimumStaff"]}]);
    assert_eq!(nothing, json!({"queue": null, "userErrors": fault}));
    let wrong = set(json!({"shrinkage": "0.05"})).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "unplannedShrinkage"]}]);
    assert_eq!(wrong, json!({"queue": null, "userErrors": fault}));
}

#[tokio::test]
async fn a_limit_on_abandonment_holds_the_patience_that_it_needs() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let impatient = server.company.db_queue("loans", 30, &[site], None).await.to_string();
    let admin = admin(&server).await;
    let made = admin.ok(QUEUE_CREATE, json!({"input": queue(&[site.to_string()])})).await;
    let patient = made["queueCreate"]["queue"]["id"].as_str().expect("id").to_owned();
    let goal = json!({"maxAbandonmentPercent": "3", "maxAverageSpeedOfAnswerSeconds": 30,
        "thresholdSeconds": 20});
    let set = async |queue: &str, goal: &Value| {
        let input = json!({"queueId": queue, "goal": goal});
        let set = "mutation($input: QueueGoalSetInput!) { queueGoalSet(input: $input) {
            queue { serviceLevelPercent maxAbandonmentPercent maxAverageSpeedOfAnswerSeconds
                    maxOccupancyPercent }
            userErrors { code path } } }";
        admin.ok(set, json!({"input": input})).await["queueGoalSet"].take()
    };
    let fault = |path: &[&str]| json!([{"code": "INVALID_VALUE", "path": path}]);
    let unknown = set(&impatient, &goal).await;
    let path = ["input", "goal", "maxAbandonmentPercent"];
    assert_eq!(unknown, json!({"queue": null, "userErrors": fault(&path)}));
    let known = set(&patient, &goal).await;
    let limits = json!({"serviceLevelPercent": null, "maxAbandonmentPercent": "3.00",
        "maxAverageSpeedOfAnswerSeconds": 30, "maxOccupancyPercent": null});
    assert_eq!(known, json!({"queue": limits, "userErrors": []}));
    let nothing = set(&patient, &json!({"thresholdSeconds": 20})).await;
    let path = ["input", "goal", "serviceLevelPercent"];
    assert_eq!(nothing, json!({"queue": null, "userErrors": fault(&path)}));
    let input = json!({"queueId": patient, "patienceSeconds": null});
    let lost = admin.ok(STAFFING_SET, json!({"input": input})).await["queueStaffingSet"].take();
    assert_eq!(lost, json!({"queue": null, "userErrors": fault(&["input", "patienceSeconds"])}));
}

#[tokio::test]
async fn a_limit_on_abandonment_waits_for_who_takes_the_patience_away() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("loans", 30, &[site], None).await;
    let patience = "update app.queue set patience_seconds = 90 where tenant_id = $1 and id = $2";
    company.db_run(patience, params![company.tenant, queue]).await;
    let admin = admin(&server).await;
    let tx = company.db_begin().await;
    lock_queue(&tx, queue).await.expect("locked as a set of staffing does");
    let unknown = "update app.queue set patience_seconds = null where tenant_id = $1 and id = $2";
    tx.run(unknown, params![company.tenant, queue]).await.expect("changed");
    let goal = json!({"maxAbandonmentPercent": "3", "thresholdSeconds": 20});
    let input = json!({"queueId": queue.to_string(), "goal": goal});
    let mut setting = Box::pin(admin.ok(GOAL_SET, json!({"input": input})));
    let mut said = match tokio::time::timeout(Duration::from_millis(500), &mut setting).await {
        Ok(said) => said,
        Err(_) => {
            tx.commit().await.expect("commit");
            setting.await
        }
    };
    let path = ["input", "goal", "maxAbandonmentPercent"];
    let fault = json!([{"code": "INVALID_VALUE", "path": path}]);
    assert_eq!(said["queueGoalSet"].take(), json!({"queue": null, "userErrors": fault}));
}

#[tokio::test]
async fn a_week_of_a_queue_is_kept_and_one_that_contradicts_itself_is_refused() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let skill = server.company.db_skill("loans").await;
    let queue = server.company.db_queue("loans", 30, &[site], Some(skill)).await.to_string();
    let admin = admin(&server).await;
    let set = async |on: &str, bands: Value| {
        let input = json!({"queueId": queue, "effectiveOn": on, "bands": bands});
        admin.ok(WEEK_SET, json!({"input": input})).await["queueWeekSet"].take()
    };
    let night = json!({"weekdays": [6, 7], "starts": "22:00", "ends": "06:00", "minimumStaff": 2,
        "seniors": {"grade": 4, "sharePercent": "30", "minimum": 1}});
    let lunch = json!({"weekdays": [1], "starts": "12:00", "ends": "13:30", "shrinkage": "0.4"});
    let kept = set("2027-01-04", json!([night, lunch])).await;
    assert_eq!(kept["userErrors"], json!([]), "{kept:#}");
    let band = &kept["week"]["bands"][0];
    assert_eq!((&band["minimumStaff"], &band["shrinkage"]), (&json!(2), &json!(null)));
    assert_eq!((&band["seniors"]["grade"], &band["seniors"]["minimum"]), (&json!(4), &json!(1)));
    let listed =
        "query($queue: ID!) { queueWeeks(queueId: $queue) { effectiveOn bands { weekdays } } }";
    let listed = admin.ok(listed, json!({"queue": queue})).await["queueWeeks"].take();
    let bands = json!([{"weekdays": [6, 7]}, {"weekdays": [1]}]);
    assert_eq!(listed, json!([{"effectiveOn": "2027-01-04", "bands": bands}]));

    let early = json!({"weekdays": [7], "starts": "05:00", "ends": "08:00", "minimumStaff": 1});
    let refused = set("2027-01-04", json!([night, early])).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "bands", "1", "starts"]}]);
    assert_eq!(refused, json!({"week": null, "userErrors": fault}));
    let past = set("2020-01-06", json!([])).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "effectiveOn"]}]);
    assert_eq!(past, json!({"week": null, "userErrors": fault}));
}

#[tokio::test]
async fn a_hundred_weeks_of_a_queue_may_lie_ahead_and_no_more() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("loans", 30, &[site], None).await;
    let weeks = "insert into app.queue_week (tenant_id, queue_id, valid_from, bands, set_at)
                 select $1, $2, date '2030-01-07' + 7 * week, '[]', $3
                 from generate_series(0, 99) as week";
    let now = server.app.clock.now();
    company.db_run(weeks, params![company.tenant, queue, now]).await;
    let admin = admin(&server).await;
    let set = async |on: &str| {
        let input = json!({"queueId": queue.to_string(), "effectiveOn": on, "bands": []});
        admin.ok(WEEK_SET, json!({"input": input})).await["queueWeekSet"]["userErrors"].take()
    };
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "effectiveOn"]}]);
    assert_eq!(set("2033-01-03").await, fault);
    assert_eq!(set("2030-01-07").await, json!([]), "in the place of another");
}

#[tokio::test]
async fn a_later_goal_leaves_the_goal_of_today_in_force() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let admin = admin(&server).await;
    let set = async |at: &str| {
        let input = json!({"queueId": queue.to_string(), "effectiveAt": at,
            "goal": {"serviceLevelPercent": "80", "thresholdSeconds": 40}});
        admin.ok(GOAL_SET, json!({"input": input})).await["queueGoalSet"].take()
    };
    let may = set("2026-04-30T16:00:00Z").await;
    assert_eq!(may, json!({"queue": {"thresholdSeconds": 20}, "userErrors": []}));
    let past = set("2026-02-01T00:00:00Z").await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "effectiveAt"]}]);
    assert_eq!(past, json!({"queue": null, "userErrors": fault}));
    server.app.clock.set("2026-05-01T00:00:00Z".parse().expect("instant"));
    let later = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    server.app.forget_directory(&later).await;
    let admin = server.sign_in("admin@example.com").await;
    let seen = admin.ok("{ queues { thresholdSeconds } }", json!({})).await;
    assert_eq!(seen["queues"][0]["thresholdSeconds"], 40);
}

#[tokio::test]
async fn a_change_of_what_was_changed_meanwhile_shows_how_it_stands_now() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let admin = admin(&server).await;
    let update = async |change: Value| {
        let mut input = change;
        input["siteId"] = json!(site.to_string());
        admin.ok(SITE_UPDATE, json!({"input": input})).await["siteUpdate"].take()
    };
    let first =
        update(json!({"nameEn": "Guangzhou", "nameZh": "Guangzhou", "expectedVersion": 1})).await;
    assert_eq!(first["site"], json!({"name": "Guangzhou", "state": "OPEN", "version": 2}));
    let second = update(json!({"nameEn": "Canton", "expectedVersion": 1})).await;
    let stale = json!([{"code": "STALE_VERSION", "path": ["input", "expectedVersion"]}]);
    assert_eq!(second["userErrors"], stale);
    assert_eq!(second["site"]["name"], "Guangzhou");
    assert_eq!(update(json!({"state": "CLOSED"})).await["site"]["state"], "CLOSED");
    let reopened = update(json!({"state": "OPEN"})).await;
    assert_eq!(
        reopened["userErrors"],
        json!([{"code": "INVALID_STATE", "path": ["input", "state"]}])
    );
}

#[tokio::test]
async fn a_site_manager_writes_to_the_own_site_and_a_stranger_to_none() {
    let server = Server::start().await;
    let (gz, cd) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let manager = server.site_manager(gz).await;
    let stranger = admin(&server.stranger().await).await;
    let team = "mutation($input: TeamCreateInput!) {
      teamCreate(input: $input) { team { code } userErrors { code path } } }";
    let make = async |who: &Actor, site: String| {
        let input = json!({"siteId": site, "code": "T1", "nameEn": "Team 1"});
        who.ok(team, json!({"input": input})).await["teamCreate"].take()
    };
    let hidden =
        json!({"team": null, "userErrors": [{"code": "NOT_FOUND", "path": ["input", "siteId"]}]});
    assert_eq!(
        make(&manager, gz.to_string()).await,
        json!({"team": {"code": "T1"}, "userErrors": []})
    );
    assert_eq!(make(&manager, cd.to_string()).await, hidden);
    assert_eq!(make(&stranger, gz.to_string()).await, hidden);
    assert_eq!(make(&stranger, "sit_nonsense".to_owned()).await, hidden);
    let input = json!({"code": "KM", "nameEn": "Kunming", "timeZone": "Asia/Shanghai"});
    let refused = manager.ok(SITE_CREATE, json!({"input": input})).await["siteCreate"].take();
    assert_eq!(refused["userErrors"][0]["code"], "FORBIDDEN");
    let twice = make(&manager, gz.to_string()).await;
    assert_eq!(twice["userErrors"], json!([{"code": "DUPLICATE", "path": ["input", "code"]}]));
}

#[tokio::test]
async fn all_faults_of_a_queue_are_told_at_their_places() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await.to_string();
    let mut input = queue(&[site]);
    input["code"] = json!("pre sale");
    input["intervalSeconds"] = json!(77);
    input["shrinkage"] = json!("30");
    input["goal"]["serviceLevelPercent"] = json!("0");
    let answer = admin(&server).await.ok(QUEUE_CREATE, json!({"input": input})).await;
    let paths: Vec<String> = answer["queueCreate"]["userErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| {
            error["path"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(".")
        })
        .collect();
    assert_eq!(
        paths,
        [
            "input.code",
            "input.intervalSeconds",
            "input.goal.serviceLevelPercent",
            "input.shrinkage"
        ]
    );
}
