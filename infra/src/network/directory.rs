use std::collections::HashMap;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use trunkline_domain::{
    id::{QueueId, SiteId, SkillId, TeamId},
    time::Grain,
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

read_model! {
    /// A site as it is read.
    pub struct SiteView {
        /// Its id.
        pub id: SiteId,
        /// Short code, unique in the tenant.
        pub code: String,
        /// Name in English.
        pub name_en: String,
        /// Name in Chinese.
        pub name_zh: String,
        /// IANA zone of its local times.
        pub time_zone: String,
        /// PLANNED, OPEN, PAUSED or CLOSED.
        pub state: String,
        /// Opening hours as the domain writes them; `None` = always open.
        pub opening: Option<Json>,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

impl SiteView {
    /// The zone of its local times; UTC when the name is unknown to this build's zone data.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

read_model! {
    /// A team as it is read.
    pub struct TeamView {
        /// Its id.
        pub id: TeamId,
        /// Its site.
        pub site_id: SiteId,
        /// Short code, unique at its site.
        pub code: String,
        /// Name in English.
        pub name_en: String,
        /// Name in Chinese.
        pub name_zh: String,
        /// Grows with every change.
        pub version: i32,
    }
}

read_model! {
    /// A skill as it is read.
    pub struct SkillView {
        /// Its id.
        pub id: SkillId,
        /// Short code, unique in the tenant.
        pub code: String,
        /// Name in English.
        pub name_en: String,
        /// Name in Chinese.
        pub name_zh: String,
    }
}

read_model! {
    /// A queue as it is read, with the goal in force when it was loaded.
    pub struct QueueView {
        /// Its id.
        pub id: QueueId,
        /// Short code, unique in the tenant.
        pub code: String,
        /// Name in English.
        pub name_en: String,
        /// Name in Chinese.
        pub name_zh: String,
        /// IANA zone of its local days.
        pub time_zone: String,
        /// Native interval length in minutes.
        pub grain_minutes: i32,
        /// Skill that an agent must have to take its contacts; `None` = any agent.
        pub skill_id: Option<SkillId>,
        /// Least number of agents on the phone while it is open.
        pub minimum_staff: i32,
        /// Share of rostered time not worked on the queue, 0 to below 1.
        pub shrinkage: Decimal,
        /// The part of it that no roster shows, 0 to at most `shrinkage`.
        pub unplanned_shrinkage: Decimal,
        /// Mean patience of callers in seconds; `None` = unknown.
        pub patience_seconds: Option<Decimal>,
        /// Code of the training that must be passed before its contacts are taken; `None` = none.
        pub training: Option<String>,
        /// Telephone lines as the domain writes them; `None` = nobody has said how many there are.
        pub lines: Option<Json>,
        /// Sites that take its contacts.
        pub site_ids: Vec<SiteId>,
        /// Percent to be answered within the threshold; `None` where the goal sets other limits alone.
        pub service_level: Option<Decimal>,
        /// Most seconds of the mean wait.
        pub max_asa_seconds: Option<i32>,
        /// Most percent of callers who hang up.
        pub max_abandonment: Option<Decimal>,
        /// Most percent of the agents' time spent on contacts.
        pub max_occupancy: Option<Decimal>,
        /// Threshold in seconds.
        pub threshold_seconds: Option<i32>,
        /// How abandoned contacts count, e.g. OFFERED.
        pub method: Option<String>,
        /// An abandoned contact that waited less than this is a short one.
        pub short_abandon_seconds: Option<i32>,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

impl QueueView {
    /// Length of its intervals; half an hour when it is none that this build knows.
    #[must_use]
    pub fn grain(&self) -> Grain {
        let minutes = u32::try_from(self.grain_minutes).ok();
        minutes.and_then(Grain::from_minutes).unwrap_or(Grain::Minutes30)
    }

    /// The zone of its local days; UTC when the name is unknown to this build's zone data.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// The small tables of a tenant, held in memory: no look-up of a name needs the database.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Sites by code.
    pub sites: Vec<SiteView>,
    /// Teams by code.
    pub teams: Vec<TeamView>,
    /// Skills by code.
    pub skills: Vec<SkillView>,
    /// Queues by code.
    pub queues: Vec<QueueView>,
    sites_by_id: HashMap<SiteId, usize>,
    teams_by_id: HashMap<TeamId, usize>,
    skills_by_id: HashMap<SkillId, usize>,
    queues_by_id: HashMap<QueueId, usize>,
}

impl Directory {
    /// The site, if the tenant has it.
    #[must_use]
    pub fn site(&self, id: SiteId) -> Option<&SiteView> {
        self.sites_by_id.get(&id).map(|&at| &self.sites[at])
    }

    /// The team, if the tenant has it.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Option<&TeamView> {
        self.teams_by_id.get(&id).map(|&at| &self.teams[at])
    }

    /// The skill, if the tenant has it.
    #[must_use]
    pub fn skill(&self, id: SkillId) -> Option<&SkillView> {
        self.skills_by_id.get(&id).map(|&at| &self.skills[at])
    }

    /// The queue, if the tenant has it.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<&QueueView> {
        self.queues_by_id.get(&id).map(|&at| &self.queues[at])
    }

    /// The queue with this code.
    #[must_use]
    pub fn queue_by_code(&self, code: &str) -> Option<&QueueView> {
        self.queues.iter().find(|queue| queue.code == code)
    }
}

/// Reads the small tables of the transaction's tenant, goals as they are in force at `now`.
///
/// # Errors
/// What the database says.
pub async fn load_directory(tx: &TenantTx, now: Timestamp) -> Result<Directory, DbError> {
    let tenant = tx.tenant();
    let sites: Vec<SiteView> = tx
        .all(
            "select id, code, name_en, name_zh, time_zone, state, opening, version, created_at, updated_at
             from app.site where tenant_id = $1 order by code",
            params![tenant],
        )
        .await?;
    let teams: Vec<TeamView> = tx
        .all(
            "select id, site_id, code, name_en, name_zh, version
             from app.team where tenant_id = $1 order by code",
            params![tenant],
        )
        .await?;
    let skills: Vec<SkillView> = tx
        .all(
            "select id, code, name_en, name_zh from app.skill where tenant_id = $1 order by code",
            params![tenant],
        )
        .await?;
    let queues: Vec<QueueView> = tx
        .all(
            "select q.id, q.code, q.name_en, q.name_zh, q.time_zone, q.grain_minutes, q.skill_id,
                    q.minimum_staff, q.shrinkage, q.unplanned_shrinkage, q.patience_seconds, q.training, q.lines,
                    q.version, q.created_at, q.updated_at,
                    array(select s.site_id from app.queue_site s
                          where s.tenant_id = q.tenant_id and s.queue_id = q.id) as site_ids,
                    g.service_level, g.max_asa_seconds, g.max_abandonment, g.max_occupancy,
                    g.threshold_seconds, g.method, g.short_abandon_seconds
             from app.queue q
             left join lateral (
                 select * from app.queue_goal g
                 where g.tenant_id = q.tenant_id and g.queue_id = q.id and g.valid_from <= $2
                 order by g.valid_from desc limit 1) g on true
             where q.tenant_id = $1 order by q.code",
            params![tenant, now],
        )
        .await?;
    Ok(Directory {
        sites_by_id: sites.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
        teams_by_id: teams.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
        skills_by_id: skills.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
        queues_by_id: queues.iter().enumerate().map(|(at, it)| (it.id, at)).collect(),
        sites,
        teams,
        skills,
        queues,
    })
}
