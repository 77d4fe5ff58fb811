//! Training and meetings go where the roster has most to spare.

use std::time::Duration;

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::ScheduleId;
use trunkline_infra::{params, schedules::lock_schedules};
use trunkline_testkit::shanghai;

use crate::support::{Actor, Server};

const PLACE: &str = "mutation($input: ActivityPlaceInput!) { activityPlace(input: $input) {
  schedule { version }
  placements { agent { number } shift { version } startsAt endsAt missingSeconds spareAgents }
  refusals { agent { number } reason violations { rule severity } }
  violations { rule severity } effect { before { uncoveredSeconds } after { uncoveredSeconds } }
  userErrors { code path } } }";
const TOLD: &str = "{ notifications { nodes { kind message } } }";
const MINE: &str =
    "query { mySchedule(from: \"2026-03-09T16:00:00Z\", to: \"2026-03-10T16:00:00Z\") {
  version activities { category startsAt endsAt paid } } }";

fn training(schedule: ScheduleId, audience: &Value) -> Value {
    json!({"scheduleId": schedule.to_string(), "category": "TRAINING", "durationSeconds": 3600,
        "audience": audience, "startsOn": "2026-03-10", "endsOn": "2026-03-10"})
}

async fn place(actor: &Actor, input: &Value) -> Value {
    actor.ok(PLACE, json!({"input": input})).await["activityPlace"].take()
}

fn starts(placed: &Value) -> Vec<&Value> {
    placed["placements"].as_array().expect("list").iter().map(|it| &it["startsAt"]).collect()
}

/// What an agent was told.
async fn told(user: &Actor) -> Vec<Value> {
    let seen = user.ok(TOLD, json!({})).await;
    seen["notifications"]["nodes"].as_array().expect("list").clone()
}

#[tokio::test]
async fn training_is_placed_where_agents_are_to_spare_and_seen_by_those_who_take_part() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let week = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    let agents = company.db_agents(site, 3).await;
    let ids: Vec<String> = agents.iter().map(ToString::to_string).collect();
    for agent in &agents[..2] {
        company.db_shift(week, site, *agent, "2026-03-10T09:00", 8).await;
    }
    // One of the two is to spare from 15:00 on.
    let (nine, three, five) = (time(9, 0, 0, 0), time(15, 0, 0, 0), time(17, 0, 0, 0));
    let required = |at| match at {
        at if (nine..three).contains(&at) => 2,
        at if (three..five).contains(&at) => 1,
        _ => 0,
    };
    company.db_requirement(queue, 30, ("2026-03-10T00:00", "2026-03-11T00:00"), required).await;
    let planner = server.planner(site).await;
    let mut users = Vec::new();
    for agent in &agents {
        users.push(server.agent(*agent).await);
    }
    let mut input = training(week, &json!({"agentIds": ids}));
    input["dryRun"] = json!(true);
    let tried = place(&planner, &input).await;
    let at = |local: &str| json!(shanghai(local).to_string());
    let (first, second) = (at("2026-03-10T15:00"), at("2026-03-10T16:00"));
    assert_eq!(starts(&tried), [&first, &second], "{tried:#}");
    assert_eq!(tried["placements"][0]["shift"]["version"], 1);
    let third = json!([{"agent": {"number": "3"}, "reason": "NO_SHIFT", "violations": []}]);
    assert_eq!((&tried["refusals"], &tried["userErrors"]), (&third, &json!([])));
    assert_eq!(tried["schedule"]["version"], 1);
    for user in &users {
        assert_eq!(told(user).await, Vec::<Value>::new(), "nothing was done");
    }

    input["dryRun"] = json!(false);
    let done = place(&planner, &input).await;
    assert_eq!(starts(&done), [&first, &second]);
    let placement = &done["placements"][0];
    assert_eq!((&placement["missingSeconds"], &placement["spareAgents"]), (&json!(0), &json!(0.0)));
    assert_eq!(
        (&placement["shift"]["version"], &done["schedule"]["version"]),
        (&json!(2), &json!(2))
    );
    let effect = &done["effect"];
    assert_eq!(effect["before"], effect["after"], "nobody is missed: {effect:#}");
    let tx = company.db_begin().await;
    let sql = "select count(*) as value from app.schedule_change
               where tenant_id = $1 and schedule_id = $2 and cause = 'activity'";
    let changes: Option<i64> = tx.scalar(sql, params![tx.tenant(), week]).await.expect("count");
    assert_eq!(changes, Some(1));
    drop(tx);

    let mut trained = Vec::new();
    for user in &users[..2] {
        let seen = user.ok(MINE, json!({})).await;
        let parts = seen["mySchedule"][0]["activities"].as_array().expect("list").clone();
        trained.extend(parts.into_iter().filter(|part| part["category"] == "TRAINING"));
    }
    trained.sort_by_key(|part| part["startsAt"].to_string());
    let expected = json!([
        {"category": "TRAINING", "startsAt": first, "endsAt": second, "paid": true},
        {"category": "TRAINING", "startsAt": second, "endsAt": at("2026-03-10T17:00"), "paid": true}
    ]);
    assert_eq!(json!(trained), expected);
    assert_eq!(told(&users[2]).await, Vec::<Value>::new(), "there was no shift to change");
    for user in &users[..2] {
        let [news] = &told(user).await[..] else { panic!("one thing is told") };
        assert_eq!(news["kind"], "SHIFT_CHANGED");
        let message = news["message"].as_str().expect("text");
        let end = "09:00–17:00 has other activities in it now; its time stays.";
        assert!(message.ends_with(end), "{message}");
    }

    // Now whoever went would be missed, and that blocks.
    let again = place(&planner, &input).await;
    assert_eq!(again["userErrors"], json!([{"code": "RULE_VIOLATED", "path": null}]));
    assert_eq!(again["placements"], json!([]));
    let refusals = again["refusals"].as_array().expect("list").iter();
    let rules: Vec<_> = refusals.filter(|it| it["reason"] == "RULE").collect();
    assert_eq!(rules.len(), 2);
    assert!(rules.iter().all(|it| it["violations"][0]["rule"] == "COVERAGE"), "{again:#}");
}

#[tokio::test]
async fn a_team_meets_when_all_who_work_can() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "GZ-1").await;
    let draft = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), false).await;
    let mut first = None;
    for (number, start) in [("1", Some("09:00")), ("2", Some("12:00")), ("3", None)] {
        let agent = company.db_agent(number, number, site, Some(team), &[]).await;
        first.get_or_insert(agent);
        if let Some(start) = start {
            company.db_shift(draft, site, agent, &format!("2026-03-10T{start}"), 8).await;
        }
    }
    let planner = server.planner(site).await;
    let first = server.agent(first.expect("an agent")).await;
    let mut input = training(draft, &json!({"teamId": team.to_string()}));
    input["category"] = json!("MEETING");
    input["durationSeconds"] = json!(2700);
    input["together"] = json!(true);
    // The first has a meal from 13:00 to 13:30.
    input["hours"] = json!({"earliestStart": "12:30", "latestEnd": "18:00"});
    let done = place(&planner, &input).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    let half_past_one = json!(shanghai("2026-03-10T13:30").to_string());
    assert_eq!(starts(&done), [&half_past_one, &half_past_one]);
    assert_eq!(told(&first).await, Vec::<Value>::new(), "of a draft only planners know");
    let third = json!([{"agent": {"number": "3"}, "reason": "NO_SHIFT", "violations": []}]);
    assert_eq!(done["refusals"], third);

    let elsewhere = server.planner(company.db_site("CD").await).await;
    let hidden = place(&elsewhere, &input).await;
    let fault = json!([{"code": "NOT_FOUND", "path": ["input", "scheduleId"]}]);
    assert_eq!(hidden["userErrors"], fault);
    let office = server.head_office().await;
    assert_eq!(office.error_code(PLACE, json!({"input": input})).await, "FORBIDDEN");
    for (field, value) in [("durationSeconds", json!(90)), ("endsOn", json!("2026-03-09"))] {
        let mut wrong = input.clone();
        wrong[field] = value;
        let refused = place(&planner, &wrong).await;
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", field]), "{refused:#}");
    }
}

#[tokio::test]
async fn for_a_shift_that_moves_meanwhile_a_place_is_looked_for_once_more() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let week = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
    let shift = company.db_shift(week, site, agent, "2026-03-10T06:00", 8).await;
    let planner = server.planner(site).await;
    let input = training(week, &json!({"agentIds": [agent.to_string()]}));

    let tx = company.db_begin().await;
    lock_schedules(&tx, &[shift], &[agent]).await.expect("locked as an edit does");
    tx.run(
        "update app.shift set starts_at = starts_at + interval '9 hours',
                              ends_at = ends_at + interval '9 hours', version = version + 1
         where tenant_id = $1 and id = $2",
        params![company.tenant, shift],
    )
    .await
    .expect("moved");
    let mut placing = Box::pin(place(&planner, &input));
    let early = tokio::time::timeout(Duration::from_millis(500), &mut placing).await;
    assert!(early.is_err(), "it waits for whoever changes the shift");
    tx.commit().await.expect("commit");
    let placed = placing.await;
    assert_eq!(placed["userErrors"], json!([]), "{placed:#}");
    let [at] = &starts(&placed)[..] else { panic!("one place: {placed:#}") };
    let three = shanghai("2026-03-10T15:00").to_string();
    assert!(at.as_str().expect("instant") >= three.as_str(), "within the shift as it is: {at}");
    assert_eq!(placed["placements"][0]["shift"]["version"], 3);
}

#[tokio::test]
async fn a_schedule_that_does_not_stand_still_comes_with_the_refusal() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let week = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    let agent = company.db_agent("1", "Li Na", site, None, &[]).await;
    let shift = company.db_shift(week, site, agent, "2026-03-10T06:00", 8).await;
    let planner = server.planner(site).await;
    let input = training(week, &json!({"agentIds": [agent.to_string()]}));
    let later = "update app.shift set starts_at = starts_at + interval '2 hours',
                                      ends_at = ends_at + interval '2 hours', version = version + 1
                 where tenant_id = $1 and id = $2";

    let first = company.db_begin().await;
    lock_schedules(&first, &[shift], &[agent]).await.expect("locked as an edit does");
    first.run(later, params![company.tenant, shift]).await.expect("moved");
    let mut placing = Box::pin(place(&planner, &input));
    let half_a_second = Duration::from_millis(500);
    let early = tokio::time::timeout(half_a_second, &mut placing).await;
    assert!(early.is_err(), "it waits for whoever changes the shift");
    // The next one waits behind it, and has the shift before it is asked for once more.
    let second = company.db_begin().await;
    let (shifts, agents) = ([shift], [agent]);
    let mut locking = Box::pin(lock_schedules(&second, &shifts, &agents));
    let early = tokio::time::timeout(half_a_second, &mut locking).await;
    assert!(early.is_err(), "it waits too");
    first.commit().await.expect("commit");
    locking.await.expect("locked");
    second.run(later, params![company.tenant, shift]).await.expect("moved again");
    let early = tokio::time::timeout(half_a_second, &mut placing).await;
    assert!(early.is_err(), "it waits for the second one");
    second.commit().await.expect("commit");
    let refused = placing.await;
    let fault = json!([{"code": "STALE_VERSION", "path": ["input", "scheduleId"]}]);
    assert_eq!(refused["userErrors"], fault, "{refused:#}");
    assert_eq!(refused["schedule"]["version"], 1, "as it stands now: {refused:#}");
    assert_eq!(refused["placements"], json!([]));
}

#[tokio::test]
async fn too_many_are_refused_before_they_are_looked_up() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let draft = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), false).await;
    let planner = server.planner(site).await;
    let ids: Vec<String> = (0..101).map(|_| new_agent(server.app.clock.now())).collect();
    let refused = place(&planner, &training(draft, &json!({ "agentIds": ids }))).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "audience", "agentIds"]}]);
    assert_eq!(refused["userErrors"], fault, "not that they are unknown");
}

fn new_agent(now: jiff::Timestamp) -> String {
    let id: trunkline_domain::id::AgentId = trunkline_infra::ctx::new_id(now);
    id.to_string()
}
