use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::{Job, service, types::JobCancelPayload};
use crate::graphql::{Operation, parse_id};

/// A job to stop.
#[derive(Debug, InputObject)]
pub struct JobCancelInput {
    /// Which one.
    pub job_id: ID,
}

/// Writing jobs.
#[derive(Debug, Default)]
pub struct JobsMutation;

#[Object]
impl JobsMutation {
    /// Stops a job that waits or runs; nothing of what it did lasts.
    ///
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE.
    async fn job_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobCancelInput,
    ) -> async_graphql::Result<JobCancelPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.job_id, "jobId") {
            Ok(id) => service::cancel(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (job, user_errors) = operation.settle(outcome)?;
        Ok(JobCancelPayload { job: job.map(|job| Job(Arc::new(job))), user_errors })
    }
}
