//! A swap to try: two colleagues of the printed team, and a shift of the one that the other can take.
//! Which that is follows from the roster: shifts are offered to the team as agents offer them, on trial,
//! and the rules of swaps say who could take one.

use jiff::SignedDuration;
use trunkline_domain::{
    id::{AgentId, ShiftId, ShiftSwapId},
    requests::{Audience, Proposal, ShiftSwap, SwapPolicy, SwapState, Taker},
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
    /// Of the first giver who can swap at all: a shift that the rules alone let go over, else one after
    /// a leader's decision. Others are not looked through for one without a decision: the reader has
    /// the login of the printed agent at hand, and a start is to take a second.
    fn find(&self) -> Option<Exchange> {
        self.team.iter().take(GIVERS).find_map(|giver| {
            let offers = self.offers(giver.id);
            let by_rules = offers.iter().find_map(|offer| self.by_rules(offer));
            by_rules.or_else(|| offers.iter().find_map(|offer| self.by_a_leader(offer)))
        })
    }

    /// What the giver could offer to the team: each shift alone, which is the simpler thing to try, and
    /// then each for another.
    fn offers(&self, giver: AgentId) -> Vec<ShiftSwap> {
        let team: Vec<AgentId> = self.team.iter().map(|agent| agent.id).collect();
        let plan = self.context.roster.plans.get(&giver);
        let shifts = plan.into_iter().flat_map(|plan| &plan.shifts);
        let ahead: Vec<_> = shifts.filter(|shift| self.ahead.covers(shift.span())).collect();
        let mut offers = Vec::new();
        for windows in [Vec::new(), vec![self.ahead]] {
            for shift in &ahead {
                let proposal = Proposal {
                    id: self.id,
                    proposer: giver,
                    offered_shift: shift.id(),
                    expected_shift_version: None,
                    audience: Audience::Group(team.clone()),
                    acceptable_windows: windows.clone(),
                    expires_at: None,
                };
                let offer =
                    ShiftSwap::propose(&self.context, &self.policy, &self.running, proposal);
                offers.extend(offer.ok());
            }
        }
        offers
    }

    /// The nearest colleague against whom nothing stands; a leader decides only where one decides all.
    fn by_rules(&self, offer: &ShiftSwap) -> Option<Exchange> {
        let takers = offer.nearest_takers(&self.context, &self.policy);
        self.exchange(offer, *takers.first()?, self.policy.always_reviewed)
    }

    /// The first colleague whose yes a leader would have to decide. For offers that nobody can take by
    /// the rules alone.
    fn by_a_leader(&self, offer: &ShiftSwap) -> Option<Exchange> {
        self.team.iter().find_map(|colleague| {
            let trial = offer.try_for(&self.context, &self.policy, colleague.id);
            let taker = Taker { agent: colleague.id, return_shift: trial.return_shift };
            let decided = trial.answer.ok()?.swap.state == SwapState::Matched;
            self.exchange(offer, taker, decided)
        })
    }

    fn exchange(&self, offer: &ShiftSwap, taker: Taker, decided: bool) -> Option<Exchange> {
        let number = |id: AgentId| {
            let agent = self.team.iter().find(|agent| agent.id == id)?;
            Some(agent.number.clone())
        };
        let plan = self.context.roster.plans.get(&taker.agent)?;
        let back = plan.shifts.iter().find(|shift| Some(shift.id()) == taker.return_shift);
        let zone = &self.context.roster.zone;
        let clock = |at, pattern: &str| local_of_instant(at, zone).strftime(pattern).to_string();
        Some(Exchange {
            giver: number(offer.proposer)?,
            taker: number(taker.agent)?,
            taker_id: taker.agent,
            shift: offer.offered_shift,
            when: format!(
                "{} to {}",
                clock(offer.offered_span.start(), "%a %Y-%m-%d %H:%M"),
                clock(offer.offered_span.end(), "%H:%M")
            ),
            back: back.map(|shift| (shift.id(), shift.span())),
            decided,
        })
    }
}
