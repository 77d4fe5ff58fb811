//! What was computed for the queues of a site, as rosters and their effects take it: one way to read
//! it for all.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use trunkline_domain::{
    forecasting::{model::ForecastPoint, quantiles::Quantiles},
    id::{ForecastId, QueueId, RequirementId, SiteId, SkillId},
    network::ServiceGoal,
    schedules::SiteShare,
    staffing::unplanned_share,
    time::Span,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    staffing::{goals_of, unplanned_shrinkages},
};

read_model! {
    /// A queue of a site.
    pub(super) struct SiteQueue {
        pub(super) id: QueueId,
        pub(super) skill_id: Option<SkillId>,
        pub(super) grain_minutes: u32,
        pub(super) patience_seconds: Option<f64>,
        pub(super) unplanned_shrinkage: f64,
        pub(super) own: i64,
        pub(super) all_agents: i64,
        pub(super) sites: i64,
    }
}

impl SiteQueue {
    /// What the site has of the agents who can take the queue's contacts.
    pub(super) fn share(&self) -> SiteShare {
        SiteShare::of_sites(self.own, self.all_agents, self.sites)
    }

    /// What the site owes of `agents` that the queue requires.
    pub(super) fn agents_owed(&self, agents: i32) -> u16 {
        self.share().agents(agents)
    }

    /// The interval of the queue that begins at an instant.
    pub(super) fn interval(&self, starts_at: Timestamp) -> Span {
        Span::of_seconds(starts_at, i64::from(self.grain_minutes) * 60)
    }
}

read_model! {
    /// An interval of the latest requirement that was computed for it.
    pub(super) struct RequiredPoint {
        pub(super) queue_id: QueueId,
        pub(super) starts_at: Timestamp,
        pub(super) requirement_id: RequirementId,
        pub(super) forecast_id: ForecastId,
        pub(super) to_schedule: i32,
    }
}

/// What was computed for the queues of a site.
pub(super) struct SiteQueues {
    /// Queues of intervals up to an hour, by id.
    pub(super) queues: Vec<SiteQueue>,
    /// Their intervals, by queue and time; those of other queues of the site may be among them.
    pub(super) points: Vec<RequiredPoint>,
}

/// Reads what was computed for the queues of a site over `window`: each interval by the latest
/// requirement that was computed for it. No queues where nothing was. Who can take a queue's contacts
/// is who holds its skill on the first local day of the window: the share does not change within it.
pub(super) async fn load_site_queues(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<SiteQueues, DbError> {
    let points: Vec<RequiredPoint> = tx
        .all(
            "select distinct on (r.queue_id, p.starts_at)
                    r.queue_id, p.starts_at, r.id as requirement_id, r.forecast_id, p.to_schedule
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
        return Ok(SiteQueues { queues: Vec::new(), points });
    }
    // A queue that nobody can serve stays: what it requires is missing all the same.
    let queues = tx
        .all(
            "select q.id, q.skill_id, q.grain_minutes::bigint as grain_minutes,
                    q.patience_seconds::float8 as patience_seconds,
                    q.unplanned_shrinkage::float8 as unplanned_shrinkage,
                    count(a.id) filter (where a.site_id = $2) as own, count(a.id) as all_agents,
                    count(distinct s.site_id) as sites
             from app.queue_site here
             join app.site site on site.tenant_id = here.tenant_id and site.id = here.site_id
             join app.queue q on q.tenant_id = here.tenant_id and q.id = here.queue_id
             join app.queue_site s on s.tenant_id = q.tenant_id and s.queue_id = q.id
             left join app.agent a on a.tenant_id = s.tenant_id and a.site_id = s.site_id
                  and a.status = 'ACTIVE'
                  and (q.skill_id is null or exists (
                       select from app.agent_skill k where k.tenant_id = a.tenant_id
                          and k.agent_id = a.id and k.skill_id = q.skill_id
                          and (k.valid_until is null or k.valid_until
                               >= ($3::timestamptz at time zone site.time_zone)::date)))
             where here.tenant_id = $1 and here.site_id = $2 and q.grain_minutes <= 60
             group by q.id, q.skill_id, q.grain_minutes, q.patience_seconds, q.unplanned_shrinkage
             order by q.id",
            params![tx.tenant(), site, window.start()],
        )
        .await?;
    Ok(SiteQueues { queues, points })
}

read_model! {
    struct ForecastRow {
        forecast_id: ForecastId,
        starts_at: Timestamp,
        volume: f64,
        handle_time_seconds: f64,
    }
}

/// A queue of a site with what is forecast for all of it.
pub(super) struct QueueForecast {
    pub(super) queue: SiteQueue,
    /// Its intervals, in order: of each the forecast of the latest requirement that was computed for it.
    pub(super) points: Vec<ForecastPoint>,
    /// Its goals, oldest first.
    pub(super) goals: Vec<ServiceGoal>,
    /// Share of its agents who do not come without notice, 0 to below 1.
    pub(super) unplanned_shrinkage: f64,
}

/// The queues of a site over `window` as they are forecast, by id. None where nothing was computed.
pub(super) async fn load_forecasts(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Vec<QueueForecast>, DbError> {
    let SiteQueues { queues, points } = load_site_queues(tx, site, window).await?;
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    let expected = load_expected(tx, &points, window).await?;
    let ids: Vec<QueueId> = queues.iter().map(|queue| queue.id).collect();
    let mut goals = goals_of(tx, &ids).await?;
    let counted = unplanned_shrinkages(tx, &ids, (window.start(), window.end())).await?;
    let of_queue = |queue: SiteQueue| {
        let own = points.iter().filter(|point| point.queue_id == queue.id);
        let forecast = |point: &RequiredPoint| {
            let (volume, handle_time_seconds) =
                *expected.get(&(point.forecast_id, point.starts_at))?;
            let span = queue.interval(point.starts_at);
            Some(ForecastPoint {
                span,
                volume,
                quantiles: Quantiles::default(),
                handle_time_seconds,
            })
        };
        let counted = counted.get(&queue.id).copied();
        QueueForecast {
            points: own.filter_map(forecast).collect(),
            goals: goals.remove(&queue.id).unwrap_or_default(),
            unplanned_shrinkage: unplanned_share(counted, queue.unplanned_shrinkage),
            queue,
        }
    };
    Ok(queues.into_iter().map(of_queue).collect())
}

/// What the forecasts behind these points expect over `window`: contacts of the whole queue and seconds
/// per contact, by forecast and start. Points without a forecast of their start are not there.
async fn load_expected(
    tx: &TenantTx,
    points: &[RequiredPoint],
    window: Span,
) -> Result<HashMap<(ForecastId, Timestamp), (f64, f64)>, DbError> {
    let forecasts: BTreeSet<ForecastId> = points.iter().map(|point| point.forecast_id).collect();
    let forecasts: Vec<ForecastId> = forecasts.into_iter().collect();
    let rows: Vec<ForecastRow> = tx
        .all(
            "select forecast_id, starts_at, volume, handle_time_seconds from app.forecast_point
             where tenant_id = $1 and forecast_id = any($2) and starts_at >= $3 and starts_at < $4",
            params![tx.tenant(), forecasts, window.start(), window.end()],
        )
        .await?;
    let expected = |row: &ForecastRow| {
        ((row.forecast_id, row.starts_at), (row.volume, row.handle_time_seconds))
    };
    Ok(rows.iter().map(expected).collect())
}
