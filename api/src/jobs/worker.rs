//! Does the jobs that wait, one after the other.

use std::time::Duration;

use trunkline_infra::{
    ctx::Ctx,
    jobs::{ClaimedJob, JobEnd, claim_job, end_job},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    schedules::{GENERATE, run_generation},
};

/// How long a worker without work sleeps.
const PAUSE: Duration = Duration::from_secs(1);

/// Does jobs until `stop` is done. A job that is under way then is left: its claim lapses, and
/// another worker begins it anew.
pub async fn run_jobs(app: &App, stop: impl Future<Output = ()>) {
    let work = async {
        loop {
            match run_next_job(app).await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::warn!(%error, "jobs");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = stop => {}
    }
}

/// Does the oldest job that waits; `false` when there is none.
///
/// # Errors
/// When jobs cannot be claimed. What goes wrong with a job is the job's failure.
pub async fn run_next_job(app: &App) -> Outcome<bool> {
    let kinds = [GENERATE.to_owned()];
    let Some(job) = claim_job(&app.db, &kinds, app.clock.now()).await? else { return Ok(false) };
    let ctx = Ctx::of_system(job.tenant_id, "job", app.clock.now());
    match run_generation(app, &ctx, &job).await {
        Ok(()) => {}
        // Nothing is wrong with the job: it is begun anew when the claim has lapsed.
        Err(error @ (AppError::Unavailable | AppError::Deadline)) => {
            tracing::warn!(job = %job.id, %error, "job put off");
        }
        Err(error) => fail(app, &ctx, &job, &error).await?,
    }
    Ok(true)
}

async fn fail(app: &App, ctx: &Ctx, job: &ClaimedJob, error: &AppError) -> Outcome<()> {
    tracing::error!(job = %job.id, %error, "job failed");
    let reason = match error {
        AppError::Faults(faults) => {
            let sentences = faults.iter().map(|fault| fault.message(ctx.viewer().language));
            sentences.collect::<Vec<_>>().join(" ")
        }
        AppError::InvalidArgument(text) => text.clone(),
        _ => "something went wrong on our side".to_owned(),
    };
    let tx = app.db.begin(ctx).await?;
    end_job(&tx, job, JobEnd::Failed(reason), app.clock.now()).await?;
    Ok(tx.commit().await?)
}
