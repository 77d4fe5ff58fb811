//! A part of a schedule solved again: a proposal, its effect, and how it is applied.

use jiff::civil::{date, time};
use serde_json::{Value, json};
use trunkline_domain::id::{AgentId, ScheduleId, SiteId};
use trunkline_infra::jobs::{LEASE, claim_job};
use trunkline_testkit::shanghai;

use crate::{
    planning::{GENERATE, ended},
    support::{Actor, Server},
};

const RESOLVE: &str = "mutation($input: ScheduleResolveInput!) { scheduleResolve(input: $input) {
  job { id kind state rowsTotal } userErrors { code path } } }";
const CANCEL: &str = "mutation($input: JobCancelInput!) { jobCancel(input: $input) { job { state } userErrors { code } } }";
const PROPOSAL: &str = "query($id: ID!) { schedule(id: $id) { state name base { id }
  shifts(from: \"2026-03-08T16:00:00Z\", to: \"2026-03-15T16:00:00Z\") { startsAt } } }";
const TOLD: &str = "query($id: ID!) { schedule(id: $id) { generation { seed rounds
  coverage { requiredSeconds uncoveredSeconds } fixedShifts { requiredSeconds }
  requirements { queue { code } } shortfalls { kind startsAt missingSeconds } } } }";
const DIFF: &str =
    "query($from: ID!, $to: ID!) { scheduleDiff(fromScheduleId: $from, toScheduleId: $to) {
  effect { before { uncoveredSeconds } after { uncoveredSeconds } }
  agents { agent { number } added { localDate startsAt endsAt } removed { localDate }
    changed { before { localDate startsAt paidSeconds } after { localDate startsAt endsAt paidSeconds } } } } }";
const MERGE: &str =
    "mutation($input: ScheduleScenarioMergeInput!) { scheduleScenarioMerge(input: $input) {
  schedule { id state } mergedShifts violations { rule severity } conflicts { id }
  userErrors { code } } }";
const EDIT: &str = "mutation($input: ShiftEditInput!) { shiftEdit(input: $input) {
  userErrors { code } } }";

/// Four agents who work from six to two in the week of 9 March, while two are wanted from two to ten
/// in the evening.
struct EarlyBirds {
    server: Server,
    site: SiteId,
    agents: Vec<AgentId>,
    week: ScheduleId,
    planner: Actor,
    /// By agent, Monday to Friday.
    shifts: Vec<Vec<Value>>,
}

impl EarlyBirds {
    async fn new(published: bool) -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let queue = company.db_queue("presale", 30, &[site], None).await;
        let week = company.db_schedule(site, date(2026, 3, 9), date(2026, 3, 15), published).await;
        let agents = company.db_agents(site, 4).await;
        let mut shifts = Vec::new();
        for agent in &agents {
            let mut own = Vec::new();
            for day in 9..=13 {
                let start = format!("2026-03-{day:02}T06:00");
                let shift = company.db_shift(week, site, *agent, &start, 8).await;
                own.push(json!(shift.to_string()));
            }
            shifts.push(own);
        }
        let evening = |at| if (time(14, 0, 0, 0)..time(22, 0, 0, 0)).contains(&at) { 2 } else { 0 };
        company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-03-16T00:00"), evening).await;
        let planner = server.planner(site).await;
        Self { server, site, agents, week, planner, shifts }
    }

    async fn ask(&self, change: Value) -> Value {
        let mut input = json!({"scheduleId": self.week.to_string(), "seed": 7, "iterations": 60});
        input.as_object_mut().expect("object").extend(change.as_object().expect("object").clone());
        self.planner.ok(RESOLVE, json!({"input": input})).await["scheduleResolve"].take()
    }

    /// The proposal for a part.
    async fn solved(&self, change: Value) -> Value {
        let asked = self.ask(change).await;
        assert_eq!(asked["userErrors"], json!([]), "{asked:#}");
        let job = ended(&self.server, &self.planner, &asked["job"]["id"]).await;
        assert_eq!((&job["state"], &job["progressPercent"]), (&json!("DONE"), &json!(100)));
        job["schedule"]["id"].clone()
    }

    async fn diff(&self, proposal: &Value) -> Value {
        let ids = json!({"from": self.week.to_string(), "to": proposal});
        self.planner.ok(DIFF, ids).await["scheduleDiff"].take()
    }

    async fn merge(&self, proposal: &Value, extent: &str, dry_run: bool) -> Value {
        let input = json!({"scheduleId": proposal, "extent": extent, "dryRun": dry_run});
        self.planner.ok(MERGE, json!({"input": input})).await["scheduleScenarioMerge"].take()
    }

    async fn edit(&self, shift: &Value, start: &str) {
        let change = json!({"startsAt": shanghai(start).to_string()});
        let input = json!({"input": {"shiftId": shift, "change": change}});
        let done = self.planner.ok(EDIT, input).await["shiftEdit"].take();
        assert_eq!(done["userErrors"], json!([]), "{done:#}");
    }

    async fn read(&self, schedule: &Value) -> Value {
        self.planner.ok(PROPOSAL, json!({"id": schedule})).await["schedule"].take()
    }
}

/// Days of an agent's part of a difference on which anything is not as it was.
fn days(agent: &Value) -> Vec<&str> {
    let list = |name: &str| agent[name].as_array().expect("list").iter();
    let changed = list("changed").map(|it| &it["before"]);
    let all = list("added").chain(list("removed")).chain(changed);
    all.map(|shift| shift["localDate"].as_str().expect("date")).collect()
}

fn uncovered(diff: &Value) -> (u64, u64) {
    let seconds = |when: &str| diff["effect"][when]["uncoveredSeconds"].as_u64().expect("seconds");
    (seconds("before"), seconds("after"))
}

#[tokio::test]
async fn a_part_is_solved_again_as_a_proposal_and_applied_by_merging_it() {
    let it = EarlyBirds::new(true).await;
    // What somebody has moved by hand is not solved away.
    it.edit(&it.shifts[0][3], "2026-03-12T07:00").await;
    let three: Vec<String> = it.agents[..3].iter().map(ToString::to_string).collect();
    let part = json!({"startsOn": "2026-03-11", "endsOn": "2026-03-13", "agentIds": three,
        "name": "evenings"});
    let proposal = it.solved(part.clone()).await;
    let seen = it.read(&proposal).await;
    assert_eq!((&seen["state"], &seen["name"]), (&json!("DRAFT"), &json!("evenings")));
    assert_eq!(seen["base"]["id"], it.week.to_string());
    let made = it.planner.ok(TOLD, json!({"id": proposal})).await["schedule"]["generation"].take();
    assert_eq!((&made["seed"], &made["rounds"]), (&json!(7), &json!(60)), "{made:#}");
    // Two are wanted for eight hours on each day of the week in which the part lies.
    let required = 7 * 8 * 2 * 3600;
    assert_eq!(made["coverage"]["requiredSeconds"], required);
    assert_eq!(made["fixedShifts"]["requiredSeconds"], required);
    assert_eq!(made["requirements"], json!([{"queue": {"code": "presale"}}]));
    let gaps = made["shortfalls"].as_array().expect("list").iter();
    let gaps: Vec<_> = gaps.filter(|gap| gap["kind"] == "COVERAGE").collect();
    let missing: u64 = gaps.iter().filter_map(|gap| gap["missingSeconds"].as_u64()).sum();
    assert_eq!(made["coverage"]["uncoveredSeconds"], missing, "{made:#}");
    assert!(missing >= 4 * 8 * 2 * 3600, "four evenings are not solved again: {made:#}");
    let in_week = |gap: &&Value| gap["startsAt"].as_str().is_some_and(|at| at < "2026-03-15T16");
    assert!(gaps.iter().all(in_week), "{made:#}");
    let diff = it.diff(&proposal).await;
    let (before, after) = uncovered(&diff);
    assert!(after < before, "the evenings of three days: {diff:#}");
    for agent in diff["agents"].as_array().expect("list") {
        let number = agent["agent"]["number"].as_str().expect("number");
        assert!(["1", "2", "3"].contains(&number), "{agent:#}");
        let wrong = |day: &&str| {
            !("2026-03-11"..="2026-03-13").contains(day) || (number == "1" && *day == "2026-03-12")
        };
        assert_eq!(days(agent).into_iter().find(wrong), None, "{agent:#}");
    }
    let again = it.solved(part).await;
    assert_eq!(it.diff(&again).await["agents"], diff["agents"], "the same seed, the same answer");

    let tried = it.merge(&proposal, "ALL", true).await;
    assert_eq!(tried["userErrors"], json!([]), "{tried:#}");
    assert_eq!(it.diff(&proposal).await["agents"], diff["agents"], "nothing is applied by itself");
    let done = it.merge(&proposal, "ALL", false).await;
    assert_eq!(done["mergedShifts"], tried["mergedShifts"], "{done:#}");
    assert_eq!(it.diff(&proposal).await["agents"], json!([]), "the plan is as was proposed");
}

#[tokio::test]
async fn a_proposal_for_what_was_changed_meanwhile_is_stale() {
    let it = EarlyBirds::new(true).await;
    let part = json!({"startsOn": "2026-03-10", "endsOn": "2026-03-10", "keepPaidTime": true});
    let proposal = it.solved(part).await;
    let diff = it.diff(&proposal).await;
    let changed: Vec<&Value> = diff["agents"]
        .as_array()
        .expect("list")
        .iter()
        .flat_map(|agent| agent["changed"].as_array().expect("list"))
        .collect();
    assert!(!changed.is_empty(), "somebody works in the evening: {diff:#}");
    for pair in changed {
        assert_eq!(pair["before"]["paidSeconds"], pair["after"]["paidSeconds"], "{pair:#}");
    }
    let whole = |it: &Value| it["added"] == json!([]) && it["removed"] == json!([]);
    assert!(diff["agents"].as_array().expect("list").iter().all(whole), "{diff:#}");
    for own in &it.shifts {
        it.edit(&own[1], "2026-03-10T07:00").await;
    }
    let refused = it.merge(&proposal, "ALL", false).await;
    assert_eq!(refused["userErrors"][0]["code"], "STALE_VERSION", "{refused:#}");
    assert_ne!(refused["conflicts"], json!([]));
}

#[tokio::test]
async fn starts_stay_and_a_draft_is_changed_by_its_proposal_without_anybody_being_told() {
    let it = EarlyBirds::new(false).await;
    let agent = it.server.agent(it.agents[0]).await;
    let proposal = it.solved(json!({"keepStarts": true})).await;
    let diff = it.diff(&proposal).await;
    let agents = diff["agents"].as_array().expect("list");
    assert!(!agents.is_empty(), "some work until half past two, the others go earlier");
    for own in agents {
        assert_eq!((&own["added"], &own["removed"]), (&json!([]), &json!([])), "{own:#}");
        for pair in own["changed"].as_array().expect("list") {
            assert_eq!(pair["before"]["startsAt"], pair["after"]["startsAt"], "{pair:#}");
        }
    }
    let done = it.merge(&proposal, "ALL", false).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    assert_eq!(done["schedule"], json!({"id": it.week.to_string(), "state": "DRAFT"}));
    assert_eq!(it.diff(&proposal).await["agents"], json!([]));
    let told = agent.ok("{ notifications { nodes { kind } } }", json!({})).await;
    assert_eq!(told["notifications"]["nodes"], json!([]));
}

#[tokio::test]
async fn only_what_can_be_planned_is_solved_again_and_a_job_that_was_cancelled_leaves_nothing() {
    let it = EarlyBirds::new(true).await;
    let elsewhere = it.server.company.db_site("CD").await;
    let stranger = it.server.company.db_agent("9", "Wu Min", elsewhere, None, &[]).await;
    let mine = it.agents[0].to_string();
    for (change, code, path) in [
        (json!({"startsOn": "2026-03-08"}), "INVALID_VALUE", json!(["input", "startsOn"])),
        (json!({"endsOn": "2026-03-16"}), "INVALID_VALUE", json!(["input", "endsOn"])),
        (
            json!({"startsOn": "2026-03-12", "endsOn": "2026-03-11"}),
            "INVALID_VALUE",
            json!(["input", "endsOn"]),
        ),
        (json!({"iterations": 20_001}), "INVALID_VALUE", json!(["input", "iterations"])),
        (json!({"maxRounds": 20_001}), "INVALID_VALUE", json!(["input", "maxRounds"])),
        (json!({"maxSeconds": 0}), "INVALID_VALUE", json!(["input", "maxSeconds"])),
        (json!({"maxSeconds": 3601}), "INVALID_VALUE", json!(["input", "maxSeconds"])),
        (json!({"agentIds": []}), "INVALID_VALUE", json!(["input", "agentIds"])),
        (
            json!({"agentIds": [mine, stranger.to_string()]}),
            "NOT_FOUND",
            json!(["input", "agentIds", "1"]),
        ),
        (json!({"expectedVersion": 9}), "STALE_VERSION", json!(["input", "expectedVersion"])),
    ] {
        let refused = it.ask(change).await;
        assert_eq!(refused["userErrors"], json!([{"code": code, "path": path}]));
    }
    let hidden = json!([{"code": "NOT_FOUND", "path": ["input", "scheduleId"]}]);
    let draft =
        it.server.company.db_schedule(it.site, date(2026, 3, 16), date(2026, 3, 22), false).await;
    let input = json!({"input": {"scheduleId": draft.to_string()}});
    let refused = it.server.planner(elsewhere).await.ok(RESOLVE, input).await;
    assert_eq!(refused["scheduleResolve"]["userErrors"], hidden);

    let asked = it.ask(json!({})).await;
    let job = &asked["job"];
    assert_eq!((&job["kind"], &job["rowsTotal"]), (&json!("schedule.resolve"), &json!(60)));
    let cancelled = it.planner.ok(CANCEL, json!({"input": {"jobId": job["id"]}})).await;
    assert_eq!(cancelled["jobCancel"]["userErrors"], json!([]));
    let found = ended(&it.server, &it.planner, &job["id"]).await;
    assert_eq!((&found["state"], &found["schedule"]), (&json!("CANCELLED"), &Value::Null));
    // Of what is published, only days that have not begun are planned: today is 2 March.
    let (first, last) = (date(2026, 3, 2), date(2026, 3, 8));
    let running = it.server.company.db_schedule(it.site, first, last, true).await.to_string();
    let until = async |day: &str| {
        let part = json!({"scheduleId": running, "endsOn": day});
        it.ask(part).await["userErrors"].take()
    };
    let over = json!([{"code": "INVALID_VALUE", "path": ["input", "endsOn"]}]);
    assert_eq!([until("2026-03-02").await, until("2026-03-03").await], [over, json!([])]);
}

#[tokio::test]
async fn a_proposal_is_made_of_what_a_search_has_that_time_or_somebody_ends() {
    let it = EarlyBirds::new(true).await;
    // Nobody works in these four weeks yet.
    let (first, last) = (date(2026, 3, 16), date(2026, 4, 12));
    let company = &it.server.company;
    let empty = company.db_schedule(it.site, first, last, false).await.to_string();
    let queue = company.db_queue("support", 30, &[it.site], None).await;
    company.db_requirement(queue, 30, ("2026-03-16T00:00", "2026-04-13T00:00"), |_| 2).await;
    let ended_by = async |job: &Value| {
        let job = ended(&it.server, &it.planner, job).await;
        assert_eq!(job["state"], "DONE", "{job:#}");
        let document = "query($id: ID!) { schedule(id: $id) { base { id } generation {
            rounds roundsAsked endedBy } } }";
        let id = json!({"id": job["schedule"]["id"]});
        let made = it.planner.ok(document, id).await["schedule"].take();
        assert_eq!(made["base"]["id"], empty.as_str());
        assert_eq!(made["generation"]["roundsAsked"], 20_000);
        assert!(made["generation"]["rounds"].as_u64().is_some_and(|rounds| rounds < 20_000));
        made["generation"]["endedBy"].clone()
    };
    let asked = async |limit: Value| {
        let mut change = json!({"scheduleId": empty, "iterations": 20_000});
        let change_of = change.as_object_mut().expect("object");
        change_of.extend(limit.as_object().expect("object").clone());
        let asked = it.ask(change).await;
        assert_eq!(asked["userErrors"], json!([]), "{asked:#}");
        asked["job"]["id"].clone()
    };
    assert_eq!(ended_by(&asked(json!({"maxRounds": 30})).await).await, "ROUNDS");
    assert_eq!(ended_by(&asked(json!({"maxSeconds": 1})).await).await, "TIME");

    // Stopped while a worker was at it that is not heard of again.
    let job = asked(json!({})).await;
    let (app, kinds) = (&it.server.app, ["schedule.resolve".to_owned()]);
    let of = Some(company.tenant);
    let claimed = claim_job(&app.db, &kinds, of, app.clock.now()).await.expect("jobs");
    assert_eq!(json!(claimed.expect("the job").id.to_string()), job);
    let stop = json!({"input": {"jobId": job, "keep": true}});
    let stopped = it.planner.ok(CANCEL, stop).await["jobCancel"].take();
    assert_eq!(stopped["userErrors"], json!([]), "{stopped:#}");
    it.server.pass(LEASE.as_secs() + 1);
    assert_eq!(ended_by(&job).await, "STOPPED");
}

#[tokio::test]
async fn more_queues_than_a_search_can_hold_are_refused_when_it_is_asked_for() {
    let it = EarlyBirds::new(false).await;
    let company = &it.server.company;
    let noon = ("2026-03-10T12:00", "2026-03-10T12:30");
    for number in 2..=128 {
        let queue = company.db_queue(&format!("queue-{number}"), 30, &[it.site], None).await;
        company.db_requirement(queue, 30, noon, |_| 1).await;
    }
    let just = it.ask(json!({})).await;
    assert_eq!(just["userErrors"], json!([]), "{just:#}");
    let queue = company.db_queue("queue-129", 30, &[it.site], None).await;
    company.db_requirement(queue, 30, noon, |_| 1).await;
    let refused = it.ask(json!({})).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "scheduleId"]}]);
    assert_eq!((&refused["job"], &refused["userErrors"]), (&Value::Null, &fault));
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "siteId"]}]);
    for by in ["REQUIREMENT", "HEADCOUNTS"] {
        let input = json!({"siteId": it.site.to_string(), "startsOn": "2026-03-09", "by": by});
        let asked = it.planner.ok(GENERATE, json!({"input": input})).await;
        let refused = &asked["scheduleGenerate"];
        assert_eq!((&refused["job"], &refused["userErrors"]), (&Value::Null, &fault), "{by}");
    }
}
