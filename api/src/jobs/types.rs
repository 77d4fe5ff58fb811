use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_infra::jobs::{JobView, SearchStanding};

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

/// Tells one standing of a job from every other.
fn cursor_of(job: &JobView) -> String {
    let cost = job.standing().map(|it| format!("-{}", it.cost)).unwrap_or_default();
    let stopping = if job.is_stopping() { "-stopping" } else { "" };
    format!("{}-{}{cost}{stopping}", job.state, job.rows_done)
}

/// Where the search for a roster stands: the best legal one that it has found so far.
#[derive(Debug, SimpleObject)]
pub struct JobSearch {
    /// Rounds of improvement done.
    pub rounds: u64,
    /// What that roster costs: all that is missing, too much, unfair or unwanted in it, weighed. It never rises while the search goes on, and says nothing beside that of another job.
    pub best_cost: i64,
    /// Part of the work required on queue that the roster lacks, 0 to 100, on all days that the search looks at; where it plans by headcounts, part of the wanted shifts. `null` when nothing is required.
    pub uncovered_percent: Option<f64>,
}

impl From<SearchStanding> for JobSearch {
    fn from(standing: SearchStanding) -> Self {
        Self {
            rounds: standing.rounds,
            best_cost: standing.cost,
            uncovered_percent: standing.missing_percent(),
        }
    }
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
    /// Where its search stands. `null` before the first legal roster, and of work that searches for none.
    pub search: Option<JobSearch>,
    /// Whether it runs and is about to end with what it has: somebody has stopped it and kept that.
    pub is_stopping: bool,
    /// Why it failed. `null` unless it did.
    pub failure: Option<String>,
    /// Ended at. `null` while it waits or runs.
    pub finished_at: Option<DateTime>,
}

impl JobProgress {
    pub(super) fn of(job: &JobView) -> Self {
        Self {
            cursor: cursor_of(job),
            state: JobState::parse(&job.state),
            progress_percent: percent_of(job),
            rows_done: job.rows_done,
            rows_total: job.rows_total,
            search: job.standing().map(Into::into),
            is_stopping: job.is_stopping(),
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
    /// How much of it is done, 0 to 100: less than 100 of what time or somebody ended before. `null` while the whole is not known.
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
    /// Where its search stands, or stood last. `null` before the first legal roster, and of work that searches for none.
    async fn search(&self) -> Option<JobSearch> {
        self.0.standing().map(Into::into)
    }
    /// Whether it runs and is about to end with what it has: somebody has stopped it and kept that.
    async fn is_stopping(&self) -> bool {
        self.0.is_stopping()
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
