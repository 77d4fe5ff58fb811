//! What was computed for the queues of a site, as rosters and their effects take it: one way to read
//! it for all.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use trunkline_domain::{
    forecasting::{model::ForecastPoint, quantiles::Quantiles},
    id::{ForecastId, QueueId, RequirementId, SiteId, SkillId},
    network::ServiceGoal,
    schedules::SiteShare,
    staffing::{NewestFirst, VersionReach, unplanned_share},
    time::Span,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    staffing::goals_of,
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

/// An interval of the latest requirement that was computed for it.
pub(super) struct RequiredPoint {
    pub(super) queue_id: QueueId,
    pub(super) starts_at: Timestamp,
    pub(super) requirement_id: RequirementId,
    pub(super) forecast_id: ForecastId,
    pub(super) to_schedule: i32,
    /// The grade that some of them must have, and how many; `None` is none.
    pub(super) seniors: Option<(u8, i32)>,
    /// Share of the agents that was counted as absent; `None` where the requirement does not say.
    unplanned: Option<f64>,
}

/// What was computed for the queues of a site.
pub(super) struct SiteQueues {
    /// Queues of intervals up to an hour, by id.
    pub(super) queues: Vec<SiteQueue>,
    /// Their intervals, by queue and time; those of other queues of the site may be among them.
    pub(super) points: Vec<RequiredPoint>,
}

read_model! {
    /// A requirement with the starts of its first and last interval in a window.
    struct VersionRow {
        id: RequirementId,
        queue_id: QueueId,
        forecast_id: ForecastId,
        grain_minutes: u32,
        unplanned: Option<f64>,
        first_at: Timestamp,
        last_at: Timestamp,
    }
}

read_model! {
    struct PointRow {
        requirement_id: RequirementId,
        starts_at: Timestamp,
        to_schedule: i32,
        senior_grade: Option<i32>,
        seniors_to_schedule: i32,
        unplanned_shrinkage: Option<f64>,
    }
}

impl VersionRow {
    fn point(&self, row: &PointRow) -> RequiredPoint {
        let grade = row.senior_grade.and_then(|grade| u8::try_from(grade).ok());
        RequiredPoint {
            queue_id: self.queue_id,
            starts_at: row.starts_at,
            requirement_id: self.id,
            forecast_id: self.forecast_id,
            to_schedule: row.to_schedule,
            seniors: grade.map(|grade| (grade, row.seniors_to_schedule)),
            unplanned: row.unplanned_shrinkage.or(self.unplanned),
        }
    }
}

/// The intervals of a site's queues over `window`, by queue and time, each of the latest requirement
/// that was computed for it. Of older requirements only those are read that fill in what newer ones
/// leave out.
async fn load_points(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<Vec<RequiredPoint>, DbError> {
    // The days of a forecast bound where its intervals can be; a day more on either side, for zones.
    let versions: Vec<VersionRow> = tx
        .all(
            "select r.id, r.queue_id, r.forecast_id, q.grain_minutes::bigint as grain_minutes,
                    (r.inputs ->> 'unplannedShrinkage')::float8 as unplanned,
                    reach.first_at, reach.last_at
             from app.requirement r
             join app.queue_site s on s.tenant_id = r.tenant_id and s.queue_id = r.queue_id
             join app.queue q on q.tenant_id = r.tenant_id and q.id = r.queue_id
             join app.forecast f on f.tenant_id = r.tenant_id and f.id = r.forecast_id
             cross join lateral (
                 select min(p.starts_at) as first_at, max(p.starts_at) as last_at
                 from app.requirement_point p
                 where p.tenant_id = r.tenant_id and p.requirement_id = r.id
                   and p.starts_at >= $3 and p.starts_at < $4) reach
             where r.tenant_id = $1 and s.site_id = $2
               and f.starts_on <= ($4::timestamptz at time zone 'UTC')::date + 1
               and f.starts_on + f.days >= ($3::timestamptz at time zone 'UTC')::date - 1
               and reach.first_at is not null
             order by r.queue_id, r.created_at desc, r.id desc",
            params![tx.tenant(), site, window.start(), window.end()],
        )
        .await?;
    let mut walks: BTreeMap<QueueId, NewestFirst<usize>> = BTreeMap::new();
    for (version, row) in versions.iter().enumerate() {
        let walk = walks.entry(row.queue_id);
        let walk = walk.or_insert_with(|| NewestFirst::new(row.grain_minutes * 60));
        walk.push(VersionReach { version, first: row.first_at, last: row.last_at });
    }
    let mut points: BTreeMap<(QueueId, Timestamp), RequiredPoint> = BTreeMap::new();
    loop {
        let turn: Vec<usize> = walks.values_mut().flat_map(NewestFirst::to_read).collect();
        if turn.is_empty() {
            return Ok(points.into_values().collect());
        }
        let ids: Vec<RequirementId> = turn.iter().map(|place| versions[*place].id).collect();
        let rows: Vec<PointRow> = tx
            .all(
                "select requirement_id, starts_at, to_schedule, senior_grade, seniors_to_schedule,
                        unplanned_shrinkage
                 from app.requirement_point
                 where tenant_id = $1 and requirement_id = any($2)
                   and starts_at >= $3 and starts_at < $4",
                params![tx.tenant(), ids, window.start(), window.end()],
            )
            .await?;
        let mut of_version: HashMap<RequirementId, Vec<PointRow>> = HashMap::new();
        for row in rows {
            of_version.entry(row.requirement_id).or_default().push(row);
        }
        // Of each queue the newest first: what is there already stays.
        for version in turn.into_iter().map(|place| &versions[place]) {
            for row in of_version.remove(&version.id).unwrap_or_default() {
                let place = (version.queue_id, row.starts_at);
                points.entry(place).or_insert_with(|| version.point(&row));
                if let Some(walk) = walks.get_mut(&version.queue_id) {
                    walk.know(row.starts_at);
                }
            }
        }
    }
}

/// Reads what was computed for the queues of a site over `window`: each interval by the latest
/// requirement that was computed for it. No queues where nothing was. Who can take a queue's contacts
/// is who holds its skill on the first local day of the window: the share does not change within it.
pub(super) async fn load_site_queues(
    tx: &TenantTx,
    site: SiteId,
    window: Span,
) -> Result<SiteQueues, DbError> {
    let points = load_points(tx, site, window).await?;
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
    /// Of each of them the share of the agents who do not come without notice, 0 to below 1.
    pub(super) unplanned: Vec<f64>,
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
    let of_queue = |queue: SiteQueue| {
        let own = points.iter().filter(|point| point.queue_id == queue.id);
        let forecast = |point: &RequiredPoint| {
            let (volume, handle_time_seconds) =
                *expected.get(&(point.forecast_id, point.starts_at))?;
            let span = queue.interval(point.starts_at);
            let quantiles = Quantiles::default();
            let forecast = ForecastPoint { span, volume, quantiles, handle_time_seconds };
            Some((forecast, unplanned_share(point.unplanned, queue.unplanned_shrinkage)))
        };
        let (points, unplanned) = own.filter_map(forecast).unzip();
        let goals = goals.remove(&queue.id).unwrap_or_default();
        QueueForecast { points, unplanned, goals, queue }
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
