//! Does the jobs that wait, one after the other.

use std::time::Duration;

use trunkline_domain::{
    fault::Language,
    id::{TenantId, UserId},
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    identity::credentials_by_id,
    jobs::{ClaimedJob, JobEnd, claim_job, end_job},
};

use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::{RESET_PASSWORD, SEND_MAIL, run_mail, run_reset},
    notifications::{SEND_NEWS, run_news},
    schedules::{GENERATE, RESOLVE, run_generation, run_resolution},
};

/// How long a worker without work sleeps.
const PAUSE: Duration = Duration::from_secs(1);

/// Kinds of jobs that are done one after the other. A letter does not wait for a roster.
const LINES: [&[&str]; 2] = [&[GENERATE, RESOLVE], &[SEND_MAIL, RESET_PASSWORD, SEND_NEWS]];

/// Does jobs until `stop` is done. A job that is under way then is left: its claim lapses, and
/// another worker begins it anew.
pub async fn run_jobs(app: &App, stop: impl Future<Output = ()>) {
    let [long, letters] = LINES;
    tokio::select! {
        _ = async { tokio::join!(run_line(app, long), run_line(app, letters)) } => {}
        () = stop => {}
    }
}

async fn run_line(app: &App, kinds: &[&str]) {
    loop {
        match run_next(app, kinds, None).await {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::warn!(%error, "jobs");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Does the oldest job of one company that waits; `false` when there is none.
///
/// # Errors
/// When jobs cannot be claimed. What goes wrong with a job is the job's failure.
pub async fn run_next_job(app: &App, of: TenantId) -> Outcome<bool> {
    run_next(app, &LINES.concat(), Some(of)).await
}

async fn run_next(app: &App, kinds: &[&str], of: Option<TenantId>) -> Outcome<bool> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let Some(job) = claim_job(&app.db, &kinds, of, app.clock.now()).await? else {
        return Ok(false);
    };
    let ctx = Ctx::of_system(job.tenant_id, "job", app.clock.now());
    let outcome = match job.kind.as_str() {
        SEND_MAIL => run_mail(app, &ctx, &job).await,
        RESET_PASSWORD => run_reset(app, &ctx, &job).await,
        SEND_NEWS => run_news(app, &ctx, &job).await,
        RESOLVE => run_resolution(app, &ctx, &job).await,
        _ => run_generation(app, &ctx, &job).await,
    };
    match outcome {
        Ok(()) => {}
        // Nothing is wrong with the job: it is begun anew when the claim has lapsed.
        Err(error @ (AppError::Unavailable | AppError::Deadline)) => {
            tracing::warn!(job = %job.id, %error, "job put off");
        }
        Err(error) => fail(app, &ctx, &job, error).await?,
    }
    Ok(true)
}

async fn fail(app: &App, ctx: &Ctx, job: &ClaimedJob, error: AppError) -> Outcome<()> {
    tracing::error!(job = %job.id, %error, "job failed");
    let tx = app.db.begin(ctx).await?;
    let language = language_of(&tx, job).await?;
    let reason = JobEnd::Failed(error.into_text(language));
    end_job(&tx, job, reason, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// The language in which whoever asked for the job reads; English when it was nobody in person.
///
/// # Errors
/// What the database says.
pub(crate) async fn language_of(tx: &TenantTx, job: &ClaimedJob) -> Outcome<Language> {
    let Some(person) = job.requested_by.map(UserId::from_uuid) else {
        return Ok(Language::default());
    };
    let account = credentials_by_id(tx, person).await?;
    Ok(account.map_or_else(Language::default, |it| Language::of_tag(&it.language)))
}
