//! What was changed in schedules, by whom, and what that did with single shifts.

use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, ScheduleChangeId, ScheduleId, ShiftId, SiteId},
    schedules::{Activity, Shift, pack, unpack},
    time::Span,
};

use crate::{
    ctx::Ctx,
    db::{Cursor, DbError, Json, Param as _, TenantTx},
    params, read_model,
};

/// Records a change of a schedule, whose version grows by one; gives the record's id.
///
/// # Errors
/// What the database says.
pub async fn insert_change(
    tx: &TenantTx,
    ctx: &Ctx,
    schedule: ScheduleId,
    cause: &str,
    detail: Json,
) -> Result<ScheduleChangeId, DbError> {
    let id: ScheduleChangeId = ctx.new_id();
    let version: Option<i32> = tx
        .scalar(
            "with grown as (
                 update app.schedule set version = version + 1, updated_at = $4
                 where tenant_id = $1 and id = $2 returning version),
             recorded as (
                 insert into app.schedule_change (tenant_id, id, schedule_id, version, cause,
                                                  changed_by, changed_at, detail)
                 select $1, $3, $2, version, $5, $6, $4, $7 from grown)
             select version as value from grown",
            params![tx.tenant(), schedule, id, ctx.now(), cause, ctx.actor(), detail],
        )
        .await?;
    version.map(|_| id).ok_or(DbError::Collision)
}

/// Records what a change did with single shifts: each as it was, and as it is then.
///
/// # Errors
/// What the database says.
pub async fn insert_shift_changes(
    tx: &TenantTx,
    change: ScheduleChangeId,
    shifts: &[(Option<&Shift>, Option<&Shift>)],
) -> Result<(), DbError> {
    let row = |&(before, after): &(Option<&Shift>, Option<&Shift>)| {
        let id = before.or(after).map(|shift| shift.id().uuid().to_string());
        let agent = |shift: Option<&Shift>| shift.map(|it| it.agent().uuid().to_string());
        let start = |shift: Option<&Shift>| shift.map(|it| it.span().start());
        let end = |shift: Option<&Shift>| shift.map(|it| it.span().end());
        json!({ "shift": id, "agent_before": agent(before), "starts_before": start(before),
                "ends_before": end(before), "activities_before": before.map(packed),
                "agent_after": agent(after), "starts_after": start(after),
                "ends_after": end(after), "activities_after": after.map(packed) })
    };
    let rows: Vec<Json> = shifts.iter().map(row).collect();
    tx.run(
        "insert into app.shift_change (tenant_id, change_id, shift_id, agent_before, starts_before,
                                       ends_before, agent_after, starts_after, ends_after,
                                       activities_before, activities_after)
         select $1, $2, n.shift, n.agent_before, n.starts_before, n.ends_before, n.agent_after,
                n.starts_after, n.ends_after, n.activities_before, n.activities_after
         from jsonb_to_recordset($3) as n(shift uuid, agent_before uuid, starts_before timestamptz,
                                          ends_before timestamptz, activities_before bytea,
                                          agent_after uuid, starts_after timestamptz,
                                          ends_after timestamptz, activities_after bytea)
         where n.shift is not null",
        params![tx.tenant(), change, Json::Array(rows)],
    )
    .await?;
    Ok(())
}

/// Activities of a shift, packed, in the notation in which Postgres reads bytes from text: what may be null
/// travels as JSON.
fn packed(shift: &Shift) -> String {
    let bytes = pack(shift.activities(), shift.span());
    bytes.iter().fold(String::from("\\x"), |text, byte| format!("{text}{byte:02x}"))
}

read_model! {
    /// A change of a schedule or of its shifts.
    pub struct ScheduleChangeView {
        /// Its id.
        pub id: ScheduleChangeId,
        /// Whose plan was changed.
        pub site_id: SiteId,
        /// Whether agents saw it already when it was changed.
        pub was_published: bool,
        /// Version of the schedule that it made.
        pub version: i32,
        /// What was done: `edit`, `add`, `activity`, `merge`, `shift_swap`, `publish`, `cut`, `copy`,
        /// `import`.
        pub cause: String,
        /// What the person or program calls itself that did it; `None` = the system.
        pub author: Option<String>,
        /// The agent who that person is.
        pub author_agent: Option<AgentId>,
        /// When.
        pub changed_at: Timestamp,
        /// What else there is to know.
        pub detail: Json,
    }
}

impl ScheduleChangeView {
    /// Its place in the list of [`list_changes`].
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.version.to_string(), id: self.id.uuid() }
    }
}

const CHANGES: &str =
    "select r.id, c.site_id, coalesce(r.changed_at >= c.published_at, false) as was_published,
            r.version, r.cause, coalesce(u.display_name, k.name) as author,
            u.agent_id as author_agent, r.changed_at, r.detail
     from app.schedule_change r
     join app.schedule c on c.tenant_id = r.tenant_id and c.id = r.schedule_id
     left join app.app_user u on u.tenant_id = r.tenant_id and u.id = r.changed_by
     left join app.api_client k on k.tenant_id = r.tenant_id and k.id = r.changed_by";

/// Up to `limit` changes of a schedule after `after`, latest first: all, or those since it was published.
///
/// # Errors
/// What the database says.
pub async fn list_changes(
    tx: &TenantTx,
    (schedule, all): (ScheduleId, bool),
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<ScheduleChangeView>, DbError> {
    let mut params = params![tx.tenant(), schedule, limit, all];
    let mut keyset = "";
    if let Some(cursor) = after {
        keyset = "and (r.version, r.id) < ($5::int, $6)";
        params.extend([cursor.key.value(), cursor.id.value()]);
    }
    let sql = format!(
        "{CHANGES} where r.tenant_id = $1 and r.schedule_id = $2 and ($4 or r.changed_at >= c.published_at) {keyset}
         order by r.version desc, r.id desc limit $3"
    );
    tx.all(sql, params).await
}

/// Number of the same, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_changes(
    tx: &TenantTx,
    (schedule, all): (ScheduleId, bool),
    bound: i64,
) -> Result<i64, DbError> {
    let counted = tx.scalar(
        "select count(*) as value
         from (select from app.schedule_change r
               join app.schedule c on c.tenant_id = r.tenant_id and c.id = r.schedule_id
               where r.tenant_id = $1 and r.schedule_id = $2
                 and ($4 or r.changed_at >= c.published_at) limit $3) counted",
        params![tx.tenant(), schedule, bound, all],
    );
    Ok(counted.await?.unwrap_or(0))
}

/// The changes with these ids, whoever may see them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn changes_by_id(
    tx: &TenantTx,
    ids: &[ScheduleChangeId],
) -> Result<Vec<ScheduleChangeView>, DbError> {
    let sql = format!("{CHANGES} where r.tenant_id = $1 and r.id = any($2)");
    tx.all(sql, params![tx.tenant(), ids]).await
}

read_model! {
    /// That a change did something with a shift.
    pub struct ChangeOfShift {
        /// The shift.
        pub shift_id: ShiftId,
        /// The change.
        pub change_id: ScheduleChangeId,
    }
}

/// Which changes did something with these shifts, the latest first, at most `most` of each shift.
///
/// # Errors
/// What the database says.
pub async fn changes_of_shifts(
    tx: &TenantTx,
    shifts: &[ShiftId],
    most: i64,
) -> Result<Vec<ChangeOfShift>, DbError> {
    tx.all(
        "select n.shift as shift_id, l.id as change_id
         from unnest($2::uuid[]) as n(shift)
         cross join lateral (
             select r.id, r.changed_at from app.shift_change s
             join app.schedule_change r on r.tenant_id = s.tenant_id and r.id = s.change_id
             where s.tenant_id = $1 and s.shift_id = n.shift
             order by r.changed_at desc, r.id desc limit $3) l
         order by n.shift, l.changed_at desc, l.id desc",
        params![tx.tenant(), shifts, most],
    )
    .await
}

read_model! {
    /// What a change did with one shift.
    pub struct ShiftChangeView {
        /// The change.
        pub change_id: ScheduleChangeId,
        /// The shift.
        pub shift_id: ShiftId,
        /// Who worked it before; `None` with both instants = it was not there.
        pub agent_before: Option<AgentId>,
        /// Its start before.
        pub starts_before: Option<Timestamp>,
        /// Its end before.
        pub ends_before: Option<Timestamp>,
        /// Its activities before, as the domain packs them; `None` in old records too.
        pub activities_before: Option<Vec<u8>>,
        /// Who worked it then; `None` with both instants = it went.
        pub agent_after: Option<AgentId>,
        /// Its start then.
        pub starts_after: Option<Timestamp>,
        /// Its end then.
        pub ends_after: Option<Timestamp>,
        /// Its activities then, as the domain packs them; `None` in old records too.
        pub activities_after: Option<Vec<u8>>,
    }
}

/// A shift as a change found it, or as it left it.
#[derive(Debug, Clone)]
pub struct ShiftSide {
    /// Who worked it.
    pub agent: AgentId,
    /// From when to when.
    pub span: Span,
    /// What filled it, in order; empty in records that are older than the keeping of activities.
    pub activities: Vec<Activity>,
}

impl ShiftChangeView {
    /// The shift as it was; `None` = it was not there.
    ///
    /// # Errors
    /// When the stored bytes are damaged.
    pub fn before(&self) -> Result<Option<ShiftSide>, DbError> {
        let activities = self.activities_before.as_deref();
        self.side(self.agent_before, (self.starts_before, self.ends_before), activities)
    }

    /// The shift as it was then; `None` = it went.
    ///
    /// # Errors
    /// When the stored bytes are damaged.
    pub fn after(&self) -> Result<Option<ShiftSide>, DbError> {
        let activities = self.activities_after.as_deref();
        self.side(self.agent_after, (self.starts_after, self.ends_after), activities)
    }

    fn side(
        &self,
        agent: Option<AgentId>,
        (start, end): (Option<Timestamp>, Option<Timestamp>),
        activities: Option<&[u8]>,
    ) -> Result<Option<ShiftSide>, DbError> {
        let (Some(agent), Some(start), Some(end)) = (agent, start, end) else { return Ok(None) };
        let span = Span::new(start, end).unwrap_or(Span::of_seconds(start, 0));
        let activities = match activities {
            Some(bytes) => unpack(bytes, span).map_err(|error| {
                DbError::Internal(format!("change {}: {error}", self.change_id))
            })?,
            None => Vec::new(),
        };
        Ok(Some(ShiftSide { agent, span, activities }))
    }
}

/// What changes did with single shifts, at most `most` of each change, by shift.
///
/// # Errors
/// What the database says.
pub async fn shifts_of_changes(
    tx: &TenantTx,
    changes: &[ScheduleChangeId],
    most: i64,
) -> Result<Vec<ShiftChangeView>, DbError> {
    tx.all(
        "select l.change_id, l.shift_id, l.agent_before, l.starts_before, l.ends_before,
                l.activities_before, l.agent_after, l.starts_after, l.ends_after, l.activities_after
         from unnest($2::uuid[]) as n(change)
         cross join lateral (
             select * from app.shift_change s
             where s.tenant_id = $1 and s.change_id = n.change order by s.shift_id limit $3) l
         order by l.change_id, l.shift_id",
        params![tx.tenant(), changes, most],
    )
    .await
}
