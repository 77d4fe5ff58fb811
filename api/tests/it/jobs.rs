//! Watching long work.

use serde_json::{Value, json};
use trunkline_domain::{
    id::{JobId, SiteId},
    identity::Permission,
};
use trunkline_infra::{
    ctx::Ctx,
    jobs::{ClaimedJob, JobEnd, claim_job, end_job, insert_job, renew_job},
};

use crate::support::Server;

const PROGRESS: &str = "subscription($id: ID!, $after: String) {
  jobProgress(jobId: $id, after: $after) { cursor state progressPercent failure } }";

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
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    assert!(renew_job(&tx, &job, 5, ctx.now()).await.expect("renewed"));
    tx.commit().await.expect("commit");
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
