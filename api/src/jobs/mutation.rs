use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::{Job, service, types::JobCancelPayload};
use crate::graphql::{Operation, parse_id};

/// A job to stop.
#[derive(Debug, InputObject)]
pub struct JobCancelInput {
    /// Which one.
    pub job_id: ID,
    /// Whether what it has found so far is kept: a running search for a roster (`schedule.generate`, `schedule.resolve`) ends at once, or with its first legal roster, and is then done as if its rounds were: its schedule is the best one so far. Other jobs have nothing to keep, nor has one that still waits.
    #[graphql(default)]
    pub keep: bool,
}

/// Writing jobs.
#[derive(Debug, Default)]
pub struct JobsMutation;

#[Object]
impl JobsMutation {
    /// Stops a job that waits or runs; nothing of what it did lasts, unless it is kept.
    ///
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, INVALID_STATE.
    async fn job_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobCancelInput,
    ) -> async_graphql::Result<JobCancelPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.job_id, "jobId") {
            Ok(id) => service::cancel(&operation.app, &write, id, input.keep).await,
            Err(fault) => Err(fault.into()),
        };
        let (job, user_errors) = operation.settle(outcome)?;
        Ok(JobCancelPayload { job: job.map(|job| Job(Arc::new(job))), user_errors })
    }
}
