use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use trunkline_domain::{
    id::{AgentId, SiteId},
    identity::ReachSet,
    intraday::StateEvent,
};
use uuid::Uuid;

use crate::{
    db::{DbError, TenantTx, reach_params},
    params, read_model,
};

#[derive(Serialize)]
struct Given<'a> {
    source: &'a str,
    event_id: &'a str,
    agent_id: Uuid,
    state: &'a str,
    reason: Option<&'a str>,
    source_at: Timestamp,
    sequence: i64,
}

read_model! {
    struct Inserted {
        source: String,
        event_id: String,
    }
}

/// Takes state events up and settles the present state of their agents. Gives source and id of
/// those that were not known. `events` holds each id once.
///
/// # Errors
/// What the database says.
pub async fn insert_states(
    tx: &TenantTx,
    events: &[StateEvent],
    now: Timestamp,
) -> Result<BTreeSet<(String, String)>, DbError> {
    // One writer a tenant: the present state follows from all events, also from those that another
    // writer is about to add.
    tx.run(
        "select pg_advisory_xact_lock(hashtextextended('agent states ' || $1::text, 0))",
        params![tx.tenant()],
    )
    .await?;
    let given: Vec<Given<'_>> = events
        .iter()
        .map(|event| Given {
            source: &event.source,
            event_id: &event.event_id,
            agent_id: event.agent.uuid(),
            state: event.state.as_str(),
            reason: event.reason.as_deref(),
            source_at: event.source_at,
            sequence: event.sequence,
        })
        .collect();
    let given =
        serde_json::to_value(given).map_err(|error| DbError::Internal(error.to_string()))?;
    let inserted: Vec<Inserted> = tx
        .all(
            "insert into app.agent_state_event
                    (tenant_id, source, event_id, agent_id, state, reason, source_at, sequence, received_at)
             select $1, source, event_id, agent_id, state, reason, source_at, sequence, $3
             from jsonb_to_recordset($2) as given (
                 source text, event_id text, agent_id uuid, state text, reason text,
                 source_at timestamptz, sequence bigint)
             on conflict (tenant_id, source, event_id) do nothing
             returning source, event_id",
            params![tx.tenant(), given, now],
        )
        .await?;
    let new: BTreeSet<(String, String)> =
        inserted.into_iter().map(|row| (row.source, row.event_id)).collect();
    let key = |event: &StateEvent| (event.source.clone(), event.event_id.clone());
    let touched: BTreeSet<AgentId> =
        events.iter().filter(|event| new.contains(&key(event))).map(|event| event.agent).collect();
    settle(tx, touched.into_iter().collect()).await?;
    Ok(new)
}

/// Order of events: source time, sequence, then source and id, which make it total.
const NEWEST_FIRST: &str =
    "source_at desc, sequence desc, source collate \"C\" desc, event_id collate \"C\" desc";

/// Writes the newest state of these agents, with the instant since which it has been so.
async fn settle(tx: &TenantTx, agents: Vec<AgentId>) -> Result<(), DbError> {
    if agents.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "insert into app.agent_state (tenant_id, agent_id, state, reason, since, heard_at)
         select $1, touched.id, newest.state, newest.reason, coalesce(since.at, newest.source_at),
                newest.source_at
         from unnest($2::uuid[]) as touched (id)
         cross join lateral (
             select * from app.agent_state_event e
             where e.tenant_id = $1 and e.agent_id = touched.id order by {NEWEST_FIRST} limit 1) newest
         left join lateral (
             select * from app.agent_state_event e
             where e.tenant_id = $1 and e.agent_id = touched.id
               and (e.state, e.reason) is distinct from (newest.state, newest.reason)
             order by {NEWEST_FIRST} limit 1) other on true
         left join lateral (
             select min(e.source_at) as at from app.agent_state_event e
             where e.tenant_id = $1 and e.agent_id = touched.id
               and (other.source_at is null
                    or (e.source_at, e.sequence, e.source collate \"C\", e.event_id collate \"C\")
                     > (other.source_at, other.sequence, other.source, other.event_id))) since on true
         on conflict (tenant_id, agent_id) do update
         set (state, reason, since, heard_at)
           = (excluded.state, excluded.reason, excluded.since, excluded.heard_at)"
    );
    tx.run(sql, params![tx.tenant(), agents]).await?;
    Ok(())
}

read_model! {
    /// The present state of an agent.
    pub struct AgentStateView {
        /// Whose.
        pub agent_id: AgentId,
        /// Home site of the agent.
        pub site_id: SiteId,
        /// Stable name of the state.
        pub state: String,
        /// Reason of an aux state.
        pub reason: Option<String>,
        /// Since when.
        pub since: Timestamp,
        /// Source time of the newest event.
        pub heard_at: Timestamp,
    }
}

/// Present states of agents within `reach`, at `site` if given, by name of the agent; at most
/// `limit`.
///
/// # Errors
/// What the database says.
pub async fn agent_states(
    tx: &TenantTx,
    reach: &ReachSet,
    site: Option<SiteId>,
    limit: i64,
) -> Result<Vec<AgentStateView>, DbError> {
    let mut params = params![tx.tenant()];
    params.extend(reach_params(reach));
    params.extend(params![site, limit]);
    tx.all(
        "select s.agent_id, a.site_id, s.state, s.reason, s.since, s.heard_at
         from app.agent a join app.agent_state s on s.tenant_id = a.tenant_id and s.agent_id = a.id
         where a.tenant_id = $1 and a.status <> 'TERMINATED'
           and ($2 or a.site_id = any($3) or a.team_id = any($4) or a.id = $5)
           and ($6::uuid is null or a.site_id = $6)
         order by a.display_name, a.id limit $7",
        params,
    )
    .await
}

/// Forgets states that ended before `kept_since`, up to `most` of them; gives how many. The state in
/// which an agent was at that instant stays, and what the present state follows from, however old.
///
/// # Errors
/// What the database says.
pub async fn forget_states(
    tx: &TenantTx,
    kept_since: Timestamp,
    most: i64,
) -> Result<u64, DbError> {
    // By agent, because that is how they are found without an index of their own. The last event at or
    // before the border began the state that goes on behind it: without it, nobody would know what the
    // agent did from the border to the next event, and a day that is kept would count too little.
    tx.run(
        "delete from app.agent_state_event e using (
             select o.source, o.event_id from app.agent_state s
             cross join lateral (
                 select coalesce(max(l.source_at), $2) as at from app.agent_state_event l
                 where l.tenant_id = s.tenant_id and l.agent_id = s.agent_id and l.source_at <= $2) held
             cross join lateral (
                 select b.source, b.event_id from app.agent_state_event b
                 where b.tenant_id = s.tenant_id and b.agent_id = s.agent_id
                   and b.source_at < least(held.at, s.since)
                 order by b.source_at limit $3) o
             where s.tenant_id = $1 limit $3) old
         where e.tenant_id = $1 and e.source = old.source and e.event_id = old.event_id",
        params![tx.tenant(), kept_since, most],
    )
    .await
}
