//! Work rules of less than a site: a team that starts early, an agent who does not, and what it takes to
//! serve a queue.

mod bound;
mod day_and_night;

use jiff::civil::{Time, date, time};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, ShiftId, SiteId, TeamId},
    identity::Role,
    time::local_of_instant,
};
use trunkline_infra::params;
use trunkline_testkit::Within;

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const SET: &str = "mutation($input: WorkRulesSetInput!) { workRulesSet(input: $input) {
  workRules { version sources { level } }
  contradictions { rules mendingRule mendingValue team { code } contractKind }
  userErrors { code path } } }";
const SHIFTS: &str = "query($id: ID!) { schedule(id: $id) {
  shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-29T16:00:00Z\") {
    id startsAt agent { id } } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  violations { rule severity measured limit params { name value } } userErrors { code } } }";
const PROPOSE: &str = "mutation($input: ShiftSwapProposeInput!) { shiftSwapPropose(input: $input) {
  shiftSwap { id } userErrors { code } } }";
const ANSWER: &str = "mutation($input: ShiftSwapAnswerInput!) { shiftSwapAnswer(input: $input) {
  shiftSwap { state } violations { rule } userErrors { code } } }";
const OF_AGENT: &str = "query($id: ID!) { agent(id: $id) { workRules { rules {
  rule startBand { starts { from until } } source { level version team { code } agent { id } } } } } }";

/// A site with a team of three, and four agents without one.
struct Early {
    server: Server,
    site: SiteId,
    team: TeamId,
    members: Vec<AgentId>,
    others: Vec<AgentId>,
}

impl Early {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let team = company.db_team(site, "EARLY").await;
        let others = company.db_agents(site, 4).await;
        let mut members = Vec::new();
        for number in ["11", "12", "13"] {
            members.push(company.db_agent(number, number, site, Some(team), &[]).await);
        }
        Self { server, site, team, members, others }
    }
}

async fn set(actor: &Actor, whom: Value, rules: Value) -> Value {
    let mut input = json!({"validFromDate": "2026-03-02", "rules": rules});
    for (name, value) in whom.as_object().expect("object") {
        input[name] = value.clone();
    }
    actor.ok(SET, json!({"input": input})).await["workRulesSet"].take()
}

fn starts(from: &str, until: &str) -> Value {
    let band = json!({"starts": {"from": from, "until": until}});
    json!([{"rule": "START_BAND", "startBand": band}])
}

/// A draft of a week, and the agent and local start of each of its shifts.
async fn generated(
    it: (&Server, SiteId),
    planner: &Actor,
    starts_on: &str,
) -> (Value, Vec<(String, Time)>) {
    let (server, site) = it;
    let input =
        json!({"siteId": site.to_string(), "startsOn": starts_on, "seed": 7, "iterations": 40});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let job = ended(server, planner, &asked["job"]["id"]).await;
    assert_eq!(job["state"], "DONE", "{job:#}");
    let id = job["schedule"]["id"].clone();
    let found = planner.ok(SHIFTS, json!({"id": id})).await["schedule"]["shifts"].take();
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("zone");
    let shift = |it: &Value| {
        let agent = it["agent"]["id"].as_str().expect("agent").to_owned();
        let start = it["startsAt"].as_str().expect("start").parse().expect("instant");
        (agent, local_of_instant(start, &zone).time())
    };
    (id, found.as_array().expect("list").iter().map(shift).collect())
}

fn of(shifts: &[(String, Time)], agents: &[AgentId]) -> Vec<Time> {
    let agents: Vec<String> = agents.iter().map(ToString::to_string).collect();
    shifts.iter().filter(|it| agents.contains(&it.0)).map(|it| it.1).collect()
}

async fn edited(actor: &Actor, shift: ShiftId, change: Value) -> Value {
    let input = json!({"shiftId": shift.to_string(), "change": change, "dryRun": true});
    actor.ok(EDIT, json!({"input": input})).await["shiftEdit"].take()
}

/// What a blocking rule says of a payload.
fn told(payload: &Value, rule: &str) -> Value {
    let found = payload["violations"].as_array().expect("list").iter();
    found.filter(|it| it["rule"] == rule).cloned().collect::<Vec<_>>().into()
}

/// Gives a shift away to whoever takes it.
async fn offered(actor: &Actor, shift: ShiftId) -> Value {
    let audience = json!({"teamIds": []});
    let input = json!({"offeredShiftId": shift.to_string(), "audience": audience,
                       "acceptableWindows": []});
    let asked = actor.ok(PROPOSE, json!({"input": input})).await["shiftSwapPropose"].take();
    assert_eq!(asked["userErrors"], json!([]), "{asked:#}");
    asked["shiftSwap"]["id"].clone()
}

async fn taken(actor: &Actor, swap: &Value) -> Value {
    let input = json!({"shiftSwapId": swap, "accept": true});
    actor.ok(ANSWER, json!({"input": input})).await["shiftSwapAnswer"].take()
}

/// Where an agent's band of starts comes from.
async fn band(actor: &Actor, agent: AgentId) -> Value {
    let found = actor.ok(OF_AGENT, json!({"id": agent.to_string()})).await;
    let mut rules = found["agent"]["workRules"]["rules"].as_array().expect("rules").iter();
    rules.find(|it| it["rule"] == "START_BAND").cloned().expect("a rule")
}

#[tokio::test]
async fn a_team_starts_early_an_agent_of_it_late_and_the_generator_keeps_to_both() {
    let it = Early::new().await;
    let company = &it.server.company;
    let queue = company.db_queue("presale", 30, &[it.site], None).await;
    let by_day = |at| if (time(8, 0, 0, 0)..time(20, 0, 0, 0)).contains(&at) { 6 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    let planner = it.server.planner(it.site).await;
    let (late, early) = it.members.split_first().expect("three");
    let done =
        set(&planner, json!({"teamId": it.team.to_string()}), starts("07:00", "08:00")).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let sources = json!([{"level": "DEFAULT"}, {"level": "TEAM"}]);
    assert_eq!(done["workRules"], json!({"version": 1, "sources": sources}));
    let done = set(&planner, json!({"agentId": late.to_string()}), starts("11:00", "13:00")).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");

    let (draft, shifts) = generated((&it.server, it.site), &planner, "2026-03-09").await;
    let of_team = of(&shifts, early);
    assert!(!of_team.is_empty(), "{shifts:?}");
    let band = time(7, 0, 0, 0)..=time(8, 0, 0, 0);
    assert!(of_team.iter().all(|start| band.contains(start)), "{of_team:?}");
    let of_late = of(&shifts, &[*late]);
    assert!(!of_late.is_empty(), "{shifts:?}");
    let band = time(11, 0, 0, 0)..=time(13, 0, 0, 0);
    assert!(of_late.iter().all(|start| band.contains(start)), "{of_late:?}");
    let of_others = of(&shifts, &it.others);
    assert!(of_others.iter().any(|start| !band.contains(start)), "the site has no band");
    let published = publish(&planner, &draft, 1).await;
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
}

#[tokio::test]
async fn a_swap_and_an_edit_are_judged_by_the_rules_of_who_comes() {
    let it = Early::new().await;
    let company = &it.server.company;
    let (member, other) = (it.members[0], it.others[0]);
    let week = company.db_schedule(it.site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    let late = company.db_shift(week, it.site, other, "2026-03-11T12:00", 8).await;
    let planner = it.server.planner(it.site).await;
    set(&planner, json!({"teamId": it.team.to_string()}), starts("07:00", "10:00")).await;

    let to_member = json!({"agentId": member.to_string()});
    let refused = edited(&planner, late, to_member.clone()).await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED"}]));
    let found = told(&refused, "START_BAND");
    assert_eq!((&found[0]["measured"], &found[0]["limit"]), (&json!("12:00"), &json!("10:00")));
    let to_another = json!({"agentId": it.others[1].to_string()});
    let fine = edited(&planner, late, to_another).await;
    assert_eq!(fine["userErrors"], json!([]), "no team, no band: {fine:#}");

    let (giver, taker) = (it.server.agent(other).await, it.server.agent(member).await);
    let swap = offered(&giver, late).await;
    let refused = taken(&taker, &swap).await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED"}]), "{refused:#}");
    assert_eq!(told(&refused, "START_BAND").as_array().expect("list").len(), 1, "{refused:#}");

    // Everybody of the team sees why, and whom it holds for.
    let leader = it.server.leader(it.team).await;
    let of_team = json!({"rule": "START_BAND",
        "startBand": {"starts": {"from": "07:00:00", "until": "10:00:00"}},
        "source": {"level": "TEAM", "version": 1, "team": {"code": "EARLY"}, "agent": null}});
    assert_eq!(band(&leader, member).await, of_team);
    assert_eq!(band(&taker, member).await, of_team);

    let done =
        set(&planner, json!({"agentId": member.to_string()}), starts("07:00", "12:00")).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let own = band(&leader, member).await;
    assert_eq!(own["source"]["level"], "AGENT");
    assert_eq!(own["source"]["agent"]["id"], member.to_string());
    let approved = taken(&taker, &swap).await;
    assert_eq!(approved["userErrors"], json!([]), "{approved:#}");
    assert_eq!(approved["shiftSwap"]["state"], "APPROVED");
}

#[tokio::test]
async fn an_overlay_is_refused_where_it_cannot_be_kept_together_and_ends_where_it_is_inherited() {
    let it = Early::new().await;
    let planner = it.server.planner(it.site).await;
    let team = json!({"teamId": it.team.to_string()});
    let six = json!([{"rule": "WORK_DAYS_WEEK", "min": 6, "max": 6}]);
    assert_eq!(set(&planner, team.clone(), six).await["userErrors"], json!([]));
    let regular = json!({"siteId": it.site.to_string(), "contractKind": "REGULAR"});
    let four = json!([{"rule": "CONSECUTIVE_DAYS", "max": 4}]);
    let refused = set(&planner, regular.clone(), four).await;
    let expected = json!({"rules": ["CONSECUTIVE_DAYS", "WORK_DAYS_WEEK"],
        "mendingRule": "WORK_DAYS_WEEK", "mendingValue": "5 days",
        "team": {"code": "EARLY"}, "contractKind": "REGULAR"});
    assert_eq!(refused["contradictions"], json!([expected]), "{refused:#}");
    assert_eq!(refused["workRules"], Value::Null);
    let five = json!([{"rule": "CONSECUTIVE_DAYS", "max": 6}]);
    assert_eq!(set(&planner, regular, five).await["userErrors"], json!([]));

    let of_site = set(&planner, team.clone(), json!([{"rule": "SEATS", "severity": "OFF"}])).await;
    assert_eq!(of_site["userErrors"][0]["code"], "INVALID_VALUE", "{of_site:#}");
    let both = json!({"teamId": it.team.to_string(), "contractKind": "INTERN"});
    assert_eq!(set(&planner, both, json!([])).await["userErrors"][0]["code"], "INVALID_VALUE");
    let network = set(&planner, json!({}), json!([])).await;
    assert_eq!(network["userErrors"][0]["code"], "FORBIDDEN", "{network:#}");
    let stranger = it.server.planner(it.server.company.db_site("CD").await).await;
    let hidden = set(&stranger, team.clone(), json!([])).await;
    let path = json!(["input", "teamId"]);
    assert_eq!(hidden["userErrors"], json!([{"code": "NOT_FOUND", "path": path}]));
    let elsewhere = it.server.company.db_site("SZ").await.to_string();
    let of_elsewhere = json!({"siteId": elsewhere, "teamId": it.team.to_string()});
    let refused = set(&planner, of_elsewhere, json!([])).await;
    assert_eq!(refused["userErrors"], json!([{"code": "NOT_FOUND", "path": path}]));

    let mut ends = team;
    ends["validFromDate"] = json!("2026-03-16");
    ends["inheritedRules"] = json!(["WORK_DAYS_WEEK"]);
    assert_eq!(set(&planner, ends, json!([])).await["userErrors"], json!([]));
    let read = "query($site: ID!, $team: ID!, $date: Date!) {
      workRules(siteId: $site, teamId: $team, date: $date) { sources { level } } }";
    let levels = async |day: &str| {
        let asked = json!({"site": it.site.to_string(), "team": it.team.to_string(), "date": day});
        planner.ok(read, asked).await["workRules"]["sources"].take()
    };
    let (of_default, of_team) = (json!({"level": "DEFAULT"}), json!({"level": "TEAM"}));
    assert_eq!(levels("2026-03-15").await, json!([of_default, of_team]));
    assert_eq!(levels("2026-03-16").await, json!([of_default]));
}

#[tokio::test]
async fn who_has_no_contract_is_looked_at_as_regular() {
    let it = Early::new().await;
    let company = &it.server.company;
    let ended = "update app.contract set valid_until = '2026-01-01'
                 where tenant_id = $1 and agent_id = any($2)";
    company.db_run(ended, params![company.tenant, it.members.as_slice()]).await;
    let planner = it.server.planner(it.site).await;
    let team = json!({"teamId": it.team.to_string()});
    let six = json!([{"rule": "WORK_DAYS_WEEK", "min": 6, "max": 6}]);
    assert_eq!(set(&planner, team, six).await["userErrors"], json!([]));
    let regular = json!({"siteId": it.site.to_string(), "contractKind": "REGULAR"});
    let refused = set(&planner, regular, json!([{"rule": "CONSECUTIVE_DAYS", "max": 4}])).await;
    let found = &refused["contradictions"][0];
    assert_eq!(found["rules"], json!(["CONSECUTIVE_DAYS", "WORK_DAYS_WEEK"]), "{refused:#}");
    assert_eq!(found["team"], json!({"code": "EARLY"}), "{refused:#}");
    assert_eq!(refused["workRules"], Value::Null);
}

#[tokio::test]
async fn a_queue_is_served_from_the_day_on_which_its_training_is_passed() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let loans = company.db_skill("loans").await;
    let queue = company.db_queue("loans", 30, &[site], Some(loans)).await;
    let trained = company.db_agent("1", "1", site, None, &[(loans, 3)]).await;
    let new = company.db_agent("2", "2", site, None, &[(loans, 3)]).await;
    let by_day = |at| if (time(9, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at) { 4 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-16T00:00", "2026-03-23T00:00"), by_day).await;
    let week = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    let monday = company.db_shift(week, site, trained, "2026-03-09T09:00", 8).await;
    let wednesday = company.db_shift(week, site, trained, "2026-03-11T09:00", 8).await;
    let (manager, planner) = (server.site_manager(site).await, server.planner(site).await);
    let hr = server.user("hr@example.com", Role::Hr, Within::Tenant).await;
    let document = "mutation($input: QueueTrainingSetInput!) { queueTrainingSet(input: $input) {
        queue { training version } userErrors { code } } }";
    let input = json!({"queueId": queue.to_string(), "training": "LOANS"});
    let asked = manager.ok(document, json!({"input": input})).await["queueTrainingSet"].take();
    let expected = json!({"queue": {"training": "LOANS", "version": 2}, "userErrors": []});
    assert_eq!(asked, expected);
    let input = json!({"queueId": queue.to_string()});
    let nothing = manager.ok(document, json!({"input": input})).await["queueTrainingSet"].take();
    let fault = json!([{"code": "INVALID_VALUE"}]);
    assert_eq!(nothing, json!({"queue": null, "userErrors": fault}));
    let pass = async |agent: AgentId, on: &str, is_passed: bool| {
        let training = json!({"course": "LOANS", "kind": "SKILL", "isPassed": is_passed});
        let input = json!({"agentId": agent.to_string(), "effectiveOn": on,
                           "content": {"training": training}});
        let document = "mutation($input: FileEntryAddInput!) { fileEntryAdd(input: $input) {
            entry { content { __typename } } userErrors { code path } } }";
        let done = hr.ok(document, json!({"input": input})).await["fileEntryAdd"].take();
        assert_eq!(done["userErrors"], json!([]), "{done:#}");
    };
    pass(trained, "2026-02-20", true).await;
    pass(new, "2026-02-20", false).await;

    let to_new = json!({"agentId": new.to_string()});
    let refused = edited(&planner, wednesday, to_new.clone()).await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED"}]), "{refused:#}");
    let found = told(&refused, "TRAINING_GATE");
    let named = json!({"name": "training", "value": "LOANS"});
    assert!(found[0]["params"].as_array().expect("list").contains(&named), "{found:#}");
    let (giver, taker) = (server.agent(trained).await, server.agent(new).await);
    let swap = offered(&giver, wednesday).await;
    let refused = taken(&taker, &swap).await;
    assert_eq!(told(&refused, "TRAINING_GATE"), json!([{"rule": "TRAINING_GATE"}]), "{refused:#}");
    let (_, shifts) = generated((&server, site), &planner, "2026-03-16").await;
    assert!(!of(&shifts, &[trained]).is_empty(), "{shifts:?}");
    assert_eq!(of(&shifts, &[new]), Vec::<Time>::new());

    pass(new, "2026-03-10", true).await;
    let refused = edited(&planner, monday, to_new.clone()).await;
    assert_eq!(told(&refused, "TRAINING_GATE")[0]["severity"], "BLOCKING", "{refused:#}");
    let fine = edited(&planner, wednesday, to_new).await;
    assert_eq!(fine["userErrors"], json!([]), "{fine:#}");
    let approved = taken(&taker, &swap).await;
    assert_eq!(approved["userErrors"], json!([]), "{approved:#}");
    assert_eq!(approved["shiftSwap"]["state"], "APPROVED");
    let (_, shifts) = generated((&server, site), &planner, "2026-03-16").await;
    assert!(!of(&shifts, &[new]).is_empty(), "{shifts:?}");
}
