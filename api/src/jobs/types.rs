use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_infra::jobs::JobView;

use crate::{
    connection,
    graphql::{DateTime, Operation, UserError, show_id},
    schedules::Schedule,
};

/// Where long work stands. New values can be added: treat an unknown one as `RUNNING`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// A worker is at it.
    Running,
    /// Done; see `result`.
    Done,
    /// It could not be done; see `failure`.
    Failed,
    /// Stopped before it was done.
    Cancelled,
}

impl JobState {
    fn parse(text: &str) -> Self {
        match text {
            "QUEUED" => Self::Queued,
            "DONE" => Self::Done,
            "FAILED" => Self::Failed,
            "CANCELLED" => Self::Cancelled,
            _ => Self::Running,
        }
    }
}

/// How much is done, 0 to 100; `None` while the whole is not known.
fn percent_of(job: &JobView) -> Option<i64> {
    let total = job.rows_total.filter(|total| *total > 0)?;
    Some((100 * job.rows_done / total).clamp(0, 100))
}

/// How far long work has come. Plain data; the job itself, with what came of it, is a query away.
#[derive(Debug, SimpleObject)]
pub struct JobProgress {
    /// Hand this back as `after`.
    pub cursor: String,
    /// Where it stands.
    pub state: JobState,
    /// How much of it is done, 0 to 100. `null` while the whole is not known.
    pub progress_percent: Option<i64>,
    /// Steps or rows done.
    pub rows_done: i64,
    /// Steps or rows in all. `null` while that is not known.
    pub rows_total: Option<i64>,
    /// Why it failed. `null` unless it did.
    pub failure: Option<String>,
    /// Ended at. `null` while it waits or runs.
    pub finished_at: Option<DateTime>,
}

impl JobProgress {
    pub(super) fn of(job: &JobView) -> Self {
        Self {
            cursor: format!("{}-{}", job.state, job.rows_done),
            state: JobState::parse(&job.state),
            progress_percent: percent_of(job),
            rows_done: job.rows_done,
            rows_total: job.rows_total,
            failure: job.failure.clone(),
            finished_at: job.finished_at.map(DateTime),
        }
    }
}

/// Long work.
#[derive(Debug, Clone)]
pub struct Job(pub Arc<JobView>);

/// Long work.
#[Object]
impl Job {
    /// Global id, prefix `job_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// What is done, e.g. `schedule.generate`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }
    /// Where it stands.
    async fn state(&self) -> JobState {
        JobState::parse(&self.0.state)
    }
    /// How much of it is done, 0 to 100. `null` while the whole is not known.
    async fn progress_percent(&self) -> Option<i64> {
        percent_of(&self.0)
    }
    /// Steps or rows done.
    async fn rows_done(&self) -> i64 {
        self.0.rows_done
    }
    /// Steps or rows in all. `null` while that is not known.
    async fn rows_total(&self) -> Option<i64> {
        self.0.rows_total
    }
    /// The schedule that came of it. `null` unless it is done and made one that the caller may see.
    async fn schedule(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Schedule>> {
        let operation = Operation::of(ctx)?;
        let made = self.0.result.as_ref().and_then(|result| result.get("schedule"));
        let Some(id) = made.and_then(|id| id.as_str()) else { return Ok(None) };
        Schedule::find(operation, &ID::from(id)).await.map_err(|error| operation.fail(error))
    }
    /// Why it failed. `null` unless it did.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }
    /// Asked for at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Ended at. `null` while it waits or runs.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }
}

/// Outcome of stopping a job.
#[derive(Debug, SimpleObject)]
pub struct JobCancelPayload {
    /// The job as it stands now. `null` when refused.
    pub job: Option<Job>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

connection!(JobConnection, JobEdge, Job, "A page of jobs.", "A job and its cursor.");
