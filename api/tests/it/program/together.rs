//! Several processes on one database and one Redis.

use std::time::Duration;

use serde_json::{Value, json};
use trunkline_domain::{id::SiteId, identity::Permission};
use trunkline_infra::clock::Clock;

use super::{Ground, PATIENCE, company, planner};
use crate::support::Actor;

const GENERATE: &str = "mutation($input: ScheduleGenerateInput!) {
    scheduleGenerate(input: $input) { job { id } userErrors { code } } }";
const JOB: &str = "query($id: ID!) { job(id: $id) {
    state progressPercent rowsDone failure schedule { state } } }";
const GAUGES: &str = "mutation($input: QueueGaugesPushInput!) {
    queueGaugesPush(input: $input) { results { outcome } } }";
const BOARD: &str = "subscription { wallboardChanged {
    sites { waiting { contacts } } } }";

async fn ask(planner: &Actor, site: SiteId, iterations: u32) -> Value {
    let input = json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "weeks": 4,
                       "iterations": iterations});
    let mut asked = planner.ok(GENERATE, json!({"input": input})).await;
    asked["scheduleGenerate"]["job"]["id"].take()
}

/// Looks at a job until it is as wanted.
async fn seen(planner: &Actor, job: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        loop {
            let found = planner.ok(JOB, json!({"id": job})).await["job"].take();
            if wanted(&found) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the job gets there")
}

#[tokio::test]
async fn what_a_server_is_asked_for_a_worker_does_and_its_progress_is_seen() {
    let Some(ground) = Ground::together("worker").await else { return };
    let (company, site) = company(&ground).await;
    let server = ground.serve().await;
    let planner = planner(&server, &company).await;
    let (long, short) = (ask(&planner, site, 20_000).await, ask(&planner, site, 1).await);
    let worker = ground.start(&["worker"]).await;
    let found = seen(&planner, &long, |job| job["rowsDone"].as_i64() > Some(0)).await;
    assert_eq!(found["state"], "RUNNING", "{found}");
    let input = json!({"input": {"jobId": long}});
    let cancel = "mutation($input: JobCancelInput!) { jobCancel(input: $input) { job { state } } }";
    let cancelled = planner.ok(cancel, input).await["jobCancel"]["job"]["state"].take();
    assert_eq!(cancelled, "CANCELLED");
    let found = seen(&planner, &short, |job| job["state"] == "DONE").await;
    let done = json!({"state": "DONE", "progressPercent": 100, "rowsDone": 1, "failure": null,
                      "schedule": {"state": "DRAFT"}});
    assert_eq!(found, done);
    assert_eq!(worker.terminated().await, Some(0));
    assert_eq!(server.terminated().await, Some(0));
}

#[tokio::test]
async fn a_job_of_a_killed_worker_is_done_by_the_next() {
    let Some(ground) = Ground::together("killed").await else { return };
    let (company, site) = company(&ground).await;
    let server = ground.serve().await;
    let planner = planner(&server, &company).await;
    let worker = ground.start(&["worker"]).await;
    let job = ask(&planner, site, 20_000).await;
    seen(&planner, &job, |job| job["state"] == "RUNNING").await;
    worker.killed().await;
    // A minute passes; the second attempt has less to do.
    ground
        .database
        .db_admin_run(
            "update app.job set claimed_until = now() - interval '1 second', rows_total = 1,
                                input = input || '{\"iterations\": 1}'",
        )
        .await;
    let _worker = ground.start(&["worker"]).await;
    let found = seen(&planner, &job, |job| job["state"] == "DONE").await;
    assert_eq!(found["schedule"]["state"], "DRAFT");
    let document = "query($site: ID!) { schedules(siteId: $site) { totalCount { value } } }";
    let schedules = planner.ok(document, json!({"site": site.to_string()})).await;
    assert_eq!(schedules["schedules"]["totalCount"]["value"], 1);
}

#[tokio::test]
async fn a_socket_on_one_server_is_told_what_was_changed_on_another() {
    let Some(ground) = Ground::together("two_servers").await else { return };
    let (company, site) = company(&ground).await;
    company.db_queue("presale", 15, &[site], None).await;
    let (here, there) = (ground.serve().await, ground.serve().await);
    let mut board = planner(&here, &company).await.subscribe(BOARD, json!({})).await;
    let nothing = board.next("wallboardChanged").await;
    assert_eq!(nothing["sites"][0]["waiting"], Value::Null);

    let (id, secret) = company.db_client("switch", &[Permission::IntradayWrite], &[]).await;
    let key = trunkline::identity::api_key(id, &secret);
    let gauge = json!({"queue": {"code": "presale"}, "site": {"code": "GZ"}, "waiting": 3,
                       "longestWaitSeconds": 40, "sourceAt": Clock::System.now()});
    let input = json!({"input": {"gauges": [gauge]}});
    let pushed = Actor::at(there.address()).with_credential(&key).ok(GAUGES, input).await;
    assert_eq!(pushed["queueGaugesPush"]["results"][0]["outcome"], "ACCEPTED", "{pushed}");
    let told = board.next("wallboardChanged").await;
    assert_eq!(told["sites"][0]["waiting"]["contacts"], 3);
    drop(board);
    assert_eq!(here.terminated().await, Some(0));
}
