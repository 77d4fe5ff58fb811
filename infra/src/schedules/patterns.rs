use jiff::{Timestamp, civil};
use serde::Deserialize as _;
use trunkline_domain::{
    id::{AgentId, ShiftPatternId, SiteId},
    identity::ReachSet,
    schedules::{PatternAssignment, PatternWeeks},
};

use crate::{
    ctx::Ctx,
    db::{DbError, Json, TenantTx, reach_params},
    params, read_model,
};

read_model! {
    /// A pattern of shifts as it is read.
    pub struct ShiftPatternView {
        /// Its id.
        pub id: ShiftPatternId,
        /// Whose.
        pub site_id: SiteId,
        /// What planners call it.
        pub name: String,
        weeks: Json,
        /// Made at.
        pub created_at: Timestamp,
    }
}

impl ShiftPatternView {
    /// Its ordered weeks.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn weeks(&self) -> Result<PatternWeeks, DbError> {
        read_weeks(&self.weeks, self.id)
    }
}

fn read_weeks(weeks: &Json, id: ShiftPatternId) -> Result<PatternWeeks, DbError> {
    PatternWeeks::deserialize(weeks)
        .map_err(|error| DbError::Internal(format!("pattern {id}: {error}")))
}

read_model! {
    /// A pattern given to an agent, as it is read.
    pub struct PatternAssignmentView {
        /// To whom.
        pub agent_id: AgentId,
        /// From which Monday on.
        pub starts_on: civil::Date,
        /// Which; `None` = no pattern from then on.
        pub pattern_id: Option<ShiftPatternId>,
        /// Week of the rotation in which the Monday lies, from 0.
        pub first_week: i32,
        weeks: Option<Json>,
    }
}

impl PatternAssignmentView {
    /// The same as the domain knows it.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn known(&self) -> Result<PatternAssignment, DbError> {
        let weeks = self.pattern_id.zip(self.weeks.as_ref());
        Ok(PatternAssignment {
            agent: self.agent_id,
            starts_on: self.starts_on,
            weeks: weeks.map(|(id, weeks)| read_weeks(weeks, id)).transpose()?,
            first_week: usize::try_from(self.first_week).unwrap_or(0),
        })
    }
}

const COLUMNS: &str = "id, site_id, name, weeks, created_at";

/// The patterns of a site, by name.
///
/// # Errors
/// What the database says.
pub async fn shift_patterns(tx: &TenantTx, site: SiteId) -> Result<Vec<ShiftPatternView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.shift_pattern where tenant_id = $1 and site_id = $2 order by name, id"
    );
    tx.all(sql, params![tx.tenant(), site]).await
}

/// The pattern with this id, whoever may see it: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn shift_pattern_by_id(
    tx: &TenantTx,
    id: ShiftPatternId,
) -> Result<Option<ShiftPatternView>, DbError> {
    let sql = format!("select {COLUMNS} from app.shift_pattern where tenant_id = $1 and id = $2");
    tx.one(sql, params![tx.tenant(), id]).await
}

/// What those agents of a site who are within `reach` were given, by agent and Monday.
///
/// # Errors
/// What the database says.
pub async fn pattern_assignments(
    tx: &TenantTx,
    site: SiteId,
    reach: &ReachSet,
) -> Result<Vec<PatternAssignmentView>, DbError> {
    let mut params = params![tx.tenant(), site];
    params.extend(reach_params(reach));
    tx.all(
        "select p.agent_id, p.starts_on, p.pattern_id, p.first_week, t.weeks
         from app.pattern_assignment p
         join app.agent a on a.tenant_id = p.tenant_id and a.id = p.agent_id
         left join app.shift_pattern t on t.tenant_id = p.tenant_id and t.id = p.pattern_id
         where p.tenant_id = $1 and a.site_id = $2 and a.status = 'ACTIVE'
           and ($3 or a.site_id = any($4) or a.team_id = any($5) or a.id = $6)
         order by p.agent_id, p.starts_on",
        params,
    )
    .await
}

/// Stores a pattern.
///
/// # Errors
/// What the database says; `shift_pattern_name_unique` when the site has one of that name.
pub async fn insert_shift_pattern(
    tx: &TenantTx,
    ctx: &Ctx,
    id: ShiftPatternId,
    site: SiteId,
    name: &str,
    weeks: &PatternWeeks,
) -> Result<(), DbError> {
    let weeks = serde_json::to_value(weeks)
        .map_err(|error| DbError::Internal(format!("pattern {id}: {error}")))?;
    tx.run(
        "insert into app.shift_pattern (tenant_id, id, site_id, name, weeks, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        params![tx.tenant(), id, site, name, weeks, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}

/// Gives agents a pattern, or none, from a Monday on; what begins on that day is replaced.
///
/// # Errors
/// What the database says.
pub async fn assign_pattern(
    tx: &TenantTx,
    ctx: &Ctx,
    agents: &[AgentId],
    pattern: Option<ShiftPatternId>,
    starts_on: civil::Date,
    first_week: i32,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.pattern_assignment (tenant_id, agent_id, starts_on, pattern_id, first_week,
                                             assigned_by, assigned_at)
         select $1, agent, $3, $4, $5, $6, $7 from unnest($2::uuid[]) as agent
         on conflict on constraint pattern_assignment_pkey do update
         set (pattern_id, first_week, assigned_by, assigned_at)
             = (excluded.pattern_id, excluded.first_week, excluded.assigned_by, excluded.assigned_at)",
        params![
            tx.tenant(),
            agents,
            starts_on,
            pattern,
            first_week,
            ctx.actor(),
            ctx.now()
        ],
    )
    .await?;
    Ok(())
}
