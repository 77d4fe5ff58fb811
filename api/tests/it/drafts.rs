//! Drafts made from what is there: a copied week, two schedules compared, a what-if scenario merged.

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, QueueId, ScheduleId, ShiftId, SiteId};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const COPY: &str = "mutation($input: ScheduleCopyWeekInput!) { scheduleCopyWeek(input: $input) {
  schedule { id state startsOn endsOn name
    shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-15T16:00:00Z\") { startsAt agent { number } } }
  copiedShifts refusals { shift { agent { number } } startsAt violations { rule cause } }
  effect { requiredSeconds before { uncoveredSeconds } after { uncoveredSeconds } }
  userErrors { code path } } }";
const DIFF: &str =
    "query($from: ID!, $to: ID!) { scheduleDiff(fromScheduleId: $from, toScheduleId: $to) {
  startsOn endsOn paidSecondsBefore paidSecondsAfter
  effect { requiredSeconds before { uncoveredSeconds } after { uncoveredSeconds }
    queues { queue { code } contacts serviceLevelPercentBefore serviceLevelPercentAfter } }
  agents { agent { number } added { startsAt } removed { startsAt }
    changed { before { startsAt } after { startsAt } } paidSecondsBefore paidSecondsAfter } } }";
const SCENARIO: &str =
    "mutation($input: ScheduleScenarioCreateInput!) { scheduleScenarioCreate(input: $input) {
  schedule { id name state base { id }
    shifts(from: \"2026-03-01T16:00:00Z\", to: \"2026-03-08T16:00:00Z\") { id startsAt agent { number } } }
  userErrors { code path } } }";
const MERGE: &str =
    "mutation($input: ScheduleScenarioMergeInput!) { scheduleScenarioMerge(input: $input) {
  schedule { id version } mergedShifts violations { rule severity }
  refusals { agent { number } shift { id } violations { rule } } conflicts { id }
  effect { after { uncoveredSeconds } } userErrors { code } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  shift { startsAt state } violations { rule }
  effect { requiredSeconds before { uncoveredSeconds surplusSeconds } after { uncoveredSeconds surplusSeconds }
    queues { queue { code } contacts serviceLevelPercentBefore serviceLevelPercentAfter } }
  userErrors { code path } } }";

/// A site whose two agents work in the week of 2 March, which is published.
struct Site {
    server: Server,
    site: SiteId,
    queue: QueueId,
    li: AgentId,
    zhou: AgentId,
    week: ScheduleId,
    planner: Actor,
}

impl Site {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let queue = company.db_queue("presale", 30, &[site], None).await;
        let li = company.db_agent("1", "Li Na", site, None, &[]).await;
        let zhou = company.db_agent("2", "Zhou Wei", site, None, &[]).await;
        let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
        let planner = server.planner(site).await;
        Self { server, site, queue, li, zhou, week, planner }
    }

    async fn works(&self, schedule: ScheduleId, agent: AgentId, start: &str) -> ShiftId {
        self.server.company.db_shift(schedule, self.site, agent, start, 8).await
    }

    async fn copy(&self, actor: &Actor, input: Value) -> Value {
        let mut all = json!({"siteId": self.site.to_string(), "fromDate": "2026-03-04",
            "toDate": "2026-03-11"});
        all.as_object_mut().expect("object").extend(input.as_object().expect("object").clone());
        actor.ok(COPY, json!({"input": all})).await["scheduleCopyWeek"].take()
    }

    async fn diff(&self, actor: &Actor, from: &str, to: &str) -> Value {
        actor.ok(DIFF, json!({"from": from, "to": to})).await["scheduleDiff"].take()
    }

    async fn edit(&self, shift: &Value, change: Value) -> Value {
        let input = json!({"shiftId": shift, "change": change});
        self.planner.ok(EDIT, json!({"input": input})).await["shiftEdit"].take()
    }

    async fn scenario(&self) -> Value {
        let input = json!({"scheduleId": self.week.to_string(), "name": "fewer mornings"});
        let made = self.planner.ok(SCENARIO, json!({"input": input})).await;
        let made = &made["scheduleScenarioCreate"];
        assert_eq!(made["userErrors"], json!([]), "{made:#}");
        made["schedule"].clone()
    }

    async fn merge(&self, scenario: &Value, extent: &str) -> Value {
        let input = json!({"scheduleId": scenario, "extent": extent});
        self.planner.ok(MERGE, json!({"input": input})).await["scheduleScenarioMerge"].take()
    }

    /// Shifts that an agent sees in the week: their starts.
    async fn seen(&self, agent: AgentId) -> Vec<Value> {
        let document =
            "query { mySchedule(from: \"2026-03-01T16:00:00Z\", to: \"2026-03-08T16:00:00Z\") {
            startsAt } }";
        let email = format!("{agent}@example.com");
        let role = trunkline_domain::identity::Role::Agent;
        let within = trunkline_testkit::Within::Own(agent);
        let seen = self.server.user(&email, role, within).await.ok(document, json!({})).await;
        let shifts = seen["mySchedule"].as_array().expect("list").iter();
        shifts.map(|shift| shift["startsAt"].clone()).collect()
    }
}

fn at(local: &str) -> Value {
    json!(shanghai(local).to_string())
}

#[tokio::test]
async fn a_week_is_copied_as_far_as_the_rules_of_the_new_one_allow() {
    let it = Site::new().await;
    let company = &it.server.company;
    it.works(it.week, it.li, "2026-03-03T09:00").await;
    it.works(it.week, it.zhou, "2026-03-03T13:00").await;
    it.works(it.week, it.zhou, "2026-03-06T13:00").await;
    company
        .db_run(
            "insert into app.availability (tenant_id, id, agent_id, available, label, starts_at, ends_at)
             values ($1, $2, $2, false, 'Exam', '2026-03-12T16:00:00Z', '2026-03-13T16:00:00Z')",
            params![company.tenant, it.zhou],
        )
        .await;
    let lunch = |at| i32::from(at == time(13, 0, 0, 0) || at == time(13, 30, 0, 0));
    let days = ("2026-03-09T00:00", "2026-03-16T00:00");
    company.db_requirement(it.queue, 30, days, lunch).await;
    let tried = it.copy(&it.planner, json!({"dryRun": true})).await;
    assert_eq!((&tried["schedule"], &tried["copiedShifts"]), (&Value::Null, &json!(2)));
    let done = it.copy(&it.planner, json!({"name": "as last week"})).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let draft = &done["schedule"];
    assert_eq!((&draft["state"], &draft["name"]), (&json!("DRAFT"), &json!("as last week")));
    assert_eq!(
        (&draft["startsOn"], &draft["endsOn"]),
        (&json!("2026-03-09"), &json!("2026-03-15"))
    );
    let shifts = json!([
        {"startsAt": at("2026-03-10T09:00"), "agent": {"number": "1"}},
        {"startsAt": at("2026-03-10T13:00"), "agent": {"number": "2"}}
    ]);
    assert_eq!(draft["shifts"], shifts);
    let refusal = json!([{"shift": {"agent": {"number": "2"}}, "startsAt": at("2026-03-13T13:00"),
        "violations": [{"rule": "AVAILABILITY", "cause": "AVAILABILITY"}]}]);
    assert_eq!(done["refusals"], refusal);
    // An hour on each of seven days. Zhou Wei is there on one; the shift that is left out covers nothing.
    let effect = json!({"requiredSeconds": 7 * 3600, "before": {"uncoveredSeconds": 7 * 3600},
        "after": {"uncoveredSeconds": 6 * 3600}});
    assert_eq!((&tried["effect"], &done["effect"]), (&effect, &effect));

    // The draft can be copied in its turn; an empty week cannot.
    let again =
        json!({"fromScheduleId": draft["id"], "fromDate": "2026-03-10", "toDate": "2026-03-16"});
    assert_eq!(it.copy(&it.planner, again).await["copiedShifts"], 2);
    let empty = it.copy(&it.planner, json!({"fromDate": "2026-01-01"})).await;
    assert_eq!(
        empty["userErrors"],
        json!([{"code": "INVALID_VALUE", "path": ["input", "fromDate"]}])
    );
    let manager = it.server.site_manager(it.site).await;
    let input = json!({"input": {"siteId": it.site.to_string(), "fromDate": "2026-03-04", "toDate": "2026-03-11"}});
    assert_eq!(manager.error_code(COPY, input).await, "FORBIDDEN");
}

#[tokio::test]
async fn two_schedules_are_told_apart_by_agent_hours_and_coverage() {
    let it = Site::new().await;
    it.works(it.week, it.li, "2026-03-03T09:00").await;
    it.works(it.week, it.zhou, "2026-03-04T09:00").await;
    let other =
        it.server.company.db_schedule(it.site, date(2026, 3, 2), date(2026, 3, 15), false).await;
    it.works(other, it.li, "2026-03-03T10:00").await;
    it.works(other, it.zhou, "2026-03-04T09:00").await;
    it.works(other, it.zhou, "2026-03-05T09:00").await;
    it.works(other, it.zhou, "2026-03-10T09:00").await;
    let morning = |at| i32::from(at == time(9, 0, 0, 0) || at == time(9, 30, 0, 0));
    let days = ("2026-03-03T00:00", "2026-03-04T00:00");
    it.server.company.db_requirement(it.queue, 30, days, morning).await;
    let (from, to) = (it.week.to_string(), other.to_string());
    let found = it.diff(&it.planner, &from, &to).await;
    assert_eq!(found["endsOn"], "2026-03-08", "the days of both: {found:#}");
    let hours = |hours: i64| json!(hours * 3600);
    assert_eq!((&found["paidSecondsBefore"], &found["paidSecondsAfter"]), (&hours(16), &hours(24)));
    let li = json!({"agent": {"number": "1"}, "added": [], "removed": [],
        "changed": [{"before": {"startsAt": at("2026-03-03T09:00")}, "after": {"startsAt": at("2026-03-03T10:00")}}],
        "paidSecondsBefore": 8 * 3600, "paidSecondsAfter": 8 * 3600});
    let zhou = json!({"agent": {"number": "2"}, "added": [{"startsAt": at("2026-03-05T09:00")}],
        "removed": [], "changed": [], "paidSecondsBefore": 8 * 3600, "paidSecondsAfter": 16 * 3600});
    let mut agents = found["agents"].as_array().expect("list").clone();
    agents.sort_by_key(|it| it["agent"]["number"].to_string());
    assert_eq!(agents, [li, zhou]);
    let effect = json!({"requiredSeconds": 3600, "before": {"uncoveredSeconds": 0},
        "after": {"uncoveredSeconds": 3600}, "queues": []});
    assert_eq!(found["effect"], effect);

    let (office, stranger) = (it.server.head_office().await, it.server.stranger().await);
    for actor in [&office, &stranger.head_office().await, &it.server.agent(it.li).await] {
        assert_eq!(it.diff(actor, &from, &to).await, Value::Null, "a draft is for planners");
    }
}

#[tokio::test]
async fn an_edit_tells_its_effect_on_coverage_and_service_level() {
    let it = Site::new().await;
    let company = &it.server.company;
    let shift = it.works(it.week, it.li, "2026-03-04T09:00").await;
    it.works(it.week, it.zhou, "2026-03-04T09:00").await;
    let at_ten = |at| i32::from(at == time(10, 0, 0, 0));
    company.db_requirement(it.queue, 30, ("2026-03-04T09:00", "2026-03-04T12:00"), at_ten).await;
    company
        .db_run(
            "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                             handle_time_seconds, quantiles)
             select tenant_id, id, '2026-03-04T02:00:00Z', 10, 180, '{1,2,10,20,30}'
             from app.forecast where tenant_id = $1",
            params![company.tenant],
        )
        .await;
    let later = json!({"startsAt": at("2026-03-04T11:00")});
    let told = it.edit(&json!(shift.to_string()), later).await;
    assert_eq!(told["userErrors"], json!([]), "one of two is enough: {told:#}");
    let effect = &told["effect"];
    assert_eq!(effect["requiredSeconds"], 1800);
    assert_eq!(effect["before"]["uncoveredSeconds"], 0);
    assert_eq!(effect["after"]["uncoveredSeconds"], 0);
    let queue = &effect["queues"][0];
    assert_eq!((&queue["queue"]["code"], &queue["contacts"]), (&json!("presale"), &json!(10.0)));
    let percent = |name: &str| queue[name].as_f64().expect("percent");
    // One erlang: two agents answer two thirds at once, one agent is swamped.
    let before = percent("serviceLevelPercentBefore");
    assert!((before - 100.0 * (1.0 - (-20.0_f64 / 180.0).exp() / 3.0)).abs() < 1e-9, "{before}");
    assert_eq!(percent("serviceLevelPercentAfter"), 0.0);
}

#[tokio::test]
async fn a_scenario_is_changed_compared_and_merged_whole_or_not_at_all() {
    let it = Site::new().await;
    it.works(it.week, it.li, "2026-03-05T09:00").await;
    it.works(it.week, it.zhou, "2026-03-06T09:00").await;
    let scenario = it.scenario().await;
    assert_eq!(
        (&scenario["state"], &scenario["name"]),
        (&json!("DRAFT"), &json!("fewer mornings"))
    );
    assert_eq!(scenario["base"]["id"], it.week.to_string());
    let (first, second) = (&scenario["shifts"][0]["id"], &scenario["shifts"][1]["id"]);
    let moved = it.edit(first, json!({"startsAt": at("2026-03-05T13:00")})).await;
    assert_eq!(moved["shift"]["state"], "DRAFT", "{moved:#}");
    let outside = it.edit(first, json!({"startsAt": at("2026-03-09T09:00")})).await;
    assert_eq!(outside["userErrors"][0]["path"], json!(["input", "change", "startsAt"]));
    it.edit(second, json!({"remove": true})).await;
    assert_eq!(it.seen(it.li).await, [at("2026-03-05T09:00")], "nothing is published by it");
    let id = scenario["id"].as_str().expect("id");
    let found = it.diff(&it.planner, &it.week.to_string(), id).await;
    assert_eq!(
        (&found["paidSecondsBefore"], &found["paidSecondsAfter"]),
        (&json!(57_600), &json!(28_800))
    );

    let done = it.merge(&scenario["id"], "ALL").await;
    assert_eq!((&done["userErrors"], &done["mergedShifts"]), (&json!([]), &json!(2)), "{done:#}");
    let now = it.diff(&it.planner, &it.week.to_string(), id).await;
    assert_eq!(now["agents"], json!([]), "the plan is as the scenario was: {now:#}");
    assert_eq!(now["paidSecondsBefore"], 28_800);
    assert_eq!(it.seen(it.zhou).await, Vec::<Value>::new());
    let again = it.merge(&scenario["id"], "ALL").await;
    assert_eq!(again["userErrors"][0]["code"], "INVALID_VALUE");
}

#[tokio::test]
async fn what_a_scenario_may_not_do_is_left_out_where_the_legal_part_is_asked() {
    let it = Site::new().await;
    let kept = it.works(it.week, it.li, "2026-03-05T09:00").await;
    it.works(it.week, it.li, "2026-03-06T09:00").await;
    it.works(it.week, it.zhou, "2026-03-07T09:00").await;
    let scenario = it.scenario().await;
    let shift = |at: usize| scenario["shifts"][at]["id"].clone();
    it.edit(&shift(0), json!({"startsAt": at("2026-03-05T10:00")})).await;
    it.edit(&shift(1), json!({"startsAt": at("2026-03-06T12:00")})).await;
    it.edit(&shift(2), json!({"startsAt": at("2026-03-07T12:00")})).await;
    // Meanwhile somebody moves one of them, and Zhou Wei gets an exam.
    let live = json!(kept.to_string());
    it.edit(&live, json!({"startsAt": at("2026-03-05T11:00")})).await;
    let company = &it.server.company;
    company
        .db_run(
            "insert into app.availability (tenant_id, id, agent_id, available, label, starts_at, ends_at)
             values ($1, $2, $2, false, 'Exam', '2026-03-07T10:00:00Z', '2026-03-07T13:00:00Z')",
            params![company.tenant, it.zhou],
        )
        .await;
    let refused = it.merge(&scenario["id"], "ALL").await;
    let codes: Vec<_> =
        refused["userErrors"].as_array().expect("list").iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["STALE_VERSION", "RULE_VIOLATED"], "{refused:#}");
    let done = it.merge(&scenario["id"], "LEGAL_PART").await;
    assert_eq!((&done["userErrors"], &done["mergedShifts"]), (&json!([]), &json!(1)), "{done:#}");
    assert_eq!(done["conflicts"], json!([{"id": live}]));
    assert_eq!(done["refusals"][0]["agent"]["number"], "2");
    assert_eq!(done["refusals"][0]["violations"][0]["rule"], "AVAILABILITY");
    assert_eq!(it.seen(it.li).await, [at("2026-03-05T11:00"), at("2026-03-06T12:00")]);
}

#[tokio::test]
async fn of_two_merges_at_once_exactly_one_happens() {
    let it = Site::new().await;
    it.works(it.week, it.li, "2026-03-05T09:00").await;
    let scenario = it.scenario().await;
    let shift = &scenario["shifts"][0]["id"];
    it.edit(shift, json!({"startsAt": at("2026-03-05T10:00")})).await;
    let both = tokio::join!(it.merge(&scenario["id"], "ALL"), it.merge(&scenario["id"], "ALL"));
    let mut outcomes = [&both.0, &both.1].map(|it| it["userErrors"][0]["code"].clone());
    outcomes.sort_by_key(Value::is_null);
    assert_eq!(outcomes, [json!("INVALID_VALUE"), Value::Null], "{both:#?}");
}
