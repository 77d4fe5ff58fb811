//! What a plan is worth, and what it should be.

use jiff::civil::date;
use serde_json::{Value, json};
use trunkline_domain::identity::Permission;

use crate::{staffing::db_forecast_at, support::Server};

const LEVEL: &str =
    "query($queues: [ID!]!) { planLevel(queueIds: $queues, date: \"2026-03-10\", days: 40) {
  days total { contacts serviceLevelPercent { value low high } }
  queues { queue { code } level { serviceLevelPercent { value } } }
  groups { peakAgents onQueueSeconds queues { code } occupancyPercent { value } } } }";
const DESIGN: &str = "query($id: ID!, $input: ShiftsDesignInput!) {
  shiftsDesign(requirementId: $id, weekOf: \"2026-03-12\", input: $input) {
    missingSeconds surplusSeconds shifts { starts durationSeconds agents } } }";
const CAPACITY: &str = "query($input: CapacityPlanInput!) { capacityPlan(input: $input) {
  hires proposedHires inTraining agents missingHours overtimeHours } }";

#[tokio::test]
async fn a_published_plan_is_simulated_with_queues_that_share_agents() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let english = company.db_skill("english").await;
    let presale = company.db_queue("presale", 30, &[site], None).await;
    let abroad = company.db_queue("abroad", 30, &[site], Some(english)).await;
    let schedule = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    for number in 1..=14 {
        let name = number.to_string();
        let skills = if number <= 3 { vec![(english, 4)] } else { Vec::new() };
        let agent = company.db_agent(&name, &name, site, None, &skills).await;
        company.db_shift(schedule, site, agent, "2026-03-10T09:00", 6).await;
    }
    let nine = "2026-03-10T01:00:00Z";
    db_forecast_at(&server, presale, nine, &[80.0; 8]).await;
    db_forecast_at(&server, abroad, nine, &[5.0; 8]).await;
    let planner = server.planner(site).await;
    let ids = json!({"queues": [presale.to_string(), abroad.to_string()]});
    let found = planner.ok(LEVEL, ids.clone()).await["planLevel"].take();
    assert_eq!((&found["days"], &found["total"]["contacts"]), (&json!(40), &json!(680.0)));
    let level = &found["total"]["serviceLevelPercent"];
    let number = |value: &Value| value.as_f64().expect("percent");
    assert!((85.0..100.0).contains(&number(&level["value"])), "{found:#}");
    assert!(number(&level["low"]) < number(&level["value"]));
    let queues = found["queues"].as_array().expect("queues");
    assert!(queues.iter().any(|it| it["queue"]["code"] == "abroad"), "{found:#}");
    let mut groups: Vec<_> = (found["groups"].as_array().expect("groups").iter())
        .map(|it| (it["peakAgents"].as_u64(), it["queues"].as_array().map(Vec::len)))
        .collect();
    groups.sort_unstable();
    assert_eq!(groups, [(Some(3), Some(2)), (Some(11), Some(1))]);
    assert_eq!(planner.ok(LEVEL, ids.clone()).await["planLevel"], found, "the same seed");

    let strange_server = server.stranger().await;
    let strange_site = strange_server.company.db_site("GZ").await;
    for actor in [
        server.planner(company.db_site("CD").await).await,
        strange_server.planner(strange_site).await,
    ] {
        assert_eq!(actor.error_code(LEVEL, ids.clone()).await, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_night_shift_without_a_senior_is_flagged() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let skill = company.db_skill("loans").await;
    let queue = company.db_queue("loans", 30, &[site], Some(skill)).await;
    let schedule = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), true).await;
    // Three of grade 2 from 22 to 4, one of grade 4 until 2, and one of another skill all night.
    for (number, grade, hours) in [("1", 2, 6), ("2", 2, 6), ("3", 2, 6), ("4", 4, 4)] {
        let agent = company.db_agent(number, number, site, None, &[(skill, grade)]).await;
        company.db_shift(schedule, site, agent, "2026-03-10T22:00", hours).await;
    }
    let other = company.db_agent("5", "5", site, None, &[]).await;
    company.db_shift(schedule, site, other, "2026-03-10T22:00", 6).await;
    let planner = server.planner(site).await;
    let ask = "query($queue: ID!, $share: Float!) {
      seniorShortfalls(queueId: $queue, from: \"2026-03-10T00:00:00Z\", to: \"2026-03-11T00:00:00Z\",
                       mix: {sharePercent: $share}) { startsAt endsAt agents seniors missingSeniors } }";
    let asked = |share: f64| json!({"queue": queue.to_string(), "share": share});
    let found = planner.ok(ask, asked(10.0)).await["seniorShortfalls"].take();
    let without = json!({"startsAt": "2026-03-10T18:00:00Z", "endsAt": "2026-03-10T20:00:00Z",
                         "agents": 3, "seniors": 0, "missingSeniors": 1});
    assert_eq!(found, json!([without]));
    // 30 % of four are two, of three it is one.
    let found = planner.ok(ask, asked(30.0)).await["seniorShortfalls"].take();
    let missing: Vec<_> = (found.as_array().expect("list").iter())
        .map(|it| (it["agents"].as_u64(), it["missingSeniors"].as_u64()))
        .collect();
    assert_eq!(missing, [(Some(4), Some(1)), (Some(3), Some(1))]);

    assert_eq!(planner.error_code(ask, asked(101.0)).await, "INVALID_ARGUMENT");
    let elsewhere = server.planner(company.db_site("CD").await).await;
    assert_eq!(elsewhere.error_code(ask, asked(10.0)).await, "NOT_FOUND");
    let stranger = server.stranger().await.head_office().await;
    assert_eq!(stranger.error_code(ask, asked(10.0)).await, "NOT_FOUND");
}

#[tokio::test]
async fn shifts_are_designed_for_a_week_of_a_requirement() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let queue = company.db_queue("presale", 30, &[site], None).await;
    let open = jiff::civil::time(9, 0, 0, 0)..jiff::civil::time(17, 0, 0, 0);
    let by_day = |at| if open.contains(&at) { 7 } else { 0 };
    company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-14T00:00"), by_day).await;
    let planner = server.planner(site).await;
    let listed = "query($queue: ID!) { requirements(queueId: $queue) { id } }";
    let listed = planner.ok(listed, json!({"queue": queue.to_string()})).await;
    let id = &listed["requirements"][0]["id"];
    let window = json!({"earliestStart": "06:00", "latestStart": "12:00", "shortestSeconds": 25200,
                        "longestSeconds": 32400});
    let ask = json!({"id": id, "input": {"windows": [window], "moves": 60000}});
    let found = planner.ok(DESIGN, ask.clone()).await["shiftsDesign"].take();
    let shift = json!({"starts": "09:00:00", "durationSeconds": 28800,
                       "agents": [7, 7, 7, 7, 7, 0, 0]});
    let expected = json!({"missingSeconds": 0, "surplusSeconds": 0, "shifts": [shift]});
    assert_eq!(found, expected);
    let none = json!({"id": id, "input": {"windows": []}});
    assert_eq!(planner.error_code(DESIGN, none).await, "INVALID_ARGUMENT");
    let elsewhere = server.planner(company.db_site("CD").await).await;
    assert_eq!(elsewhere.error_code(DESIGN, ask).await, "NOT_FOUND");
}

#[tokio::test]
async fn hires_come_as_late_as_training_allows_and_overtime_before_them() {
    let server = Server::start().await;
    let planner = server.planner(server.company.db_site("GZ").await).await;
    let month = |agents: f64| json!({"neededHours": 160.0 * agents, "hoursPerAgent": 160.0});
    let months = json!([month(100.0), month(102.0), month(100.0), month(110.0)]);
    let mut input = json!({"agents": 100.0, "trainingMonths": 2, "maxOvertimePercent": 4.0,
                           "months": months});
    let found = planner.ok(CAPACITY, json!({"input": input})).await["capacityPlan"].take();
    let hires: Vec<_> = found.as_array().expect("months").iter().map(|it| &it["hires"]).collect();
    // 110 need 106 with 4 % of overtime: 105.77 of them, so six start two months before.
    assert_eq!(hires, [0, 6, 0, 0], "{found:#}");
    assert_eq!(found[1]["overtimeHours"], 320.0);
    assert_eq!(found[3]["missingHours"], 0.0);
    input["months"] = json!([]);
    assert_eq!(planner.error_code(CAPACITY, json!({"input": input})).await, "INVALID_ARGUMENT");
}

#[tokio::test]
async fn what_is_experimental_is_off_for_programs() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let queue = server.company.db_queue("presale", 30, &[site], None).await;
    let program = server.partner(Permission::ALL, &[]).await;
    let queues = json!({"queues": [queue.to_string()]});
    assert_eq!(program.error_code(LEVEL, queues).await, "FORBIDDEN");
}
