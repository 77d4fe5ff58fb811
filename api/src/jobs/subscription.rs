use std::{sync::Arc, time::Duration};

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep_until};
use trunkline_domain::id::JobId;
use trunkline_infra::jobs::{JobView, job_by_id};

use super::{service::sees, types::JobProgress};
use crate::{
    app::App,
    error::Outcome,
    graphql::{Operation, Watcher},
};

/// Long work as it goes on.
#[derive(Debug, Default)]
pub struct JobsSubscription;

#[Subscription]
impl JobsSubscription {
    /// Where a job stands now, unless that is the progress of `after`, and then whenever it has come further: at most once a second. Completes with the job's end; at once when there is no such job or the caller may not see it.
    async fn job_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] job_id: ID,
        #[graphql(desc = "`cursor` of the last progress received.")] after: Option<String>,
    ) -> async_graphql::Result<impl Stream<Item = JobProgress> + use<>> {
        let watch = Watch {
            app: Arc::clone(&Operation::of(ctx)?.app),
            watcher: Watcher::of(ctx)?,
            job: job_id.parse().ok(),
            seen: after,
            not_before: Instant::now(),
        };
        Ok(stream::unfold(watch, Watch::next))
    }
}

/// At most one look in this time.
const PACE: Duration = Duration::from_secs(1);

/// One who watches. Holds no transaction: each look takes a short one.
struct Watch {
    app: Arc<App>,
    watcher: Watcher,
    /// `None` = nothing more is to come.
    job: Option<JobId>,
    seen: Option<String>,
    not_before: Instant,
}

impl Watch {
    async fn next(mut self) -> Option<(JobProgress, Self)> {
        while let Some(id) = self.job {
            sleep_until(self.not_before).await;
            self.not_before = Instant::now() + PACE;
            match self.look(id).await {
                Ok(None) => return None,
                Ok(Some(job)) => {
                    if job.finished_at.is_some() {
                        self.job = None;
                    }
                    let progress = JobProgress::of(&job);
                    if self.seen.as_ref() != Some(&progress.cursor) {
                        self.seen = Some(progress.cursor.clone());
                        return Some((progress, self));
                    }
                }
                // The next look may succeed; the job goes on meanwhile.
                Err(error) => tracing::warn!(%error, job = %id, "the progress could not be read"),
            }
        }
        None
    }

    async fn look(&self, id: JobId) -> Outcome<Option<JobView>> {
        let Some(caller) = self.watcher.look() else { return Ok(None) };
        let tx = self.app.db.begin(&caller).await?;
        Ok(job_by_id(&tx, id).await?.filter(|job| sees(&caller, job)))
    }
}
