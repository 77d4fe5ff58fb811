//! What-if: a scenario with other volumes, handle times, goals, staff and rules, asked beside the live plan.

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::id::{QueueId, ScheduleId, SiteId};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const SCENARIO: &str =
    "mutation($input: ScheduleScenarioCreateInput!) { scheduleScenarioCreate(input: $input) {
  schedule { id version assumptions { queues { volume } }
    shifts(from: \"2026-03-04T16:00:00Z\", to: \"2026-03-05T16:00:00Z\") { id agent { id } } }
  userErrors { code } } }";
const ASSUME: &str =
    "mutation($input: ScheduleScenarioAssumeInput!) { scheduleScenarioAssume(input: $input) {
  schedule { version assumptions {
    queues { queue { code } startsAt volumeUplift handleTimeUplift thresholdSeconds addedAgents }
    rules { rule severity min max } } }
  contradictions { mendingRule } userErrors { code path } } }";
const FIGURES: &str = "query($schedule: ID!, $queue: ID!) {
  scheduleFigures(scheduleId: $schedule, queueId: $queue,
                  from: \"2026-03-05T02:00:00Z\", to: \"2026-03-05T03:00:00Z\") {
    queue { code } intervals { startsAt figures { ...all } base { ...all } } } }
  fragment all on QueueFiguresAtSite { contacts handleTimeSeconds onPhone onRoster toSchedule
    staffedAgents gap surplus serviceLevelPercent }";
const CHECK: &str = "query($schedule: ID!) { scheduleCheck(scheduleId: $schedule) {
  violations { rule measured limit } violationsByRulesInForce { rule } } }";
const EDIT: &str =
    "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) { userErrors { code } } }";
const MERGE: &str =
    "mutation($input: ScheduleScenarioMergeInput!) { scheduleScenarioMerge(input: $input) {
  mergedShifts userErrors { code path } } }";
/// The same with what they are worth, and what another schedule is.
const EDIT_WORTH: &str = "mutation($input: ShiftEditInput!) {
  shiftEdit(input: $input) { effect { ...worth } userErrors { code } } }";
const PLACE_WORTH: &str = "mutation($input: ActivityPlaceInput!) {
  activityPlace(input: $input) { placements { startsAt } effect { ...worth }
    userErrors { code } } }";
const MERGE_WORTH: &str = "mutation($input: ScheduleScenarioMergeInput!) {
  scheduleScenarioMerge(input: $input) {
    effect { ...worth } effectAsAssumed { ...worth } userErrors { code } } }";
const DIFF_WORTH: &str = "query($from: ID!, $to: ID!) {
  scheduleDiff(fromScheduleId: $from, toScheduleId: $to) { effect { ...worth } } }";
const WORTH: &str = "fragment worth on ScheduleEffect { requiredSeconds before { uncoveredSeconds }
  after { uncoveredSeconds }
  queues { contacts serviceLevelPercentBefore serviceLevelPercentAfter } }";
const DISCARD: &str =
    "mutation($input: ScheduleScenarioDiscardInput!) { scheduleScenarioDiscard(input: $input) {
  schedule { state } userErrors { code path } } }";

/// A site with 14 agents on queue on Thursday morning, and 100 calls of 180 s in each of two half hours;
/// another agent has 14 h of rest on Friday night.
struct Site {
    server: Server,
    site: SiteId,
    queue: QueueId,
    week: ScheduleId,
    planner: Actor,
}

impl Site {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let queue = company.db_queue("presale", 30, &[site], None).await;
        let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
        let agents = company.db_agents(site, 15).await;
        for agent in &agents[..14] {
            company.db_shift(week, site, *agent, "2026-03-05T09:00", 8).await;
        }
        let late = agents[14];
        company.db_shift(week, site, late, "2026-03-06T09:00", 8).await;
        company.db_shift(week, site, late, "2026-03-07T07:00", 8).await;
        let hour = ("2026-03-05T10:00", "2026-03-05T11:00");
        company.db_requirement(queue, 30, hour, |_| 1).await;
        company
            .db_run(
                "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                                 handle_time_seconds, quantiles)
                 select f.tenant_id, f.id, n.starts_at, 100, 180, '{80,90,100,110,120}'
                 from app.forecast f, unnest($2::timestamptz[]) as n(starts_at)
                 where f.tenant_id = $1",
                params![
                    company.tenant,
                    vec![shanghai("2026-03-05T10:00"), shanghai("2026-03-05T10:30")]
                ],
            )
            .await;
        let planner = server.planner(site).await;
        Self { server, site, queue, week, planner }
    }

    async fn scenario(&self) -> Value {
        let input = json!({"scheduleId": self.week.to_string(), "name": "11.11"});
        let made = self.planner.ok(SCENARIO, json!({"input": input})).await;
        made["scheduleScenarioCreate"]["schedule"].clone()
    }

    /// What is assumed of the queue in the first half hour.
    fn of_queue(&self, change: Value) -> Value {
        let mut all = json!({"queueId": self.queue.to_string(),
            "startsAt": shanghai("2026-03-05T10:00"), "endsAt": shanghai("2026-03-05T10:30")});
        let Value::Object(change) = change else { panic!("an object") };
        all.as_object_mut().expect("object").extend(change);
        all
    }

    async fn assume(&self, scenario: &Value, queues: Value, rules: Value) -> Value {
        let input = json!({"scheduleId": scenario["id"], "queues": queues, "rules": rules});
        self.planner.ok(ASSUME, json!({"input": input})).await["scheduleScenarioAssume"].take()
    }

    /// Both half hours inside a schedule.
    async fn figures(&self, schedule: &Value) -> Vec<Value> {
        let asked = json!({"schedule": schedule, "queue": self.queue.to_string()});
        let mut found = self.planner.ok(FIGURES, asked).await["scheduleFigures"].take();
        assert_eq!(found["queue"]["code"], "presale", "{found:#}");
        let intervals = found["intervals"].take();
        intervals.as_array().expect("list").clone()
    }
}

fn number(figures: &Value, name: &str) -> f64 {
    figures[name].as_f64().unwrap_or_else(|| panic!("{name} of {figures:#}"))
}

fn is_near(figures: &Value, name: &str, expected: f64) {
    let found = number(figures, name);
    assert!((found - expected).abs() < 0.005, "{name}: {found}, not {expected}");
}

/// Agents on the phone and on the roster.
fn needs(figures: &Value) -> (&Value, &Value) {
    (&figures["onPhone"], &figures["onRoster"])
}

#[tokio::test]
async fn rep_03_180_calls_instead_of_100_at_198_seconds_need_24_instead_of_14() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    assert_eq!(scenario["assumptions"], Value::Null);
    let promotion = it.of_queue(json!({"volumeUplift": "0.8", "handleTimeUplift": "0.1"}));
    let done = it.assume(&scenario, json!([promotion]), json!([])).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let kept = &done["schedule"]["assumptions"]["queues"][0];
    assert_eq!((&kept["queue"]["code"], &kept["volumeUplift"]), (&json!("presale"), &json!("0.8")));

    let found = it.figures(&scenario["id"]).await;
    let [first, second] = &found[..] else { panic!("two half hours") };
    let (inside, base) = (&first["figures"], &first["base"]);
    assert_eq!((needs(base), needs(inside)), ((&json!(14), &json!(20)), (&json!(24), &json!(35))));
    assert_eq!((&base["contacts"], &base["handleTimeSeconds"]), (&json!(100.0), &json!(180.0)));
    is_near(inside, "contacts", 180.0);
    is_near(inside, "handleTimeSeconds", 198.0);
    assert_eq!((number(base, "gap"), number(base, "surplus")), (0.0, 0.0));
    assert_eq!((number(inside, "staffedAgents"), number(inside, "gap")), (14.0, 10.0));
    is_near(base, "serviceLevelPercent", 88.835);
    assert_eq!(inside["serviceLevelPercent"], 0.0, "14 agents are swamped by 19.8 erlangs");
    assert_eq!(second["figures"], second["base"], "nothing is assumed of the next half hour");

    // The live plan knows nothing of it.
    let live = &it.figures(&json!(it.week.to_string())).await[0];
    assert_eq!((&live["base"], needs(&live["figures"])), (&Value::Null, needs(base)));

    // Ten agents more would do, by a goal of their own or not.
    let staff = it.of_queue(json!({"addedAgents": 10}));
    let goal = it.of_queue(json!({"serviceLevelPercent": "70", "thresholdSeconds": 60}));
    let both = json!([promotion, staff, goal]);
    it.assume(&scenario, both, json!([])).await;
    let inside = &it.figures(&scenario["id"]).await[0]["figures"];
    assert_eq!(number(inside, "staffedAgents"), 24.0);
    assert!(number(inside, "serviceLevelPercent") > 81.93, "in 60 s more are in time than in 20");
    assert!(number(inside, "onPhone") < 24.0, "{inside:#}");
}

#[tokio::test]
async fn the_night_shift_before_its_first_day_is_part_of_what_a_schedule_has() {
    let it = Site::new().await;
    let company = &it.server.company;
    let before = company.db_schedule(it.site, date(2026, 2, 23), date(2026, 3, 1), true).await;
    let night = company.db_agent("16", "Sun Hao", it.site, None, &[]).await;
    company.db_shift(before, it.site, night, "2026-03-01T22:00", 8).await;
    let hour = ("2026-03-02T05:30", "2026-03-02T06:30");
    company.db_requirement(it.queue, 30, hour, |_| 1).await;
    company
        .db_run(
            "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                             handle_time_seconds, quantiles)
             select tenant_id, id, n.starts_at, 1, 180, '{1,1,1,1,1}'
             from app.forecast, unnest($2::timestamptz[]) as n(starts_at) where tenant_id = $1",
            params![
                company.tenant,
                vec![shanghai("2026-03-02T05:30"), shanghai("2026-03-02T06:00")]
            ],
        )
        .await;
    let document = "query($schedule: ID!, $queue: ID!, $from: DateTime!, $to: DateTime!) {
        scheduleFigures(scheduleId: $schedule, queueId: $queue, from: $from, to: $to) {
          intervals { figures { staffedAgents } base { staffedAgents } } } }";
    let scenario = it.scenario().await;
    let asked = json!({"schedule": scenario["id"], "queue": it.queue.to_string(),
        "from": shanghai(hour.0), "to": shanghai(hour.1)});
    let found = it.planner.ok(document, asked).await["scheduleFigures"]["intervals"].take();
    let staffed = |agents: f64| json!({ "staffedAgents": agents });
    let both = |agents| json!({"figures": staffed(agents), "base": staffed(agents)});
    assert_eq!(found, json!([both(1.0), both(0.0)]), "until six");
}

#[tokio::test]
async fn shifts_of_a_scenario_are_merged_through_the_judge_and_what_it_assumes_is_not() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    let input = json!({"shiftId": scenario["shifts"][0]["id"],
        "change": {"startsAt": shanghai("2026-03-05T13:00")}});
    let moved = it.planner.ok(EDIT, json!({"input": input})).await["shiftEdit"].take();
    assert_eq!(moved["userErrors"], json!([]));
    let staff = it.of_queue(json!({"addedAgents": 2}));
    it.assume(&scenario, json!([staff]), json!([])).await;
    let first = &it.figures(&scenario["id"]).await[0];
    let staffed = |figures: &Value| number(figures, "staffedAgents");
    assert_eq!((staffed(&first["figures"]), staffed(&first["base"])), (15.0, 14.0));

    let merge = json!({"input": {"scheduleId": scenario["id"]}});
    let done = it.planner.ok(MERGE, merge).await["scheduleScenarioMerge"].take();
    assert_eq!((&done["userErrors"], &done["mergedShifts"]), (&json!([]), &json!(1)));
    let live = &it.figures(&json!(it.week.to_string())).await[0]["figures"];
    assert_eq!((staffed(live), number(live, "gap")), (13.0, 1.0));
    is_near(live, "serviceLevelPercent", 79.559);

    let other = it.scenario().await;
    let discard = json!({"input": {"scheduleId": other["id"]}});
    let gone = it.planner.ok(DISCARD, discard.clone()).await["scheduleScenarioDiscard"].take();
    assert_eq!(gone["schedule"]["state"], "SUPERSEDED", "{gone:#}");
    let again = it.planner.ok(DISCARD, discard).await["scheduleScenarioDiscard"].take();
    assert_eq!(again["userErrors"][0]["path"], json!(["input", "scheduleId"]));
    let merge = json!({"input": {"scheduleId": other["id"]}});
    let refused = it.planner.ok(MERGE, merge).await["scheduleScenarioMerge"].take();
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_VALUE");
}

/// Half hours of agents that are required, and that are missing before and after.
fn half_hours(effect: &Value) -> [u64; 3] {
    let seconds = [
        &effect["requiredSeconds"],
        &effect["before"]["uncoveredSeconds"],
        &effect["after"]["uncoveredSeconds"],
    ];
    seconds.map(|it| it.as_u64().unwrap_or_else(|| panic!("{effect:#}")) / 1800)
}

#[tokio::test]
async fn changes_of_a_scenario_are_worth_what_it_assumes() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    let ask = async |document: &str, variables: Value| {
        it.planner.ok(&format!("{document} {WORTH}"), variables).await
    };
    let both = json!({"from": it.week.to_string(), "to": scenario["id"]});
    let plain = ask(DIFF_WORTH, both.clone()).await["scheduleDiff"]["effect"].take();
    assert_eq!(half_hours(&plain), [2, 0, 0], "one agent in each half hour is what was computed");

    let promotion = it.of_queue(json!({"volumeUplift": "0.8", "handleTimeUplift": "0.1"}));
    it.assume(&scenario, json!([promotion]), json!([])).await;
    // 24 and 14 are needed, 14 are there, and one of them is in training in the first half hour.
    let hours = json!({"earliestStart": "10:00", "latestEnd": "10:30"});
    let input = json!({"scheduleId": scenario["id"], "category": "TRAINING", "hours": hours,
        "durationSeconds": 1800, "startsOn": "2026-03-05", "endsOn": "2026-03-05", "dryRun": true,
        "audience": {"agentIds": [scenario["shifts"][0]["agent"]["id"]]}});
    let placed = ask(PLACE_WORTH, json!({"input": input})).await["activityPlace"].take();
    assert_eq!(placed["userErrors"], json!([]), "{placed:#}");
    assert_eq!(placed["placements"], json!([{"startsAt": shanghai("2026-03-05T10:00")}]));
    assert_eq!(half_hours(&placed["effect"]), [38, 10, 11]);

    let input = json!({"shiftId": scenario["shifts"][0]["id"],
        "change": {"startsAt": shanghai("2026-03-05T13:00")}});
    let edit = ask(EDIT_WORTH, json!({"input": input})).await["shiftEdit"].take();
    assert_eq!(edit["userErrors"], json!([]), "{edit:#}");
    // 24 and 14 are needed, 14 are there, and one of them goes.
    assert_eq!(half_hours(&edit["effect"]), [38, 10, 12]);

    // Whichever of the two is the scenario.
    let back = json!({"from": scenario["id"], "to": it.week.to_string()});
    let back = ask(DIFF_WORTH, back).await["scheduleDiff"]["effect"].take();
    assert_eq!(half_hours(&back), [38, 12, 10]);
    let diff = ask(DIFF_WORTH, both).await["scheduleDiff"]["effect"].take();
    assert_eq!(half_hours(&diff), [38, 10, 12]);
    let queue = &diff["queues"][0];
    is_near(queue, "contacts", 280.0);
    // Of 180 calls nobody is answered in time; of 100 as many as scheduleFigures says.
    is_near(queue, "serviceLevelPercentBefore", 88.835 * 100.0 / 280.0);
    is_near(queue, "serviceLevelPercentAfter", 79.559 * 100.0 / 280.0);

    let input = json!({"input": {"scheduleId": scenario["id"], "dryRun": true}});
    let merge = ask(MERGE_WORTH, input).await["scheduleScenarioMerge"].take();
    assert_eq!(merge["userErrors"], json!([]), "{merge:#}");
    assert_eq!(half_hours(&merge["effect"]), [2, 0, 0], "the live plan assumes nothing");
    assert_eq!(half_hours(&merge["effectAsAssumed"]), [38, 10, 12]);

    let other = it.scenario().await;
    let input = json!({"input": {"scheduleId": other["id"], "dryRun": true}});
    let merge = ask(MERGE_WORTH, input).await["scheduleScenarioMerge"].take();
    assert_eq!(merge["effectAsAssumed"], Value::Null, "{merge:#}");
}

#[tokio::test]
async fn a_limit_on_occupancy_counts_in_a_comparison_beside_the_service_level() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    let limit = "update app.queue_goal set max_occupancy = 75 where tenant_id = $1";
    it.server.company.db_run(limit, params![it.server.company.tenant]).await;
    // As much as is forecast: 10 erlangs, by which 14 agents are busy for 71.4 % and 13 for 76.9 %.
    let same = it.of_queue(json!({"volumeUplift": "0"}));
    let done = it.assume(&scenario, json!([same]), json!([])).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let input = json!({"shiftId": scenario["shifts"][0]["id"],
        "change": {"startsAt": shanghai("2026-03-05T13:00")}});
    let edit = it.planner.ok(EDIT, json!({"input": input})).await["shiftEdit"].take();
    assert_eq!(edit["userErrors"], json!([]), "{edit:#}");
    let diff = "query($from: ID!, $to: ID!) { scheduleDiff(fromScheduleId: $from, toScheduleId: $to) {
        effect { queues { missedLimitsBefore { limit } missedLimitsAfter { limit intervals } } } } }";
    let both = json!({"from": it.week.to_string(), "to": scenario["id"]});
    let found = it.planner.ok(diff, both).await["scheduleDiff"]["effect"].take();
    let missed = json!([{"limit": "SERVICE_LEVEL", "intervals": 2},
        {"limit": "OCCUPANCY", "intervals": 2}]);
    let expected = json!([{"missedLimitsBefore": [], "missedLimitsAfter": missed}]);
    assert_eq!(found["queues"], expected, "{found:#}");
}

#[tokio::test]
async fn rules_are_assumed_in_a_scenario_alone() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    let rest = |hours: i64| json!([{"rule": "MIN_REST", "min": hours * 3600}]);
    let done = it.assume(&scenario, json!([]), rest(15)).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let asked = json!({"schedule": scenario["id"]});
    let found = it.planner.ok(CHECK, asked).await["scheduleCheck"].take();
    let of_rest = |name: &str| -> Vec<Value> {
        let all = found[name].as_array().expect("list").iter();
        all.filter(|it| it["rule"] == "MIN_REST").cloned().collect()
    };
    let broken = json!({"rule": "MIN_REST", "measured": "14 h", "limit": "15 h"});
    assert_eq!(of_rest("violations"), [broken], "{found:#}");
    assert!(of_rest("violationsByRulesInForce").is_empty());
    let live = json!({"schedule": it.week.to_string()});
    let live = it.planner.ok(CHECK, live).await["scheduleCheck"].take();
    let rules = |name: &str| -> Vec<Value> {
        live[name].as_array().expect("list").iter().map(|it| it["rule"].clone()).collect()
    };
    assert_eq!(rules("violationsByRulesInForce"), rules("violations"), "{live:#}");

    let odd = it.assume(&scenario, json!([]), json!([{"rule": "MIN_REST", "max": 3600}])).await;
    assert_eq!(odd["userErrors"][0]["path"], json!(["input", "rules", "0"]));
    let least = json!([{"rule": "SHIFT_LENGTH", "min": 36_000, "max": 18_000}]);
    let crossed = it.assume(&scenario, json!([]), least).await;
    assert_eq!(crossed["contradictions"][0]["mendingRule"], "SHIFT_LENGTH", "{crossed:#}");
}

#[tokio::test]
async fn what_cannot_be_assumed_is_told_and_others_ask_in_vain() {
    let it = Site::new().await;
    let scenario = it.scenario().await;
    let elsewhere = it.server.company.db_site("CD").await;
    let foreign = it.server.company.db_queue("aftersale", 30, &[elsewhere], None).await;
    let mut not_here = it.of_queue(json!({"addedAgents": 1}));
    not_here["queueId"] = json!(foreign.to_string());
    let wrong = json!([not_here, it.of_queue(json!({})), it.of_queue(json!({"volume": "-1"}))]);
    let refused = it.assume(&scenario, wrong, json!([])).await;
    let errors = json!([
        {"code": "NOT_FOUND", "path": ["input", "queues", "0", "queueId"]},
        {"code": "INVALID_VALUE", "path": ["input", "queues", "1", "volume"]},
        {"code": "INVALID_VALUE", "path": ["input", "queues", "2", "volume"]}
    ]);
    assert_eq!((&refused["userErrors"], &refused["schedule"]), (&errors, &Value::Null));
    let live = json!({"id": it.week.to_string()});
    let staff = json!([it.of_queue(json!({"addedAgents": 1}))]);
    let refused = it.assume(&live, staff.clone(), json!([])).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_VALUE", "the live plan assumes nothing");
    let input = json!({"scheduleId": scenario["id"], "queues": staff, "expectedVersion": 7});
    let input = json!({"input": input});
    let stale = it.planner.ok(ASSUME, input.clone()).await["scheduleScenarioAssume"].take();
    assert_eq!(stale["userErrors"][0]["code"], "STALE_VERSION");

    let manager = it.server.site_manager(it.site).await;
    assert_eq!(manager.error_code(ASSUME, input.clone()).await, "FORBIDDEN");
    let stranger = it.server.stranger().await;
    let strange_site = stranger.company.db_site("GZ").await;
    for actor in [stranger.planner(strange_site).await, it.server.planner(elsewhere).await] {
        let hidden = actor.ok(ASSUME, input.clone()).await["scheduleScenarioAssume"].take();
        assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
        let asked = json!({"schedule": it.week.to_string(), "queue": it.queue.to_string()});
        assert_eq!(actor.ok(FIGURES, asked.clone()).await["scheduleFigures"], Value::Null);
        assert_eq!(actor.ok(CHECK, asked).await["scheduleCheck"], Value::Null);
    }
}
