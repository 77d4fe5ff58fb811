//! Watching long work.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{JobId, SiteId},
    identity::Permission,
};
use trunkline_infra::{
    ctx::Ctx,
    jobs::{
        ClaimedJob, JobEnd, JobStep, SearchStanding, claim_job, end_job, insert_job, renew_job,
    },
};

use crate::support::Server;

const PROGRESS: &str = "subscription($id: ID!, $after: String) {
  jobProgress(jobId: $id, after: $after) { cursor state progressPercent failure } }";

const SEARCH: &str = "subscription($id: ID!) { jobProgress(jobId: $id) {
  state search { rounds bestCost uncoveredPercent } } }";
const CANCEL: &str = "mutation($input: JobCancelInput!) { jobCancel(input: $input) {
  job { state } userErrors { code path message } } }";

/// A job of ten steps at a site, of a kind that nobody else does.
async fn db_job(server: &Server, site: SiteId) -> (Ctx, JobId, String) {
    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    let id: JobId = ctx.new_id();
    let kind = format!("test.{id}");
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    let input = json!({"site": site.to_string()});
    insert_job(&tx, &ctx, id, &kind, input, Some(10)).await.expect("job");
    tx.commit().await.expect("commit");
    (ctx, id, kind)
}

async fn db_claim(server: &Server, ctx: &Ctx, kind: String) -> ClaimedJob {
    claim_job(&server.app.db, &[kind], None, ctx.now()).await.expect("claimed").expect("a job")
}

/// Says as the job's worker how far it is.
async fn db_step(server: &Server, ctx: &Ctx, job: &ClaimedJob, step: JobStep) {
    let tx = server.app.db.begin(ctx).await.expect("transaction");
    assert!(renew_job(&tx, job, step, ctx.now()).await.expect("renewed").is_some());
    tx.commit().await.expect("commit");
}

/// State and percentage of an answer.
fn seen(answer: Option<Value>) -> (String, i64) {
    let progress = answer.expect("an answer")["data"]["jobProgress"].take();
    let state = progress["state"].as_str().expect("state").to_owned();
    (state, progress["progressPercent"].as_i64().expect("percent"))
}

#[tokio::test]
async fn progress_is_told_until_the_job_ends() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let (ctx, id, kind) = db_job(&server, site).await;
    let mut events = planner.events(PROGRESS, json!({"id": id.to_string()})).await;
    assert_eq!(seen(events.next().await), ("QUEUED".to_owned(), 0));
    let job = db_claim(&server, &ctx, kind).await;
    assert_eq!(seen(events.next().await), ("RUNNING".to_owned(), 0));
    db_step(&server, &ctx, &job, JobStep { rows_done: 5, standing: None }).await;
    assert_eq!(seen(events.next().await), ("RUNNING".to_owned(), 50));
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    assert!(end_job(&tx, &job, JobEnd::Done(json!({})), ctx.now()).await.expect("ended"));
    tx.commit().await.expect("commit");
    let last = events.next().await.expect("the end");
    let cursor = last["data"]["jobProgress"]["cursor"].clone();
    assert_eq!(seen(Some(last)), ("DONE".to_owned(), 100));
    assert_eq!(events.next().await, None);

    let after = json!({"id": id.to_string(), "after": cursor});
    assert_eq!(planner.events(PROGRESS, after).await.next().await, None, "all of it is known");
}

#[tokio::test]
async fn the_best_so_far_is_told_from_the_first_roster_on() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let (ctx, id, kind) = db_job(&server, site).await;
    let job = db_claim(&server, &ctx, kind).await;
    let mut events = planner.events(SEARCH, json!({"id": id.to_string()})).await;
    let told = |search: Value| json!({"state": "RUNNING", "search": search});
    let mut next = async || events.next().await.expect("an answer")["data"]["jobProgress"].take();
    assert_eq!(next().await, told(Value::Null));

    // The first roster comes before the first round.
    let mut standing = SearchStanding { rounds: 0, cost: 900, needed: 400, missing: 100 };
    db_step(&server, &ctx, &job, JobStep { rows_done: 0, standing: Some(standing) }).await;
    let expected = json!({"rounds": 0, "bestCost": 900, "uncoveredPercent": 25.0});
    assert_eq!(next().await, told(expected));
    standing = SearchStanding { rounds: 5, cost: 700, missing: 50, ..standing };
    db_step(&server, &ctx, &job, JobStep { rows_done: 5, standing: Some(standing) }).await;
    let expected = json!({"rounds": 5, "bestCost": 700, "uncoveredPercent": 12.5});
    assert_eq!(next().await, told(expected.clone()));
    let read =
        "query($id: ID!) { job(id: $id) { state search { rounds bestCost uncoveredPercent } } }";
    let found = planner.ok(read, json!({"id": id.to_string()})).await["job"].take();
    assert_eq!(found, told(expected));
}

#[tokio::test]
async fn a_job_without_anything_to_keep_is_cancelled_or_goes_on() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let planner = server.planner(site).await;
    let (ctx, id, kind) = db_job(&server, site).await;
    let job = db_claim(&server, &ctx, kind).await;
    let cancel = async |keep: bool| {
        let input = json!({"input": {"jobId": id.to_string(), "keep": keep}});
        planner.ok(CANCEL, input).await["jobCancel"].take()
    };
    let message = "left out: a job of this kind has nothing to keep before it is done";
    let refused = json!({"job": null, "userErrors": [
        {"code": "INVALID_VALUE", "path": ["input", "keep"], "message": message}]});
    assert_eq!(cancel(true).await, refused);
    db_step(&server, &ctx, &job, JobStep { rows_done: 6, standing: None }).await;
    assert_eq!(cancel(false).await["job"]["state"], "CANCELLED");
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    let step = JobStep { rows_done: 7, standing: None };
    assert!(renew_job(&tx, &job, step, ctx.now()).await.expect("asked").is_none());
}

#[tokio::test]
async fn the_progress_of_a_foreign_job_is_that_of_none() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let other = server.company.db_site("KM").await;
    let (_, id, _) = db_job(&server, site).await;
    let elsewhere = server.planner(other).await;
    let stranger = server.stranger().await.partner(&[Permission::JobRead], &[]).await;
    for actor in [elsewhere, stranger] {
        for id in [id.to_string(), "job_nonsense".to_owned()] {
            assert_eq!(actor.events(PROGRESS, json!({"id": id})).await.next().await, None);
        }
    }
}
