//! Rosters as CSV, out and in; and patterns, by which generated ones start.

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::SiteId;
use trunkline_infra::params;

use crate::{
    planning::{GENERATE, ended},
    support::{Actor, Server},
};

const IMPORT: &str = "mutation($input: ScheduleImportInput!) { scheduleImport(input: $input) {
  schedule { id state csv } rowsRead rowsTaken rowFaultCount refusalCount
  rowFaults { row column rule value expected } refusals { row agent { number } violations { rule } }
  effect { requiredSeconds before { uncoveredSeconds } after { uncoveredSeconds }
    queues { contacts serviceLevelPercentBefore serviceLevelPercentAfter } }
  userErrors { code path } } }";
const CREATE: &str =
    "mutation($input: ShiftPatternCreateInput!) { shiftPatternCreate(input: $input) {
  shiftPattern { id kind } userErrors { code path } } }";
const ASSIGN: &str =
    "mutation($input: ShiftPatternAssignInput!) { shiftPatternAssign(input: $input) {
  shiftPattern { name } userErrors { code path } } }";
const PATTERNS: &str = "query($site: ID!) { shiftPatterns(siteId: $site) { name kind
  weeks { earliestStart latestStart } assignments { agent { number } startsOn firstWeek } } }";

async fn import(actor: &Actor, site: SiteId, csv: &str, keep_good_rows: bool) -> Value {
    let input = json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "endsOn": "2026-03-15",
        "csv": csv, "keepGoodRows": keep_good_rows});
    actor.ok(IMPORT, json!({"input": input})).await["scheduleImport"].take()
}

#[tokio::test]
async fn a_roster_goes_out_as_a_file_and_comes_in_again() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let english = company.db_skill("english").await;
    let li = company.db_agent("GZ001", "Li Na", site, None, &[]).await;
    company.db_agent("GZ002", "Zhou Wei", site, None, &[(english, 4)]).await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let shift = ("2026-03-09T09:00", "2026-03-09T14:00");
    company.db_requirement(queue, 30, shift, |_| 1).await;
    company
        .db_run(
            "insert into app.forecast_point (tenant_id, forecast_id, starts_at, volume,
                                             handle_time_seconds, quantiles)
             select tenant_id, id, '2026-03-09T01:00:00Z', 5, 180, '{1,2,5,10,15}'
             from app.forecast where tenant_id = $1",
            params![company.tenant],
        )
        .await;
    let planner = server.planner(site).await;
    let csv = "agent,starts,ends,activities,needs\n\
        GZ001,2026-03-09T09:00,2026-03-09T17:30,ON_QUEUE 240; MEAL 30 unpaid; ON_QUEUE 240,\n\
        GZ002,2026-03-10T22:00,2026-03-11T06:00,ON_QUEUE 480,english 3\n";
    let done = import(&planner, site, csv, false).await;
    assert_eq!((&done["userErrors"], &done["rowsTaken"]), (&json!([]), &json!(2)), "{done:#}");
    assert_eq!(done["schedule"]["state"], "DRAFT");
    assert_eq!(done["schedule"]["csv"], csv);
    // Five hours, and half an hour of them is the meal of the one who is there.
    let effect = &done["effect"];
    let uncovered = |when: &str| effect[when]["uncoveredSeconds"].as_i64();
    let told = (effect["requiredSeconds"].as_i64(), uncovered("before"), uncovered("after"));
    assert_eq!(told, (Some(18_000), Some(18_000), Some(1800)), "{effect:#}");
    // Half an erlang at nine: nobody answers it, or one agent half of the calls at once.
    let queue = &effect["queues"][0];
    let before = &queue["serviceLevelPercentBefore"];
    assert_eq!((&queue["contacts"], before), (&json!(5.0), &json!(0.0)));
    let after = queue["serviceLevelPercentAfter"].as_f64().expect("percent");
    assert!((after - 100.0 * (1.0 - (-10.0_f64 / 180.0).exp() / 2.0)).abs() < 1e-9, "{after}");
    let read = "query($id: ID!) { schedule(id: $id) { csv } }";
    let id = json!({"id": done["schedule"]["id"]});
    assert_eq!(planner.ok(read, id.clone()).await["schedule"]["csv"], csv);
    assert_eq!(server.agent(li).await.ok(read, id).await["schedule"], Value::Null);
    let elsewhere = server.planner(company.db_site("CD").await).await;
    let refused = import(&elsewhere, site, csv, false).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_file_with_a_bad_row_is_refused_unless_the_good_ones_are_wanted() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    server.company.db_agent("GZ001", "Li Na", site, None, &[]).await;
    let planner = server.planner(site).await;
    let csv = "agent,starts,activities\n\
        GZ001,2026-03-09T14:00,ON_QUEUE 240; MEAL 30; ON_QUEUE 210\n\
        GZ001,2026-03-10T07:00,ON_QUEUE 240; MEAL 30; ON_QUEUE 210\n\
        GZ009,2026-03-11T07:00,ON_QUEUE 480\n";
    let refused = import(&planner, site, csv, false).await;
    assert_eq!(
        refused["userErrors"],
        json!([{"code": "IMPORT_REFUSED", "path": ["input", "csv"]}])
    );
    assert_eq!(refused["schedule"], Value::Null);
    let unknown = json!([{"row": 4, "column": "agent", "rule": "UNKNOWN_AGENT", "value": "GZ009", "expected": null}]);
    assert_eq!(refused["rowFaults"], unknown);
    let rest =
        json!([{"row": 3, "agent": {"number": "GZ001"}, "violations": [{"rule": "MIN_REST"}]}]);
    assert_eq!(refused["refusals"], rest, "{refused:#}");
    let kept = import(&planner, site, csv, true).await;
    assert_eq!((&kept["userErrors"], &kept["rowsTaken"]), (&json!([]), &json!(1)));
    let counts = (&kept["rowsRead"], &kept["rowFaultCount"], &kept["refusalCount"]);
    assert_eq!(counts, (&json!(3), &json!(1), &json!(1)));
}

#[tokio::test]
async fn a_shift_asks_for_skills_that_there_are_and_that_its_agent_has() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let english = company.db_skill("english").await;
    company.db_agent("GZ001", "Li Na", site, None, &[(english, 2)]).await;
    let planner = server.planner(site).await;
    let csv = "agent,starts,activities,needs\n\
        GZ001,2026-03-09T09:00,ON_QUEUE 240; MEAL 30; ON_QUEUE 210,english 2\n\
        GZ001,2026-03-10T09:00,ON_QUEUE 240; MEAL 30; ON_QUEUE 210,english 3\n\
        GZ001,2026-03-11T09:00,ON_QUEUE 480,french 1\n\
        GZ001,2026-03-12T09:00,ON_QUEUE 480,english high\n";
    let kept = import(&planner, site, csv, true).await;
    let faults = json!([
        {"row": 4, "column": "needs", "rule": "UNKNOWN_SKILL", "value": "french", "expected": "english"},
        {"row": 5, "column": "needs", "rule": "NOT_SKILL_NEEDS", "value": "english high",
         "expected": "english 3; vip 1"}
    ]);
    assert_eq!(kept["rowFaults"], faults);
    let skill =
        json!([{"row": 3, "agent": {"number": "GZ001"}, "violations": [{"rule": "SKILL"}]}]);
    assert_eq!((&kept["refusals"], &kept["rowsTaken"]), (&skill, &json!(1)), "{kept:#}");
}

#[tokio::test]
async fn fixed_flexible_and_rotating_starts_stand_in_one_month_of_one_site() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let agents = company.db_agents(site, 3).await;
    let by_day = |at| if (time(6, 0, 0, 0)..time(22, 0, 0, 0)).contains(&at) { 2 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-04-06T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let week = |from: &str, to: &str| json!({"earliestStart": from, "latestStart": to});
    let patterns = [
        ("office", vec![week("09:00", "09:00")], "FIXED"),
        ("rolling", vec![week("06:00", "06:00"), week("13:00", "13:30")], "ROTATING"),
        ("student", vec![week("10:00", "12:00")], "FLEXIBLE"),
    ];
    for ((name, weeks, kind), agent) in patterns.into_iter().zip(&agents) {
        let input = json!({"siteId": site.to_string(), "name": name, "weeks": weeks});
        let made = planner.ok(CREATE, json!({"input": input})).await["shiftPatternCreate"].take();
        assert_eq!(made["shiftPattern"]["kind"], kind, "{made:#}");
        let first_week = if kind == "ROTATING" { 2 } else { 1 };
        let input = json!({"shiftPatternId": made["shiftPattern"]["id"], "agentIds": [agent.to_string()],
            "startsOn": "2026-03-09", "firstWeek": first_week});
        let given = planner.ok(ASSIGN, json!({"input": input})).await["shiftPatternAssign"].take();
        assert_eq!(given["userErrors"], json!([]), "{given:#}");
    }
    let listed =
        planner.ok(PATTERNS, json!({"site": site.to_string()})).await["shiftPatterns"].take();
    let rolling = json!({"name": "rolling", "kind": "ROTATING",
        "weeks": [week("06:00:00", "06:00:00"), week("13:00:00", "13:30:00")],
        "assignments": [{"agent": {"number": "2"}, "startsOn": "2026-03-09", "firstWeek": 2}]});
    assert_eq!(listed[1], rolling);

    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "weeks": 4, "iterations": 20});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let draft = ended(&server, &planner, &asked["job"]["id"]).await["schedule"]["id"].take();
    let read = "query($id: ID!) { schedule(id: $id) { csv } }";
    let csv = planner.ok(read, json!({"id": draft})).await["schedule"]["csv"].take();
    let rows = csv.as_str().expect("text").lines().skip(1);
    let mut seen = [0, 0, 0];
    for row in rows {
        let fields: Vec<&str> = row.split(',').collect();
        let (day, start) = fields[1].split_once('T').expect("a local time");
        let day: jiff::civil::Date = day.parse().expect("a date");
        let weeks = (day - date(2026, 3, 9)).get_days() / 7;
        let allowed = match fields[0] {
            "1" => "09:00".."09:01",
            "2" if weeks % 2 == 0 => "13:00".."13:31",
            "2" => "06:00".."06:01",
            _ => "10:00".."12:01",
        };
        assert!(allowed.contains(&start), "{row}");
        seen[fields[0].parse::<usize>().expect("a number") - 1] += 1;
    }
    assert!(seen.iter().all(|shifts| *shifts >= 16), "everybody works: {seen:?}");
}

#[tokio::test]
async fn a_pattern_is_given_by_planners_to_agents_of_its_site() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
    let away = company.db_agent("2", "Zhou Wei", company.db_site("CD").await, None, &[]).await;
    let planner = server.planner(site).await;
    let odd = json!({"siteId": site.to_string(), "name": "odd",
        "weeks": [{"earliestStart": "09:10", "latestStart": "09:30"}]});
    let refused = planner.ok(CREATE, json!({"input": odd})).await["shiftPatternCreate"].take();
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "weeks", "0", "earliestStart"]));
    let weeks = json!([{"earliestStart": "09:00", "latestStart": "09:00"}]);
    let input = json!({"input": {"siteId": site.to_string(), "name": "office", "weeks": weeks}});
    let made = planner.ok(CREATE, input.clone()).await["shiftPatternCreate"].take();
    let again = planner.ok(CREATE, input.clone()).await["shiftPatternCreate"].take();
    assert_eq!(again["userErrors"][0]["code"], "DUPLICATE");
    let give = |agent: String, starts_on: &str| {
        json!({"input": {"shiftPatternId": made["shiftPattern"]["id"], "agentIds": [agent],
            "startsOn": starts_on, "firstWeek": 2}})
    };
    let refused = planner.ok(ASSIGN, give(away.to_string(), "2026-03-10")).await;
    let paths: Vec<_> = refused["shiftPatternAssign"]["userErrors"]
        .as_array()
        .expect("list")
        .iter()
        .map(|error| error["path"][1].clone())
        .collect();
    assert_eq!(paths, ["agentIds", "startsOn", "firstWeek"], "{refused:#}");
    let own = server.agent(agent).await;
    assert_eq!(own.error_code(ASSIGN, give(agent.to_string(), "2026-03-09")).await, "FORBIDDEN");
    assert_eq!(own.error_code(CREATE, input).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_pattern_says_on_which_days_a_team_works_and_is_refused_where_the_contract_owes_more() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let full = company.db_agent("1", "Li Na", site, Some(team), &[]).await;
    company.db_agent("2", "Zhou Wei", site, Some(team), &[]).await;
    company.db_agent("3", "He Jun", site, None, &[]).await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let by_day = |at| if (time(9, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at) { 3 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-30T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let create = "mutation($input: ShiftPatternCreateInput!) { shiftPatternCreate(input: $input) {
      shiftPattern { id kind weeks { weekdays } } userErrors { path message } } }";
    let assign = "mutation($input: ShiftPatternAssignInput!) { shiftPatternAssign(input: $input) {
      shiftPattern { assignments { agent { number } } } userErrors { code path message } } }";
    // Monday to Friday; in every third week the weekend in place of Thursday and Friday.
    let week =
        |days: Value| json!({"earliestStart": "09:00", "latestStart": "09:00", "weekdays": days});
    let (office, weekend) = (json!([1, 2, 3, 4, 5]), json!([1, 2, 3, 6, 7]));
    let weeks = [week(office.clone()), week(office.clone()), week(weekend.clone())];
    let mut input = json!({"siteId": site.to_string(), "name": "thirds", "weeks": weeks});
    let made = planner.ok(create, json!({"input": input})).await["shiftPatternCreate"].take();
    let pattern = &made["shiftPattern"];
    let shown = json!([{"weekdays": office}, {"weekdays": office}, {"weekdays": weekend}]);
    assert_eq!((&pattern["kind"], &pattern["weeks"]), (&json!("ROTATING"), &shown), "{made:#}");
    input["weeks"][1]["weekdays"] = json!([8]);
    let refused = planner.ok(create, json!({"input": input})).await["shiftPatternCreate"].take();
    let error =
        json!({"path": ["input", "weeks", "1", "weekdays"], "message": "1 (Monday) to 7 (Sunday)"});
    assert_eq!(refused["userErrors"], json!([error]));

    // Who owes 48 h a week needs a sixth day of eight hours.
    let owes = async |hours: i64| {
        let sql = "update app.contract set weekly_min_seconds = $3, weekly_max_seconds = $4
                   where tenant_id = $1 and agent_id = $2";
        let most = 48 * 3600_i64;
        company.db_run(sql, params![company.tenant, full, hours * 3600, most]).await;
    };
    owes(48).await;
    let input = json!({"input": {"shiftPatternId": pattern["id"], "teamIds": [team.to_string()],
                                 "startsOn": "2026-03-09"}});
    let refused = planner.ok(assign, input.clone()).await["shiftPatternAssign"].take();
    let error = json!({"code": "INVALID_VALUE", "path": ["input", "teamIds", "0"], "message":
        "at least 6 weekdays of work in week 1 of the pattern: the contract owes 172800 seconds a week"});
    assert_eq!(refused["userErrors"], json!([error]), "{refused:#}");
    owes(32).await;
    let given = planner.ok(assign, input).await["shiftPatternAssign"].take();
    assert_eq!(given["userErrors"], json!([]), "{given:#}");
    let members = given["shiftPattern"]["assignments"].as_array().expect("list").iter();
    let mut members: Vec<&str> = members.filter_map(|it| it["agent"]["number"].as_str()).collect();
    members.sort_unstable();
    assert_eq!(members, ["1", "2"]);
    let elsewhere = server.planner(company.db_site("CD").await).await;
    let foreign = json!({"input": {"teamIds": [team.to_string()], "startsOn": "2026-03-09"}});
    let hidden = elsewhere.ok(assign, foreign).await["shiftPatternAssign"].take();
    assert_eq!(hidden["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(hidden["userErrors"][0]["path"], json!(["input", "teamIds", "0"]));

    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "weeks": 3, "iterations": 20});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let draft = ended(&server, &planner, &asked["job"]["id"]).await["schedule"]["id"].take();
    let read = "query($id: ID!) { schedule(id: $id) { csv } }";
    let csv = planner.ok(read, json!({"id": draft})).await["schedule"]["csv"].take();
    let (mut of_team, mut weekends) = (0, 0);
    for row in csv.as_str().expect("text").lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (day, _) = fields[1].split_once('T').expect("a local time");
        let day: jiff::civil::Date = day.parse().expect("a date");
        let off: &[i8] = match (day - date(2026, 3, 9)).get_days() / 7 {
            2 => &[4, 5],
            _ => &[6, 7],
        };
        let weekday = day.weekday().to_monday_one_offset();
        if fields[0] != "3" {
            assert!(!off.contains(&weekday), "{row}");
            of_team += 1;
            weekends += u32::from(weekday >= 6);
        }
    }
    assert!(of_team >= 24 && weekends >= 2, "{of_team} shifts, {weekends} of them on weekends");
}
