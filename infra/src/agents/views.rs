use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{AgentId, SiteId, SkillId, TeamId},
    identity::{ReachSet, Target},
};

use crate::{
    db::{ArrayType, Cursor, DbError, Json, TenantTx, Value, reach_params},
    params, read_model,
};

read_model! {
    /// An agent as it is read.
    pub struct AgentView {
        /// Its id.
        pub id: AgentId,
        /// Number in the company.
        pub number: String,
        /// Name shown to colleagues.
        pub display_name: String,
        /// Home site.
        pub site_id: SiteId,
        /// Team.
        pub team_id: Option<TeamId>,
        /// Code of the post held.
        pub post: String,
        /// ACTIVE, ON_LEAVE or TERMINATED.
        pub status: String,
        /// First day in the company.
        pub hired_on: civil::Date,
        /// Last day.
        pub left_on: Option<civil::Date>,
        /// BCP 47 tags of the languages spoken.
        pub languages: Vec<String>,
        /// `[{"source", "value"}]`.
        pub external_ids: Json,
        /// Grows with every change.
        pub version: i32,
        /// Made at.
        pub created_at: Timestamp,
        /// Last change.
        pub updated_at: Timestamp,
    }
}

impl AgentView {
    /// The agent as something that rights are asked for.
    #[must_use]
    pub const fn target(&self) -> Target {
        Target::person(self.site_id, self.team_id, self.id)
    }

    /// Sort key of the agent in `order`, as a cursor carries it.
    #[must_use]
    pub fn cursor(&self, order: AgentOrder) -> Cursor {
        let key = match order {
            AgentOrder::Name { .. } => self.display_name.clone(),
            AgentOrder::Updated { .. } => self.updated_at.to_string(),
        };
        Cursor { key, id: self.id.uuid() }
    }
}

read_model! {
    /// A skill that an agent has.
    pub struct AgentSkillView {
        /// Whose.
        pub agent_id: AgentId,
        /// Which.
        pub skill_id: SkillId,
        /// Grade, 1 to 5.
        pub grade: u8,
        /// Last day on which it holds; `None` = no end.
        pub valid_until: Option<civil::Date>,
    }
}

/// What a list of agents is narrowed to; absent fields do not narrow.
#[derive(Debug, Clone, Default)]
pub struct AgentFilter {
    /// Home site is one of these.
    pub sites: Option<Vec<SiteId>>,
    /// Team is one of these.
    pub teams: Option<Vec<TeamId>>,
    /// Name begins so, case ignored.
    pub name_starts_with: Option<String>,
    /// Status is one of these.
    pub statuses: Option<Vec<String>>,
    /// Has one of these skills.
    pub skills: Option<Vec<SkillId>>,
    /// Changed at this instant or later.
    pub updated_from: Option<Timestamp>,
}

/// Order of a list of agents; ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentOrder {
    /// By name.
    Name {
        /// Z to A.
        descending: bool,
    },
    /// By last change.
    Updated {
        /// Newest first.
        descending: bool,
    },
}

impl AgentOrder {
    /// Column, type of its cursor key, direction and comparison.
    const fn sql(self) -> (&'static str, &'static str, &'static str, &'static str) {
        let (column, ty, descending) = match self {
            Self::Name { descending } => ("a.display_name", "text", descending),
            Self::Updated { descending } => ("a.updated_at", "timestamptz", descending),
        };
        if descending { (column, ty, "desc", "<") } else { (column, ty, "asc", ">") }
    }
}

const COLUMNS: &str =
    "a.id, a.number, a.display_name, a.site_id, a.team_id, a.post, a.status, a.hired_on,
     a.left_on, a.languages, a.external_ids, a.version, a.created_at, a.updated_at";

/// Conditions on `$1` (tenant) to `$11`.
const WHERE: &str = "a.tenant_id = $1
     and ($2 or a.site_id = any($3) or a.team_id = any($4) or a.id = $5)
     and ($6::uuid[] is null or a.site_id = any($6))
     and ($7::uuid[] is null or a.team_id = any($7))
     and ($8::text is null or lower(a.display_name) like lower($8) || '%')
     and ($9::text[] is null or a.status = any($9))
     and ($10::uuid[] is null or exists (
         select from app.agent_skill s
         where s.tenant_id = a.tenant_id and s.agent_id = a.id and s.skill_id = any($10)))
     and ($11::timestamptz is null or a.updated_at >= $11)";

fn filter_params(tx: &TenantTx, reach: &ReachSet, filter: &AgentFilter) -> Vec<Value> {
    use crate::db::Param as _;
    let mut params = params![tx.tenant()];
    params.extend(reach_params(reach));
    params.push(nullable_ids(filter.sites.as_deref()));
    params.push(nullable_ids(filter.teams.as_deref()));
    // The wildcards of LIKE are letters here.
    let prefix = filter
        .name_starts_with
        .as_ref()
        .map(|text| text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    params.push(prefix.value());
    params.push(match &filter.statuses {
        Some(statuses) => statuses.value(),
        None => Value::Array(ArrayType::String, None),
    });
    params.push(nullable_ids(filter.skills.as_deref()));
    params.push(filter.updated_from.value());
    params
}

fn nullable_ids<K>(ids: Option<&[trunkline_domain::id::Id<K>]>) -> Value {
    use crate::db::Param as _;
    ids.map_or(Value::Array(ArrayType::Uuid, None), |ids| ids.value())
}

/// Up to `limit` agents within `reach`, after `after`.
///
/// # Errors
/// What the database says.
pub async fn list_agents(
    tx: &TenantTx,
    reach: &ReachSet,
    filter: &AgentFilter,
    order: AgentOrder,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<AgentView>, DbError> {
    let (column, ty, direction, comparison) = order.sql();
    let mut params = filter_params(tx, reach, filter);
    params.extend(params![limit]);
    let mut keyset = String::new();
    if let Some(cursor) = after {
        keyset = format!("and ({column}, a.id) {comparison} ($13::{ty}, $14)");
        params.extend(params![cursor.key, cursor.id]);
    }
    let sql = format!(
        "select {COLUMNS} from app.agent a where {WHERE} {keyset}
         order by {column} {direction}, a.id {direction} limit $12"
    );
    tx.all(sql, params).await
}

/// Number of agents within `reach`, counted up to `bound`.
///
/// # Errors
/// What the database says.
pub async fn count_agents(
    tx: &TenantTx,
    reach: &ReachSet,
    filter: &AgentFilter,
    bound: i64,
) -> Result<i64, DbError> {
    let mut params = filter_params(tx, reach, filter);
    params.extend(params![bound]);
    let sql = format!(
        "select count(*) as value from (select from app.agent a where {WHERE} limit $12) counted"
    );
    Ok(tx.scalar(sql, params).await?.unwrap_or(0))
}

/// The agents with these ids, whoever may see them: the caller checks.
///
/// # Errors
/// What the database says.
pub async fn agents_by_id(tx: &TenantTx, ids: &[AgentId]) -> Result<Vec<AgentView>, DbError> {
    let sql =
        format!("select {COLUMNS} from app.agent a where a.tenant_id = $1 and a.id = any($2)");
    tx.all(sql, params![tx.tenant(), ids]).await
}

/// Numbers of agents within `reach`, of these or of all.
///
/// # Errors
/// What the database says.
pub async fn agent_numbers(
    tx: &TenantTx,
    reach: &ReachSet,
    of: Option<&[AgentId]>,
) -> Result<Vec<(AgentId, String)>, DbError> {
    read_model! {
        struct Row { id: AgentId, number: String, }
    }
    let mut params = params![tx.tenant()];
    params.extend(reach_params(reach));
    params.push(nullable_ids(of));
    let rows: Vec<Row> = tx
        .all(
            "select a.id, a.number from app.agent a
             where a.tenant_id = $1
               and ($2 or a.site_id = any($3) or a.team_id = any($4) or a.id = $5)
               and ($6::uuid[] is null or a.id = any($6))",
            params,
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.number)).collect())
}

/// Skills of these agents, best grade first.
///
/// # Errors
/// What the database says.
pub async fn skills_of_agents(
    tx: &TenantTx,
    ids: &[AgentId],
) -> Result<Vec<AgentSkillView>, DbError> {
    tx.all(
        "select agent_id, skill_id, grade, valid_until from app.agent_skill
         where tenant_id = $1 and agent_id = any($2) order by agent_id, grade desc, skill_id",
        params![tx.tenant(), ids],
    )
    .await
}
