//! What the queues of a site require of it.

use std::collections::BTreeSet;

use trunkline_domain::{
    id::{RequirementId, SiteId},
    schedules::{Coverage, IntervalAxis, RequiredAgents, SiteNeeds, generator::QueueNeed},
    time::Span,
};

use super::site_queues::{SiteQueues, load_site_queues};
use crate::{
    db::{DbError, TenantTx},
    params,
};

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
/// one more, where it is more than `most`: what a search for a roster has to hold.
///
/// # Errors
/// What the database says.
pub async fn queues_beyond(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
    most: usize,
) -> Result<Option<usize>, DbError> {
    // Which grades are asked for only the intervals tell, of which eight weeks of fifty queues have a
    // hundred thousand: they are read only where queues of all grades would be too many.
    let of_all_grades = queues_of_all_grades(tx, site, window).await?;
    if usize::try_from(of_all_grades).is_ok_and(|queues| queues <= most) {
        return Ok(None);
    }
    let required = load_requirement(tx, site, window).await?;
    let found = required.map_or(0, |required| required.queues.len());
    Ok((found > most).then_some(found))
}

/// The same number if each queue with a skill asked for all five grades.
async fn queues_of_all_grades(tx: &TenantTx, site: SiteId, window: Span) -> Result<i64, DbError> {
    // The days of a forecast bound where its intervals can be; a day more on either side, for zones.
    let found = tx
        .scalar(
            "select coalesce(sum(case when q.skill_id is null then 1 else 5 end), 0)::bigint as value
             from app.queue_site s
             join app.queue q on q.tenant_id = s.tenant_id and q.id = s.queue_id
             where s.tenant_id = $1 and s.site_id = $2 and q.grain_minutes <= 60
               and exists (
                   select from app.requirement r
                   join app.forecast f on f.tenant_id = r.tenant_id and f.id = r.forecast_id
                   join app.requirement_point p
                        on p.tenant_id = r.tenant_id and p.requirement_id = r.id
                   where r.tenant_id = s.tenant_id and r.queue_id = s.queue_id
                     and f.starts_on <= ($4::timestamptz at time zone 'UTC')::date + 1
                     and f.starts_on + f.days >= ($3::timestamptz at time zone 'UTC')::date - 1
                     and p.starts_at >= $3 and p.starts_at < $4)",
            params![tx.tenant(), site, window.start(), window.end()],
        )
        .await?;
    Ok(found.unwrap_or(0))
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
