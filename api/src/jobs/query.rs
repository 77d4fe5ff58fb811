use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use trunkline_domain::{id::JobId, identity::Permission};
use trunkline_infra::jobs::{JobView, count_jobs, job_by_id, list_jobs};

use super::{
    Job, service,
    types::{JobConnection, JobEdge},
};
use crate::{
    error::Outcome,
    graphql::{COUNT_BOUND, Count, Operation, Page, wants_count},
};

/// Reading jobs.
#[derive(Debug, Default)]
pub struct JobsQuery;

#[Object]
impl JobsQuery {
    /// Long work. `null` when it does not exist or the caller may not see it.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> async_graphql::Result<Option<Job>> {
        let operation = Operation::root(ctx)?;
        Job::find(operation, &id).await.map_err(|error| operation.fail(error))
    }

    /// Long work of the sites the caller may see, and the caller's own, newest first.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
    ) -> async_graphql::Result<JobConnection> {
        let operation = Operation::root(ctx)?;
        page(operation, first, after.as_deref(), wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
}

impl Job {
    /// The job, if the caller may see it.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<JobId>() else { return Ok(None) };
        let (caller, tx) = (operation.ctx()?, operation.read().await?);
        let job = job_by_id(&tx, id).await?;
        Ok(job.filter(|job| service::sees(&caller, job)).map(|job| Self(Arc::new(job))))
    }
}

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    counted: bool,
) -> Outcome<JobConnection> {
    let page = Page::parse(first, after)?;
    let (reach, own) = (operation.require(Permission::JobRead)?, operation.ctx()?.actor());
    let tx = operation.read().await?;
    let mut rows = list_jobs(&tx, &reach, own, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, JobView::cursor);
    let total = if counted { count_jobs(&tx, &reach, own, COUNT_BOUND + 1).await? } else { 0 };
    let nodes: Vec<Job> = rows.into_iter().map(|row| Job(Arc::new(row))).collect();
    let edges = nodes
        .iter()
        .map(|job| JobEdge { cursor: job.0.cursor().encode(), node: job.clone() })
        .collect();
    Ok(JobConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
