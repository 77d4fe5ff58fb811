//! What is forecast for the queues of a site.

use trunkline_domain::{
    id::{QueueId, SiteId},
    schedules::QueueDemand,
    staffing::{Shrinkage, threshold_over},
    time::Span,
};

use super::site_queues::{RequiredPoint, SiteQueue, SiteQueues, load_expected, load_site_queues};
use crate::{
    db::{DbError, TenantTx},
    staffing::goals_of,
};

/// What is forecast for the queues of a site over `window`, as the requirement took it: each interval
/// of the latest requirement that was computed for it, with as many absent as that counted with. Of a
/// queue that several sites serve a site has its share, by the agents who can take its contacts.
///
/// # Errors
/// What the database says.
pub async fn load_demand(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Vec<QueueDemand>, DbError> {
    let SiteQueues { queues, points } = load_site_queues(tx, site, window).await?;
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    let expected = load_expected(tx, &points, window).await?;
    let ids: Vec<QueueId> = queues.iter().map(|queue| queue.id).collect();
    let goals = goals_of(tx, &ids).await?;
    let demand = |queue: &SiteQueue| {
        let of_queue = || points.iter().filter(|point| point.queue_id == queue.id);
        let known = of_queue().filter_map(|point| {
            let (volume, handle_seconds) = expected.get(&(point.forecast_id, point.starts_at))?;
            let volume = queue.contacts_served(*volume);
            Some((queue.interval(point.starts_at), volume, *handle_seconds))
        });
        let goals = goals.get(&queue.id).map_or(&[][..], Vec::as_slice);
        Ok::<_, DbError>(QueueDemand {
            queue: queue.id,
            skill: queue.skill_id,
            threshold_seconds: threshold_over(goals, window),
            patience_seconds: queue.patience_seconds,
            unplanned: unplanned(queue, of_queue())?,
            points: known.collect(),
        })
    };
    queues.iter().map(demand).collect()
}

/// What the newest of the requirements counted with (their ids follow time), or the queue's own
/// setting.
fn unplanned<'a>(
    queue: &SiteQueue,
    points: impl Iterator<Item = &'a RequiredPoint>,
) -> Result<Shrinkage, DbError> {
    let newest = points.max_by_key(|point| point.requirement_id);
    let share = newest.and_then(|point| point.unplanned_shrinkage);
    Shrinkage::new(share.unwrap_or(queue.unplanned_shrinkage))
        .map_err(|error| DbError::Internal(format!("unplanned shrinkage of {}: {error}", queue.id)))
}
