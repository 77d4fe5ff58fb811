//! What the queues of a site require of it.

use std::collections::BTreeSet;

use trunkline_domain::{
    id::{RequirementId, SiteId},
    schedules::{Coverage, IntervalAxis, RequiredAgents, SiteNeeds, generator::QueueNeed},
    time::Span,
};

use super::site_queues::{SiteQueues, load_site_queues};
use crate::db::{DbError, TenantTx};

/// What the queues of a site require of it.
pub(super) struct Required {
    /// By skill and grade, without staff: what rosters are judged by.
    pub(super) coverage: Coverage,
    /// By queue and grade, on the same intervals: what rosters are made for.
    pub(super) queues: Vec<QueueNeed>,
    /// The computations that it is taken from.
    pub(super) requirements: Vec<RequirementId>,
}

/// The requirement of the site's queues over `window`; `None` when there is none.
///
/// Counted in agents to schedule: those who are needed on the phone, and as many as will be missing
/// without notice. Breaks and leave stand on the roster, so they are not added here. Each interval
/// takes the latest requirement that was computed for it. A queue that several sites serve asks of
/// each its share of the agents who can take its contacts, and alike of all where nobody can.
pub(super) async fn load_requirement(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Option<Required>, DbError> {
    Ok(arranged(site, window, &load_site_queues(tx, site, window).await?))
}

/// Number of the queues that require something of the site over `window`, each grade of seniors counted as
/// one more: what a search for a roster has to hold.
///
/// # Errors
/// What the database says.
pub async fn queues_required(tx: &TenantTx, site: SiteId, window: Span) -> Result<usize, DbError> {
    Ok(load_requirement(tx, site, window).await?.map_or(0, |required| required.queues.len()))
}

fn arranged(site: SiteId, window: Span, known: &SiteQueues) -> Option<Required> {
    let SiteQueues { queues, points } = known;
    let step_seconds = queues.iter().map(|queue| queue.grain_minutes * 60).min()?;
    let len = usize::try_from(window.seconds() / i64::from(step_seconds)).ok()?;
    let axis = IntervalAxis { start: window.start(), step_seconds, len };
    let mut used = BTreeSet::new();
    let required = points.iter().filter_map(|point| {
        let queue = queues.iter().find(|queue| queue.id == point.queue_id)?;
        used.insert(point.requirement_id);
        Some(RequiredAgents {
            queue: queue.id,
            skill: queue.skill_id,
            span: queue.interval(point.starts_at),
            agents: queue.agents_owed(point.to_schedule),
            seniors: point.seniors.map(|(grade, seniors)| (grade, queue.agents_owed(seniors))),
        })
    });
    let SiteNeeds { coverage, queues } = SiteNeeds::of(site, axis, required);
    Some(Required { coverage, queues, requirements: used.into_iter().collect() })
}
