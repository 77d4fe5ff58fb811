//! What is forecast for the queues of a site.

use jiff::Timestamp;
use trunkline_domain::{
    id::{QueueId, SiteId, SkillId},
    network::goal_at,
    schedules::QueueDemand,
    time::Span,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    staffing::goals_of,
};

read_model! {
    struct QueueRow {
        id: QueueId,
        skill_id: Option<SkillId>,
        grain_minutes: u32,
        patience_seconds: Option<f64>,
        own: i64,
        all_agents: i64,
    }
}
read_model! {
    struct PointRow {
        queue_id: QueueId,
        starts_at: Timestamp,
        volume: Option<f64>,
        handle_time_seconds: Option<f64>,
    }
}

/// What is forecast for the queues of a site over `window`, as the requirement took it: each interval
/// of the latest requirement that was computed for it. Of a queue that several sites serve a site has
/// its share, by the agents who can take its contacts.
///
/// # Errors
/// What the database says.
pub async fn load_demand(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Vec<QueueDemand>, DbError> {
    let points: Vec<PointRow> = tx
        .all(
            "select distinct on (r.queue_id, p.starts_at)
                    r.queue_id, p.starts_at, f.volume, f.handle_time_seconds
             from app.requirement r
             join app.requirement_point p on p.tenant_id = r.tenant_id and p.requirement_id = r.id
             left join app.forecast_point f on f.tenant_id = r.tenant_id
                  and f.forecast_id = r.forecast_id and f.starts_at = p.starts_at
             where r.tenant_id = $1
               and r.queue_id in (select q.queue_id from app.queue_site q
                                  where q.tenant_id = $1 and q.site_id = $2)
               and p.starts_at >= $3 and p.starts_at < $4
             order by r.queue_id, p.starts_at, r.created_at desc, r.id desc",
            params![tx.tenant(), site, window.start(), window.end()],
        )
        .await?;
    if points.is_empty() {
        return Ok(Vec::new());
    }
    let queues: Vec<QueueRow> = tx
        .all(
            "select q.id, q.skill_id, q.grain_minutes::bigint as grain_minutes,
                    q.patience_seconds::float8 as patience_seconds,
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
             group by q.id, q.skill_id, q.grain_minutes, q.patience_seconds
             order by q.id",
            params![tx.tenant(), site],
        )
        .await?;
    let ids: Vec<QueueId> = queues.iter().map(|queue| queue.id).collect();
    let goals = goals_of(tx, &ids).await?;
    let demand = |queue: &QueueRow| {
        let share = queue.own as f64 / queue.all_agents.max(1) as f64;
        let of_queue = points.iter().filter(|point| point.queue_id == queue.id);
        let known = of_queue.filter_map(|point| {
            let (volume, handle_seconds) = point.volume.zip(point.handle_time_seconds)?;
            let span = Span::of_seconds(point.starts_at, i64::from(queue.grain_minutes) * 60);
            Some((span, volume * share, handle_seconds))
        });
        let own = goals.get(&queue.id).map_or(&[][..], Vec::as_slice);
        let goal = goal_at(own, window.start());
        QueueDemand {
            queue: queue.id,
            skill: queue.skill_id,
            threshold_seconds: goal.map_or(20.0, |goal| f64::from(goal.threshold_seconds)),
            patience_seconds: queue.patience_seconds,
            points: known.collect(),
        }
    };
    Ok(queues.iter().map(demand).collect())
}
