//! What the queues of a site require of it.

use std::collections::{BTreeMap, BTreeSet};

use trunkline_domain::{
    id::{QueueId, RequirementId, SiteId, SkillId},
    schedules::{Coverage, CoverageLine, IntervalAxis, generator::QueueNeed},
    time::Span,
};

use super::site_queues::{SiteQueues, load_site_queues};
use crate::db::{DbError, TenantTx};

/// What the queues of a site require of it.
pub(super) struct Required {
    /// By skill, without staff: what rosters are judged by.
    pub(super) coverage: Coverage,
    /// By queue, on the same intervals: what rosters are made for.
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

fn arranged(site: SiteId, window: Span, known: &SiteQueues) -> Option<Required> {
    let SiteQueues { queues, points } = known;
    let step_seconds = queues.iter().map(|queue| queue.grain_minutes * 60).min()?;
    let len = usize::try_from(window.seconds() / i64::from(step_seconds)).ok()?;
    let axis = IntervalAxis { start: window.start(), step_seconds, len };
    let mut lines: BTreeMap<Option<SkillId>, CoverageLine> = BTreeMap::new();
    let mut needs: BTreeMap<QueueId, QueueNeed> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for point in points {
        let Some(queue) = queues.iter().find(|queue| queue.id == point.queue_id) else { continue };
        used.insert(point.requirement_id);
        let line = lines.entry(queue.skill_id).or_insert_with(|| CoverageLine {
            site: Some(site),
            skill: queue.skill_id,
            min_grade: 1,
            required: vec![0; len],
            on_queue_seconds: vec![0; len],
        });
        let need = needs.entry(queue.id).or_insert_with(|| QueueNeed {
            queue: queue.id,
            skill: queue.skill_id,
            min_grade: 1,
            required: vec![0; len],
        });
        let agents = queue.agents_owed(point.to_schedule);
        for index in axis.indices(queue.interval(point.starts_at)) {
            for required in [&mut line.required[index], &mut need.required[index]] {
                *required = required.saturating_add(agents);
            }
        }
    }
    Some(Required {
        coverage: Coverage { axis, lines: lines.into_values().collect() },
        queues: needs.into_values().collect(),
        requirements: used.into_iter().collect(),
    })
}
