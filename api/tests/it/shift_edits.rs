//! Single shifts that come and go, and what of that outlives their schedule.

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, ScheduleId, SiteId};
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const ADD: &str = "mutation($input: ShiftAddInput!) { shiftAdd(input: $input) {
  shift { id startsAt endsAt paidSeconds state agent { number } activities { category }
    needs { skill { code } grade } }
  violations { rule severity } effect { requiredSeconds } userErrors { code path } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  shift { id } userErrors { code path } } }";
const RESHAPE: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  shift { startsAt endsAt paidSeconds state version activities { category startsAt endsAt paid } }
  violations { rule severity measured limit } userErrors { code path message } } }";
const CHANGES: &str = "query($id: ID!) { node(id: $id) { ... on Shift { changes {
  cause shifts { before { startsAt endsAt } after { startsAt endsAt agent { number } } }
  overrides { reason violation { rule } } } } } }";
const MESSAGES: &str = "{ notifications { nodes { message } } }";
const PUBLISH: &str = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
  userErrors { code path } } }";
const STARTS: &str = "query($id: ID!) { schedule(id: $id) { state csv
  shifts(from: \"2026-03-01T16:00:00Z\", to: \"2026-03-08T16:00:00Z\") { startsAt state } } }";
const DIFF: &str =
    "query($from: ID!, $to: ID!) { scheduleDiff(fromScheduleId: $from, toScheduleId: $to) {
  agents { agent { number } removed { startsAt } added { startsAt } } } }";
const MINE: &str =
    "{ mySchedule(from: \"2026-03-01T16:00:00Z\", to: \"2026-03-08T16:00:00Z\") { startsAt }
  notifications { nodes { kind } } }";

/// A site with two agents and the published schedule of the week of 2 March.
struct Week {
    server: Server,
    site: SiteId,
    li: AgentId,
    zhou: AgentId,
    week: ScheduleId,
    planner: Actor,
}

impl Week {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let li = company.db_agent("1", "Li Na", site, None, &[]).await;
        let zhou = company.db_agent("2", "Zhou Wei", site, None, &[]).await;
        let week = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 8), true).await;
        let planner = server.planner(site).await;
        Self { server, site, li, zhou, week, planner }
    }

    async fn works(&self, schedule: ScheduleId, agent: AgentId, start: &str) -> Value {
        let shift = self.server.company.db_shift(schedule, self.site, agent, start, 8).await;
        json!(shift.to_string())
    }

    async fn draft(&self) -> ScheduleId {
        let company = &self.server.company;
        company.db_schedule(self.site, date(2026, 3, 2), date(2026, 3, 8), false).await
    }

    async fn edit(&self, shift: &Value, change: Value) {
        let input = json!({"input": {"shiftId": shift, "change": change}});
        let done = self.planner.ok(EDIT, input).await["shiftEdit"].take();
        assert_eq!(done["userErrors"], json!([]), "{done:#}");
    }

    async fn reshape(&self, shift: &Value, reshape: Value, overrides: Value) -> Value {
        let input = json!({"shiftId": shift, "change": {"reshape": reshape},
            "overrides": overrides});
        self.planner.ok(RESHAPE, json!({"input": input})).await["shiftEdit"].take()
    }

    async fn publish(&self, schedule: &Value) -> Value {
        let input = json!({"input": {"scheduleId": schedule}});
        self.planner.ok(PUBLISH, input).await["schedulePublish"]["userErrors"].take()
    }

    async fn read(&self, schedule: ScheduleId) -> Value {
        let id = json!({"id": schedule.to_string()});
        self.planner.ok(STARTS, id).await["schedule"].take()
    }

    /// Adds Li Na a shift of 8 h with a meal, changed by `change`.
    async fn add(&self, actor: &Actor, change: Value) -> Value {
        let mut input = json!({"scheduleId": self.week.to_string(), "agentId": self.li.to_string(),
            "startsAt": at("2026-03-05T09:00"), "activities": [
                {"category": "ON_QUEUE", "durationSeconds": 14_400, "paid": true},
                {"category": "MEAL", "durationSeconds": 1800, "paid": false},
                {"category": "ON_QUEUE", "durationSeconds": 12_600, "paid": true}]});
        input.as_object_mut().expect("object").extend(change.as_object().expect("object").clone());
        actor.ok(ADD, json!({"input": input})).await["shiftAdd"].take()
    }
}

fn at(local: &str) -> Value {
    json!(shanghai(local).to_string())
}

/// An activity of Wednesday 4 March, from one time to another.
fn activity(category: &str, from: &str, to: &str) -> Value {
    json!({"category": category, "startsAt": at(&format!("2026-03-04T{from}")),
        "endsAt": at(&format!("2026-03-04T{to}")), "paid": true})
}

fn starts(list: &Value) -> Vec<Value> {
    list.as_array().expect("list").iter().map(|it| it["startsAt"].clone()).collect()
}

#[tokio::test]
async fn what_was_taken_out_of_a_schedule_does_not_come_back_when_it_is_superseded() {
    let it = Week::new().await;
    let li = it.server.agent(it.li).await;
    let gone = it.works(it.week, it.li, "2026-03-05T09:00").await;
    let moved = it.works(it.week, it.zhou, "2026-03-06T09:00").await;
    it.edit(&gone, json!({"remove": true})).await;
    it.edit(&moved, json!({"startsAt": at("2026-03-06T11:00")})).await;
    let draft = it.draft().await;
    it.works(draft, it.zhou, "2026-03-07T09:00").await;
    let never = it.works(draft, it.zhou, "2026-03-04T09:00").await;
    it.edit(&never, json!({"remove": true})).await;
    let before = it.read(it.week).await;
    assert_eq!(starts(&before["shifts"]), [at("2026-03-06T11:00")]);

    assert_eq!(it.publish(&json!(draft.to_string())).await, json!([]));
    let superseded = it.read(it.week).await;
    assert_eq!(superseded["state"], "SUPERSEDED");
    assert_eq!(starts(&superseded["shifts"]), [at("2026-03-06T11:00")], "as it stood last");
    assert_eq!(superseded["csv"], before["csv"]);
    let ids = json!({"from": it.week.to_string(), "to": draft.to_string()});
    let diff = it.planner.ok(DIFF, ids).await["scheduleDiff"].take();
    let zhou = json!([{"agent": {"number": "2"}, "removed": [{"startsAt": at("2026-03-06T11:00")}],
        "added": [{"startsAt": at("2026-03-07T09:00")}]}]);
    assert_eq!(diff["agents"], zhou, "nothing of Li Na, who has worked in neither");
    let seen = li.ok(MINE, json!({})).await;
    assert_eq!(seen["mySchedule"], json!([]));
    assert_eq!(seen["notifications"]["nodes"], json!([{"kind": "SHIFT_CHANGED"}]));

    // The same again, for what was taken out before it was published.
    let next = it.draft().await;
    assert_eq!(it.publish(&json!(next.to_string())).await, json!([]));
    assert_eq!(starts(&it.read(draft).await["shifts"]), [at("2026-03-07T09:00")]);
}

#[tokio::test]
async fn a_published_shift_stays_within_the_days_of_its_schedule() {
    let it = Week::new().await;
    let shift = it.works(it.week, it.li, "2026-03-08T09:00").await;
    let change = json!({"startsAt": at("2026-03-09T09:00")});
    let input = json!({"input": {"shiftId": shift, "change": change}});
    let refused = it.planner.ok(EDIT, input).await["shiftEdit"].take();
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "change", "startsAt"]}]);
    assert_eq!(refused["userErrors"], fault);
    assert_eq!(starts(&it.read(it.week).await["shifts"]), [at("2026-03-08T09:00")]);
}

#[tokio::test]
async fn a_scenario_is_not_published_over_what_was_changed_beneath_it() {
    let it = Week::new().await;
    it.works(it.week, it.li, "2026-03-05T09:00").await;
    let moved = it.works(it.week, it.zhou, "2026-03-06T09:00").await;
    let create =
        "mutation($input: ScheduleScenarioCreateInput!) { scheduleScenarioCreate(input: $input) {
        schedule { id } userErrors { code } } }";
    let input = json!({"input": {"scheduleId": it.week.to_string(), "name": "later"}});
    let made = it.planner.ok(create, input).await["scheduleScenarioCreate"].take();
    it.edit(&moved, json!({"startsAt": at("2026-03-06T11:00")})).await;
    let refused = it.publish(&made["schedule"]["id"]).await;
    assert_eq!(refused, json!([{"code": "INVALID_VALUE", "path": ["input", "scheduleId"]}]));
    let stands = it.read(it.week).await;
    assert_eq!(starts(&stands["shifts"]), [at("2026-03-05T09:00"), at("2026-03-06T11:00")]);
}

#[tokio::test]
async fn a_shift_is_added_to_what_is_published_if_the_rules_let_it_and_told_to_its_agent() {
    let it = Week::new().await;
    it.works(it.week, it.li, "2026-03-04T09:00").await;
    let li = it.server.agent(it.li).await;
    let tried = it.add(&it.planner, json!({"dryRun": true})).await;
    assert_eq!((&tried["shift"], &tried["userErrors"]), (&Value::Null, &json!([])), "{tried:#}");
    let early = json!({"startsAt": at("2026-03-05T02:00")});
    let refused = it.add(&it.planner, early).await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED", "path": null}]));
    assert_eq!(refused["violations"][0], json!({"rule": "MIN_REST", "severity": "BLOCKING"}));
    let seen = li.ok(MINE, json!({})).await;
    assert_eq!(
        (starts(&seen["mySchedule"]).len(), &seen["notifications"]["nodes"]),
        (1, &json!([]))
    );

    let done = it.add(&it.planner, json!({})).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let shift = &done["shift"];
    assert_eq!(
        (&shift["startsAt"], &shift["endsAt"]),
        (&at("2026-03-05T09:00"), &at("2026-03-05T17:00"))
    );
    assert_eq!((&shift["paidSeconds"], &shift["state"]), (&json!(27_000), &json!("PUBLISHED")));
    assert_eq!(shift["agent"]["number"], "1");
    let categories =
        json!([{"category": "ON_QUEUE"}, {"category": "MEAL"}, {"category": "ON_QUEUE"}]);
    assert_eq!(shift["activities"], categories);
    let seen = li.ok(MINE, json!({})).await;
    assert_eq!(starts(&seen["mySchedule"]), [at("2026-03-04T09:00"), at("2026-03-05T09:00")]);
    assert_eq!(seen["notifications"]["nodes"], json!([{"kind": "SHIFT_CHANGED"}]));
    let again = it.add(&it.planner, json!({})).await;
    let broken = again["violations"].as_array().expect("list");
    assert!(broken.iter().any(|it| it["rule"] == "OVERLAP"), "{again:#}");
    it.edit(&shift["id"], json!({"remove": true})).await;
    assert_eq!(starts(&it.read(it.week).await["shifts"]), [at("2026-03-04T09:00")]);
}

#[tokio::test]
async fn a_shift_is_added_to_a_draft_by_those_who_plan_there_and_by_nobody_else() {
    let it = Week::new().await;
    let li = it.server.agent(it.li).await;
    let draft = it.draft().await;
    let to_draft = json!({"scheduleId": draft.to_string()});
    let done = it.add(&it.planner, to_draft.clone()).await;
    assert_eq!((&done["userErrors"], &done["shift"]["state"]), (&json!([]), &json!("DRAFT")));
    let seen = li.ok(MINE, json!({})).await;
    assert_eq!((&seen["mySchedule"], &seen["notifications"]["nodes"]), (&json!([]), &json!([])));

    let part =
        |seconds: i64| json!([{"category": "ON_QUEUE", "durationSeconds": seconds, "paid": true}]);
    for (change, path) in [
        (json!({"startsAt": at("2026-03-09T09:00")}), json!(["input", "startsAt"])),
        (json!({"activities": []}), json!(["input", "activities"])),
        (json!({"activities": part(90)}), json!(["input", "activities", "0", "durationSeconds"])),
        (json!({"activities": part(0)}), json!(["input", "activities", "0", "durationSeconds"])),
    ] {
        let refused = it.add(&it.planner, change).await;
        assert_eq!(refused["userErrors"], json!([{"code": "INVALID_VALUE", "path": path}]));
    }
    let hidden = |field: &str| json!([{"code": "NOT_FOUND", "path": ["input", field]}]);
    let stranger = it.server.stranger().await;
    let there = stranger.company.db_site("GZ").await;
    let foreign = stranger.company.db_agent("9", "Wu Min", there, None, &[]).await;
    let refused = it.add(&it.planner, json!({"agentId": foreign.to_string()})).await;
    assert_eq!(refused["userErrors"], hidden("agentId"));
    let elsewhere = it.server.company.db_site("CD").await;
    for actor in [stranger.planner(there).await, it.server.planner(elsewhere).await] {
        let refused = it.add(&actor, to_draft.clone()).await;
        assert_eq!(refused["userErrors"], hidden("scheduleId"));
    }
    assert_eq!(it.publish(&json!(draft.to_string())).await, json!([]));
    let superseded = it.add(&it.planner, json!({})).await;
    let fault = json!([{"code": "INVALID_STATE", "path": ["input", "scheduleId"]}]);
    assert_eq!(superseded["userErrors"], fault);
}

#[tokio::test]
async fn a_shift_that_asks_for_a_skill_is_worked_by_those_who_have_it() {
    let it = Week::new().await;
    let company = &it.server.company;
    let care = company.db_skill("care").await;
    let sun = company.db_agent("3", "Sun Li", it.site, None, &[(care, 2)]).await;
    let asks = |agent: AgentId, grade: i32| {
        json!({"agentId": agent.to_string(),
            "needs": [{"skillId": care.to_string(), "grade": grade}]})
    };
    let blocked = json!({"rule": "SKILL", "severity": "BLOCKING"});
    for (agent, grade) in [(it.li, 1), (sun, 3)] {
        let refused = it.add(&it.planner, asks(agent, grade)).await;
        assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED", "path": null}]));
        let found = refused["violations"].as_array().expect("list");
        assert!(found.contains(&blocked), "{refused:#}");
    }
    let done = it.add(&it.planner, asks(sun, 2)).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    assert_eq!(done["shift"]["needs"], json!([{"skill": {"code": "care"}, "grade": 2}]));
    let given = json!({"input": {"shiftId": done["shift"]["id"],
        "change": {"agentId": it.zhou.to_string()}}});
    let refused = it.planner.ok(EDIT, given).await["shiftEdit"].take();
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED", "path": null}]));

    let stranger = it.server.stranger().await;
    let foreign = stranger.company.db_skill("care").await;
    let need = |skill: String, grade: i32| json!({"skillId": skill, "grade": grade});
    let own = care.to_string();
    for (needs, code, path) in [
        (json!([need(own.clone(), 6)]), "INVALID_VALUE", json!(["input", "needs", "0", "grade"])),
        (
            json!([need(own.clone(), 1), need(own.clone(), 2)]),
            "INVALID_VALUE",
            json!(["input", "needs"]),
        ),
        (
            json!([need(own, 1), need(foreign.to_string(), 1)]),
            "NOT_FOUND",
            json!(["input", "needs", "1", "skillId"]),
        ),
    ] {
        let refused = it.add(&it.planner, json!({"needs": needs})).await;
        assert_eq!(refused["userErrors"], json!([{"code": code, "path": path}]));
    }
}

#[tokio::test]
async fn a_shift_gets_longer_and_its_meal_later_if_the_rules_let_it_and_its_agent_is_told() {
    let it = Week::new().await;
    let li = it.server.agent(it.li).await;
    let shift = it.works(it.week, it.li, "2026-03-04T09:00").await;
    it.works(it.week, it.li, "2026-03-05T04:30").await;
    let longer = json!({"endsAt": at("2026-03-04T18:00"),
        "activities": [activity("MEAL", "14:00", "14:30")]});
    let refused = it.reshape(&shift, longer.clone(), json!([])).await;
    assert_eq!(refused["userErrors"][0]["code"], "RULE_VIOLATED", "{refused:#}");
    let rest = json!({"rule": "MIN_REST", "severity": "BLOCKING", "measured": "10 h 30 min",
        "limit": "11 h"});
    assert_eq!(refused["violations"][0], rest);
    assert_eq!(refused["shift"]["endsAt"], at("2026-03-04T17:00"), "as it stands");

    let reason = "Relief comes an hour late, agreed with Li Na";
    let lets = json!([{"rule": "MIN_REST", "reason": reason}]);
    let done = it.reshape(&shift, longer, lets).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let expected = json!({"startsAt": at("2026-03-04T09:00"), "endsAt": at("2026-03-04T18:00"),
        "paidSeconds": 32_400, "state": "PUBLISHED", "version": 2, "activities": [
            activity("ON_QUEUE", "09:00", "14:00"), activity("MEAL", "14:00", "14:30"),
            activity("ON_QUEUE", "14:30", "18:00")]});
    assert_eq!(done["shift"], expected);

    // What was let pass stands, so that the meal alone can be moved.
    it.server.pass(60);
    let earlier = json!({"activities": [activity("MEAL", "13:30", "14:00")]});
    let done = it.reshape(&shift, earlier, json!([])).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    assert_eq!(done["shift"]["activities"][1], activity("MEAL", "13:30", "14:00"));
    let span = |to: &str| json!({"startsAt": at("2026-03-04T09:00"), "endsAt": at(&format!("2026-03-04T{to}"))});
    let after = json!({"startsAt": at("2026-03-04T09:00"), "endsAt": at("2026-03-04T18:00"),
        "agent": {"number": "1"}});
    let expected = json!([
        {"cause": "EDIT", "shifts": [{"before": span("18:00"), "after": after}], "overrides": []},
        {"cause": "EDIT", "shifts": [{"before": span("17:00"), "after": after}],
            "overrides": [{"reason": reason, "violation": {"rule": "MIN_REST"}}]}]);
    let changes = it.planner.ok(CHANGES, json!({"id": shift})).await["node"]["changes"].take();
    assert_eq!(changes, expected);
    let told = li.ok(MESSAGES, json!({})).await["notifications"]["nodes"].take();
    let expected = json!([
        {"message": "Your shift of Wed 4 Mar 09:00–18:00 has other activities in it now; its time stays."},
        {"message": "Your shift of Wed 4 Mar 09:00–17:00 is now Wed 4 Mar 09:00–18:00."}]);
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_shape_that_a_shift_cannot_have_is_refused_with_what_would_do() {
    let it = Week::new().await;
    let draft = it.draft().await;
    let shift = it.works(draft, it.zhou, "2026-03-04T09:00").await;
    let time = |time: &str| at(&format!("2026-03-04T{time}"));
    let placed = |category, from, to| json!({"activities": [activity(category, from, to)]});
    for (reshape, path) in [
        (json!({}), "startsAt"),
        (json!({"endsAt": time("08:00")}), "endsAt"),
        (json!({"endsAt": time("18:00:30")}), "endsAt"),
        (json!({"endsAt": time("13:15")}), "endsAt"),
        (placed("MEAL", "16:45", "17:15"), "activities.0.endsAt"),
        (placed("ON_QUEUE", "10:00", "11:00"), "activities.0.category"),
    ] {
        let refused = it.reshape(&shift, reshape, json!([])).await;
        let error = &refused["userErrors"][0];
        let all: Vec<&str> =
            ["input", "change", "reshape"].into_iter().chain(path.split('.')).collect();
        assert_eq!((&error["code"], &error["path"]), (&json!("INVALID_VALUE"), &json!(all)));
    }
    let refused = it.reshape(&shift, json!({"endsAt": time("13:15")}), json!([])).await;
    let message = refused["userErrors"][0]["message"].as_str().expect("message");
    assert!(
        message.starts_with("2026-03-04T05:30:00Z or later, when MEAL in it ends"),
        "{message}"
    );
    let early = json!({"startsAt": at("2026-03-01T12:00"), "endsAt": at("2026-03-02T12:00"),
        "activities": []});
    let first = it.works(draft, it.li, "2026-03-02T09:00").await;
    let refused = it.reshape(&first, early, json!([])).await;
    let path = json!(["input", "change", "reshape", "startsAt"]);
    assert_eq!(refused["userErrors"][0]["path"], path, "{refused:#}");

    // A draft is planned in the same way, and nobody is told.
    let zhou = it.server.agent(it.zhou).await;
    let done = it.reshape(&shift, json!({"startsAt": time("08:00")}), json!([])).await;
    assert_eq!((&done["userErrors"], &done["shift"]["state"]), (&json!([]), &json!("DRAFT")));
    assert_eq!(done["shift"]["activities"][0], activity("ON_QUEUE", "08:00", "13:00"));
    let told = zhou.ok(MESSAGES, json!({})).await["notifications"]["nodes"].take();
    assert_eq!(told, json!([]));
}
