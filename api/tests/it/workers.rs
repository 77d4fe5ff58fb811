//! What becomes of a job whose worker dies.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trunkline::jobs::run_next_job;
use trunkline_domain::id::SiteId;
use trunkline_infra::{
    ctx::Ctx,
    jobs::{ClaimedJob, JobEnd, JobStep, LEASE, claim_job, end_job, renew_job},
};

use crate::support::{Actor, Server};

const GENERATE: &str = "mutation($input: ScheduleGenerateInput!) {
    scheduleGenerate(input: $input) { job { id } userErrors { code } } }";
const JOB: &str = "query($id: ID!) { job(id: $id) { state failure schedule { id } } }";

/// A planner who has asked for a schedule, the only job of the company.
struct Asked {
    server: Server,
    planner: Actor,
    site: SiteId,
    job: Value,
}

impl Asked {
    async fn new() -> Self {
        let server = Server::start().await;
        let site = server.company.db_site("GZ").await;
        server.company.db_agent("1", "Li Na", site, None, &[]).await;
        let planner = server.planner(site).await;
        let input = json!({"siteId": site.to_string(), "startsOn": "2026-03-09", "iterations": 10});
        let mut asked = planner.ok(GENERATE, json!({"input": input})).await;
        let job = asked["scheduleGenerate"]["job"]["id"].take();
        Self { server, planner, site, job }
    }

    /// Claims as a worker does that is never heard of again.
    async fn claimed(&self) -> Option<ClaimedJob> {
        let (app, kinds) = (&self.server.app, ["schedule.generate".to_owned()]);
        let of = Some(self.server.company.tenant);
        claim_job(&app.db, &kinds, of, app.clock.now()).await.expect("jobs can be claimed")
    }

    fn pass(&self, time: SignedDuration) {
        let clock = &self.server.app.clock;
        clock.set(clock.now() + time);
    }

    async fn found(&self) -> Value {
        self.planner.ok(JOB, json!({"id": self.job})).await["job"].take()
    }

    async fn schedules(&self) -> Value {
        let document = "query($site: ID!) { schedules(siteId: $site) { totalCount { value } } }";
        let site = json!({"site": self.site.to_string()});
        self.planner.ok(document, site).await["schedules"]["totalCount"]["value"].take()
    }
}

async fn works(server: &Server) -> bool {
    run_next_job(&server.app, server.company.tenant).await.expect("jobs can be claimed")
}

#[tokio::test]
async fn a_job_of_a_dead_worker_is_done_by_another_exactly_once() {
    let asked = Asked::new().await;
    let server = &asked.server;
    let dead = asked.claimed().await.expect("the job");
    asked.pass(LEASE);
    assert!(!works(server).await, "the claim still holds");
    asked.pass(SignedDuration::from_secs(1));
    assert!(works(server).await);
    let found = asked.found().await;
    assert_eq!(found["state"], "DONE", "{found:#}");
    assert!(!works(server).await, "nothing is left to do");

    // The first worker was only slow, and comes back with what it made.
    let (company, now) = (&server.company, server.app.clock.now());
    let ctx = Ctx::of_system(company.tenant, "test", now);
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    let step = JobStep { rows_done: 10, standing: None };
    assert!(renew_job(&tx, &dead, step, now).await.expect("asked").is_none(), "told to stop");
    let end = JobEnd::Done(json!({"schedule": "another"}));
    assert!(!end_job(&tx, &dead, end, now).await.expect("asked"), "told to undo");
    tx.commit().await.expect("commit");
    assert_eq!(asked.found().await, found);
    assert_eq!(asked.schedules().await, 1);
}

#[tokio::test]
async fn a_job_that_outlives_five_workers_has_failed() {
    let asked = Asked::new().await;
    for attempt in 1..=5 {
        let claimed = asked.claimed().await.expect("the job");
        assert_eq!(claimed.attempts, attempt);
        asked.pass(LEASE + SignedDuration::from_secs(1));
    }
    assert!(asked.claimed().await.is_none());
    let found = asked.found().await;
    assert_eq!(found["state"], "FAILED");
    let failure = found["failure"].as_str().expect("a reason");
    assert!(failure.contains("five times"), "{failure}");
    assert_eq!(asked.schedules().await, 0);
}
