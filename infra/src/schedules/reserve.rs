//! Who can be called in when agents are missing.

use jiff::civil;
use trunkline_domain::{
    id::{AgentId, SiteId},
    schedules::ReserveTerms,
};

use crate::{
    ctx::Ctx,
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// How an agent stands in the reserve from a day on, as it is read.
    pub struct ReserveView {
        /// Who.
        pub agent_id: AgentId,
        call_order: Option<i32>,
        reach_seconds: Option<i32>,
    }
}

impl ReserveView {
    /// The same as the domain knows it; `None` = in the reserve no more.
    #[must_use]
    pub fn terms(&self) -> Option<ReserveTerms> {
        // The constraints of the table keep what is below nothing out.
        let read = |number: i32| u32::try_from(number).unwrap_or(0);
        let (call_order, reach_seconds) = self.call_order.zip(self.reach_seconds)?;
        Some(ReserveTerms { call_order: read(call_order), reach_seconds: read(reach_seconds) })
    }
}

/// Most members of a reserve that are read: nobody calls more.
const MOST: i64 = 1000;

/// The active agents of a site who are in the reserve on a day, in the order of their calls; the first
/// thousand of them.
///
/// # Errors
/// What the database says.
pub async fn reserve_of_site(
    tx: &TenantTx,
    site: SiteId,
    on: civil::Date,
) -> Result<Vec<ReserveView>, DbError> {
    tx.all(
        "select r.agent_id, r.call_order, r.reach_seconds
         from app.agent a
         cross join lateral (select * from app.reserve_agent r
                             where r.tenant_id = $1 and r.agent_id = a.id
                               and r.valid_from <= $3
                             order by r.valid_from desc limit 1) r
         where a.tenant_id = $1 and a.site_id = $2 and a.status = 'ACTIVE'
           and r.call_order is not null
         order by r.call_order, r.agent_id limit $4",
        params![tx.tenant(), site, on, MOST],
    )
    .await
}

/// How an agent stands in the reserve on a day.
///
/// # Errors
/// What the database says.
pub async fn reserve_of_agent(
    tx: &TenantTx,
    agent: AgentId,
    on: civil::Date,
) -> Result<Option<ReserveView>, DbError> {
    tx.one(
        "select agent_id, call_order, reach_seconds from app.reserve_agent
         where tenant_id = $1 and agent_id = $2 and valid_from <= $3
         order by valid_from desc limit 1",
        params![tx.tenant(), agent, on],
    )
    .await
}

/// Sets how an agent stands in the reserve from a day on; what was set for that day is replaced.
///
/// # Errors
/// What the database says.
pub async fn set_reserve(
    tx: &TenantTx,
    ctx: &Ctx,
    agent: AgentId,
    valid_from: civil::Date,
    terms: Option<ReserveTerms>,
) -> Result<(), DbError> {
    let stored = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let call_order = terms.map(|terms| stored(terms.call_order));
    let reach_seconds = terms.map(|terms| stored(terms.reach_seconds));
    tx.run(
        "insert into app.reserve_agent (tenant_id, agent_id, valid_from, call_order, reach_seconds,
                                        set_by, set_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint reserve_agent_pkey do update
         set (call_order, reach_seconds, set_by, set_at)
             = (excluded.call_order, excluded.reach_seconds, excluded.set_by, excluded.set_at)",
        params![tx.tenant(), agent, valid_from, call_order, reach_seconds, ctx.actor(), ctx.now()],
    )
    .await?;
    Ok(())
}
