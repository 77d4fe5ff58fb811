//! Whether an agent could take what is offered, for a page of offers at once: the rosters are loaded
//! once for each week in which offered shifts lie.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, civil};
use trunkline_domain::{
    id::{AgentId, ShiftSwapId, SiteId},
    requests::{ShiftSwap, SwapRefusal, SwapState, Trial},
    time::{Span, local_of_instant, monday_of},
};
use trunkline_infra::{
    agents::agents_by_id,
    ctx::Ctx,
    db::TenantTx,
    requests::{SwapView, load_swap_policy},
};

use crate::{app::App, error::Outcome, forecasting::blocking, schedules::ground_of_agents};

/// How far from the offered shift one in return is looked for, before it and after it.
const AROUND: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When the offered shift is, and when one in return is looked for.
pub(super) fn spans_of(offer: &ShiftSwap) -> Vec<Span> {
    let offered = offer.offered_span;
    let near = Span::new(offered.start() - AROUND, offered.end() + AROUND).unwrap_or(offered);
    let windows = offer.acceptable_windows.iter();
    let windows = windows.filter_map(|window| window.intersection(near));
    std::iter::once(offered).chain(windows).collect()
}

/// What would come of `agent` taking each of these. Those that are not open, or not offered to the
/// agent, are left out.
pub(super) async fn trials(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    swaps: &[SwapView],
    agent: AgentId,
) -> Outcome<HashMap<ShiftSwapId, Trial>> {
    let mut found = HashMap::new();
    let Some(own) = agents_by_id(tx, &[agent]).await?.pop() else { return Ok(found) };
    let (policy, directory) = (load_swap_policy(tx).await?, app.directory(tx, ctx).await?);
    let mut weeks: BTreeMap<(SiteId, civil::Date), Vec<&SwapView>> = BTreeMap::new();
    for swap in swaps.iter().filter(|swap| swap.proposer_id != agent) {
        let Some(site) = directory.site(swap.site_id) else { continue };
        let date = local_of_instant(swap.offered_starts_at, &site.zone()).date();
        weeks.entry((swap.site_id, monday_of(date))).or_default().push(swap);
    }
    for ((site, _), views) in weeks {
        let (mut people, mut spans, mut offers) = (vec![agent], Vec::new(), Vec::new());
        for view in views {
            // Who is of none of its teams is no member: then it is not offered to the agent.
            let member = own.team_id.filter(|team| view.audience_team_ids.contains(team));
            let members = match (view.audience_team_ids.is_empty(), member) {
                (true, _) => Vec::new(),
                (false, Some(_)) => vec![view.proposer_id, agent],
                (false, None) => vec![view.proposer_id],
            };
            let offer = view.swap(members)?;
            if offer.state_at(ctx.now()) != SwapState::Open {
                continue;
            }
            people.push(offer.proposer);
            spans.extend(spans_of(&offer));
            offers.push(offer);
        }
        if offers.is_empty() {
            continue;
        }
        people.sort_unstable();
        people.dedup();
        let ground = ground_of_agents(app, ctx, tx, site, &people, &spans).await?;
        let now = ctx.now();
        let tried = blocking(move || {
            let context = ground.context(now);
            let try_one = |offer: ShiftSwap| (offer.id, offer.try_for(&context, &policy, agent));
            offers.into_iter().map(try_one).collect::<Vec<_>>()
        });
        let offered = |(_, trial): &(ShiftSwapId, Trial)| {
            !matches!(trial.answer, Err(SwapRefusal::NotFound { what: "swap" }))
        };
        found.extend(tried.await?.into_iter().filter(offered));
    }
    Ok(found)
}
