//! Agents needed, by the numbers of the promotion day.

use jiff::{SignedDuration, Timestamp, civil::date};
use serde_json::{Value, json};
use trunkline_domain::{
    forecasting::{model::ForecastPoint, quantiles::Quantiles},
    id::{ForecastId, QueueId},
    identity::Role,
    time::Span,
};
use trunkline_infra::{
    ctx::{Ctx, new_id},
    forecasting::{NewForecast, insert_forecast},
    params,
};
use trunkline_testkit::Within;

use crate::support::Server;

const CHECK: &str =
    "query($demand: StaffingDemandInput!, $goal: StaffingGoalInput, $agents: Float) {
  staffingCheck(demand: $demand, goal: $goal, agents: $agents) {
    model requiredAgents requiredOnRoster gap surplus
    withRequired { serviceLevelPercent } withAgents { serviceLevelPercent } } }";
const COMPUTE: &str =
    "mutation($input: RequirementComputeInput!) { requirementCompute(input: $input) {
  requirement { id model shrinkage unplannedShrinkage serviceLevelPercent thresholdSeconds forecast { number }
    points(from: \"2026-11-09T16:00:00Z\", to: \"2026-11-10T16:00:00Z\") {
      startsAt onPhone onRoster toSchedule serviceLevelPercent } }
  userErrors { code path } } }";

const LEVEL: &str =
    "query($queue: ID!) { planLevel(queueIds: [$queue], date: \"2026-03-10\", days: 40) {
  total { serviceLevelPercent { value } formulaServiceLevelPercent averageSpeedOfAnswerSeconds { value } }
  queues { unplannedShrinkage level { serviceLevelPercent { value } formulaServiceLevelPercent }
    intervals { contacts formulaAgents formulaServiceLevelPercent } } groups { peakAgents } } }";

/// Ten o'clock in Shanghai on the promotion day.
const TEN: &str = "2026-11-10T02:00:00Z";

/// A forecast of the promotion day with these volumes from ten o'clock on.
async fn db_forecast(server: &Server, queue: QueueId, volumes: &[f64]) -> ForecastId {
    db_forecast_at(server, queue, TEN, volumes).await
}

/// A forecast of one day in Shanghai with these volumes of half hours from an instant on.
pub(crate) async fn db_forecast_at(
    server: &Server,
    queue: QueueId,
    from: &str,
    volumes: &[f64],
) -> ForecastId {
    let start: Timestamp = from.parse().expect("instant");
    let now = server.app.clock.now();
    let point = |(volume, slot): (&f64, i64)| ForecastPoint {
        span: Span::of_seconds(start + SignedDuration::from_mins(30 * slot), 1800),
        volume: *volume,
        quantiles: Quantiles::default(),
        handle_time_seconds: 198.0,
    };
    let forecast = NewForecast {
        id: new_id(now),
        queue_id: queue,
        starts_on: (start + SignedDuration::from_hours(8)).to_string()[..10].parse().expect("date"),
        days: 1,
        grain_minutes: 30,
        method: "LEVEL_WEEKDAY_PROFILE",
        inputs: json!({}),
        points: volumes.iter().zip(0..).map(point).collect(),
    };
    let tx = server.company.db_begin().await;
    let ctx = Ctx::of_system(server.company.tenant, "test", now);
    insert_forecast(&tx, &ctx, &forecast).await.expect("forecast");
    tx.commit().await.expect("commit");
    forecast.id
}

fn agents(requirement: &Value) -> Vec<(i64, i64)> {
    let points = requirement["points"].as_array().expect("points");
    let count = |value: &Value| value.as_i64().expect("count");
    points.iter().map(|point| (count(&point["onPhone"]), count(&point["onRoster"]))).collect()
}

#[tokio::test]
async fn a_check_says_how_many_and_what_fewer_would_achieve() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let demand = json!({"calls": 100, "handleTimeSeconds": 180});
    let goal = json!({"shrinkage": 0.3});
    let found =
        planner.ok(CHECK, json!({"demand": demand, "goal": goal})).await["staffingCheck"].take();
    assert_eq!((&found["requiredAgents"], &found["requiredOnRoster"]), (&json!(14), &json!(20)));
    assert_eq!((&found["model"], &found["withAgents"]), (&json!("ERLANG_C"), &json!(null)));

    let demand = json!({"calls": 210, "handleTimeSeconds": 198});
    let found =
        planner.ok(CHECK, json!({"demand": demand, "agents": 24})).await["staffingCheck"].take();
    let percent =
        |value: &Value| (value["serviceLevelPercent"].as_f64().expect("share") * 100.0).round();
    assert_eq!((&found["requiredAgents"], &found["gap"]), (&json!(28), &json!(4.0)));
    assert_eq!((percent(&found["withRequired"]), percent(&found["withAgents"])), (8517.0, 2737.0));

    let wrong = json!({"demand": {"calls": -1, "handleTimeSeconds": 180}});
    assert_eq!(planner.error_code(CHECK, wrong).await, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn a_check_warns_of_too_few_lines() {
    let server = Server::start().await;
    let planner = server.planner(server.company.db_site("GZ").await).await;
    let check = "query($agents: Float, $lines: StaffingLinesInput!) {
      staffingCheck(demand: {calls: 100, handleTimeSeconds: 180}, agents: $agents, lines: $lines) {
        lines { expectedConcurrentCalls blockingPercent requiredLines isEnough } } }";
    let asked = async |lines: u32, agents: Option<f64>| {
        let lines = json!({"lines": lines, "ivrErlangs": 2.0});
        let found = planner.ok(check, json!({"lines": lines, "agents": agents})).await;
        found["staffingCheck"]["lines"].clone()
    };
    // Ten talk, two are in the menu, and 0.43 wait for one of fourteen agents.
    let few = asked(10, None).await;
    let number = |of: &Value, name: &str| of[name].as_f64().expect("number");
    let expected = number(&few, "expectedConcurrentCalls");
    assert!((12.4..12.5).contains(&expected), "{few:#}");
    assert_eq!((&few["isEnough"], &few["requiredLines"]), (&json!(false), &json!(21)));
    assert!(number(&few, "blockingPercent") > 20.0);
    let enough = asked(21, None).await;
    assert_eq!(enough["isEnough"], true);
    assert!(number(&enough, "blockingPercent") <= 1.0);
    // Fewer agents let more wait, and ten are too few for ever.
    assert!(number(&asked(21, Some(11.0)).await, "expectedConcurrentCalls") > expected + 3.0);
    assert_eq!(asked(21, Some(10.0)).await, Value::Null);
}

#[tokio::test]
async fn a_requirement_is_split_by_grade_and_a_night_without_seniors_flagged() {
    let server = Server::start().await;
    let planner = server.planner(server.company.db_site("GZ").await).await;
    let check =
        "query($calls: Float!, $least: Int!, $agents: Float, $seniors: StaffingSeniorsInput!) {
      staffingCheck(demand: {calls: $calls, handleTimeSeconds: 180}, goal: {minimumAgents: $least},
                    agents: $agents, seniors: $seniors) {
        requiredAgents grades { generalAgents seniorAgents missingSeniors } } }";
    let day = json!({"calls": 100.0, "least": 16, "seniors": {"sharePercent": 25.0}});
    let found = planner.ok(check, day).await["staffingCheck"].take();
    let split = json!({"generalAgents": 12, "seniorAgents": 4, "missingSeniors": null});
    assert_eq!((&found["requiredAgents"], &found["grades"]), (&json!(16), &split));

    let night = |seniors: u32| {
        json!({"calls": 4.0, "least": 3, "agents": 3.0,
            "seniors": {"sharePercent": 10.0, "minimum": 1, "seniors": seniors}})
    };
    let missing = async |seniors: u32| {
        let found = planner.ok(check, night(seniors)).await["staffingCheck"].take();
        found["grades"]["missingSeniors"].clone()
    };
    assert_eq!((missing(0).await, missing(1).await), (json!(1), json!(0)));
    let wrong = json!({"calls": 4.0, "least": 3, "seniors": {"sharePercent": 101.0}});
    assert_eq!(planner.error_code(check, wrong).await, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn so_many_more_are_scheduled_as_the_queue_says_will_be_missing_without_notice() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let set = "mutation($input: QueueStaffingSetInput!) {
        queueStaffingSet(input: $input) { userErrors { code } } }";
    let input = json!({"queueId": queue.to_string(), "unplannedShrinkage": "0.08"});
    let said = admin.ok(set, json!({"input": input})).await;
    assert_eq!(said["queueStaffingSet"]["userErrors"], json!([]));
    let planner = server.planner(site).await;
    let forecast = db_forecast(&server, queue, &[180.0, 198.0, 189.0, 171.0]).await;
    let input = json!({"input": {"forecastId": forecast.to_string()}});
    let answer = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    let requirement = &answer["requirement"];
    assert_eq!(requirement["unplannedShrinkage"], 0.08);
    let points = requirement["points"].as_array().expect("points");
    let scheduled: Vec<_> = points.iter().map(|it| it["toSchedule"].as_i64()).collect();
    assert_eq!(scheduled, [Some(27), Some(29), Some(28), Some(25)]);
}

#[tokio::test]
async fn bands_and_limits_decide_intervals_and_each_interval_says_which() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let skill = server.company.db_skill("presale").await;
    let queue = server.company.db_queue("presale", 30, &[site], Some(skill)).await.to_string();
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    // The promotion day is a Tuesday.
    let band = json!({"weekdays": [2], "starts": "10:30", "ends": "11:00", "minimumStaff": 30,
        "shrinkage": "0.4", "unplannedShrinkage": "0.1",
        "seniors": {"grade": 4, "sharePercent": "30"}});
    let set = "mutation($input: QueueWeekSetInput!) { queueWeekSet(input: $input) {
        userErrors { code path } } }";
    let input = json!({"queueId": queue, "bands": [band]});
    let said = admin.ok(set, json!({"input": input})).await;
    assert_eq!(said["queueWeekSet"]["userErrors"], json!([]));
    let set = "mutation($input: QueueGoalSetInput!) { queueGoalSet(input: $input) {
        userErrors { code path } } }";
    let goal =
        json!({"serviceLevelPercent": "80", "thresholdSeconds": 20, "maxOccupancyPercent": "70"});
    let input = json!({"queueId": queue, "effectiveAt": "2026-11-10T03:00:00Z", "goal": goal});
    let said = admin.ok(set, json!({"input": input})).await;
    assert_eq!(said["queueGoalSet"]["userErrors"], json!([]));

    let planner = server.planner(site).await;
    let id: QueueId = queue.parse().expect("id");
    let forecast = db_forecast(&server, id, &[180.0, 180.0, 180.0]).await;
    let compute = "mutation($input: RequirementComputeInput!) { requirementCompute(input: $input) {
      requirement { points(from: \"2026-11-09T16:00:00Z\", to: \"2026-11-10T16:00:00Z\") {
        onPhone onRoster toSchedule decidedBy shrinkage unplannedShrinkage
        seniors { grade onPhone toSchedule } } } userErrors { code path } } }";
    let input = json!({"input": {"forecastId": forecast.to_string()}});
    let answer = planner.ok(compute, input).await["requirementCompute"].take();
    let points = &answer["requirement"]["points"];
    // 19.8 erlangs: 24 answer 80 % in time, and 29 are busy less than 70 % of their time.
    let expected = json!([
        {"onPhone": 24, "onRoster": 35, "toSchedule": 24, "decidedBy": "SERVICE_LEVEL",
         "shrinkage": 0.3, "unplannedShrinkage": 0.0, "seniors": null},
        {"onPhone": 30, "onRoster": 50, "toSchedule": 34, "decidedBy": "MINIMUM_STAFF",
         "shrinkage": 0.4, "unplannedShrinkage": 0.1,
         "seniors": {"grade": 4, "onPhone": 9, "toSchedule": 10}},
        {"onPhone": 29, "onRoster": 42, "toSchedule": 29, "decidedBy": "OCCUPANCY",
         "shrinkage": 0.3, "unplannedShrinkage": 0.0, "seniors": null},
    ]);
    assert_eq!(*points, expected, "{answer:#}");
}

#[tokio::test]
async fn the_promotion_day_is_staffed_and_the_newest_requirement_is_what_schedules_see() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let planner = server.planner(site).await;
    let first = db_forecast(&server, queue, &[180.0, 198.0, 189.0, 171.0]).await;
    let input = json!({"input": {"forecastId": first.to_string()}});
    let answer = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    let requirement = &answer["requirement"];
    assert_eq!(agents(requirement), [(24, 35), (26, 38), (25, 36), (23, 33)], "{answer:#}");
    assert_eq!(
        (&requirement["model"], &requirement["shrinkage"]),
        (&json!("ERLANG_C"), &json!(0.3))
    );
    assert_eq!(requirement["serviceLevelPercent"], 80.0);
    assert_eq!(requirement["forecast"]["number"], 1);

    server.app.clock.set(server.app.clock.now() + SignedDuration::from_mins(1));
    let second = db_forecast(&server, queue, &[210.0, 0.0]).await;
    let input = json!({"input": {"forecastId": second.to_string()}});
    let answer = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    assert_eq!(agents(&answer["requirement"]), [(28, 40), (0, 0)]);
    // What rosters of the day are held against. A site without agents owes nothing.
    server.company.db_agent("1", "1", site, None, &[]).await;
    let day = date(2026, 11, 10);
    let plan = server.company.db_schedule(site, day, day, true).await;
    let draft = server.company.db_schedule(site, day, day, false).await;
    let required =
        "query($from: ID!, $to: ID!) { scheduleDiff(fromScheduleId: $from, toScheduleId: $to) {
      effect { requiredSeconds } } }";
    let ask = json!({"from": plan.to_string(), "to": draft.to_string()});
    let required = planner.ok(required, ask).await["scheduleDiff"]["effect"].take();
    let half_hours = 28 + 25 + 23;
    assert_eq!(
        required["requiredSeconds"],
        half_hours * 1800,
        "28 and 0 of the newer one; the older one still stands where that says nothing"
    );
    let listed = "query($queue: ID!) { requirements(queueId: $queue) { forecast { number } } }";
    let listed = planner.ok(listed, json!({"queue": queue.to_string()})).await;
    let numbers = json!([{"forecast": {"number": 2}}, {"forecast": {"number": 1}}]);
    assert_eq!(listed["requirements"], numbers);
}

#[tokio::test]
async fn a_plan_is_worth_what_those_who_come_can_do() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let absent = async |share: &str| {
        let set = "mutation($input: QueueStaffingSetInput!) {
            queueStaffingSet(input: $input) { userErrors { code } } }";
        let input = json!({"queueId": queue.to_string(), "unplannedShrinkage": share});
        let said = admin.ok(set, json!({"input": input})).await;
        assert_eq!(said["queueStaffingSet"]["userErrors"], json!([]));
    };
    absent("0.08").await;
    // Five and a half hours of 180 contacts of 198 s a half hour: 24 on the phone, 27 to schedule.
    let nine = "2026-03-10T01:00:00Z";
    let forecast = db_forecast_at(&server, queue, nine, &[180.0; 11]).await;
    let planner = server.planner(site).await;
    let input = json!({"input": {"forecastId": forecast.to_string()}});
    let made = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    assert_eq!(made["userErrors"], json!([]));
    let schedule = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    for agent in company.db_agents(site, 27).await {
        company.db_shift(schedule, site, agent, "2026-03-10T09:00", 6).await;
    }
    let level = async || {
        let found = planner.ok(LEVEL, json!({"queue": queue.to_string()})).await;
        found["planLevel"].clone()
    };
    let found = level().await;
    assert_eq!(found["groups"], json!([{"peakAgents": 27}]), "as planned");
    assert_eq!(found["queues"][0]["unplannedShrinkage"], 0.08);
    // 24 who come give 81.9 %, 25 give 88.6 %; it is 24.84 on average. All 27 would give 95.8 %.
    let percent = found["total"]["serviceLevelPercent"]["value"].as_f64().expect("percent");
    assert!((84.0..91.0).contains(&percent), "{found:#}");
    let foretold = found["total"]["formulaServiceLevelPercent"].as_f64().expect("percent");
    assert!((81.94..88.6).contains(&foretold), "{found:#}");
    let come = found["queues"][0]["intervals"][0]["formulaAgents"].as_f64().expect("agents");
    assert!((come - 24.84).abs() < 1e-9, "{found:#}");

    // What is set later is for the next requirement.
    absent("0").await;
    assert_eq!(level().await, found);

    // Without a goal nothing is in time or late; waits are what they were.
    company
        .db_run(
            "update app.queue_goal set valid_from = '2027-01-01' where tenant_id = $1",
            params![company.tenant],
        )
        .await;
    let without = level().await;
    for part in [&without["total"], &without["queues"][0]["level"]] {
        assert_eq!(part["serviceLevelPercent"], Value::Null);
        assert_eq!(part["formulaServiceLevelPercent"], Value::Null);
    }
    let interval = &without["queues"][0]["intervals"][0];
    assert_eq!(
        (&interval["contacts"], &interval["formulaServiceLevelPercent"]),
        (&json!(90.0), &Value::Null)
    );
    let wait = "averageSpeedOfAnswerSeconds";
    assert_eq!(without["total"][wait], found["total"][wait]);
    assert!(found["total"][wait]["value"].as_f64().is_some_and(|it| it > 0.0));
}

#[tokio::test]
async fn known_patience_takes_erlang_a_and_needs_fewer() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    server
        .company
        .db_run(
            "update app.queue set patience_seconds = 90 where tenant_id = $1 and id = $2",
            params![server.company.tenant, queue],
        )
        .await;
    let planner = server.planner(site).await;
    let forecast = db_forecast(&server, queue, &[210.0]).await;
    let input = json!({"input": {"forecastId": forecast.to_string()}});
    let answer = planner.ok(COMPUTE, input).await["requirementCompute"].take();
    assert_eq!(answer["requirement"]["model"], "ERLANG_A");
    assert!(agents(&answer["requirement"])[0].0 < 28);
}

#[tokio::test]
async fn the_requirement_of_another_site_and_company_is_not_there() {
    let server = Server::start().await;
    let (site, other) = (server.company.db_site("GZ").await, server.company.db_site("CD").await);
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let forecast = db_forecast(&server, queue, &[210.0]).await;
    let planner = server.planner(site).await;
    let input = json!({"input": {"forecastId": forecast.to_string()}});
    let made = planner.ok(COMPUTE, input.clone()).await["requirementCompute"]["requirement"].take();
    let elsewhere = server.planner(other).await;
    let strange_server = server.stranger().await;
    let strange_site = strange_server.company.db_site("GZ").await;
    let stranger = strange_server.planner(strange_site).await;
    for actor in [elsewhere, stranger] {
        let answer = actor.ok(COMPUTE, input.clone()).await;
        assert_eq!(answer["requirementCompute"]["userErrors"][0]["code"], "NOT_FOUND");
        let seen = "query($id: ID!) { requirement(id: $id) { id } node(id: $id) { id } }";
        let seen = actor.ok(seen, json!({"id": made["id"]})).await;
        assert_eq!(seen, json!({"requirement": null, "node": null}));
    }
    let office = server.head_office().await;
    assert_eq!(office.error_code(COMPUTE, input).await, "FORBIDDEN");
}
