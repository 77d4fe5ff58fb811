//! What the queues of a site require of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use trunkline_domain::{
    id::{QueueId, RequirementId, SiteId, SkillId},
    schedules::{Coverage, CoverageLine, IntervalAxis, generator::QueueNeed, share_of},
    time::Span,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    struct QueueRow {
        id: QueueId,
        skill_id: Option<SkillId>,
        grain_minutes: u32,
        own: i64,
        all_agents: i64,
    }
}
read_model! {
    struct PointRow {
        requirement_id: RequirementId,
        queue_id: QueueId,
        starts_at: Timestamp,
        to_schedule: i32,
    }
}

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
/// without notice. Breaks and leave stand on the roster, so they are not added here. Each interval takes the latest requirement that was computed for it. A queue that several sites
/// serve asks of each its share of the agents who can take its contacts.
pub(super) async fn load_requirement(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Option<Required>, DbError> {
    let points: Vec<PointRow> = tx
        .all(
            "select distinct on (r.queue_id, p.starts_at)
                    r.id as requirement_id, r.queue_id, p.starts_at, p.to_schedule
             from app.requirement r
             join app.requirement_point p on p.tenant_id = r.tenant_id and p.requirement_id = r.id
             where r.tenant_id = $1
               and r.queue_id in (select q.queue_id from app.queue_site q
                                  where q.tenant_id = $1 and q.site_id = $2)
               and p.starts_at >= $3 and p.starts_at < $4
             order by r.queue_id, p.starts_at, r.created_at desc, r.id desc",
            params![tx.tenant(), site, window.start(), window.end()],
        )
        .await?;
    if points.is_empty() {
        return Ok(None);
    }
    let queues: Vec<QueueRow> = tx
        .all(
            "select q.id, q.skill_id, q.grain_minutes::bigint as grain_minutes,
                    count(*) filter (where a.site_id = $2) as own, count(*) as all_agents
             from app.queue_site here
             join app.queue q on q.tenant_id = here.tenant_id and q.id = here.queue_id
             join app.queue_site s on s.tenant_id = q.tenant_id and s.queue_id = q.id
             join app.agent a on a.tenant_id = s.tenant_id and a.site_id = s.site_id
                             and a.status = 'ACTIVE'
             where here.tenant_id = $1 and here.site_id = $2 and q.grain_minutes <= 60
               and (q.skill_id is null or exists (
                    select from app.agent_skill k where k.tenant_id = a.tenant_id
                       and k.agent_id = a.id and k.skill_id = q.skill_id))
             group by q.id, q.skill_id, q.grain_minutes",
            params![tx.tenant(), site],
        )
        .await?;
    Ok(arranged(site, window, &queues, &points))
}

fn arranged(
    site: SiteId,
    window: Span,
    queues: &[QueueRow],
    points: &[PointRow],
) -> Option<Required> {
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
        let agents = share_of(point.to_schedule, queue.own, queue.all_agents);
        let span = Span::of_seconds(point.starts_at, i64::from(queue.grain_minutes) * 60);
        for index in axis.indices(span) {
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
