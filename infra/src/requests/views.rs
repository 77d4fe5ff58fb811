use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, ShiftId, ShiftSwapId, SiteId, TeamId, UserId},
    identity::ReachSet,
    requests::{Audience, DecisionRecord, ShiftSwap, SwapState},
    schedules::Violation,
    time::Span,
};

use super::skill::has_skills;
use crate::{
    agents::AgentSkillView,
    db::{ArrayType, Cursor, DbError, Json, Param as _, TenantTx, Value, reach_params},
    params, read_model,
};

/// A step in the life of a swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapEvent {
    /// State after the step.
    pub state: SwapState,
    /// When.
    pub at: Timestamp,
    /// Agent record of who took it.
    pub agent: Option<AgentId>,
    /// User who took it; neither this nor an agent = the system.
    pub user: Option<UserId>,
    /// Text given with the step.
    pub comment: Option<String>,
}

read_model! {
    /// A swap as it is read, with the times of the offered shift.
    pub struct SwapView {
        /// Its id.
        pub id: ShiftSwapId,
        /// OPEN, MATCHED, APPROVED, DENIED, CANCELLED or EXPIRED.
        pub state: String,
        /// Site of the offered shift.
        pub site_id: SiteId,
        /// Who offers.
        pub proposer_id: AgentId,
        /// Shift given away.
        pub offered_shift_id: ShiftId,
        /// Its version when it was offered.
        pub offered_version: i32,
        /// Its start.
        pub offered_starts_at: Timestamp,
        /// Its end.
        pub offered_ends_at: Timestamp,
        /// The one colleague it is offered to; `None` = a group.
        pub audience_agent_id: Option<AgentId>,
        /// Teams it is offered to; none = the whole site.
        pub audience_team_ids: Vec<TeamId>,
        /// `[{"start", "end"}]` in which a shift in return is wanted.
        pub acceptable_windows: Json,
        /// Who takes.
        pub counterpart_id: Option<AgentId>,
        /// Shift given in return.
        pub return_shift_id: Option<ShiftId>,
        /// Text of the proposer.
        pub note: Option<String>,
        /// When it lapses.
        pub expires_at: Timestamp,
        /// Violations that stood when it was last decided.
        pub violations: Json,
        /// The record of the last decision.
        pub decision: Option<Json>,
        /// Steps, oldest first.
        pub history: Json,
        /// Grows with every step.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last step.
        pub updated_at: Timestamp,
    }
}

impl SwapView {
    /// The swap as the domain decides about it. `members` are the agents of the teams it is offered
    /// to, as [`colleagues`](super::colleagues()) gives them.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn swap(&self, members: Vec<AgentId>) -> Result<ShiftSwap, DbError> {
        let offered_span = Span::new(self.offered_starts_at, self.offered_ends_at);
        Ok(ShiftSwap {
            id: self.id,
            site: self.site_id,
            state: SwapState::parse(&self.state).ok_or_else(|| self.damaged(&self.state))?,
            proposer: self.proposer_id,
            offered_shift: self.offered_shift_id,
            offered_version: self.offered_version,
            offered_span: offered_span.ok_or_else(|| self.damaged(&"span"))?,
            audience: match self.audience_agent_id {
                Some(agent) => Audience::Agent(agent),
                None => Audience::Group(members),
            },
            acceptable_windows: self.windows()?,
            counterpart: self.counterpart_id,
            return_shift: self.return_shift_id,
            expires_at: self.expires_at,
            created_at: self.created_at,
            version: self.version,
        })
    }

    /// Windows in which a shift in return is wanted.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn windows(&self) -> Result<Vec<Span>, DbError> {
        self.read(&self.acceptable_windows)
    }

    /// Violations that stood when it was last decided.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn violations(&self) -> Result<Vec<Violation>, DbError> {
        self.read(&self.violations)
    }

    /// Steps, oldest first.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn history(&self) -> Result<Vec<SwapEvent>, DbError> {
        self.read(&self.history)
    }

    /// The record of the last decision.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn decision(&self) -> Result<Option<DecisionRecord>, DbError> {
        self.decision.as_ref().map(|json| self.read(json)).transpose()
    }

    fn read<T: serde::de::DeserializeOwned>(&self, json: &Json) -> Result<T, DbError> {
        T::deserialize(json).map_err(|error| self.damaged(&error))
    }

    fn damaged(&self, error: &dyn std::fmt::Display) -> DbError {
        DbError::Internal(format!("swap {}: {error}", self.id))
    }

    /// Its place in a list of that order.
    #[must_use]
    pub fn cursor(&self, order: SwapOrder) -> Cursor {
        let key = if order.by_shift { self.offered_starts_at } else { self.created_at };
        Cursor { key: key.to_string(), id: self.id.uuid() }
    }
}

/// Columns of a [`SwapView`], of a swap `w` with its shift `s`.
pub(super) const COLUMNS: &str = "w.id, w.state, w.site_id, w.proposer_id, w.offered_shift_id, \
     w.offered_version, s.starts_at as offered_starts_at, s.ends_at as offered_ends_at, \
     w.audience_agent_id, w.audience_team_ids, w.acceptable_windows, w.counterpart_id, \
     w.return_shift_id, w.note, w.expires_at, w.violations, w.decision, w.history, w.version, \
     w.created_at, w.updated_at";
/// The shift that a swap `w` offers.
pub(super) const OFFERED: &str =
    "join app.shift s on s.tenant_id = w.tenant_id and s.id = w.offered_shift_id";

/// The swap with this id, whoever may see it: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn swap_by_id(tx: &TenantTx, id: ShiftSwapId) -> Result<Option<SwapView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.shift_swap w {OFFERED} where w.tenant_id = $1 and w.id = $2"
    );
    tx.one(sql, params![tx.tenant(), id]).await
}

/// Running swaps that one of these shifts is part of.
///
/// # Errors
/// What the database says.
pub async fn running_swaps_of(tx: &TenantTx, shifts: &[ShiftId]) -> Result<Vec<SwapView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.shift_swap w {OFFERED}
         where w.tenant_id = $1 and w.state in ('OPEN', 'MATCHED')
           and (w.offered_shift_id = any($2) or w.return_shift_id = any($2))"
    );
    tx.all(sql, params![tx.tenant(), shifts]).await
}

/// Up to `limit` running swaps whose time is over.
///
/// # Errors
/// What the database says.
pub async fn lapsed_swaps(
    tx: &TenantTx,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<SwapView>, DbError> {
    let sql = format!(
        "select {COLUMNS} from app.shift_swap w {OFFERED}
         where w.tenant_id = $1 and w.state in ('OPEN', 'MATCHED') and w.expires_at <= $2
         order by w.expires_at, w.id limit $3"
    );
    tx.all(sql, params![tx.tenant(), now, limit]).await
}

/// What a caller sees of the swaps: those within its reach, those that its own agent takes part in,
/// and those offered to it. An offer to several is not made to who lacks a skill that the shift asks
/// for: that can never work.
#[derive(Debug, Clone)]
pub struct SwapReach {
    /// By rights.
    pub reach: ReachSet,
    /// The caller's own agent.
    pub own: Option<AgentId>,
    /// Skills of that agent.
    pub skills: Vec<AgentSkillView>,
}

/// What a list of swaps is narrowed to; absent fields do not narrow.
#[derive(Debug, Clone, Default)]
pub struct SwapFilter {
    /// One of these.
    pub ids: Option<Vec<ShiftSwapId>>,
    /// Site of the offered shift.
    pub sites: Option<Vec<SiteId>>,
    /// State is one of these.
    pub states: Option<Vec<String>>,
    /// Either side is one of these.
    pub agents: Option<Vec<AgentId>>,
    /// The offered shift starts at this instant or later.
    pub shift_from: Option<Timestamp>,
}

/// Order of a list of swaps; ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwapOrder {
    /// By the start of the offered shift instead of when the swap was made.
    pub by_shift: bool,
    /// Latest first.
    pub descending: bool,
}

/// Conditions on `$1` (tenant) to `$12`.
const WHERE: &str = concat!(
    "w.tenant_id = $1
     and ($2 or w.site_id = any($3) or p.team_id = any($4) or t.team_id = any($4)
          or w.proposer_id in ($5, $6) or w.counterpart_id in ($5, $6) or w.audience_agent_id = $6
          or (w.state = 'OPEN' and w.audience_agent_id is null and me.site_id = w.site_id
              and (w.audience_team_ids = '{}' or me.team_id = any(w.audience_team_ids))
              and ",
    has_skills!(
        "jsonb_to_recordset(s.needs) as need (skill text, grade int)",
        "jsonb_to_recordset($12) as held (skill text, grade int, until date)",
        "s.local_date"
    ),
    "))
     and ($7::uuid[] is null or w.id = any($7))
     and ($8::uuid[] is null or w.site_id = any($8))
     and ($9::text[] is null or w.state = any($9))
     and ($10::uuid[] is null or w.proposer_id = any($10) or w.counterpart_id = any($10))
     and ($11::timestamptz is null or s.starts_at >= $11)"
);
const PEOPLE: &str = "join app.agent p on p.tenant_id = w.tenant_id and p.id = w.proposer_id \
     left join app.agent t on t.tenant_id = w.tenant_id and t.id = w.counterpart_id \
     left join app.agent me on me.tenant_id = w.tenant_id and me.id = $6";

fn filter_params(tx: &TenantTx, caller: &SwapReach, filter: &SwapFilter) -> Vec<Value> {
    fn ids<K>(ids: Option<&[trunkline_domain::id::Id<K>]>) -> Value {
        ids.map_or(Value::Array(ArrayType::Uuid, None), |ids| ids.value())
    }
    let mut params = params![tx.tenant()];
    params.extend(reach_params(&caller.reach));
    params.push(caller.own.value());
    params.push(ids(filter.ids.as_deref()));
    params.push(ids(filter.sites.as_deref()));
    params.push(match &filter.states {
        Some(states) => states.value(),
        None => Value::Array(ArrayType::String, None),
    });
    params.push(ids(filter.agents.as_deref()));
    params.push(filter.shift_from.value());
    let held = caller.skills.iter().map(
        |held| json!({"skill": held.skill_id, "grade": held.grade, "until": held.valid_until}),
    );
    params.push(Json::Array(held.collect()).value());
    params
}

/// Those of these swaps that the caller may see, in no order.
///
/// # Errors
/// What the database says.
pub async fn visible_swaps(
    tx: &TenantTx,
    caller: &SwapReach,
    filter: &SwapFilter,
) -> Result<Vec<SwapView>, DbError> {
    let sql = format!("select {COLUMNS} from app.shift_swap w {OFFERED} {PEOPLE} where {WHERE}");
    tx.all(sql, filter_params(tx, caller, filter)).await
}

/// Up to `limit` swaps that the caller may see, after `after`.
///
/// # Errors
/// What the database says.
pub async fn list_swaps(
    tx: &TenantTx,
    caller: &SwapReach,
    filter: &SwapFilter,
    order: SwapOrder,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<SwapView>, DbError> {
    let column = if order.by_shift { "s.starts_at" } else { "w.created_at" };
    let (direction, comparison) = if order.descending { ("desc", "<") } else { ("asc", ">") };
    let mut params = filter_params(tx, caller, filter);
    params.push(limit.value());
    let mut keyset = String::new();
    if let Some(cursor) = after {
        keyset = format!("and ({column}, w.id) {comparison} ($14::timestamptz, $15)");
        params.extend([cursor.key.value(), cursor.id.value()]);
    }
    let sql = format!(
        "select {COLUMNS} from app.shift_swap w {OFFERED} {PEOPLE} where {WHERE} {keyset}
         order by {column} {direction}, w.id {direction} limit $13"
    );
    tx.all(sql, params).await
}

/// Number of swaps that the caller may see, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_swaps(
    tx: &TenantTx,
    caller: &SwapReach,
    filter: &SwapFilter,
    bound: i64,
) -> Result<i64, DbError> {
    let mut params = filter_params(tx, caller, filter);
    params.push(bound.value());
    let sql = format!(
        "select count(*) as value
         from (select from app.shift_swap w {OFFERED} {PEOPLE} where {WHERE} limit $13) counted"
    );
    Ok(tx.scalar(sql, params).await?.unwrap_or(0))
}
