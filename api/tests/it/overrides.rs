//! Rules that are broken by name: who may, what is kept, and what it lets stand.

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ScheduleId, SiteId, TeamId},
    identity::Role,
    schedules::{RuleCode, Severity},
};
use trunkline_infra::params;
use trunkline_testkit::{Within, shanghai};

use crate::support::{Actor, Server};

const ADD: &str = "mutation($input: ShiftAddInput!) { shiftAdd(input: $input) {
  shift { id } violations { rule severity measured limit standing }
  userErrors { code path params { name value } } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  shift { id } violations { rule standing } userErrors { code path } } }";
const PUBLISH: &str = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) {
  schedule { state } userErrors { code path } } }";
const RESTS: &str = "query($agent: ID!) { agentPayMonth(agentId: $agent, month: \"2026-03-01\") {
  compensatoryRests { earnedOn cause dueOn state ruleOverride { reason
    violation { rule measured limit } change { cause authorName } } } } }";
const OF_SHIFT: &str = "query($id: ID!) { node(id: $id) { ... on Shift { changes {
  cause authorName shifts { before { startsAt } after { startsAt agent { number } } }
  overrides { reason violation { rule measured limit } } violations { rule } } } } }";
const OF_SCHEDULE: &str = "query($id: ID!, $after: String) { schedule(id: $id) {
  changes(first: 1, after: $after) { totalCount { value } pageInfo { hasNextPage endCursor }
    nodes { cause scheduleVersion authorName overrides { reason violation { rule } }
      shifts { before { startsAt } after { startsAt } } } } } }";
const CHECK: &str = "query($id: ID!) { scheduleCheck(scheduleId: $id) {
  violations { rule standing } } }";

const REASON: &str = "Typhoon: nobody else can come in, agreed with Li Na";

fn at(local: &str) -> Value {
    json!(shanghai(local).to_string())
}

fn lets(rule: &str) -> Value {
    json!([{"rule": rule, "reason": REASON}])
}

/// An agent who works six days in a row, Thursday 5 to Tuesday 10 March, in two weeks that are published.
struct SixDays {
    server: Server,
    site: SiteId,
    team: TeamId,
    li: AgentId,
    weeks: ScheduleId,
    planner: Actor,
}

impl SixDays {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let team = company.db_team(site, "A").await;
        let li = company.db_agent("1", "Li Na", site, Some(team), &[]).await;
        let weeks = company.db_schedule(site, date(2026, 3, 2), date(2026, 3, 15), true).await;
        let planner = server.planner(site).await;
        let it = Self { server, site, team, li, weeks, planner };
        it.six_days(weeks).await;
        it
    }

    async fn six_days(&self, schedule: ScheduleId) {
        for day in 5..=10 {
            let start = format!("2026-03-{day:02}T09:00");
            self.server.company.db_shift(schedule, self.site, self.li, &start, 8).await;
        }
    }

    fn shift(&self, schedule: ScheduleId, day: i8, overrides: &Value) -> Value {
        json!({"input": {"scheduleId": schedule.to_string(), "agentId": self.li.to_string(),
            "startsAt": at(&format!("2026-03-{day:02}T09:00")), "overrides": overrides,
            "activities": [
                {"category": "ON_QUEUE", "durationSeconds": 14_400, "paid": true},
                {"category": "MEAL", "durationSeconds": 1800, "paid": false},
                {"category": "ON_QUEUE", "durationSeconds": 12_600, "paid": true}]}})
    }

    async fn add(&self, day: i8, overrides: Value) -> Value {
        self.planner.ok(ADD, self.shift(self.weeks, day, &overrides)).await["shiftAdd"].take()
    }
}

fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().expect("list").iter();
    errors.map(|error| error["code"].as_str().expect("code")).collect()
}

#[tokio::test]
async fn a_seventh_day_is_refused_until_somebody_answers_for_it_and_owes_a_rest() {
    let it = SixDays::new().await;
    let agent = json!({"agent": it.li.to_string()});
    let refused = it.add(11, json!([])).await;
    assert_eq!(codes(&refused), ["RULE_VIOLATED"], "{refused:#}");
    let hint = json!([{"name": "overridable", "value": "CONSECUTIVE_DAYS"}]);
    assert_eq!(refused["userErrors"][0]["params"], hint);
    let seventh = json!({"rule": "CONSECUTIVE_DAYS", "severity": "BLOCKING", "measured": "7 days",
        "limit": "6 days", "standing": false});
    assert_eq!(refused["violations"][0], seventh);
    let before = it.planner.ok(RESTS, agent.clone()).await["agentPayMonth"].take();
    assert_eq!(before["compensatoryRests"], json!([]));

    let done = it.add(11, lets("CONSECUTIVE_DAYS")).await;
    assert_eq!((codes(&done), &done["violations"][0]), (vec![], &seventh), "{done:#}");
    let author = format!("planner-{}@example.com", it.site);
    let owed = json!([{"earnedOn": "2026-03-11", "cause": "LONG_RUN", "dueOn": "2026-03-31",
        "state": "OWED", "ruleOverride": {"reason": REASON,
            "violation": {"rule": "CONSECUTIVE_DAYS", "measured": "7 days", "limit": "6 days"},
            "change": {"cause": "ADD", "authorName": author}}}]);
    let after = it.planner.ok(RESTS, agent).await["agentPayMonth"].take();
    assert_eq!(after["compensatoryRests"], owed, "{after:#}");

    // The agent, too, reads who did it and why.
    let li = it.server.agent(it.li).await;
    let id = json!({"id": done["shift"]["id"]});
    let expected = json!([{"cause": "ADD", "authorName": author,
        "shifts": [{"before": null,
            "after": {"startsAt": at("2026-03-11T09:00"), "agent": {"number": "1"}}}],
        "overrides": [{"reason": REASON, "violation": {"rule": "CONSECUTIVE_DAYS",
            "measured": "7 days", "limit": "6 days"}}],
        "violations": [{"rule": "CONSECUTIVE_DAYS"}]}]);
    for actor in [&li, &it.planner] {
        let mut changes = actor.ok(OF_SHIFT, id.clone()).await["node"]["changes"].take();
        // Behind the heaviest stand those that are told only.
        changes[0]["violations"].as_array_mut().expect("list").truncate(1);
        assert_eq!(changes, expected);
    }
    let tx = it.server.company.db_begin().await;
    let sql = "select concat(reason, '|', detail -> 'overrides' -> 0 ->> 'rule') as value
               from app.audit_event where tenant_id = $1 and action = 'shift.add'";
    let told: Option<String> = tx.scalar(sql, params![tx.tenant()]).await.expect("row");
    assert_eq!(told, Some(format!("{REASON}|CONSECUTIVE_DAYS")));
}

#[tokio::test]
async fn what_was_overridden_stands_and_anything_worse_is_refused() {
    let it = SixDays::new().await;
    let done = it.add(11, lets("CONSECUTIVE_DAYS")).await;
    assert_eq!(codes(&done), Vec::<&str>::new(), "{done:#}");
    let unrelated = it.add(13, json!([])).await;
    assert_eq!(codes(&unrelated), Vec::<&str>::new(), "{unrelated:#}");
    let check = json!({"id": it.weeks.to_string()});
    let found = it.planner.ok(CHECK, check).await["scheduleCheck"].take();
    let stands = json!({"rule": "CONSECUTIVE_DAYS", "standing": true});
    assert!(found["violations"].as_array().expect("list").contains(&stands), "{found:#}");
    let eighth = it.add(12, json!([])).await;
    assert_eq!(codes(&eighth), ["RULE_VIOLATED"], "{eighth:#}");
    // A new plan of the same days is another one: nobody has answered for it.
    let company = &it.server.company;
    let draft = company.db_schedule(it.site, date(2026, 3, 2), date(2026, 3, 15), false).await;
    it.six_days(draft).await;
    company.db_shift(draft, it.site, it.li, "2026-03-11T09:00", 8).await;
    let publish = json!({"input": {"scheduleId": draft.to_string()}});
    let refused = it.planner.ok(PUBLISH, publish).await["schedulePublish"].take();
    assert_eq!(codes(&refused), ["RULE_VIOLATED"]);
    let manager = it.server.site_manager(it.site).await;
    let publish = json!({"input": {"scheduleId": draft.to_string(),
        "overrides": lets("CONSECUTIVE_DAYS")}});
    let done = manager.ok(PUBLISH, publish).await["schedulePublish"].take();
    assert_eq!((codes(&done), &done["schedule"]["state"]), (vec![], &json!("PUBLISHED")));
    let change = json!({"input": {"scheduleId": draft.to_string()}});
    let again = manager.ok(PUBLISH, change).await["schedulePublish"].take();
    assert_eq!(codes(&again), ["INVALID_STATE"]);
    let page = json!({"id": draft.to_string()});
    let changes = it.planner.ok(OF_SCHEDULE, page).await["schedule"]["changes"].take();
    let published = json!([{"cause": "PUBLISH", "scheduleVersion": 2,
        "authorName": format!("manager-{}@example.com", it.site),
        "overrides": [{"reason": REASON, "violation": {"rule": "CONSECUTIVE_DAYS"}}],
        "shifts": []}]);
    assert_eq!(changes["nodes"], published, "{changes:#}");
}

#[tokio::test]
async fn what_was_overridden_in_a_draft_stands_when_it_is_published() {
    let it = SixDays::new().await;
    let company = &it.server.company;
    let draft = company.db_schedule(it.site, date(2026, 3, 2), date(2026, 3, 15), false).await;
    it.six_days(draft).await;
    let add = it.shift(draft, 11, &lets("CONSECUTIVE_DAYS"));
    let done = it.planner.ok(ADD, add).await["shiftAdd"].take();
    assert_eq!(codes(&done), Vec::<&str>::new(), "{done:#}");
    it.server.pass(60);
    let publish = json!({"input": {"scheduleId": draft.to_string()}});
    let published = it.planner.ok(PUBLISH, publish).await["schedulePublish"].take();
    assert_eq!(codes(&published), Vec::<&str>::new(), "{published:#}");
    // What was done before it was published is for those who plan.
    let li = it.server.agent(it.li).await;
    let id = json!({"id": done["shift"]["id"]});
    let seen = li.ok(OF_SHIFT, id.clone()).await["node"]["changes"].take();
    assert_eq!(seen, json!([]));
    let seen = it.planner.ok(OF_SHIFT, id).await["node"]["changes"].take();
    assert_eq!(seen[0]["cause"], "ADD", "{seen:#}");
}

#[tokio::test]
async fn a_rule_that_asks_for_approval_holds_the_planner_up_until_it_is_named() {
    let it = SixDays::new().await;
    let weigh = |limits: &mut trunkline_domain::schedules::RuleLimits| {
        limits.set_severity(RuleCode::ConsecutiveDays, Severity::NeedsApproval);
    };
    it.server.company.db_work_rules(it.site, weigh).await;
    let refused = it.add(11, json!([])).await;
    assert_eq!(codes(&refused), ["APPROVAL_REQUIRED"], "{refused:#}");
    let rules = json!([{"name": "rules", "value": "CONSECUTIVE_DAYS"}]);
    assert_eq!(refused["userErrors"][0]["params"], rules);
    assert_eq!(codes(&it.add(11, lets("MIN_REST")).await), ["APPROVAL_REQUIRED"]);
    let done = it.add(11, lets("CONSECUTIVE_DAYS")).await;
    assert_eq!(codes(&done), Vec::<&str>::new(), "{done:#}");

    // Moving it tells where it was.
    let moved = json!({"input": {"shiftId": done["shift"]["id"],
        "change": {"startsAt": at("2026-03-11T10:00")}}});
    let moved = it.planner.ok(EDIT, moved).await["shiftEdit"].take();
    assert_eq!(codes(&moved), Vec::<&str>::new(), "{moved:#}");
    let id = it.weeks.to_string();
    let first = it.planner.ok(OF_SCHEDULE, json!({"id": id})).await["schedule"]["changes"].take();
    assert_eq!(first["totalCount"]["value"], 2);
    let edit = &first["nodes"][0];
    assert_eq!((&edit["cause"], &edit["overrides"]), (&json!("EDIT"), &json!([])));
    let sides = json!([{"before": {"startsAt": at("2026-03-11T09:00")},
        "after": {"startsAt": at("2026-03-11T10:00")}}]);
    assert_eq!(edit["shifts"], sides);
    let after = json!({"id": id, "after": first["pageInfo"]["endCursor"]});
    let second = it.planner.ok(OF_SCHEDULE, after).await["schedule"]["changes"].take();
    assert_eq!(second["nodes"][0]["cause"], "ADD");
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn who_plans_overrides_and_nobody_else_and_not_what_no_reason_mends() {
    let it = SixDays::new().await;
    let input = it.shift(it.weeks, 11, &lets("CONSECUTIVE_DAYS"));
    let leader = it.server.leader(it.team).await;
    assert_eq!(leader.error_code(ADD, input.clone()).await, "FORBIDDEN");

    // Somebody who plans by a role of the tenant's own, without that right.
    let admin = it.server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let (passwords, email) = (&it.server.app.passwords, "helper@example.com");
    let own = Within::Own(it.li);
    let user = it.server.company.db_user(passwords, email, Role::Agent, own).await;
    let role = "mutation($input: RoleCreateInput!) { roleCreate(input: $input) {
        role { id } userErrors { code } } }";
    let each = ["schedule:read", "schedule:write", "agent:read"];
    let permissions: Vec<Value> =
        each.iter().map(|it| json!({"permission": it, "reach": "SITE"})).collect();
    let input_role = json!({"input": {"name": "Helper", "permissions": permissions}});
    let made = admin.ok(role, input_role).await["roleCreate"].take();
    let assign = "mutation($input: RoleAssignInput!) { roleAssign(input: $input) {
        userErrors { code } } }";
    let given = json!({"input": {"userId": user.to_string(), "customRoleId": made["role"]["id"],
        "scope": {"siteId": it.site.to_string()}}});
    let given = admin.ok(assign, given).await["roleAssign"].take();
    assert_eq!(given["userErrors"], json!([]));
    let helper = it.server.sign_in(email).await;
    let refused = helper.ok(ADD, input).await["shiftAdd"].take();
    assert_eq!(codes(&refused), ["FORBIDDEN"], "{refused:#}");
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "overrides"]));

    for (overrides, code, path) in [
        (lets("OVERLAP"), "OVERRIDE_REFUSED", json!(["input", "overrides", "0", "rule"])),
        (
            json!([{"rule": "CONSECUTIVE_DAYS", "reason": " "}]),
            "INVALID_VALUE",
            json!(["input", "overrides", "0", "reason"]),
        ),
    ] {
        let refused = it.add(11, overrides).await;
        assert_eq!(codes(&refused), [code]);
        assert_eq!(refused["userErrors"][0]["path"], path);
    }
}

#[tokio::test]
async fn a_week_is_copied_against_a_rule_that_is_named_and_the_draft_knows_it() {
    let it = SixDays::new().await;
    let company = &it.server.company;
    let later = company.db_schedule(it.site, date(2026, 3, 16), date(2026, 3, 22), false).await;
    for day in 16..=18 {
        let start = format!("2026-03-{day:02}T09:00");
        company.db_shift(later, it.site, it.li, &start, 8).await;
    }
    let document = "mutation($input: ScheduleCopyWeekInput!) { scheduleCopyWeek(input: $input) {
        schedule { id } copiedShifts refusals { startsAt violations { rule } } violations { rule }
        userErrors { code path } } }";
    let copy = async |overrides: Value| {
        let input = json!({"siteId": it.site.to_string(), "fromDate": "2026-03-16",
            "toDate": "2026-03-09", "fromScheduleId": later.to_string(), "overrides": overrides});
        it.planner.ok(document, json!({"input": input})).await["scheduleCopyWeek"].take()
    };
    // Thursday to Sunday of the week before are worked.
    let two = copy(json!([])).await;
    assert_eq!(two["copiedShifts"], 2, "{two:#}");
    let [left] = &two["refusals"].as_array().expect("list")[..] else { panic!("one: {two:#}") };
    assert_eq!(left["startsAt"], at("2026-03-11T09:00"));
    assert_eq!(left["violations"][0]["rule"], "CONSECUTIVE_DAYS", "{left:#}");
    let page = json!({"id": two["schedule"]["id"]});
    let none = it.planner.ok(OF_SCHEDULE, page).await["schedule"]["changes"].take();
    assert_eq!(none["nodes"], json!([]), "nothing was let pass");

    let refused = copy(lets("OVERLAP")).await;
    let never = json!([{"code": "OVERRIDE_REFUSED", "path": ["input", "overrides", "0", "rule"]}]);
    assert_eq!(refused["userErrors"], never);
    let all = copy(lets("CONSECUTIVE_DAYS")).await;
    assert_eq!((&all["copiedShifts"], &all["refusals"]), (&json!(3), &json!([])), "{all:#}");
    let broken = json!({"rule": "CONSECUTIVE_DAYS"});
    assert!(all["violations"].as_array().expect("list").contains(&broken), "{all:#}");
    let page = json!({"id": all["schedule"]["id"]});
    let changes = it.planner.ok(OF_SCHEDULE, page.clone()).await["schedule"]["changes"].take();
    let made = json!([{"cause": "COPY", "scheduleVersion": 2,
        "authorName": format!("planner-{}@example.com", it.site),
        "overrides": [{"reason": REASON, "violation": {"rule": "CONSECUTIVE_DAYS"}}],
        "shifts": []}]);
    assert_eq!(changes["nodes"], made, "{changes:#}");
    let found = it.planner.ok(CHECK, page).await["scheduleCheck"].take();
    let stands = json!({"rule": "CONSECUTIVE_DAYS", "standing": true});
    assert!(found["violations"].as_array().expect("list").contains(&stands), "{found:#}");
}

#[tokio::test]
async fn a_roster_is_imported_against_a_rule_that_is_named() {
    let it = SixDays::new().await;
    let document = "mutation($input: ScheduleImportInput!) { scheduleImport(input: $input) {
        schedule { id } rowsTaken refusals { violations { rule } } userErrors { code path } } }";
    let rows = (9..=11)
        .map(|day| format!("1,2026-03-{day:02}T09:00,ON_QUEUE 240; MEAL 30; ON_QUEUE 210\n"));
    let csv = format!("agent,starts,activities\n{}", rows.collect::<String>());
    let import = async |overrides: Value| {
        let input = json!({"siteId": it.site.to_string(), "startsOn": "2026-03-09",
            "endsOn": "2026-03-15", "csv": csv, "overrides": overrides});
        it.planner.ok(document, json!({"input": input})).await["scheduleImport"].take()
    };
    let refused = import(json!([])).await;
    assert_eq!(codes(&refused), ["IMPORT_REFUSED"], "{refused:#}");
    let [left] = &refused["refusals"].as_array().expect("list")[..] else {
        panic!("one: {refused:#}")
    };
    assert_eq!(left["violations"][0]["rule"], "CONSECUTIVE_DAYS", "{left:#}");
    let done = import(lets("CONSECUTIVE_DAYS")).await;
    assert_eq!((codes(&done), &done["rowsTaken"]), (vec![], &json!(3)), "{done:#}");
    let page = json!({"id": done["schedule"]["id"]});
    let changes = it.planner.ok(OF_SCHEDULE, page).await["schedule"]["changes"].take();
    let change = &changes["nodes"][0];
    assert_eq!((&change["cause"], &changes["totalCount"]["value"]), (&json!("IMPORT"), &json!(1)));
    let expected = json!([{"reason": REASON, "violation": {"rule": "CONSECUTIVE_DAYS"}}]);
    assert_eq!(change["overrides"], expected);
}
