//! What would pass instead of a swap that the rules refuse: the nearest colleagues and shifts in return
//! with which the same shift would change hands.

use std::collections::BTreeSet;

use trunkline_domain::{
    id::{AgentId, ShiftId, TeamId},
    requests::{Alternative, ShiftSwap, SwapPolicy},
};
use trunkline_infra::{
    agents::agents_by_id,
    ctx::Ctx,
    db::TenantTx,
    requests::{OpenOffer, running_swaps_of, takers_of},
    schedules::shifts_by_id,
};

use super::taking::spans_of;
use crate::{app::App, error::Outcome, forecasting::blocking, schedules::ground_of_agents};

/// Most colleagues whose rosters are loaded: those of the proposer's team first.
const MOST_ASKED: i64 = 20;

/// Up to three, as the rosters stand in this transaction. `taker` is who was refused, for whom
/// another shift in return may do. `teams` are those to which it is offered; none = the whole site.
pub(super) async fn alternatives(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    (swap, policy): (&ShiftSwap, SwapPolicy),
    teams: &[TeamId],
    taker: Option<AgentId>,
) -> Outcome<Vec<Alternative>> {
    let Some(shift) = shifts_by_id(tx, &[swap.offered_shift]).await?.pop() else {
        return Ok(Vec::new());
    };
    let needs = shift.needs()?;
    let owner = agents_by_id(tx, &[swap.proposer]).await?.pop();
    let offer = OpenOffer {
        site: swap.site,
        proposer: swap.proposer,
        team: owner.and_then(|owner| owner.team_id),
        teams,
        needs: &needs,
        date: shift.local_date,
        span: swap.offered_span,
        one_way: !swap.is_two_way(),
    };
    let mut people = takers_of(tx, &offer, ctx.now(), MOST_ASKED).await?;
    people.extend(taker);
    people.push(swap.proposer);
    people.sort_unstable();
    people.dedup();
    let ground = ground_of_agents(app, ctx, tx, swap.site, &people, &spans_of(swap)).await?;
    let wanted = |span| swap.acceptable_windows.iter().any(|window| window.covers(span));
    let shifts = ground.roster.plans.values().flat_map(|plan| &plan.shifts);
    let in_return: Vec<ShiftId> =
        shifts.filter(|shift| wanted(shift.span())).map(|shift| shift.id()).collect();
    let running = running_swaps_of(tx, &in_return).await?;
    let busy: BTreeSet<ShiftId> = running
        .iter()
        .flat_map(|swap| std::iter::once(swap.offered_shift_id).chain(swap.return_shift_id))
        .collect();
    let (swap, now) = (swap.clone(), ctx.now());
    blocking(move || swap.alternatives(&ground.context(now), &policy, &busy)).await
}
