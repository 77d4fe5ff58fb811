//! What a generated schedule tells of itself, and what publishing it does to its forecasts.

use jiff::civil::time;
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, QueueId, SiteId};
use trunkline_infra::params;
use trunkline_testkit::{RequiredAgents, shanghai};

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const TOLD: &str = "query($id: ID!) { schedule(id: $id) { generation {
  seed rounds workRulesVersion
  coverage { requiredSeconds uncoveredSeconds surplusSeconds paidSeconds coveredPercent }
  fixedShifts { requiredSeconds uncoveredSeconds }
  requirements { queue { code } forecast { id state } }
  shortfalls { kind rule cause agent { number } startsAt endsAt missingSeconds missingAgents
    heldBack { rule agents } message } } } }";

/// Three agents where five are wanted from 9 to 18; the last is never available.
async fn short_site(server: &Server) -> (SiteId, QueueId, AgentId) {
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let away = company.db_agents(site, 3).await[2];
    company
        .db_run(
            "insert into app.availability (tenant_id, id, agent_id, available, label, weekdays, local_from,
                                           local_until)
             values ($1, $2, $2, false, 'Courses', '{1,2,3,4,5,6,7}', '00:00', '00:00')",
            params![company.tenant, away],
        )
        .await;
    let by_day = |at| if (time(9, 0, 0, 0)..time(18, 0, 0, 0)).contains(&at) { 5 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), by_day).await;
    (site, queue, away)
}

/// Generates the week and gives the id of the draft.
async fn draft(server: &Server, planner: &Actor, site: SiteId) -> Value {
    let input =
        json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "seed": 7, "iterations": 40});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    ended(server, planner, &asked["job"]["id"]).await["schedule"]["id"].take()
}

async fn told(actor: &Actor, schedule: &Value) -> Value {
    actor.ok(TOLD, json!({"id": schedule})).await["schedule"]["generation"].take()
}

#[tokio::test]
async fn a_generated_schedule_tells_what_it_covers_and_what_it_could_not_do() {
    let server = Server::start().await;
    let (site, _, away) = short_site(&server).await;
    // Owed, and impossible: such a draft can be looked at, but not published.
    let company = &server.company;
    company
        .db_run(
            "update app.contract set weekly_min_seconds = 72000 where tenant_id = $1 and agent_id = $2",
            params![company.tenant, away],
        )
        .await;
    let planner = server.planner(site).await;
    let schedule = draft(&server, &planner, site).await;
    let made = told(&planner, &schedule).await;
    assert_eq!((&made["seed"], &made["rounds"]), (&json!(7), &json!(40)));
    let seconds = |of: &str, what: &str| made[of][what].as_u64().expect("seconds");
    let required = 7 * 9 * 5 * 3600;
    assert_eq!(seconds("coverage", "requiredSeconds"), required);
    assert_eq!(seconds("fixedShifts", "requiredSeconds"), required);
    let uncovered = seconds("coverage", "uncoveredSeconds");
    assert!(uncovered <= seconds("fixedShifts", "uncoveredSeconds"), "{made:#}");
    let percent = made["coverage"]["coveredPercent"].as_f64().expect("percent");
    assert!((percent - 100.0 * (1.0 - uncovered as f64 / required as f64)).abs() < 1e-9);
    // Two agents of 40 hours each.
    assert_eq!(seconds("coverage", "paidSeconds"), 2 * 40 * 3600);

    let shortfalls = made["shortfalls"].as_array().expect("list");
    let expected = json!({
        "kind": "CONTRACT_HOURS", "rule": "AVAILABILITY", "cause": "AVAILABILITY",
        "agent": {"number": "3"}, "startsAt": "2026-03-08T16:00:00Z",
        "endsAt": "2026-03-15T16:00:00Z", "missingSeconds": 72_000, "missingAgents": null,
        "heldBack": [], "message": "20.0 h of the contract cannot be planned: Availability.",
    });
    assert_eq!(shortfalls[0], expected);
    let gaps = &shortfalls[1..];
    let missing: u64 = gaps.iter().filter_map(|gap| gap["missingSeconds"].as_u64()).sum();
    assert_eq!(missing, uncovered, "the gaps are all that is uncovered");
    for gap in gaps {
        assert_eq!((&gap["kind"], &gap["agent"]), (&json!("COVERAGE"), &Value::Null));
        let held = gap["heldBack"].as_array().expect("list");
        assert!(held.iter().any(|it| it["rule"] == "AVAILABILITY"), "{gap:#}");
    }
}

#[tokio::test]
async fn a_week_without_a_requirement_is_told_and_a_day_that_nobody_can_plan_is_refused() {
    let server = Server::start().await;
    let (site, ..) = short_site(&server).await;
    let planner = server.planner(site).await;
    let ask = async |starts_on: &str| {
        let input = json!({"siteId": site.to_string(), "startsOn": starts_on, "iterations": 0});
        planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take()
    };
    for starts_on in ["9999-12-27", "0001-01-01"] {
        let refused = json!({"code": "INVALID_VALUE", "path": ["input", "startsOn"]});
        assert_eq!(ask(starts_on).await, json!({"job": null, "userErrors": [refused]}));
    }
    let asked = ask("2036-03-10").await;
    let made = ended(&server, &planner, &asked["job"]["id"]).await["schedule"]["id"].take();
    let made = told(&planner, &made).await;
    assert_eq!(made["coverage"]["requiredSeconds"], 0);
    let first = &made["shortfalls"][0];
    assert_eq!((&first["kind"], &first["rule"]), (&json!("REQUIREMENT"), &json!("COVERAGE")));
    assert_eq!(first["startsAt"], "2036-03-09T16:00:00Z");
    assert_eq!(first["endsAt"], "2036-03-16T16:00:00Z");
    let message = first["message"].as_str().expect("a sentence");
    assert!(message.starts_with("Nothing is required on these days"), "{message}");
}

#[tokio::test]
async fn rosters_are_made_for_those_to_schedule_and_not_for_those_on_the_phone() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    company.db_agents(site, 12).await;
    let by_day = |at| {
        let open = i32::from((time(9, 0, 0, 0)..time(18, 0, 0, 0)).contains(&at));
        RequiredAgents { on_phone: 2 * open, to_schedule: 4 * open, on_roster: 6 * open }
    };
    let week = ("2026-03-09T00:00", "2026-03-16T00:00");
    company.db_requirement_of(queue, 30, week, by_day).await;
    let planner = server.planner(site).await;
    let schedule = draft(&server, &planner, site).await;
    let made = told(&planner, &schedule).await;
    // Seven days of nine hours: 126 h on the phone, 252 h to schedule, 378 h on the roster.
    let hours = |what: &str| made["coverage"][what].as_f64().expect("seconds") / 3600.0;
    assert_eq!(hours("requiredSeconds"), 252.0, "{made:#}");
    assert!(hours("uncoveredSeconds") < 25.2, "nine tenths are covered: {made:#}");

    // The shifts themselves: four people are there in the middle of a day, where two are enough on
    // the phone.
    let shifts = "query($id: ID!) { schedule(id: $id) {
      shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-15T16:00:00Z\") { startsAt endsAt } } }";
    let shifts = planner.ok(shifts, json!({"id": schedule})).await["schedule"]["shifts"].take();
    let shifts = shifts.as_array().expect("list").clone();
    let instant = |value: &Value| -> jiff::Timestamp {
        value.as_str().expect("instant").parse().expect("instant")
    };
    let there: usize = (9..16)
        .map(|day| {
            let noon = shanghai(&format!("2026-03-{day:02}T11:00"));
            let is_there =
                |it: &&Value| (instant(&it["startsAt"])..instant(&it["endsAt"])).contains(&noon);
            shifts.iter().filter(is_there).count()
        })
        .sum();
    assert!(there > 25, "28 at eleven in a week, or nearly: {there}");
}

#[tokio::test]
async fn who_may_not_see_an_agent_or_a_draft_learns_nothing_of_it() {
    let server = Server::start().await;
    let (site, _, away) = short_site(&server).await;
    let planner = server.planner(site).await;
    let schedule = draft(&server, &planner, site).await;
    let ask = json!({"id": schedule});
    let office = server.head_office().await;
    let (agent, stranger) = (server.agent(away).await, server.stranger().await);
    for actor in [&agent, &office, &stranger.head_office().await] {
        assert_eq!(actor.ok(TOLD, ask.clone()).await["schedule"], Value::Null);
    }
    assert_eq!(publish(&planner, &schedule, 1).await["userErrors"], json!([]));
    let made = told(&office, &schedule).await;
    assert_eq!(made["requirements"][0]["queue"]["code"], "presale");
    assert_eq!(agent.ok(TOLD, ask).await["schedule"], Value::Null);
}

#[tokio::test]
async fn publishing_freezes_the_forecasts_that_the_schedule_was_made_from() {
    let server = Server::start().await;
    let (site, queue, _) = short_site(&server).await;
    let company = &server.company;
    let planner = server.planner(site).await;
    let schedule = draft(&server, &planner, site).await;
    // Computed after the draft was made: it has no part in it.
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), |_| 9).await;

    let states = async || -> Vec<(i32, String)> {
        let listed = planner
            .ok(
                "query($queue: ID!) { forecasts(queueId: $queue) { nodes { number state } } }",
                json!({"queue": queue.to_string()}),
            )
            .await;
        let nodes = listed["forecasts"]["nodes"].as_array().expect("list").clone();
        let state = |it: &Value| {
            let number = i32::try_from(it["number"].as_i64().expect("number")).expect("small");
            (number, it["state"].as_str().expect("state").to_owned())
        };
        nodes.iter().map(state).collect()
    };
    let open = |number| (number, "OPEN".to_owned());
    let dry = json!({"input": {"scheduleId": schedule, "dryRun": true}});
    let dry_run = "mutation($input: SchedulePublishInput!) { schedulePublish(input: $input) { userErrors { code } } }";
    planner.ok(dry_run, dry).await;
    assert_eq!(states().await, [open(2), open(1)]);
    assert_eq!(publish(&planner, &schedule, 1).await["userErrors"], json!([]));
    assert_eq!(states().await, [open(2), (1, "FROZEN".to_owned())]);
    let made = told(&planner, &schedule).await;
    assert_eq!(made["requirements"][0]["forecast"]["state"], "FROZEN");

    // What it stands on stays as it is: the server's role cannot change or delete it at all.
    for statement in [
        "delete from app.forecast where tenant_id = $1",
        "update app.forecast set days = 1 where tenant_id = $1",
        "update app.forecast_point set volume = 0 where tenant_id = $1",
        "delete from app.requirement where tenant_id = $1",
        "update app.requirement_point set to_schedule = 0 where tenant_id = $1",
    ] {
        let tx = company.db_begin().await;
        let refused = tx.run(statement, params![company.tenant]).await;
        let refused = format!("{:?}", refused.expect_err("no right to it"));
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
}
