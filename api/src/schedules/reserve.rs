//! The reserve of a site: who stands in it, and who is to be called in.

use jiff::{Timestamp, civil};
use serde_json::json;
use trunkline_domain::{
    fault::Fault,
    id::{AgentId, SiteId},
    identity::Permission,
    schedules::{ReserveAsk, ReservePlan, ReserveTerms, reserve_calls},
    time::{Span, local_of_instant},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    db::TenantTx,
    network::SiteView,
    schedules::{ReserveView, lock_agents, reserve_of_agent, reserve_of_site, set_reserve},
};

use super::{ground::ground_of_agents, query::plans};
use crate::{
    app::App,
    error::{AppError, Outcome},
    forecasting::blocking,
    graphql::Operation,
    identity::permit,
};

/// A shift that must not be too short may run past the time for which it is proposed: so many seconds of
/// rosters, seats and opening hours are read beyond it.
const LONGER_SECONDS: i64 = 12 * 3600;

/// How an agent is to stand in the reserve.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetReserve {
    pub(super) agent: AgentId,
    pub(super) valid_from: civil::Date,
    /// `None` = in the reserve no more.
    pub(super) terms: Option<ReserveTerms>,
}

/// Sets how an agent stands in the reserve of its site from a day on.
pub(super) async fn stand_in_reserve(
    app: &App,
    ctx: &Ctx,
    ask: SetReserve,
) -> Outcome<Option<(AgentId, ReserveTerms)>> {
    let SetReserve { agent, valid_from, terms } = ask;
    let tx = app.db.begin(ctx).await?;
    let known = agents_by_id(&tx, &[agent]).await?.pop();
    let known = known.ok_or_else(|| Fault::not_found("agentId"))?;
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    permit(ctx, write, read, &known.target(), "agentId")?;
    lock_agents(&tx, &[agent]).await?;
    let before = reserve_of_agent(&tx, agent, valid_from).await?;
    let before = before.as_ref().and_then(ReserveView::terms);
    set_reserve(&tx, ctx, agent, valid_from, terms).await?;
    let recorded = |terms: Option<ReserveTerms>| {
        json!({"callOrder": terms.map(|terms| terms.call_order),
               "reachSeconds": terms.map(|terms| terms.reach_seconds)})
    };
    let deed = Deed::changed("reserve.set", agent, recorded(before), recorded(terms));
    record(&tx, ctx, deed.with(json!({"validFrom": valid_from}))).await?;
    tx.commit().await?;
    Ok(terms.map(|terms| (agent, terms)))
}

/// The site, if the caller plans there.
async fn planned_site(operation: &Operation, id: Option<SiteId>) -> Outcome<Option<SiteView>> {
    let Some(id) = id else { return Ok(None) };
    let directory = operation.directory().await?;
    Ok(directory.site(id).filter(|site| plans(operation, site.id)).cloned())
}

/// The reserve of a site on a day, in the order of its calls; nobody for who does not plan there.
pub(super) async fn pool_seen(
    operation: &Operation,
    site: Option<SiteId>,
    on: civil::Date,
) -> Outcome<Vec<(AgentId, ReserveTerms)>> {
    let Some(site) = planned_site(operation, site).await? else { return Ok(Vec::new()) };
    let tx = operation.read().await?;
    reserve_on(&tx, &site, on).await
}

/// Who of a site's reserve is to be called in from an instant on for so many seconds; `None` for who
/// does not plan there.
pub(super) async fn calls_seen(
    operation: &Operation,
    site: Option<SiteId>,
    (start, seconds): (Timestamp, i64),
) -> Outcome<Option<ReservePlan>> {
    let Some(site) = planned_site(operation, site).await? else { return Ok(None) };
    let span = ReserveAsk::time(start, seconds).ok_or_else(|| {
        let (least, most) = ReserveAsk::SECONDS;
        AppError::InvalidArgument(format!("durationSeconds must be {least} to {most}"))
    })?;
    let (tx, ctx) = (operation.read().await?, operation.ctx()?);
    Ok(Some(calls(&operation.app, &ctx, &tx, &site, span).await?))
}

/// The reserve of a site on a day, in the order of its calls.
async fn reserve_on(
    tx: &TenantTx,
    site: &SiteView,
    on: civil::Date,
) -> Outcome<Vec<(AgentId, ReserveTerms)>> {
    let rows = reserve_of_site(tx, site.id, on).await?;
    Ok(rows.iter().filter_map(|row| Some((row.agent_id, row.terms()?))).collect())
}

/// Who of a site's reserve is to be called in for `span`, judged on what is published.
async fn calls(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    site: &SiteView,
    span: Span,
) -> Outcome<ReservePlan> {
    let on = local_of_instant(span.start(), &site.zone()).date();
    let members = reserve_on(tx, site, on).await?;
    let agents: Vec<AgentId> = members.iter().map(|(agent, _)| *agent).collect();
    let known = Span::of_seconds(span.start(), span.seconds() + LONGER_SECONDS);
    let ground = ground_of_agents(app, ctx, tx, site.id, &agents, &[known]).await?;
    let (site, now) = (site.id, ctx.now());
    let plan = blocking(move || {
        let ask = ReserveAsk { site, span, members: &members };
        reserve_calls(&ground.context(now), &ask, || new_id(now))
    })
    .await?;
    plan.map_err(|error| AppError::InvalidArgument(error.to_string()))
}
