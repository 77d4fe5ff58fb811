//! What shifts a site offers is what its schedules are made of, by contract, out of a design, and around
//! the lunch for which it closes.

use jiff::civil::{Time, time};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, SiteId};
use trunkline_infra::params;

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const SET: &str = "mutation($input: ShiftTemplatesSetInput!) { shiftTemplatesSet(input: $input) {
  shiftTemplateSet { validFromDate isUsual templates { code name mostPaidSeconds hasUsualPauses } }
  userErrors { code path message } } }";
const LIST: &str = "query($site: ID!) { shiftTemplates(siteId: $site) { validFromDate isUsual templates {
  code nameEn nameZh shortestSeconds longestSeconds leastPaidSeconds earliestStart latestStart contractKinds headcounts
  pauses { kind earliestSeconds latestSeconds durationSeconds paid } } } }";
const DESIGN: &str = "query($id: ID!, $input: ShiftsDesignInput!) {
  shiftsDesign(requirementId: $id, weekOf: \"2026-03-12\", input: $input) {
    shifts { starts durationSeconds } } }";

/// A shift of a schedule as its file has it.
#[derive(Debug)]
struct Row {
    agent: String,
    /// Local time of day.
    starts: String,
    activities: String,
    minutes: u32,
}

fn row(line: &str, header: &[&str]) -> Row {
    let fields: Vec<&str> = line.split(',').collect();
    let field = |name: &str| {
        let place = header.iter().position(|column| *column == name).expect("a column");
        fields[place].to_owned()
    };
    let activities = field("activities");
    let minutes = activities.split("; ").map(|part| {
        let minutes = part.split(' ').nth(1).expect("minutes");
        minutes.parse::<u32>().expect("a number")
    });
    let minutes = minutes.sum();
    let starts = field("starts").split_once('T').expect("a local time").1.to_owned();
    Row { agent: field("agent"), starts, activities, minutes }
}

/// Generates the week from 9 March and gives the draft and its shifts.
async fn generated(server: &Server, planner: &Actor, site: SiteId) -> (Value, Vec<Row>) {
    let input = json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "iterations": 40});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let draft = ended(server, planner, &asked["job"]["id"]).await["schedule"]["id"].take();
    let read = "query($id: ID!) { schedule(id: $id) { csv } }";
    let csv = planner.ok(read, json!({"id": draft})).await["schedule"]["csv"].take();
    let mut lines = csv.as_str().expect("text").lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    (draft, lines.map(|line| row(line, &header)).collect())
}

async fn set(actor: &Actor, site: SiteId, shifts: &Value) -> Value {
    let mut input = json!({"siteId": site.to_string(), "validFromDate": "2026-03-09"});
    for (name, list) in shifts.as_object().expect("lists") {
        input[name] = list.clone();
    }
    actor.ok(SET, json!({"input": input})).await["shiftTemplatesSet"].take()
}

async fn db_contract(server: &Server, agents: &[AgentId], kind: &str, weekly_seconds: i64) {
    let company = &server.company;
    company
        .db_run(
            "update app.contract set kind = $3, weekly_min_seconds = $4, weekly_max_seconds = $4
             where tenant_id = $1 and agent_id = any($2)",
            params![company.tenant, agents, kind, weekly_seconds],
        )
        .await;
}

#[tokio::test]
async fn two_templates_are_all_that_a_schedule_is_made_of() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let agents = company.db_agents(site, 4).await;
    db_contract(&server, &agents[2..], "PART_TIME", 20 * 3600).await;
    let by_day = |at| if (time(8, 0, 0, 0)..time(22, 0, 0, 0)).contains(&at) { 3 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let day = json!({"code": "DAY", "nameEn": "Day", "nameZh": "日班", "shortestSeconds": 30600,
        "earliestStart": "08:00", "latestStart": "10:00", "contractKinds": ["REGULAR"]});
    let rest = json!({"kind": "BREAK", "earliestSeconds": 7200, "latestSeconds": 10800,
        "durationSeconds": 900, "paid": true});
    let short = json!({"code": "SHORT", "nameZh": "短班", "shortestSeconds": 18000,
        "earliestStart": "09:00", "latestStart": "17:00", "contractKinds": ["PART_TIME"],
        "pauses": [rest]});
    let done = set(&planner, site, &json!({"templates": [day, short]})).await;
    let expected = json!({"validFromDate": "2026-03-09", "isUsual": false, "templates": [
        {"code": "DAY", "name": "Day", "mostPaidSeconds": 28800, "hasUsualPauses": true},
        {"code": "SHORT", "name": "短班", "mostPaidSeconds": 18000, "hasUsualPauses": false}]});
    assert_eq!((&done["shiftTemplateSet"], &done["userErrors"]), (&expected, &json!([])));

    let listed = planner.ok(LIST, json!({"site": site.to_string()})).await["shiftTemplates"].take();
    let [usual, own] = &listed.as_array().expect("list")[..] else { panic!("two: {listed:#}") };
    assert_eq!((&usual["isUsual"], &usual["validFromDate"]), (&json!(true), &Value::Null));
    assert_eq!(usual["templates"].as_array().map(Vec::len), Some(3));
    let shown = json!({"code": "SHORT", "nameEn": "短班", "nameZh": "短班", "shortestSeconds": 18000,
        "longestSeconds": 18000, "leastPaidSeconds": 18000, "earliestStart": "09:00:00",
        "latestStart": "17:00:00", "contractKinds": ["PART_TIME"], "headcounts": [], "pauses": [rest]});
    assert_eq!(own["templates"][1], shown);

    let (draft, rows) = generated(&server, &planner, site).await;
    let mut seen = [0; 4];
    for row in &rows {
        let number: usize = row.agent.parse().expect("a number");
        let (starts, minutes) =
            if number <= 2 { ("08:00".."10:01", 510) } else { ("09:00".."17:01", 300) };
        assert!(starts.contains(&row.starts.as_str()), "{row:?}");
        assert_eq!(row.minutes, minutes, "{row:?}");
        seen[number - 1] += 1;
    }
    assert!(
        seen[..2].iter().all(|shifts| *shifts >= 4),
        "whole days where three are wanted: {seen:?}"
    );
    assert_eq!(seen[2..], [4, 4], "20 h in shifts of five");
    assert_eq!(publish(&planner, &draft, 1).await["userErrors"], json!([]));
}

#[tokio::test]
async fn shifts_that_the_rules_forbid_come_back_with_what_would_do_and_strangers_see_none() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let agent = company.db_agents(site, 1).await[0];
    let planner = server.planner(site).await;
    let long = json!({"code": "LONG", "nameEn": "Long", "shortestSeconds": 28800,
        "longestSeconds": 36000, "earliestStart": "08:00"});
    let designed = json!({"starts": "09:00", "durationSeconds": 36000});
    let refused =
        set(&planner, site, &json!({"templates": [long], "designedShifts": [designed]})).await;
    let message = "at most 30600 seconds, as the rule OVERTIME_DAY has it";
    let error = |path: Value| json!({"code": "INVALID_VALUE", "path": path, "message": message});
    let expected = [
        error(json!(["input", "templates", "0", "longestSeconds"])),
        error(json!(["input", "designedShifts", "0"])),
    ];
    assert_eq!(refused["userErrors"], json!(expected), "{refused:#}");
    assert_eq!(refused["shiftTemplateSet"], Value::Null);

    let none = json!({"input": {"siteId": site.to_string(), "validFromDate": "2026-03-09"}});
    let elsewhere = server.planner(company.db_site("CD").await).await;
    let foreign = server.stranger().await;
    let abroad = foreign.planner(foreign.company.db_site("GZ").await).await;
    for actor in [&elsewhere, &abroad] {
        let hidden = actor.ok(SET, none.clone()).await["shiftTemplatesSet"].take();
        let errors = hidden["userErrors"].as_array().expect("list");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0]["code"], "NOT_FOUND");
        assert_eq!(errors[0]["path"], json!(["input", "siteId"]));
        let seen = actor.ok(LIST, json!({"site": site.to_string()})).await;
        assert_eq!(seen["shiftTemplates"], json!([]));
    }
    assert_eq!(server.agent(agent).await.error_code(SET, none).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_shift_with_one_start_says_how_many_people_it_wants_on_each_weekday() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let mut day = json!({"code": "DAY", "nameEn": "Day", "shortestSeconds": 28800,
        "earliestStart": "08:00", "headcounts": [4, 4, 4, 4, 5, 2, 0]});
    let done = set(&planner, site, &json!({"templates": [day]})).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let listed = planner.ok(LIST, json!({"site": site.to_string()})).await["shiftTemplates"].take();
    assert_eq!(listed[0]["templates"][0]["headcounts"], json!([]), "the usual ones by no number");
    assert_eq!(listed[1]["templates"][0]["headcounts"], json!([4, 4, 4, 4, 5, 2, 0]));

    day["headcounts"] = json!([1, 1, 1, 1, 1, 1, -1]);
    let negative = set(&planner, site, &json!({"templates": [day]})).await;
    let path = json!(["input", "templates", "0", "headcounts", "6"]);
    let error = |path: &Value, message: &str| json!([{"code": "INVALID_VALUE", "path": path, "message": message}]);
    assert_eq!(negative["userErrors"], error(&path, "0 to 1000"));
    day["headcounts"] = json!([1, 1, 1, 1, 1]);
    let days = set(&planner, site, &json!({"templates": [day]})).await;
    let path = json!(["input", "templates", "0", "headcounts"]);
    let message = "seven numbers, one for each day from Monday to Sunday, or none";
    assert_eq!(days["userErrors"], error(&path, message));
    day["headcounts"] = json!([1, 1, 1, 1, 1, 0, 0]);
    day["latestStart"] = json!("09:00");
    let wide = set(&planner, site, &json!({"templates": [day]})).await;
    let message = "left out, unless it has one start and one length: make a template of each shift whose people are counted";
    assert_eq!(wide["userErrors"], error(&path, message));
}

#[tokio::test]
async fn a_design_becomes_the_shifts_of_which_the_schedule_is_made() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    company.db_agents(site, 5).await;
    let by_day = |at| if (time(9, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at) { 4 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-14T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let listed = "query($queue: ID!) { requirements(queueId: $queue) { id } }";
    let listed = planner.ok(listed, json!({"queue": queue.to_string()})).await;
    let window = json!({"earliestStart": "06:00", "latestStart": "12:00", "shortestSeconds": 25200,
                        "longestSeconds": 30600});
    let ask = json!({"id": listed["requirements"][0]["id"],
                     "input": {"windows": [window], "moves": 60000}});
    let designed = planner.ok(DESIGN, ask).await["shiftsDesign"]["shifts"].take();
    assert_eq!(designed, json!([{"starts": "09:00:00", "durationSeconds": 28800}]));

    let done = set(&planner, site, &json!({"designedShifts": designed})).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let kept = json!([{"code": "D0900-8h00", "name": "09:00, 8 h 00 min", "mostPaidSeconds": 27000,
                       "hasUsualPauses": true}]);
    assert_eq!(done["shiftTemplateSet"]["templates"], kept);
    let (_, rows) = generated(&server, &planner, site).await;
    assert!(rows.len() >= 16, "four people on five days, or nearly: {}", rows.len());
    for row in rows {
        assert_eq!((row.starts.as_str(), row.minutes), ("09:00", 480), "{row:?}");
    }
}

#[tokio::test]
async fn a_site_that_closes_for_lunch_gets_whole_days_around_it() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let day = json!([["08:30:00", "12:00:00"], ["13:00:00", "17:30:00"]]);
    let closed = json!([]);
    let week = [&day, &day, &day, &day, &day, &closed, &closed];
    let opening = json!({"week": week, "closed_on": []});
    let sql = "update app.site set opening = $3 where tenant_id = $1 and id = $2";
    company.db_run(sql, params![company.tenant, site, opening]).await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let agents = company.db_agents(site, 3).await;
    db_contract(&server, &agents, "REGULAR", 40 * 3600).await;
    let open = |at: Time| {
        (time(9, 0, 0, 0)..time(12, 0, 0, 0)).contains(&at)
            || (time(13, 0, 0, 0)..time(17, 0, 0, 0)).contains(&at)
    };
    let by_day = |at| if open(at) { 2 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-14T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let (draft, rows) = generated(&server, &planner, site).await;
    assert_eq!(rows.len(), 15, "five days of eight hours for each: {rows:#?}");
    for row in rows {
        assert_eq!((row.starts.as_str(), row.minutes), ("08:30", 540), "{row:?}");
        assert!(row.activities.contains("MEAL 60 unpaid"), "{row:?}");
    }
    let published = publish(&planner, &draft, 1).await;
    assert_eq!(published["userErrors"], json!([]), "{published:#}");
}

#[tokio::test]
async fn a_flexible_pattern_bounds_how_long_the_shifts_of_its_agents_are() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let agents = company.db_agents(site, 2).await;
    let by_day = |at| if (time(8, 0, 0, 0)..time(20, 0, 0, 0)).contains(&at) { 2 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let create = "mutation($input: ShiftPatternCreateInput!) { shiftPatternCreate(input: $input) {
      shiftPattern { id kind weeks { shortestSeconds longestSeconds } } userErrors { path message } } }";
    let week = json!({"earliestStart": "10:00", "latestStart": "12:00", "longestSeconds": 21600});
    let input = json!({"siteId": site.to_string(), "name": "student", "weeks": [week]});
    let made = planner.ok(create, json!({"input": input})).await["shiftPatternCreate"].take();
    let pattern = &made["shiftPattern"];
    let weeks = json!([{"shortestSeconds": null, "longestSeconds": 21600}]);
    assert_eq!((&pattern["kind"], &pattern["weeks"]), (&json!("FLEXIBLE"), &weeks), "{made:#}");
    let mut odd = input;
    odd["name"] = json!("odd");
    odd["weeks"][0]["shortestSeconds"] = json!(25200);
    let refused = planner.ok(create, json!({"input": odd})).await["shiftPatternCreate"].take();
    let error = json!({"path": ["input", "weeks", "0", "longestSeconds"],
                       "message": "not below shortestSeconds"});
    assert_eq!(refused["userErrors"], json!([error]));
    let assign = "mutation($input: ShiftPatternAssignInput!) { shiftPatternAssign(input: $input) {
      userErrors { code } } }";
    let input = json!({"shiftPatternId": pattern["id"], "agentIds": [agents[0].to_string()],
                       "startsOn": "2026-03-09"});
    let given = planner.ok(assign, json!({"input": input})).await["shiftPatternAssign"].take();
    assert_eq!(given["userErrors"], json!([]));

    let (_, rows) = generated(&server, &planner, site).await;
    let own: Vec<&Row> = rows.iter().filter(|row| row.agent == "1").collect();
    assert!(own.len() >= 4, "wanted all day: {rows:#?}");
    for row in own {
        assert!(("10:00".."12:01").contains(&row.starts.as_str()) && row.minutes <= 360, "{row:?}");
    }
    let longer = rows.iter().any(|row| row.agent == "2" && row.minutes == 510);
    assert!(longer, "who has no pattern works whole days: {rows:#?}");
}
