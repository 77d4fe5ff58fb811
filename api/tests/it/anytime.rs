//! Searches that end before their rounds are done: by time, or because somebody stops them and keeps
//! what they have.

use std::time::Duration;

use jiff::civil::time;
use serde_json::{Value, json};
use trunkline_domain::{id::SiteId, identity::Role};
use trunkline_infra::{
    ctx::Ctx,
    jobs::{JobStep, LEASE, SearchStanding, claim_job, renew_job},
};
use trunkline_testkit::Within;

use crate::{
    planning::GENERATE,
    support::{Actor, Server},
};

const JOB: &str = "query($id: ID!) { job(id: $id) { state isStopping progressPercent rowsDone
  search { rounds bestCost uncoveredPercent } schedule { id } } }";
const CANCEL: &str = "mutation($input: JobCancelInput!) { jobCancel(input: $input) {
  job { state isStopping } userErrors { code } } }";
const TOLD: &str = "query($id: ID!) { schedule(id: $id) { state csv generation {
  seed rounds roundsAsked searchSeconds endedBy stoppedByName
  coverage { requiredSeconds uncoveredSeconds } } } }";

/// More rounds than any test waits for.
const LONG: u32 = 20_000;

/// Thirty agents and four weeks, in which 25 are wanted from 9 to 18 and one at all other times.
struct BusySite {
    server: Server,
    site: SiteId,
    planner: Actor,
}

impl BusySite {
    async fn new() -> Self {
        let server = Server::start().await;
        let company = &server.company;
        let site = company.db_site("GZ").await;
        let queue = company.db_queue("presale", 30, &[site], None).await;
        company.db_agents(site, 30).await;
        let by_day = |at| if (time(9, 0, 0, 0)..time(18, 0, 0, 0)).contains(&at) { 25 } else { 1 };
        company.db_requirement(queue, 30, ("2026-03-09T00:00", "2026-04-06T00:00"), by_day).await;
        let planner = server.planner(site).await;
        Self { server, site, planner }
    }

    /// Asks for the four weeks, and gives the job.
    async fn asked(&self, limits: Value) -> Value {
        let mut input = json!({"siteId": self.site.to_string(), "startsOn": "2026-03-09", "weeks": 4,
            "seed": 7, "iterations": LONG});
        input.as_object_mut().expect("object").extend(limits.as_object().expect("object").clone());
        let asked = self.planner.ok(GENERATE, json!({"input": input})).await;
        let asked = &asked["scheduleGenerate"];
        assert_eq!(asked["userErrors"], json!([]), "{asked:#}");
        asked["job"]["id"].clone()
    }

    async fn job(&self, job: &Value) -> Value {
        self.planner.ok(JOB, json!({"id": job})).await["job"].take()
    }

    /// The schedule that came of a job that is done.
    async fn made(&self, job: &Value) -> Value {
        let found = self.job(job).await;
        assert_eq!((&found["state"], &found["isStopping"]), (&json!("DONE"), &json!(false)));
        let made = self.planner.ok(TOLD, json!({"id": found["schedule"]["id"]})).await;
        let made = made["schedule"].clone();
        assert_eq!(made["state"], "DRAFT");
        // What is told of the job last is where its search ended.
        assert_eq!(found["search"]["rounds"], made["generation"]["rounds"], "{found:#}");
        assert_eq!(found["rowsDone"], made["generation"]["rounds"], "{found:#}");
        made
    }

    /// The same seed with as many rounds as were done gives the same roster.
    async fn assert_repeated(&self, made: &Value) {
        let rounds = &made["generation"]["rounds"];
        let job = self.asked(json!({"maxRounds": rounds})).await;
        self.server.work().await;
        let again = self.made(&job).await;
        let told = &again["generation"];
        assert_eq!((&told["endedBy"], &told["rounds"]), (&json!("ROUNDS"), rounds), "{told:#}");
        assert_eq!(told["coverage"], made["generation"]["coverage"]);
        assert_eq!(lines(&again), lines(made));
    }

    /// Looks at a job until its search has a roster.
    async fn searching(&self, job: &Value) -> Value {
        let look = async {
            loop {
                let found = self.job(job).await;
                if found["search"] != Value::Null {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), look).await.expect("a first roster")
    }
}

async fn stop(actor: &Actor, job: &Value, keep: bool) -> Value {
    let input = json!({"input": {"jobId": job, "keep": keep}});
    actor.ok(CANCEL, input).await["jobCancel"].take()
}

/// The rows of a roster, in an order of their own.
fn lines(schedule: &Value) -> Vec<&str> {
    let mut lines: Vec<&str> = schedule["csv"].as_str().expect("text").lines().collect();
    lines.sort_unstable();
    assert!(lines.len() > 100, "thirty people work for four weeks: {} rows", lines.len());
    lines
}

#[tokio::test]
async fn time_ends_a_search_and_its_record_repeats_it() {
    let it = BusySite::new().await;
    let job = it.asked(json!({"maxSeconds": 1})).await;
    it.server.work().await;
    let made = it.made(&job).await;
    let told = &made["generation"];
    assert_eq!(
        (&told["endedBy"], &told["roundsAsked"]),
        (&json!("TIME"), &json!(LONG)),
        "{told:#}"
    );
    assert_eq!(told["stoppedByName"], Value::Null);
    assert!(told["rounds"].as_u64().is_some_and(|rounds| rounds < LONG.into()), "{told:#}");
    assert!(told["searchSeconds"].as_f64().is_some_and(|seconds| seconds >= 1.0), "{told:#}");
    let percent = it.job(&job).await["progressPercent"].as_i64();
    assert!(percent.is_some_and(|percent| percent < 100), "{percent:?}");
    it.assert_repeated(&made).await;

    // Rounds that are done before the time is over end it as ever.
    let job = it.asked(json!({"iterations": 3, "maxSeconds": 3600})).await;
    it.server.work().await;
    let made = it.made(&job).await;
    let told = &made["generation"];
    assert_eq!((&told["endedBy"], &told["rounds"]), (&json!("ROUNDS"), &json!(3)), "{told:#}");
    assert_eq!(it.job(&job).await["progressPercent"], 100);
}

#[tokio::test]
async fn who_stops_a_search_may_keep_its_best_roster() {
    let it = BusySite::new().await;
    let within = Within::Site(it.site);
    let second = it.server.user("second-planner@example.com", Role::Planner, within).await;
    let elsewhere = it.server.company.db_site("CD").await;
    let stranger = it.server.planner(elsewhere).await;
    let job = it.asked(json!({})).await;
    let refused = json!({"job": null, "userErrors": [{"code": "INVALID_STATE"}]});
    assert_eq!(stop(&it.planner, &job, true).await, refused, "it waits and has nothing yet");

    let stopped = async {
        let seen = it.searching(&job).await;
        assert_eq!((&seen["state"], &seen["isStopping"]), (&json!("RUNNING"), &json!(false)));
        let hidden = json!({"job": null, "userErrors": [{"code": "NOT_FOUND"}]});
        assert_eq!(stop(&stranger, &job, true).await, hidden);
        let told = json!({"job": {"state": "RUNNING", "isStopping": true}, "userErrors": []});
        assert_eq!(stop(&second, &job, true).await, told);
        assert_eq!(stop(&it.planner, &job, true).await, refused, "it is stopped already");
        seen
    };
    let (seen, ()) = tokio::join!(stopped, it.server.work());

    let made = it.made(&job).await;
    let told = &made["generation"];
    assert_eq!(
        (&told["endedBy"], &told["roundsAsked"]),
        (&json!("STOPPED"), &json!(LONG)),
        "{told:#}"
    );
    assert_eq!(told["stoppedByName"], "second-planner@example.com");
    assert!(told["rounds"].as_u64().is_some_and(|rounds| rounds < LONG.into()), "{told:#}");
    let last = it.job(&job).await["search"].take();
    let figure = |of: &Value, name: &str| of[name].as_f64().expect("a figure");
    for name in ["rounds", "bestCost"] {
        let (earlier, later) = (figure(&seen["search"], name), figure(&last, name));
        assert!(if name == "rounds" { later >= earlier } else { later <= earlier }, "{name}");
    }
    let seconds = |name: &str| figure(&told["coverage"], name);
    let percent = 100.0 * seconds("uncoveredSeconds") / seconds("requiredSeconds");
    assert!((figure(&last, "uncoveredPercent") - percent).abs() < 0.01, "{last:#} {told:#}");
    it.assert_repeated(&made).await;
}

#[tokio::test]
async fn what_was_stopped_and_lost_its_worker_is_done_to_the_same_round() {
    let it = BusySite::new().await;
    let job = it.asked(json!({})).await;
    let (app, company) = (&it.server.app, &it.server.company);
    let kinds = ["schedule.generate".to_owned()];
    let now = app.clock.now();
    let claimed = claim_job(&app.db, &kinds, Some(company.tenant), now).await.expect("claimed");
    let claimed = claimed.expect("the job");
    assert_eq!(job, json!(claimed.id.to_string()));
    let ctx = Ctx::of_system(company.tenant, "test", now);
    let tx = app.db.begin(&ctx).await.expect("transaction");
    let standing = SearchStanding { rounds: 60, cost: 1, needed: 0, missing: 0 };
    let step = JobStep { rows_done: 60, standing: Some(standing) };
    assert!(renew_job(&tx, &claimed, step, now).await.expect("renewed").is_some());
    tx.commit().await.expect("commit");
    assert_eq!(it.job(&job).await["search"]["uncoveredPercent"], Value::Null, "nothing is needed");
    assert_eq!(stop(&it.planner, &job, true).await["userErrors"], json!([]));

    it.server.pass(LEASE.as_secs() + 1);
    it.server.work().await;
    let made = it.made(&job).await;
    let told = &made["generation"];
    assert_eq!(told["endedBy"], "STOPPED", "{told:#}");
    let enough = 60..u64::from(LONG);
    assert!(told["rounds"].as_u64().is_some_and(|rounds| enough.contains(&rounds)), "{told:#}");
}

#[tokio::test]
async fn a_search_that_is_cancelled_as_it_goes_on_leaves_nothing() {
    let it = BusySite::new().await;
    let job = it.asked(json!({})).await;
    let cancelled = async {
        it.searching(&job).await;
        let done = stop(&it.planner, &job, false).await;
        let told = json!({"job": {"state": "CANCELLED", "isStopping": false}, "userErrors": []});
        assert_eq!(done, told);
    };
    tokio::join!(cancelled, it.server.work());
    let found = it.job(&job).await;
    assert_eq!((&found["state"], &found["schedule"]), (&json!("CANCELLED"), &Value::Null));
    let none = "query($site: ID!) { schedules(siteId: $site) { totalCount { value } } }";
    let none = it.planner.ok(none, json!({"site": it.site.to_string()})).await;
    assert_eq!(none["schedules"]["totalCount"]["value"], 0);
}
