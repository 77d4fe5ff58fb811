//! Who may see and stop long work.

use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::{JobId, SiteId},
    identity::{Permission, Target, Viewer},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    jobs::{JobView, cancel_job, job_by_id},
};

use crate::{app::App, error::Outcome};

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

/// Stops a job that has not ended.
pub(super) async fn cancel(app: &App, ctx: &Ctx, id: JobId) -> Outcome<JobView> {
    let tx = app.db.begin(ctx).await?;
    let job = job_by_id(&tx, id).await?.filter(|job| sees(ctx, job));
    let Some(job) = job else { return Err(Fault::not_found("jobId").into()) };
    if !stops(ctx.viewer(), ctx, &job) {
        return Err(Fault::new(FaultCode::Forbidden).at("jobId").into());
    }
    if !cancel_job(&tx, id, ctx.now()).await? {
        return Err(Fault::new(FaultCode::InvalidState).with("state", job.state).into());
    }
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed("job.cancel", id, state(&job.state), state("CANCELLED"));
    record(&tx, ctx, deed.with(json!({"kind": job.kind}))).await?;
    let job = job_by_id(&tx, id).await?.ok_or_else(|| Fault::not_found("jobId"))?;
    tx.commit().await?;
    Ok(job)
}
