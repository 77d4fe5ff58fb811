//! Scenario 8: He Lu works 20 h a week beside her classes, and not at all in the week of her exams.

use jiff::{
    SignedDuration, Timestamp, ToSpan as _, civil::Date, civil::DateTime, civil::date, civil::time,
    tz::TimeZone,
};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, ScheduleId, SiteId};
use trunkline_infra::params;
use trunkline_testkit::shanghai;

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const HOUR: i64 = 3600;
const SAY: &str = "mutation($input: AvailabilityAddInput!) { availabilityAdd(input: $input) {
  availability { label } userErrors { code path } } }";
const SHIFTS: &str = "query($id: ID!, $from: DateTime!, $to: DateTime!) { schedule(id: $id) {
  shifts(from: $from, to: $to) { id startsAt endsAt paidSeconds } } }";
const TOLD: &str = "query($id: ID!) { schedule(id: $id) { generation { shortfalls { kind } } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  shift { startsAt } violations { rule cause params { name value } } userErrors { code path } } }";
const PROPOSE: &str = "mutation($input: ShiftSwapProposeInput!) { shiftSwapPropose(input: $input) {
  shiftSwap { id state } userErrors { code } } }";
const ANSWER: &str = "mutation($input: ShiftSwapAnswerInput!) { shiftSwapAnswer(input: $input) {
  shiftSwap { state } violations { rule severity measured limit } userErrors { code } } }";
const DAY: &str = "query($of: AdherenceOfInput!, $date: Date!) { adherence(of: $of, date: $date) {
  agents { agent { number } } } }";

/// Four weeks from 15 June on: one with classes, that of the exams, the last with a class (Tuesday 30
/// June), and one of July. They are generated and published.
struct Summer {
    server: Server,
    site: SiteId,
    he_lu: AgentId,
    planner: Actor,
    schedule: Value,
}

/// A shift: its id, the local instant at which it starts, its hours from start to end, and paid seconds.
#[derive(Debug)]
struct Worked {
    id: Value,
    starts: DateTime,
    hours: i64,
    paid: i64,
}

impl Summer {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let he_lu = company.db_agent("1", "He Lu", site, None, &[]).await;
        company
            .db_run(
                "update app.contract set kind = 'PART_TIME', weekly_min_seconds = 72000,
                                         weekly_max_seconds = 72000
                 where tenant_id = $1 and agent_id = $2",
                params![company.tenant, he_lu],
            )
            .await;
        let own = server.agent(he_lu).await;
        let classes = json!({"weekly": {"weekdays": [2, 4], "starts": "13:30", "ends": "17:00",
                                        "endsOn": "2026-06-30"}});
        let exams = json!({"once": {"startsAt": shanghai("2026-06-22T00:00").to_string(),
                                    "endsAt": shanghai("2026-06-27T00:00").to_string()}});
        for (label, when) in [("Accounting", classes), ("Exams", exams)] {
            let input = json!({"agentId": he_lu.to_string(), "available": false, "label": label,
                               "when": when});
            let said = own.ok(SAY, json!({"input": input})).await["availabilityAdd"].take();
            assert_eq!(said["userErrors"], json!([]), "{label}");
        }
        // One is wanted in the peaks; in July from Tuesday to Saturday at the time of the former classes.
        let peak = |at| {
            let hours = [(9, 13), (18, 22)];
            let within = |(from, to)| (time(from, 0, 0, 0)..time(to, 0, 0, 0)).contains(&at);
            i32::from(hours.into_iter().any(within))
        };
        let presale = company.db_queue("presale", 30, &[site], None).await;
        company.db_requirement(presale, 30, ("2026-06-15T00:00", "2026-07-06T00:00"), peak).await;
        let afternoon = |at| i32::from((time(14, 0, 0, 0)..time(18, 0, 0, 0)).contains(&at));
        let returns = company.db_queue("returns", 30, &[site], None).await;
        let july = ("2026-07-07T00:00", "2026-07-12T00:00");
        company.db_requirement(returns, 30, july, afternoon).await;

        let planner = server.planner(site).await;
        let input = json!({"siteId": site.to_string(), "startsOn": "2026-06-15", "weeks": 4,
                           "seed": 8, "iterations": 40});
        let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
        let schedule = ended(&server, &planner, &asked["job"]["id"]).await["schedule"]["id"].take();
        let told = planner.ok(TOLD, json!({"id": schedule})).await;
        let shortfalls = told["schedule"]["generation"]["shortfalls"].as_array().expect("list");
        assert!(shortfalls.iter().all(|it| it["kind"] == "COVERAGE"), "{shortfalls:#?}");
        // Who works 20 h covers not all of the peaks; nothing else is amiss.
        let published = publish(&planner, &schedule, 1).await;
        assert_eq!(published["userErrors"], json!([]), "{published:#}");
        let said = published["violations"].as_array().expect("list");
        assert!(said.iter().all(|it| it["rule"] == "COVERAGE"), "{said:#?}");
        Self { server, site, he_lu, planner, schedule }
    }

    /// The shifts of the week from a Monday on.
    async fn week(&self, monday: Date) -> Vec<Worked> {
        let border = |date: Date| shanghai(&format!("{date}T00:00")).to_string();
        let next = monday.saturating_add(7.days());
        let week = json!({"id": self.schedule, "from": border(monday), "to": border(next)});
        let found = self.planner.ok(SHIFTS, week).await["schedule"]["shifts"].take();
        let shifts = found.as_array().expect("list").iter().map(|shift| {
            let at = |field: &str| -> Timestamp {
                shift[field].as_str().expect("instant").parse().expect("instant")
            };
            let zone = TimeZone::get("Asia/Shanghai").expect("zone");
            let starts = zone.to_datetime(at("startsAt"));
            let hours = (at("endsAt").as_second() - at("startsAt").as_second()) / HOUR;
            let paid = shift["paidSeconds"].as_i64().expect("seconds");
            Worked { id: shift["id"].clone(), starts, hours, paid }
        });
        shifts.collect()
    }

    async fn move_to(&self, shift: &Value, local: &str) -> Value {
        let change = json!({"startsAt": shanghai(local).to_string()});
        let input = json!({"input": {"shiftId": shift, "change": change}});
        self.planner.ok(EDIT, input).await["shiftEdit"].take()
    }
}

#[tokio::test]
async fn a_part_timer_with_study_hours_gets_twenty_hours_in_the_peaks_and_none_in_her_exams() {
    let summer = Summer::new().await;
    let classes = summer.week(date(2026, 6, 15)).await;
    assert_eq!(classes.iter().map(|shift| shift.paid).sum::<i64>(), 20 * HOUR);
    for week in [classes, summer.week(date(2026, 6, 29)).await] {
        assert_eq!(week.len(), 5, "{week:#?}");
        for shift in week {
            assert!([9, 18].contains(&shift.starts.hour()) && shift.hours == 4, "{shift:#?}");
        }
    }
    assert_eq!(summer.week(date(2026, 6, 22)).await.len(), 0, "exams");

    // The classes are over: Tuesday and Thursday from 14 to 18 are as good as any other time.
    let july = summer.week(date(2026, 7, 6)).await;
    assert_eq!(july.iter().map(|shift| shift.paid).sum::<i64>(), 20 * HOUR);
    let starts: Vec<(i8, i8)> =
        july.iter().map(|shift| (shift.starts.day(), shift.starts.hour())).collect();
    assert_eq!(starts, (7..=11).map(|day| (day, 14)).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_shift_of_hers_is_not_dragged_into_a_class_and_a_swap_does_not_make_it_24_hours() {
    let summer = Summer::new().await;
    let week = summer.week(date(2026, 6, 15)).await;
    let refused = summer.move_to(&week[0].id, "2026-06-18T14:00").await;
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED", "path": null}]));
    let said = refused["violations"].as_array().expect("list");
    let class = said.iter().find(|it| it["rule"] == "AVAILABILITY").expect("the class");
    assert_eq!(class["cause"], "AVAILABILITY");
    let params = class["params"].as_array().expect("list");
    assert!(params.contains(&json!({"name": "reason", "value": "Accounting"})), "{params:?}");

    // A colleague gives away four hours of a morning that she has free.
    let company = &summer.server.company;
    let zhou = company.db_agent("2", "Zhou Wei", summer.site, None, &[]).await;
    let free = (15..=21).map(|day| date(2026, 6, day));
    let mut free = free.filter(|day| week.iter().all(|shift| shift.starts.date() != *day));
    let morning = format!("{}T09:00", free.next().expect("a day off"));
    let schedule: ScheduleId =
        summer.schedule.as_str().expect("id").parse().expect("id of a schedule");
    let shift = company.db_shift(schedule, summer.site, zhou, &morning, 4).await;
    let zhou = summer.server.agent(zhou).await;
    let input = json!({"offeredShiftId": shift.to_string(), "audience": {"teamIds": []}});
    let offered = zhou.ok(PROPOSE, json!({"input": input})).await["shiftSwapPropose"].take();
    assert_eq!(offered["userErrors"], json!([]), "{offered:#}");
    let own = summer.server.sign_in(&format!("{}@example.com", summer.he_lu)).await;
    let input = json!({"shiftSwapId": offered["shiftSwap"]["id"], "accept": true});
    let refused = own.ok(ANSWER, json!({"input": input})).await["shiftSwapAnswer"].take();
    assert_eq!(refused["userErrors"], json!([{"code": "RULE_VIOLATED"}]), "{refused:#}");
    let above = json!({"rule": "CONTRACT_HOURS", "severity": "BLOCKING", "measured": "24 h",
                       "limit": "20 h"});
    assert!(refused["violations"].as_array().expect("list").contains(&above), "{refused:#}");
    assert_eq!(summer.week(date(2026, 6, 15)).await.len(), 6, "hers and that of the colleague");
}

#[tokio::test]
async fn the_week_of_her_exams_is_planned_and_she_is_not_absent_in_it() {
    let summer = Summer::new().await;
    let (server, site) = (&summer.server, summer.site);
    let company = &server.company;
    // A colleague is planned on the Wednesday and does not come.
    let zhou = company.db_agent("2", "Zhou Wei", site, None, &[]).await;
    let schedule: ScheduleId =
        summer.schedule.as_str().expect("id").parse().expect("id of a schedule");
    company.db_shift(schedule, site, zhou, "2026-06-24T09:00", 4).await;
    let evening = shanghai("2026-06-24T20:00");
    let left: SignedDuration = server.app.clock.now().duration_until(evening);
    server.pass(left.as_secs());
    let manager = server.site_manager(site).await;
    let of_site = json!({"of": {"siteId": site.to_string()}, "date": "2026-06-24"});
    let day = manager.ok(DAY, of_site).await["adherence"].take();
    assert_eq!(day["agents"], json!([{"agent": {"number": "2"}}]), "nothing is asked of her");
    let of_her = json!({"of": {"agentId": summer.he_lu.to_string()}, "date": "2026-06-24"});
    let day = manager.ok(DAY, of_her).await["adherence"].take();
    assert_eq!(day["agents"], json!([]), "neither late nor away: there is no shift to be at");
}
