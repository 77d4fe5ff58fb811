//! Who may see and stop long work.

use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{JobId, SiteId},
    identity::{Permission, Target, Viewer},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    jobs::{JobView, cancel_job, job_by_id, stop_job},
};

use crate::{
    app::App,
    error::Outcome,
    schedules::{GENERATE, RESOLVE},
};

/// Kinds of jobs that have something to keep before they are done: a roster.
const KEEPING: [&str; 2] = [GENERATE, RESOLVE];

/// The site that a job is about.
fn site_of(job: &JobView) -> Option<SiteId> {
    job.input.get("site")?.as_str()?.parse().ok()
}

/// A job is seen by whoever asked for it, and by those who read the jobs of its site.
pub(super) fn sees(ctx: &Ctx, job: &JobView) -> bool {
    let own = job.requested_by.is_some() && job.requested_by == ctx.actor();
    let target = Target { site: site_of(job), ..Target::default() };
    own || ctx.viewer().sees(Permission::JobRead, &target, ctx.now())
}

fn stops(viewer: &Viewer, ctx: &Ctx, job: &JobView) -> bool {
    let own = job.requested_by.is_some() && job.requested_by == ctx.actor();
    let plans = |site| viewer.sees(Permission::ScheduleWrite, &Target::site(site), ctx.now());
    own || site_of(job).is_some_and(plans)
}

/// Stops a job that has not ended; what it has so far goes, unless it is to be kept.
pub(super) async fn cancel(app: &App, ctx: &Ctx, id: JobId, keep: bool) -> Outcome<JobView> {
    let tx = app.db.begin(ctx).await?;
    let job = job_by_id(&tx, id).await?.filter(|job| sees(ctx, job));
    let Some(job) = job else { return Err(Fault::not_found("jobId").into()) };
    if !stops(ctx.viewer(), ctx, &job) {
        return Err(Fault::new(FaultCode::Forbidden).at("jobId").into());
    }
    let deed = if keep { stop(&tx, ctx, &job).await? } else { drop_it(&tx, ctx, &job).await? };
    record(&tx, ctx, deed.with(json!({"kind": job.kind}))).await?;
    let job = job_by_id(&tx, id).await?.ok_or_else(|| Fault::not_found("jobId"))?;
    tx.commit().await?;
    Ok(job)
}

/// Ends a job, of which nothing lasts.
async fn drop_it(tx: &TenantTx, ctx: &Ctx, job: &JobView) -> Outcome<Deed<'static>> {
    if !cancel_job(tx, job.id, ctx.now()).await? {
        return Err(refused(&job.state).into());
    }
    Ok(Deed::changed("job.cancel", job.id, in_state(&job.state), in_state("CANCELLED")))
}

/// Tells a job to end with what it has. One that waits has nothing yet.
async fn stop(tx: &TenantTx, ctx: &Ctx, job: &JobView) -> Outcome<Deed<'static>> {
    if !KEEPING.contains(&job.kind.as_str()) {
        return Err(Fault::invalid("keep", Rule::NothingToKeep).into());
    }
    if !stop_job(tx, ctx, job.id).await? {
        let is_stopping = job.is_stopping();
        return Err(refused(if is_stopping { STOPPING } else { &job.state }).into());
    }
    Ok(Deed::changed("job.stop", job.id, in_state(&job.state), in_state(STOPPING)))
}

/// The state of a job that runs and was told to end with what it has, for people and the audit.
const STOPPING: &str = "STOPPING";

fn refused(state: &str) -> Fault {
    Fault::new(FaultCode::InvalidState).with("state", state)
}

fn in_state(state: &str) -> Value {
    json!({"state": state})
}
