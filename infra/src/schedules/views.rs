use jiff::{Timestamp, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, ScheduleId, ShiftId, SiteId, UserId},
    identity::ReachSet,
    schedules::{Activity, Assumptions, NewShift, Shift, SkillNeed, unpack},
    time::Span,
};

use super::Generation;
use crate::{
    db::{Cursor, DbError, Json, Param as _, TenantTx, Value, reach_params},
    params, read_model,
};

read_model! {
    /// A shift as it is read.
    pub struct ShiftView {
        /// Its id.
        pub id: ShiftId,
        /// The schedule it belongs to.
        pub schedule_id: ScheduleId,
        /// Where it is worked.
        pub site_id: SiteId,
        /// Who works it; `None` while it is open.
        pub agent_id: Option<AgentId>,
        /// Start.
        pub starts_at: Timestamp,
        /// End.
        pub ends_at: Timestamp,
        /// Date on which it counts.
        pub local_date: civil::Date,
        /// Activities as the domain packs them.
        pub activities: Vec<u8>,
        /// `[{"skill", "grade"}]` that its agent must have.
        pub needs: Json,
        /// DRAFT, PUBLISHED, SUPERSEDED with its schedule, or REMOVED: taken out of its schedule.
        pub state: String,
        /// Grows with every change.
        pub version: i32,
    }
}

impl ShiftView {
    /// From when to when.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.starts_at, self.ends_at).unwrap_or(Span::of_seconds(self.starts_at, 0))
    }

    /// What is done, in order.
    ///
    /// # Errors
    /// When the stored bytes are damaged.
    pub fn parts(&self) -> Result<Vec<Activity>, DbError> {
        unpack(&self.activities, self.span()).map_err(|error| damaged(self.id, &error))
    }

    /// Skills that it asks of whoever works it.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn needs(&self) -> Result<Vec<SkillNeed>, DbError> {
        serde_json::from_value(self.needs.clone()).map_err(|error| damaged(self.id, &error))
    }

    /// The shift as the rules look at it; `None` while nobody works it.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn shift(&self, zone: &TimeZone) -> Result<Option<Shift>, DbError> {
        let Some(agent) = self.agent_id else { return Ok(None) };
        let new = NewShift {
            id: self.id,
            agent,
            site: self.site_id,
            span: self.span(),
            activities: self.parts()?,
            needs: self.needs()?,
            version: self.version,
        };
        Shift::new(new, zone).map(Some).map_err(|error| damaged(self.id, &error))
    }
}

fn damaged(id: ShiftId, error: &dyn std::fmt::Display) -> DbError {
    DbError::Internal(format!("shift {id}: {error}"))
}

/// States of shifts that a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftStates {
    /// What agents see.
    Published,
    /// Drafts too, for those who plan.
    PublishedAndDraft,
}

impl ShiftStates {
    fn names(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Published => &["PUBLISHED"],
            Self::PublishedAndDraft => &["PUBLISHED", "DRAFT"],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }
}

pub(super) const SHIFT_COLUMNS: &str = "s.id, s.schedule_id, s.site_id, s.agent_id, s.starts_at, \
     s.ends_at, s.local_date, s.activities, s.needs, s.state, s.version";

/// Published shifts of one agent that overlap `[from, to)`, by start.
///
/// # Errors
/// What the database says.
pub async fn own_shifts(
    tx: &TenantTx,
    agent: AgentId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<ShiftView>, DbError> {
    shifts_of_agents(tx, &[agent], from, to, ShiftStates::Published).await
}

/// Shifts of these agents that overlap `[from, to)`, by agent and start.
///
/// # Errors
/// What the database says.
pub async fn shifts_of_agents(
    tx: &TenantTx,
    agents: &[AgentId],
    from: Timestamp,
    to: Timestamp,
    states: ShiftStates,
) -> Result<Vec<ShiftView>, DbError> {
    // No shift lasts longer than two days (shift_span_order), which bounds the index scan.
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.agent_id = any($2) and s.state = any($5)
           and s.starts_at < $4 and s.ends_at > $3 and s.starts_at > $3 - interval '48 hours'
         order by s.agent_id, s.starts_at, s.id"
    );
    tx.all(sql, params![tx.tenant(), agents, from, to, states.names()]).await
}

/// Shifts of these sites that overlap `[from, to)` and lie within `reach`, by start.
///
/// # Errors
/// What the database says.
pub async fn shifts_of_sites(
    tx: &TenantTx,
    reach: &ReachSet,
    sites: &[SiteId],
    (from, to): (Timestamp, Timestamp),
    states: ShiftStates,
) -> Result<Vec<ShiftView>, DbError> {
    let mut params = params![tx.tenant(), sites, from, to, states.names()];
    params.extend(reach_params(reach));
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.site_id = any($2) and s.state = any($5)
           and s.starts_at < $4 and s.ends_at > $3 and s.starts_at > $3 - interval '48 hours'
           and ($6 or s.site_id = any($7) or s.agent_id in (
                select a.id from app.agent a
                where a.tenant_id = s.tenant_id and (a.team_id = any($8) or a.id = $9)))
         order by s.starts_at, s.id"
    );
    tx.all(sql, params).await
}

/// Shifts of a schedule that overlap `[from, to)`, by start, as they stand or, of a superseded one,
/// stood last; those taken out of it are not among them.
///
/// # Errors
/// What the database says.
pub async fn shifts_of_schedule(
    tx: &TenantTx,
    schedule: &ScheduleView,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<ShiftView>, DbError> {
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s
         where s.tenant_id = $1 and s.schedule_id = $2 and s.state = $5
           and s.starts_at < $4 and s.ends_at > $3
         order by s.starts_at, s.id"
    );
    tx.all(sql, params![tx.tenant(), schedule.id, from, to, schedule.state]).await
}

/// The shifts with these ids, whoever may see them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn shifts_by_id(tx: &TenantTx, ids: &[ShiftId]) -> Result<Vec<ShiftView>, DbError> {
    let sql = format!(
        "select {SHIFT_COLUMNS} from app.shift s where s.tenant_id = $1 and s.id = any($2)"
    );
    tx.all(sql, params![tx.tenant(), ids]).await
}

read_model! {
    /// A plan of one site over some days.
    pub struct ScheduleView {
        /// Its id.
        pub id: ScheduleId,
        /// Whose plan.
        pub site_id: SiteId,
        /// First day.
        pub starts_on: civil::Date,
        /// Last day, inclusive.
        pub ends_on: civil::Date,
        /// DRAFT, PUBLISHED or SUPERSEDED.
        pub state: String,
        /// Grows with every change of it or its shifts.
        pub version: i32,
        /// Seed from which it was generated.
        pub seed: Option<i64>,
        /// What it was made from and what it leaves undone.
        pub result: Json,
        /// Who made it.
        pub created_by: Option<UserId>,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
        /// Published at.
        pub published_at: Option<Timestamp>,
        /// The one that it lies over, as a what-if scenario or as a proposal.
        pub base_id: Option<ScheduleId>,
        /// What its planner calls it.
        pub name: Option<String>,
        assumptions: Json,
    }
}

impl ScheduleView {
    /// Its days, whole, in the zone of its site.
    #[must_use]
    pub fn days(&self, zone: &TimeZone) -> Span {
        Span::of_days(self.starts_on, self.ends_on, zone)
    }

    /// The schedule over which it lies, as a what-if scenario or as a proposal, open or ended. `None` when
    /// it lies over none, and once it was published: since then it is a plan of its own.
    #[must_use]
    pub fn laid_over(&self) -> Option<ScheduleId> {
        self.base_id.filter(|_| self.published_at.is_none())
    }

    /// The same while it can be changed and merged: neither merged nor thrown away.
    #[must_use]
    pub fn open_over(&self) -> Option<ScheduleId> {
        self.laid_over().filter(|_| self.state == "DRAFT")
    }

    /// Whether it still has all the days of what lies over it: some are gone from it once a draft has
    /// taken them over.
    #[must_use]
    pub fn has_days_of(&self, over: &Self) -> bool {
        self.starts_on <= over.starts_on && over.ends_on <= self.ends_on
    }

    /// What it assumes beside its shifts; nothing when it is [laid over](Self::laid_over) none.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn assumptions(&self) -> Result<Assumptions, DbError> {
        if self.laid_over().is_none() {
            return Ok(Assumptions::default());
        }
        serde_json::from_value(self.assumptions.clone())
            .map_err(|error| DbError::Internal(format!("assumptions of {}: {error}", self.id)))
    }

    /// How it was generated; `None` when there is no record of that.
    #[must_use]
    pub fn generation(&self) -> Option<Generation> {
        serde_json::from_value(self.result.clone()).ok()
    }

    /// Its place in the list of [`list_schedules`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.starts_on.to_string(), id: self.id.uuid() }
    }
}

const SCHEDULE_COLUMNS: &str = "c.id, c.site_id, c.starts_on, c.ends_on, c.state, c.version, \
     c.seed, c.result, c.created_by, c.created_at, c.updated_at, c.published_at, c.base_id, c.name, \
     c.assumptions";

/// The schedule with this id, whoever may see it: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn schedule_by_id(
    tx: &TenantTx,
    id: ScheduleId,
) -> Result<Option<ScheduleView>, DbError> {
    let sql = format!(
        "select {SCHEDULE_COLUMNS} from app.schedule c where c.tenant_id = $1 and c.id = $2"
    );
    tx.one(sql, params![tx.tenant(), id]).await
}

/// What a list of schedules is narrowed to.
#[derive(Debug, Clone)]
pub struct ScheduleFilter {
    /// Whose plans.
    pub site: SiteId,
    /// Whether drafts and superseded ones are shown.
    pub all_states: bool,
}

impl ScheduleFilter {
    fn params(&self, tx: &TenantTx, limit: i64) -> Vec<Value> {
        params![tx.tenant(), self.site, self.all_states, limit]
    }
}

const SCHEDULE_WHERE: &str =
    "c.tenant_id = $1 and c.site_id = $2 and ($3 or c.state = 'PUBLISHED')";

/// Up to `limit` schedules of a site after `after`, latest first.
///
/// # Errors
/// What the database says.
pub async fn list_schedules(
    tx: &TenantTx,
    filter: &ScheduleFilter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<ScheduleView>, DbError> {
    let mut params = filter.params(tx, limit);
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and (c.starts_on, c.id) < ($5::date, $6)";
        params.extend([cursor.key.value(), cursor.id.value()]);
    }
    let sql = format!(
        "select {SCHEDULE_COLUMNS} from app.schedule c where {SCHEDULE_WHERE} {keyset}
         order by c.starts_on desc, c.id desc limit $4"
    );
    tx.all(sql, params).await
}

/// Number of schedules of a site, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_schedules(
    tx: &TenantTx,
    filter: &ScheduleFilter,
    bound: i64,
) -> Result<i64, DbError> {
    let sql = format!(
        "select count(*) as value
         from (select from app.schedule c where {SCHEDULE_WHERE} limit $4) counted"
    );
    Ok(tx.scalar(sql, filter.params(tx, bound)).await?.unwrap_or(0))
}

#[cfg(test)]
mod tests;
