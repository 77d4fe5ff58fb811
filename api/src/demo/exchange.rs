//! A swap to try: two colleagues of the printed team, and a shift of the one that the other can take.
//! Which that is follows from the roster, so it is found as the product itself finds who may take what.

use jiff::SignedDuration;
use trunkline_domain::{
    id::{AgentId, ShiftId, ShiftSwapId},
    requests::{Audience, Proposal, ShiftSwap, SwapPolicy, SwapState},
    schedules::CheckContext,
    time::{Span, local_of_instant},
};
use trunkline_infra::{
    agents::AgentView,
    ctx::Ctx,
    requests::{load_swap_policy, running_swaps_of},
};

use super::{
    company::{HUAYIN, PRINTED_AGENT},
    people::first_team,
    team::members,
};
use crate::{app::App, error::Outcome, forecasting::blocking, schedules::ground_of_agents};

/// Shifts that begin sooner may be over before somebody has read of them.
const NOT_BEFORE: SignedDuration = SignedDuration::from_hours(36);
/// Later ones are planned too, but the rules of many weeks would be judged.
const NOT_AFTER: SignedDuration = SignedDuration::from_hours(10 * 24);

/// Agents whose shifts are looked through at most: it is told at every start, which is to take a second.
const GIVERS: usize = 3;

/// A swap that would be accepted now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchange {
    /// Number of who gives the shift.
    pub(super) giver: String,
    /// Number of who takes it.
    pub(super) taker: String,
    /// Who takes it.
    pub(super) taker_id: AgentId,
    /// The shift.
    pub(super) shift: ShiftId,
    /// When it begins and ends there, for a reader.
    pub(super) when: String,
    /// The shift in return with the time in which it lies; `None` where none is needed.
    pub(super) back: Option<(ShiftId, Span)>,
    /// Whether a leader has to decide after the yes.
    pub(super) decided: bool,
}

/// Finds one: of the printed agent if there is such a one, and of those one without a leader's
/// decision if there is.
pub(super) async fn find(app: &App, ctx: &Ctx) -> Outcome<Option<Exchange>> {
    let Some(plan) = HUAYIN.sites.first() else { return Ok(None) };
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let Some((site, mut team)) = members(&tx, &directory, plan.code, &first_team(plan)).await?
    else {
        return Ok(None);
    };
    team.sort_by_key(|agent| (agent.number != PRINTED_AGENT, agent.number.clone()));
    let ids: Vec<AgentId> = team.iter().map(|agent| agent.id).collect();
    let now = ctx.now();
    let Some(ahead) = Span::new(now + NOT_BEFORE, now + NOT_AFTER) else { return Ok(None) };
    let ground = ground_of_agents(app, ctx, &tx, site, &ids, &[ahead]).await?;
    let policy = load_swap_policy(&tx).await?;
    let shifts: Vec<ShiftId> = ground
        .roster
        .plans
        .values()
        .flat_map(|plan| plan.shifts.iter().map(|shift| shift.id()))
        .collect();
    let running = running_swaps_of(&tx, &shifts).await?;
    let running =
        running.iter().map(|swap| swap.swap(Vec::new())).collect::<Result<Vec<_>, _>>()?;
    drop(tx);
    let id: ShiftSwapId = ctx.new_id();
    blocking(move || {
        let context = ground.context(now);
        let search = Search { context, policy, running, team, ahead, id };
        search.find()
    })
    .await
}

/// Where it is looked for.
struct Search<'a> {
    context: CheckContext<'a>,
    policy: SwapPolicy,
    running: Vec<ShiftSwap>,
    team: Vec<AgentView>,
    ahead: Span,
    id: ShiftSwapId,
}

impl Search<'_> {
    /// Of the first giver who can swap at all: the first shift that goes over without a leader's
    /// decision, else the first of all. Others are not looked through for one without a decision: the
    /// reader has the login of the printed agent at hand, and a start is to take a second.
    fn find(&self) -> Option<Exchange> {
        let mut decided = None;
        for giver in self.team.iter().take(GIVERS) {
            if decided.is_some() {
                break;
            }
            for taker in &self.team {
                // A shift alone is the simpler thing to try.
                for windows in [Vec::new(), vec![self.ahead]] {
                    for found in self.between(giver, taker, &windows) {
                        if !found.decided {
                            return Some(found);
                        }
                        decided.get_or_insert(found);
                    }
                }
            }
        }
        decided
    }

    /// What `taker`, who has the same kind of contract, could take of `giver`.
    fn between(
        &self,
        giver: &AgentView,
        taker: &AgentView,
        windows: &[Span],
    ) -> impl Iterator<Item = Exchange> {
        let plans = &self.context.roster.plans;
        let pair = plans.get(&giver.id).zip(plans.get(&taker.id));
        let alike = pair
            .filter(|(from, to)| from.agent != to.agent && from.contract.kind == to.contract.kind);
        let shifts = alike.into_iter().flat_map(|(from, _)| &from.shifts);
        let ahead = shifts.filter(move |shift| self.ahead.covers(shift.span()));
        ahead.filter_map(move |shift| {
            let proposal = Proposal {
                id: self.id,
                proposer: giver.id,
                offered_shift: shift.id(),
                expected_shift_version: None,
                audience: Audience::Agent(taker.id),
                acceptable_windows: windows.to_vec(),
                expires_at: None,
            };
            let offer =
                ShiftSwap::propose(&self.context, &self.policy, &self.running, proposal).ok()?;
            let trial = offer.try_for(&self.context, &self.policy, taker.id);
            let answer = trial.answer.ok()?;
            let own = |id: ShiftId| {
                let back = plans.get(&taker.id)?.shifts.iter().find(|it| it.id() == id)?;
                Some((id, back.span()))
            };
            let zone = &self.context.roster.zone;
            let clock =
                |at, pattern: &str| local_of_instant(at, zone).strftime(pattern).to_string();
            Some(Exchange {
                giver: giver.number.clone(),
                taker: taker.number.clone(),
                taker_id: taker.id,
                shift: shift.id(),
                when: format!(
                    "{} to {}",
                    clock(shift.span().start(), "%a %Y-%m-%d %H:%M"),
                    clock(shift.span().end(), "%H:%M")
                ),
                back: trial.return_shift.and_then(own),
                decided: answer.swap.state == SwapState::Matched,
            })
        })
    }
}
