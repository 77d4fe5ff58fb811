//! Generation where not everybody can serve every queue.

use std::collections::BTreeMap;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time, date, time},
};
use serde_json::{Value, json};
use trunkline_domain::{
    id::{AgentId, QueueId, SiteId, SkillId},
    schedules::{
        Activity, ActivityCategory, Change, IntervalAxis, RuleCode, Severity, Shift, check,
    },
    time::{Span, start_of_day},
};
use trunkline_infra::{
    ctx::Ctx,
    params,
    schedules::{Ground, RosterAsk, Source, Who, load_ground},
};

use crate::{
    planning::{GENERATE, ended, publish},
    support::{Actor, Server},
};

const TOLD: &str = "query($id: ID!) { schedule(id: $id) { generation { rounds
  coverage { requiredSeconds uncoveredSeconds coveredPercent }
  fixedShifts { uncoveredSeconds coveredPercent }
  queues { queue { code } requiredSeconds uncoveredSeconds coveredPercent
    fixedShiftsUncoveredSeconds fixedShiftsCoveredPercent }
  shortfalls { kind rule queue { code } missingSeconds missingAgents heldBack { rule agents } message } } } }";

const FIRST: Date = date(2026, 3, 9);
const WEEKS: i64 = 4;

/// Agents who can serve the first queue, the second, or both.
struct Crew {
    site: SiteId,
    skills: [SkillId; 2],
    queues: [QueueId; 2],
    hours: BTreeMap<AgentId, i64>,
}

/// A site that is open from 8 to 22, with two queues that take a skill each.
async fn crew(server: &Server, groups: &[(usize, &[usize])]) -> Crew {
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let day = json!([["08:00:00", "22:00:00"]]);
    let opening = json!({"week": vec![day; 7], "closed_on": []});
    company
        .db_run(
            "update app.site set opening = $3 where tenant_id = $1 and id = $2",
            params![company.tenant, site, opening],
        )
        .await;
    let skills = [company.db_skill("sales").await, company.db_skill("care").await];
    let queues = [
        company.db_queue("presale", 30, &[site], Some(skills[0])).await,
        company.db_queue("aftersale", 30, &[site], Some(skills[1])).await,
    ];
    let mut hours = BTreeMap::new();
    for &(count, held) in groups {
        let held: Vec<_> = held.iter().map(|&skill| (skills[skill], 3)).collect();
        for _ in 0..count {
            let number = (hours.len() + 1).to_string();
            let id = company.db_agent(&number, &number, site, None, &held).await;
            hours.insert(id, if hours.len() % 4 == 3 { 20 } else { 40 });
        }
    }
    for (kind, wanted) in [("REGULAR", 40), ("PART_TIME", 20)] {
        let of_kind = hours.iter().filter(|(_, hours)| **hours == wanted).map(|(id, _)| *id);
        company
            .db_run(
                "update app.contract set kind = $2, weekly_min_seconds = $3, weekly_max_seconds = $3
                 where tenant_id = $1 and agent_id = any($4)",
                params![company.tenant, kind, wanted as i32 * 3600, of_kind.collect::<Vec<_>>()],
            )
            .await;
    }
    Crew { site, skills, queues, hours }
}

async fn require(server: &Server, queue: QueueId, weeks: i64, agents: impl Fn(Time) -> i32) {
    let last = FIRST.saturating_add((weeks * 7).days());
    let (from, to) = (format!("{FIRST}T00:00"), format!("{last}T00:00"));
    server.company.db_requirement(queue, 30, (&from, &to), agents).await;
}

async fn draft(server: &Server, planner: &Actor, site: SiteId, weeks: i64, rounds: u32) -> Value {
    let input = json!({"siteId": site.to_string(), "startsOn": FIRST.to_string(), "weeks": weeks,
        "seed": 7, "iterations": rounds});
    let asked = planner.ok(GENERATE, json!({"input": input})).await["scheduleGenerate"].take();
    let job = ended(server, planner, &asked["job"]["id"]).await;
    assert_eq!(job["state"], "DONE", "{job:#}");
    job["schedule"]["id"].clone()
}

async fn told(planner: &Actor, schedule: &Value) -> Value {
    planner.ok(TOLD, json!({"id": schedule})).await["schedule"]["generation"].take()
}

/// What is published, as the rules take it.
async fn published(server: &Server, site: SiteId) -> Ground {
    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    let tx = server.company.db_begin().await;
    let directory = server.app.directory(&tx, &ctx).await.expect("directory");
    let site = directory.site(site).expect("the site");
    let day = |date: Date| start_of_day(date, &site.zone());
    let window = Span::new(day(FIRST), day(FIRST.saturating_add((WEEKS * 7).days())));
    let window = window.expect("in order");
    let (who, source) = (Who::Site(site.id), Source::Published);
    let ask = RosterAsk { site, who, window, covered: window, source };
    load_ground(&tx, ask).await.expect("rosters")
}

/// Everything in four weeks of an agent that the default rules, the contract and the opening hours
/// forbid, read off the shifts alone.
fn faults(shifts: &[Shift], hours: i64, zone: &jiff::tz::TimeZone) -> Vec<String> {
    const HOUR: i64 = 3600;
    let mut faults = Vec::new();
    let mut say = |what: String| faults.push(what);
    let days: Vec<Date> = shifts.iter().map(Shift::local_date).collect();
    for (shift, day) in shifts.iter().zip(&days) {
        let (from, to) = (shift.span().start(), shift.span().end());
        let at = |instant: Timestamp| zone.to_datetime(instant);
        let open = at(from).time() >= time(8, 0, 0, 0) && at(to).time() <= time(22, 0, 0, 0);
        if !open || at(from).date() != *day || at(to).date() != *day {
            say(format!("{day}: outside the opening hours"));
        }
        let length = to.as_second() - from.as_second();
        let part_time_length = (4 * HOUR..=6 * HOUR).contains(&length);
        if length > 9 * HOUR || (hours == 20 && !part_time_length) {
            say(format!("{day}: a shift of {length} s"));
        }
        rests(shift.activities(), from, length, &mut |what| say(format!("{day}: {what}")));
    }
    for (pair, day) in shifts.windows(2).zip(&days) {
        let rest = pair[1].span().start().as_second() - pair[0].span().end().as_second();
        if rest < 11 * HOUR {
            say(format!("{day}: {rest} s of rest"));
        }
    }
    for run in days.windows(7) {
        if run[0].saturating_add(6.days()) == run[6] {
            say(format!("{}: seven days in a row", run[0]));
        }
    }
    for week in 0..WEEKS {
        let monday = FIRST.saturating_add((week * 7).days());
        let next = monday.saturating_add(7.days());
        let of_week = shifts.iter().filter(|it| (monday..next).contains(&it.local_date()));
        let paid = of_week.clone().flat_map(|shift| shift.activities()).filter(|it| it.paid);
        let paid: i64 =
            paid.map(|it| it.span.end().as_second() - it.span.start().as_second()).sum();
        if paid != hours * HOUR || of_week.count() > 6 {
            say(format!("week {week}: {paid} s paid of {hours} h"));
        }
    }
    faults
}

/// At most five hours of work without a break; a meal in every shift of seven hours, from its third
/// to its sixth hour.
fn rests(activities: &[Activity], start: Timestamp, length: i64, say: &mut impl FnMut(&str)) {
    let mut since = start;
    let mut reached = start;
    let mut fed = false;
    for activity in activities {
        let (from, to) = (activity.span.start(), activity.span.end());
        if from != reached {
            say("a gap between activities");
        }
        reached = to;
        if activity.category == ActivityCategory::OnQueue {
            if to.as_second() - since.as_second() > 5 * 3600 {
                say("more than five hours without a break");
            }
        } else {
            since = to;
            let at = from.as_second() - start.as_second();
            let meal = activity.category == ActivityCategory::Meal;
            fed |=
                meal && (7200..=21_600).contains(&at) && to.as_second() - from.as_second() >= 1800;
        }
    }
    if reached.as_second() - start.as_second() != length || (length >= 7 * 3600 && !fed) {
        say("no meal, or a shift that is not filled");
    }
}

/// Seconds of agents that are missing when everybody serves what he can and those with both skills
/// go where somebody is missing.
fn missing(ground: &Ground, crew: &Crew, agents: [&dyn Fn(Time) -> i32; 2]) -> i64 {
    let zone = &ground.roster.zone;
    let window = ground.roster.window;
    let len = usize::try_from(window.seconds() / 900).expect("slots");
    let axis = IntervalAxis { start: window.start(), step_seconds: 900, len };
    let mut there = vec![[0_i32; 3]; len];
    for plan in ground.roster.plans.values() {
        let held = crew.skills.map(|skill| plan.grade(skill, FIRST) > 0);
        let group = match held {
            [true, false] => 0,
            [false, true] => 1,
            _ => 2,
        };
        let parts = plan.shifts.iter().flat_map(Shift::activities);
        for part in parts.filter(|it| it.category == ActivityCategory::OnQueue) {
            axis.indices(part.span).for_each(|slot| there[slot][group] += 1);
        }
    }
    let of_slot = there.iter().enumerate().map(|(slot, there)| {
        let at = zone.to_datetime(axis.interval(slot).start()).time();
        let short = |queue: usize| (agents[queue](at) - there[queue]).max(0);
        i64::from((short(0) + short(1) - there[2]).max(0))
    });
    of_slot.sum::<i64>() * 900
}

fn band(at: Time, levels: [i32; 3]) -> i32 {
    match at.hour() {
        8..12 => levels[0],
        12..18 => levels[1],
        18..22 => levels[2],
        _ => 0,
    }
}

#[tokio::test]
async fn a_hundred_agents_with_two_skills_get_four_legal_weeks_that_beat_fixed_shifts() {
    let server = Server::start().await;
    let crew = crew(&server, &[(45, &[0]), (35, &[1]), (20, &[0, 1])]).await;
    let (presale, aftersale) = (|at| band(at, [22, 14, 8]), |at| band(at, [8, 18, 22]));
    require(&server, crew.queues[0], WEEKS, presale).await;
    require(&server, crew.queues[1], WEEKS, aftersale).await;
    let planner = server.planner(crew.site).await;
    let schedule = draft(&server, &planner, crew.site, WEEKS, 400).await;
    let made = told(&planner, &schedule).await;
    assert_eq!(made["rounds"], 400);
    let done = publish(&planner, &schedule, 1).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");

    // The judge says nothing at all, also nothing that only warns; cover aside, which he counts by
    // skill, with agents of both skills in both.
    let ground = published(&server, crew.site).await;
    let said = check(&ground.context(server.app.clock.now()), &Change::default());
    let said =
        said.iter().filter(|it| it.severity > Severity::Off && it.rule != RuleCode::Coverage);
    assert_eq!(said.collect::<Vec<_>>(), Vec::<&trunkline_domain::schedules::Violation>::new());
    assert_eq!(ground.roster.plans.len(), 100);
    for plan in ground.roster.plans.values() {
        let found = faults(&plan.shifts, crew.hours[&plan.agent], &ground.roster.zone);
        assert_eq!(found, Vec::<String>::new(), "agent {}", plan.agent);
    }

    let seconds = |of: &Value, what: &str| of[what].as_i64().expect("seconds");
    let uncovered = seconds(&made["coverage"], "uncoveredSeconds");
    assert_eq!(uncovered, missing(&ground, &crew, [&presale, &aftersale]));
    let percent = |of: &Value, what: &str| of[what].as_f64().expect("percent");
    let covered = percent(&made["coverage"], "coveredPercent");
    assert!(
        covered > 97.0 && covered > percent(&made["fixedShifts"], "coveredPercent"),
        "{made:#}"
    );
    let queues = made["queues"].as_array().expect("list");
    let required = queues.iter().map(|it| seconds(it, "requiredSeconds"));
    assert_eq!(required.collect::<Vec<_>>(), [228 * 28 * 3600, 204 * 28 * 3600], "by code");
    let of_queues: i64 = queues.iter().map(|it| seconds(it, "uncoveredSeconds")).sum();
    assert_eq!(of_queues, uncovered);
    for queue in queues {
        let (ours, fixed) =
            (percent(queue, "coveredPercent"), percent(queue, "fixedShiftsCoveredPercent"));
        assert!(ours > 95.0 && ours > fixed, "{queue:#}");
    }
}

#[tokio::test]
async fn a_queue_that_too_few_can_serve_is_told_with_the_skill_that_is_missing() {
    let server = Server::start().await;
    let crew = crew(&server, &[(3, &[0]), (1, &[1])]).await;
    let by_day = |at| band(at, [1, 1, 0]);
    require(&server, crew.queues[0], 1, by_day).await;
    require(&server, crew.queues[1], 1, by_day).await;
    let planner = server.planner(crew.site).await;
    let schedule = draft(&server, &planner, crew.site, 1, 60).await;
    let made = told(&planner, &schedule).await;
    let queues = made["queues"].as_array().expect("list");
    let of = |code: &str| queues.iter().find(|it| it["queue"]["code"] == code).expect("the queue");
    let required = 7 * 10 * 3600;
    // The part-timer alone for the second queue: 20 paid hours less the breaks.
    let short = of("aftersale");
    assert_eq!(short["requiredSeconds"], required);
    let uncovered = short["uncoveredSeconds"].as_i64().expect("seconds");
    assert!(uncovered >= required - 20 * 3600, "{made:#}");
    let plenty = of("presale")["uncoveredSeconds"].as_i64().expect("seconds");
    assert!(plenty < required / 10, "three agents for one seat: {made:#}");

    let gaps = made["shortfalls"].as_array().expect("list");
    let gaps = gaps.iter().filter(|it| it["queue"]["code"] == "aftersale");
    let largest = gaps.max_by_key(|it| it["missingSeconds"].as_u64()).expect("a gap");
    assert_eq!(largest["rule"], "SKILL", "{largest:#}");
    let held = json!({"rule": "SKILL", "agents": 3});
    assert!(largest["heldBack"].as_array().expect("list").contains(&held), "{largest:#}");
    let message = largest["message"].as_str().expect("text");
    assert!(message.ends_with("mostly for: Skill that the queue needs."), "{message}");
}

#[tokio::test]
async fn a_queue_that_nobody_can_serve_any_more_is_told_as_missing_altogether() {
    let server = Server::start().await;
    let crew = crew(&server, &[(3, &[0]), (1, &[0, 1])]).await;
    let by_day = |at| band(at, [1, 1, 0]);
    require(&server, crew.queues[0], 1, by_day).await;
    require(&server, crew.queues[1], 1, by_day).await;
    // The only one with the second skill held it until the day before.
    server
        .company
        .db_run(
            "update app.agent_skill set valid_until = $3 where tenant_id = $1 and skill_id = $2",
            params![server.company.tenant, crew.skills[1], FIRST.saturating_sub(1.day())],
        )
        .await;
    let planner = server.planner(crew.site).await;
    let schedule = draft(&server, &planner, crew.site, 1, 60).await;
    let made = told(&planner, &schedule).await;
    let queues = made["queues"].as_array().expect("list");
    let missing = queues.iter().find(|it| it["queue"]["code"] == "aftersale").expect("the queue");
    let required = 7 * 10 * 3600;
    assert_eq!(missing["requiredSeconds"], required, "the site owes all of it: {made:#}");
    assert_eq!(missing["uncoveredSeconds"], required, "{made:#}");
    let gaps = made["shortfalls"].as_array().expect("list");
    let gap = gaps.iter().find(|it| it["queue"]["code"] == "aftersale").expect("a gap");
    assert_eq!(gap["rule"], "SKILL", "{gap:#}");
    let held = json!({"rule": "SKILL", "agents": 4});
    assert!(gap["heldBack"].as_array().expect("list").contains(&held), "{gap:#}");
}
