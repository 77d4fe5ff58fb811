//! What closing a month needs: plan, states and swaps of agents, and which months were counted when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{AgentId, SiteId},
    intraday::{AgentState, PlannedShift, StateEvent, StateLog, StateSpan},
    time::Span,
};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
    schedules::{ShiftStates, shifts_of_agents},
};

read_model! {
    /// A month of a site that was counted.
    pub struct CountedMonthView {
        /// Site.
        pub site_id: SiteId,
        /// First day of the month.
        pub month: civil::Date,
        /// When it was counted last.
        pub counted_at: Timestamp,
    }
}

/// Months from `from` on that were counted, of all sites.
///
/// # Errors
/// What the database says.
pub async fn counted_months(
    tx: &TenantTx,
    from: civil::Date,
) -> Result<Vec<CountedMonthView>, DbError> {
    tx.all(
        "select site_id, month, counted_at from app.file_month where tenant_id = $1 and month >= $2",
        params![tx.tenant(), from],
    )
    .await
}

/// Says that a month of a site was counted.
///
/// # Errors
/// What the database says.
pub async fn mark_month(
    tx: &TenantTx,
    site: SiteId,
    month: civil::Date,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.file_month (tenant_id, site_id, month, counted_at) values ($1, $2, $3, $4)
         on conflict on constraint file_month_pkey do update set counted_at = excluded.counted_at",
        params![tx.tenant(), site, month, now],
    )
    .await?;
    Ok(())
}

/// Keeps other workers from counting months of the tenant until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn lock_months(tx: &TenantTx) -> Result<(), DbError> {
    tx.run(
        "select pg_advisory_xact_lock(hashtextextended('file months ' || $1::text, 0))",
        params![tx.tenant()],
    )
    .await?;
    Ok(())
}

read_model! {
    struct Employed {
        id: AgentId,
    }
}

/// Agents of a site who were in the company on any of the days from `first` to `last`.
///
/// # Errors
/// What the database says.
pub async fn employed_agents(
    tx: &TenantTx,
    site: SiteId,
    (first, last): (civil::Date, civil::Date),
) -> Result<Vec<AgentId>, DbError> {
    let rows: Vec<Employed> = tx
        .all(
            "select id from app.agent
             where tenant_id = $1 and site_id = $2 and hired_on <= $4
               and (left_on is null or left_on >= $3)
             order by id",
            params![tx.tenant(), site, first, last],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

read_model! {
    struct Heard {
        day: civil::Date,
    }
}

/// Local days within the span on which the feed said anything of an agent of the site.
///
/// # Errors
/// What the database says.
pub async fn heard_days(
    tx: &TenantTx,
    site: SiteId,
    zone: &str,
    (first, last): (civil::Date, civil::Date),
) -> Result<BTreeSet<civil::Date>, DbError> {
    // One look at an index for each day and agent, until one answers. The limit keeps it so: as a
    // join, a table that was just filled and not counted yet is read whole for every day.
    let rows: Vec<Heard> = tx
        .all(
            "select d.day::date as day from generate_series($4::timestamp, $5::timestamp, interval '1 day') as d(day)
             where exists (
                 select 1 from app.agent a
                 cross join lateral (
                     select 1 from app.agent_state_event e
                     where e.tenant_id = $1 and e.agent_id = a.id
                       and e.source_at >= d.day at time zone $3
                       and e.source_at < (d.day + interval '1 day') at time zone $3
                     limit 1) heard
                 where a.tenant_id = $1 and a.site_id = $2)",
            params![tx.tenant(), site, zone.to_owned(), first, last],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.day).collect())
}

/// Published shifts of agents that touch the span, by agent and start.
///
/// # Errors
/// What the database says, damaged shifts among it.
pub async fn planned_shifts(
    tx: &TenantTx,
    agents: &[AgentId],
    span: Span,
) -> Result<BTreeMap<AgentId, Vec<PlannedShift>>, DbError> {
    let states = ShiftStates::Published;
    let mut planned: BTreeMap<AgentId, Vec<PlannedShift>> = BTreeMap::new();
    for shift in shifts_of_agents(tx, agents, span.start(), span.end(), states).await? {
        let Some(agent) = shift.agent_id else { continue };
        let (date, span, activities) = (shift.local_date, shift.span(), shift.parts()?);
        planned.entry(agent).or_default().push(PlannedShift { date, span, activities });
    }
    Ok(planned)
}

read_model! {
    struct EventRow {
        source: String,
        event_id: String,
        agent_id: AgentId,
        state: String,
        reason: Option<String>,
        source_at: Timestamp,
        sequence: i64,
    }
}

/// Stretches of state of agents within the span, with the one that held when it began.
///
/// # Errors
/// What the database says.
pub async fn state_spans(
    tx: &TenantTx,
    agents: &[AgentId],
    span: Span,
) -> Result<BTreeMap<AgentId, Vec<StateSpan>>, DbError> {
    let rows: Vec<EventRow> = tx
        .all(
            "select source, event_id, agent_id, state, reason, source_at, sequence
             from app.agent_state_event
             where tenant_id = $1 and agent_id = any($2) and source_at >= $3 and source_at < $4
             union all
             select before.* from unnest($2::uuid[]) as agent(id)
             cross join lateral (
                 select source, event_id, agent_id, state, reason, source_at, sequence
                 from app.agent_state_event
                 where tenant_id = $1 and agent_id = agent.id and source_at < $3
                 order by source_at desc, sequence desc, source collate \"C\" desc,
                          event_id collate \"C\" desc
                 limit 1) before",
            params![tx.tenant(), agents, span.start(), span.end()],
        )
        .await?;
    let mut log = StateLog::default();
    for row in rows {
        let unknown = || DbError::Internal(format!("state of {}: {}", row.agent_id, row.state));
        let state = AgentState::parse(&row.state).ok_or_else(unknown)?;
        log.put(StateEvent {
            source: row.source,
            event_id: row.event_id,
            agent: row.agent_id,
            state,
            reason: row.reason,
            source_at: row.source_at,
            sequence: row.sequence,
        });
    }
    Ok(agents.iter().map(|agent| (*agent, log.timeline(*agent, span.end()))).collect())
}

read_model! {
    /// Swaps of an agent.
    pub struct SwapCounts {
        /// Whose.
        pub agent_id: AgentId,
        /// Own proposals that were approved, denied or ran out.
        pub decided: i64,
        /// Those approved.
        pub approved: i64,
        /// Approved swaps that changed the own roster, of whoever proposed them.
        pub changed: i64,
    }
}

/// Swaps of agents that ended within the span.
///
/// # Errors
/// What the database says.
pub async fn swap_counts(
    tx: &TenantTx,
    agents: &[AgentId],
    span: Span,
) -> Result<Vec<SwapCounts>, DbError> {
    tx.all(
        "select agent.id as agent_id,
                count(*) filter (where s.proposer_id = agent.id) as decided,
                count(*) filter (where s.proposer_id = agent.id and s.state = 'APPROVED') as approved,
                count(*) filter (where s.state = 'APPROVED') as changed
         from unnest($2::uuid[]) as agent(id)
         join app.shift_swap s on s.tenant_id = $1
              and (s.proposer_id = agent.id or s.counterpart_id = agent.id)
              and s.state in ('APPROVED', 'DENIED', 'EXPIRED')
              and s.updated_at >= $3 and s.updated_at < $4
         group by agent.id",
        params![tx.tenant(), agents, span.start(), span.end()],
    )
    .await
}
