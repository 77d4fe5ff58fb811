use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, civil};
use serde::Deserialize;
use trunkline_domain::{
    id::{AgentId, SiteId, TeamId},
    identity::Target,
    intraday::AgentState,
    schedules::{Activity, unpack},
    time::Span,
};

use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

/// Whose day is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOf {
    /// The agents whose home is the site.
    Site(SiteId),
    /// The agents of the team.
    Team(TeamId),
    /// One agent.
    Agent(AgentId),
}

/// What was planned for an agent, and what the agent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentDay {
    /// Whose.
    pub agent: AgentId,
    /// Home site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
    /// Activities of published shifts that reach into the window, in order.
    pub plan: Vec<Activity>,
    /// The state before the window, if any is known, and each change in it, in order.
    pub changes: Vec<(Timestamp, AgentState)>,
    /// When anything was last heard of anybody at the site; `None` = never.
    pub heard_at: Option<Timestamp>,
    /// Deviations up to this long are forgiven; `None` = the tenant says nothing.
    pub forgiveness_seconds: Option<i64>,
}

impl AgentDay {
    /// The person, as a target of rights.
    #[must_use]
    pub const fn target(&self) -> Target {
        Target::person(self.site, self.team, self.agent)
    }
}

read_model! {
    struct DayRow {
        agent_id: AgentId,
        site_id: SiteId,
        team_id: Option<TeamId>,
        shifts: Json,
        changes: Json,
        heard_at: Option<Timestamp>,
        forgiveness_seconds: Option<i64>,
    }
}

#[derive(Deserialize)]
struct Shift(Timestamp, Timestamp, String);

#[derive(Deserialize)]
struct Change(Timestamp, String);

/// Plan and states of agents within `window`, which is the day `date` or its beginning, in one
/// statement, by name.
///
/// # Errors
/// What the database says.
pub async fn agent_days(
    tx: &TenantTx,
    of: DayOf,
    date: civil::Date,
    window: Span,
) -> Result<Vec<AgentDay>, DbError> {
    let (site, team, agent) = match of {
        DayOf::Site(site) => (Some(site), None, None),
        DayOf::Team(team) => (None, Some(team), None),
        DayOf::Agent(agent) => (None, None, Some(agent)),
    };
    let rows: Vec<DayRow> = tx
        .all(
            "with present as materialized (
                 select a.* from app.agent a
                 where a.tenant_id = $1 and (a.site_id = $5 or a.team_id = $6 or a.id = $7)
                   and (a.status <> 'TERMINATED' or a.left_on >= $2)),
             heard as materialized (
                 select o.site_id, max(n.heard_at) as at
                 from app.agent o
                 join app.agent_state n on n.tenant_id = o.tenant_id and n.agent_id = o.id
                 where o.tenant_id = $1 and o.site_id in (select site_id from present)
                 group by o.site_id)
             select p.id as agent_id, p.site_id, p.team_id, heard.at as heard_at,
                    (t.settings -> 'adherence' ->> 'forgivenessSeconds')::bigint as forgiveness_seconds,
                    coalesce((
                        select jsonb_agg(jsonb_build_array(s.starts_at, s.ends_at,
                                   translate(encode(s.activities, 'base64'), E'\\n', '')) order by s.starts_at)
                        from app.shift s
                        where s.tenant_id = p.tenant_id and s.agent_id = p.id and s.state = 'PUBLISHED'
                          and s.starts_at < $4 and s.ends_at > $3
                          and s.starts_at > $3 - interval '48 hours'), '[]') as shifts,
                    coalesce((
                        select jsonb_agg(jsonb_build_array(e.source_at, e.state)
                                   order by e.source_at, e.sequence, e.source collate \"C\",
                                            e.event_id collate \"C\")
                        from ((select b.* from app.agent_state_event b
                               where b.tenant_id = p.tenant_id and b.agent_id = p.id and b.source_at <= $3
                               order by b.source_at desc, b.sequence desc, b.source collate \"C\" desc,
                                        b.event_id collate \"C\" desc
                               limit 1)
                              union all
                              select w.* from app.agent_state_event w
                              where w.tenant_id = p.tenant_id and w.agent_id = p.id
                                and w.source_at > $3 and w.source_at < $4) e), '[]') as changes
             from present p
             join app.tenant t on t.id = p.tenant_id
             left join heard on heard.site_id = p.site_id
             order by p.display_name, p.id",
            params![tx.tenant(), date, window.start(), window.end(), site, team, agent],
        )
        .await?;
    rows.into_iter().map(DayRow::day).collect()
}

impl DayRow {
    fn day(self) -> Result<AgentDay, DbError> {
        let Self { agent_id, site_id, team_id, shifts, changes, heard_at, forgiveness_seconds } =
            self;
        let damaged = |error: &dyn std::fmt::Display| {
            DbError::Internal(format!("the day of {agent_id}: {error}"))
        };
        let shifts: Vec<Shift> = serde_json::from_value(shifts).map_err(|error| damaged(&error))?;
        let changes: Vec<Change> =
            serde_json::from_value(changes).map_err(|error| damaged(&error))?;
        let mut plan = Vec::new();
        for Shift(starts_at, ends_at, packed) in shifts {
            let packed = STANDARD.decode(packed).map_err(|error| damaged(&error))?;
            let span = Span::new(starts_at, ends_at).unwrap_or(Span::of_seconds(starts_at, 0));
            plan.extend(unpack(&packed, span).map_err(|error| damaged(&error))?);
        }
        // A state of a later version of the program says nothing to this one.
        let known = |Change(at, state)| Some((at, AgentState::parse(&state)?));
        let changes = changes.into_iter().filter_map(known).collect();
        let (agent, site, team) = (agent_id, site_id, team_id);
        Ok(AgentDay { agent, site, team, plan, changes, heard_at, forgiveness_seconds })
    }
}
