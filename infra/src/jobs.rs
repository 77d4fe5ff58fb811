//! Long work, kept as rows: asked for in the business transaction, claimed by one worker at a time,
//! and claimed again when its worker does not say that it is alive. Sealed input, such as a letter with
//! its address, goes when the job ends: nobody will open it again.

mod step;

use jiff::{SignedDuration, Timestamp};
use trunkline_domain::{
    id::{JobId, TenantId},
    identity::ReachSet,
};
use uuid::Uuid;

pub use step::{JobStep, Renewed, SearchStanding, renew_job, stop_job};

use crate::{
    ctx::Ctx,
    db::{Cursor, Db, DbError, Json, Param as _, TenantTx},
    params, read_model,
};

read_model! {
    /// Long work as it is read.
    pub struct JobView {
        /// Its id.
        pub id: JobId,
        /// What is done, such as `schedule.generate`.
        pub kind: String,
        /// QUEUED, RUNNING, DONE, FAILED or CANCELLED.
        pub state: String,
        /// What it was asked for, with the site as `site` where it has one.
        pub input: Json,
        /// Steps done.
        pub rows_done: i64,
        /// Steps in all; `None` = not yet known.
        pub rows_total: Option<i64>,
        /// What came of it.
        pub result: Option<Json>,
        /// Why it failed, for people.
        pub failure: Option<String>,
        /// User or API client who asked for it; `None` = the system.
        pub requested_by: Option<Uuid>,
        /// Asked for at.
        pub created_at: Timestamp,
        /// Ended at.
        pub finished_at: Option<Timestamp>,
        /// Since when it is to end with what it has; `None` = nobody has said so.
        pub stop_asked_at: Option<Timestamp>,
        standing: Option<Json>,
    }
}

impl JobView {
    /// Where its search stands, or stood last; `None` before its first roster, and when it does not search.
    #[must_use]
    pub fn standing(&self) -> Option<SearchStanding> {
        serde_json::from_value(self.standing.clone()?).ok()
    }

    /// Whether it runs and somebody wants it to end with what it has.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop_asked_at.is_some() && self.finished_at.is_none()
    }

    /// Its place in the list of [`list_jobs`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.created_at.to_string(), id: self.id.uuid() }
    }
}

read_model! {
    /// A job that a worker has claimed.
    pub struct ClaimedJob {
        /// Whose.
        pub tenant_id: TenantId,
        /// Its id.
        pub id: JobId,
        /// What is to be done.
        pub kind: String,
        /// What it was asked for.
        pub input: Json,
        /// Who asked.
        pub requested_by: Option<Uuid>,
        /// Which claim this is, from 1: who holds an older one has lost it.
        pub attempts: i32,
    }
}

impl ClaimedJob {
    /// Whether it is not claimed again when it does not end this time.
    #[must_use]
    pub const fn is_last_attempt(&self) -> bool {
        self.attempts >= MOST_ATTEMPTS
    }
}

/// A worker that does not renew its claim within this time has lost it.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// A job that was claimed so often and never ended is given up.
const MOST_ATTEMPTS: i32 = 5;
const GIVEN_UP: &str = "it was begun five times, and each time its worker ended before it did";

const COLUMNS: &str = "j.id, j.kind, j.state, j.input, j.rows_done, j.rows_total, j.result, \
     j.failure, j.requested_by, j.created_at, j.finished_at, j.stop_asked_at, j.standing";

/// The place for which the sealed input of a job is sealed: nothing opens it in another job.
#[must_use]
pub fn sealed_input_place(kind: &str, id: JobId) -> String {
    format!("{kind} {id}")
}

/// Asks for a job.
///
/// # Errors
/// What the database says.
pub async fn insert_job(
    tx: &TenantTx,
    ctx: &Ctx,
    id: JobId,
    kind: &str,
    input: Json,
    rows_total: Option<i64>,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.job (tenant_id, id, kind, state, input, rows_total, requested_by, created_at)
         values ($1, $2, $3, 'QUEUED', $4, $5, $6, $7)",
        params![tx.tenant(), id, kind, input, rows_total, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}

/// The job with this id, whoever may see it: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn job_by_id(tx: &TenantTx, id: JobId) -> Result<Option<JobView>, DbError> {
    let sql = format!("select {COLUMNS} from app.job j where j.tenant_id = $1 and j.id = $2");
    tx.one(sql, params![tx.tenant(), id]).await
}

/// Up to `limit` jobs within `reach` or asked for by `own`, newest first, after `after`.
///
/// # Errors
/// What the database says.
pub async fn list_jobs(
    tx: &TenantTx,
    reach: &ReachSet,
    own: Option<Uuid>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<JobView>, DbError> {
    let sites: Vec<String> = reach.sites.iter().map(ToString::to_string).collect();
    let mut params = params![tx.tenant(), reach.network, sites, own, limit];
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and (j.created_at, j.id) < ($6::timestamptz, $7)";
        params.extend([cursor.key.value(), cursor.id.value()]);
    }
    let sql = format!(
        "select {COLUMNS} from app.job j
         where j.tenant_id = $1 and ($2 or j.input ->> 'site' = any($3) or j.requested_by = $4) {keyset}
         order by j.created_at desc, j.id desc limit $5"
    );
    tx.all(sql, params).await
}

/// Number of jobs within `reach` or asked for by `own`, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_jobs(
    tx: &TenantTx,
    reach: &ReachSet,
    own: Option<Uuid>,
    bound: i64,
) -> Result<i64, DbError> {
    let sites: Vec<String> = reach.sites.iter().map(ToString::to_string).collect();
    let counted = tx
        .scalar(
            "select count(*) as value from (
                 select from app.job j
                 where j.tenant_id = $1
                   and ($2 or j.input ->> 'site' = any($3) or j.requested_by = $4) limit $5) counted",
            params![tx.tenant(), reach.network, sites, own, bound],
        )
        .await?;
    Ok(counted.unwrap_or(0))
}

read_model! {
    /// Number of jobs in one state.
    pub struct JobCount {
        /// QUEUED, RUNNING, DONE, FAILED or CANCELLED.
        pub state: String,
        /// How many.
        pub jobs: i64,
    }
}

/// Numbers of jobs of all tenants by state; of those that have ended, the ones since `since`.
///
/// # Errors
/// What the database says.
pub async fn jobs_by_state(db: &Db, since: Timestamp) -> Result<Vec<JobCount>, DbError> {
    let tx = db.begin_system("count jobs").await?;
    tx.all(
        "select state, count(*) as jobs from app.job
         where finished_at is null or finished_at >= $1 group by state",
        params![since],
    )
    .await
}

/// Claims the oldest waiting job of these kinds, of one tenant or of any: one that nobody has begun,
/// or whose worker has not renewed its claim. Two workers never get the same one. A job that lost every
/// worker it had has failed.
///
/// # Errors
/// What the database says.
pub async fn claim_job(
    db: &Db,
    kinds: &[String],
    of: Option<TenantId>,
    now: Timestamp,
) -> Result<Option<ClaimedJob>, DbError> {
    let tx = db.begin_system("claim a job").await?;
    let claimed = tx
        .one(
            "with given_up as (
                 update app.job
                 set state = 'FAILED', failure = $5, finished_at = $2, claimed_until = null,
                     input = input - 'sealed'
                 where kind = any($1) and tenant_id = coalesce($6, tenant_id)
                   and attempts >= $4 and state = 'RUNNING' and claimed_until < $2)
             update app.job j
             set state = 'RUNNING', claimed_until = $3, attempts = j.attempts + 1
             from (select tenant_id, id from app.job
                   where kind = any($1) and tenant_id = coalesce($6, tenant_id) and attempts < $4
                     and (state = 'QUEUED' or (state = 'RUNNING' and claimed_until < $2))
                   order by created_at, id limit 1 for update skip locked) next
             where j.tenant_id = next.tenant_id and j.id = next.id
             returning j.tenant_id, j.id, j.kind, j.input, j.requested_by, j.attempts",
            params![kinds, now, now + LEASE, MOST_ATTEMPTS, GIVEN_UP, of],
        )
        .await?;
    tx.commit().await?;
    Ok(claimed)
}

/// How a job ends.
#[derive(Debug, Clone)]
pub enum JobEnd {
    /// It is done, with this result.
    Done(Json),
    /// It was to end before all of its steps, with this result of those that it did.
    Early(Json),
    /// It cannot be done, for this reason.
    Failed(String),
}

/// Ends a claimed job, best in the transaction that writes what came of it; `false` when it was
/// cancelled or lost meanwhile, and nothing of it may last.
///
/// # Errors
/// What the database says.
pub async fn end_job(
    tx: &TenantTx,
    job: &ClaimedJob,
    end: JobEnd,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (state, whole, result, failure) = match end {
        JobEnd::Done(result) => ("DONE", true, Some(result), None),
        JobEnd::Early(result) => ("DONE", false, Some(result), None),
        JobEnd::Failed(failure) => ("FAILED", false, None, Some(failure)),
    };
    let touched = tx
        .run(
            "update app.job
             set state = $4, result = $5, failure = $6, finished_at = $7, claimed_until = null,
                 input = input - 'sealed',
                 rows_done = case when $8 then coalesce(rows_total, rows_done) else rows_done end
             where tenant_id = $1 and id = $2 and state = 'RUNNING' and attempts = $3",
            params![tx.tenant(), job.id, job.attempts, state, result, failure, now, whole],
        )
        .await?;
    Ok(touched == 1)
}

/// Cancels a job that has not ended; `false` when it has.
///
/// # Errors
/// What the database says.
pub async fn cancel_job(tx: &TenantTx, id: JobId, now: Timestamp) -> Result<bool, DbError> {
    let touched = tx
        .run(
            "update app.job
             set state = 'CANCELLED', finished_at = $3, claimed_until = null, input = input - 'sealed'
             where tenant_id = $1 and id = $2 and state in ('QUEUED', 'RUNNING')",
            params![tx.tenant(), id, now],
        )
        .await?;
    Ok(touched == 1)
}
