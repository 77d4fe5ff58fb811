//! Shift swaps: each step is authorised, decided by the domain on the rosters as they stand, and
//! carried out with its record in the same transaction.

use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{ShiftId, ShiftSwapId, TeamId, UserId},
    identity::{Access, Permission, Target},
    notifications::news_of_offer,
    requests::{Acceptance, Audience, Decider, Proposal, Review, ShiftSwap},
    schedules::{Shift, refuses},
};
use trunkline_infra::{
    agents::{agents_by_id, skills_of_agents},
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    requests::{
        OpenOffer, SwapFilter, SwapReach, SwapView, colleagues, insert_swap, lapsed_swaps,
        load_swap_policy, running_swaps_of, swap_by_id, takers_of, visible_swaps,
    },
    schedules::shifts_by_id,
};

use super::{
    alternatives::alternatives,
    answer::SwapAnswer,
    commands::{AnswerSwap, CancelSwap, ProposeSwap, ReviewSwap, To},
    step::{Step, event, finish},
};
use crate::{app::App, error::Outcome, notifications::tell_agents, schedules::ground_of_agents};

const LONGEST_NOTE: usize = 500;
/// Most who are told of an offer to several; the others find it among the open ones.
const MOST_TOLD: i64 = 100;

fn check_text(text: Option<&String>, path: &str) -> Outcome<()> {
    match text {
        Some(text) if text.chars().count() > LONGEST_NOTE => {
            Err(Fault::invalid(path, Rule::CharactersAtMost(LONGEST_NOTE)).into())
        }
        _ => Ok(()),
    }
}

/// Does a step in one transaction. What it refuses without an error is committed too: a refusal
/// leaves its record.
async fn within(
    app: &App,
    ctx: &Ctx,
    step: impl AsyncFnOnce(&TenantTx) -> Outcome<SwapAnswer>,
) -> Outcome<SwapAnswer> {
    let tx = app.db.begin(ctx).await?;
    let answer = step(&tx).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Offers a shift.
pub(super) async fn propose(app: &App, ctx: &Ctx, ask: ProposeSwap) -> Outcome<SwapAnswer> {
    check_text(ask.note.as_ref(), "note")?;
    within(app, ctx, async |tx| propose_in(app, ctx, tx, &ask).await).await
}

async fn propose_in(app: &App, ctx: &Ctx, tx: &TenantTx, ask: &ProposeSwap) -> Outcome<SwapAnswer> {
    let hidden = || SwapAnswer::refused(Fault::not_found("offeredShiftId"));
    let shift = shifts_by_id(tx, &[ask.shift]).await?.pop();
    let Some(shift) = shift.filter(|shift| shift.state == "PUBLISHED") else { return Ok(hidden()) };
    let Some(proposer) = shift.agent_id else { return Ok(hidden()) };
    let Some(owner) = agents_by_id(tx, &[proposer]).await?.pop() else { return Ok(hidden()) };
    let (write, read) = (Permission::ShiftSwapWrite, Permission::ScheduleRead);
    match ctx.viewer().access(write, read, &owner.target(), ctx.now()) {
        Access::Allowed => {}
        Access::Forbidden => {
            let fault = Fault::new(FaultCode::Forbidden).at("offeredShiftId");
            return Ok(SwapAnswer::refused(fault));
        }
        Access::Hidden => return Ok(hidden()),
    }
    let (audience, teams): (_, &[TeamId]) = match &ask.to {
        To::Agent(agent) => (Audience::Agent(*agent), &[]),
        To::Teams(teams) => {
            let directory = app.directory(tx, ctx).await?;
            let here =
                |id: &TeamId| directory.team(*id).is_some_and(|it| it.site_id == shift.site_id);
            if let Some(at) = teams.iter().position(|id| !here(id)) {
                let path = format!("audience.teamIds.{at}");
                return Ok(SwapAnswer::refused(Fault::not_found(&path)));
            }
            // The whole site needs no list.
            let mut members = Vec::new();
            if !teams.is_empty() {
                members.push(proposer);
                members.extend(colleagues(tx, teams).await?);
            }
            (Audience::Group(members), teams)
        }
    };
    let mut people = vec![proposer];
    if let Audience::Agent(agent) = audience {
        people.push(agent);
    }
    let (span, date) = (shift.span(), shift.local_date);
    let ground = ground_of_agents(app, ctx, tx, shift.site_id, &people, &[span]).await?;
    let policy = load_swap_policy(tx).await?;
    let running = running_swaps_of(tx, &[ask.shift]).await?;
    let running =
        running.iter().map(|swap| swap.swap(Vec::new())).collect::<Result<Vec<_>, _>>()?;
    let proposal = Proposal {
        id: ctx.new_id(),
        proposer,
        offered_shift: ask.shift,
        expected_shift_version: ask.expected_version,
        audience: audience.clone(),
        acceptable_windows: ask.windows.clone(),
        expires_at: ask.expires_at,
    };
    let context = ground.context(ctx.now());
    let swap = match ShiftSwap::propose(&context, &policy, &running, proposal) {
        Ok(swap) => swap,
        Err(refusal) => return Ok(SwapAnswer::of_refusal(&refusal, None)),
    };
    let violations = match audience {
        Audience::Agent(agent) if !swap.is_two_way() => swap.preview(&context, agent, None),
        _ => Vec::new(),
    };
    // It can be offered nevertheless; whoever offers it is told who could take it instead.
    let alternatives = match audience {
        Audience::Agent(agent) if refuses(&violations) => {
            alternatives(app, ctx, tx, (&swap, policy), teams, Some(agent)).await?
        }
        _ => Vec::new(),
    };
    if ask.dry_run {
        return Ok(SwapAnswer { violations, alternatives, ..SwapAnswer::default() });
    }
    let event = event(ctx, swap.state, ask.note.clone());
    let written = insert_swap(tx, &swap, teams, ask.note.as_deref(), &event).await?;
    let deed = Deed::made("shift_swap.propose", swap.id, recorded(&swap, teams));
    let deed = deed.because(ask.note.as_deref()).judged_by(ground.rule_versions());
    record(tx, ctx, deed).await?;
    let takers = match &swap.audience {
        Audience::Agent(_) => Vec::new(),
        Audience::Group(_) => {
            let shift = shift.shift(&ground.roster.zone)?;
            let offer = OpenOffer {
                site: swap.site,
                proposer,
                team: owner.team_id,
                teams,
                needs: shift.as_ref().map(Shift::needs).unwrap_or_default(),
                date,
                span,
                one_way: !swap.is_two_way(),
            };
            takers_of(tx, &offer, ctx.now(), MOST_TOLD).await?
        }
    };
    let news = news_of_offer(&swap, &takers);
    tell_agents(app, ctx, tx, &swap.id.to_string(), news).await?;
    Ok(SwapAnswer { swap: Some(written), violations, alternatives, faults: Vec::new() })
}

/// What the audit says of an offer.
fn recorded(swap: &ShiftSwap, teams: &[TeamId]) -> Value {
    let to = match &swap.audience {
        Audience::Agent(agent) => Some(agent),
        Audience::Group(_) => None,
    };
    json!({"state": swap.state.as_str(), "proposerId": swap.proposer, "audienceAgentId": to,
           "audienceTeamIds": teams, "offeredShiftId": swap.offered_shift,
           "windows": swap.acceptable_windows, "expiresAt": swap.expires_at})
}

/// Says yes or no to an offer as the colleague it is made to.
pub(super) async fn answer(app: &App, ctx: &Ctx, ask: AnswerSwap) -> Outcome<SwapAnswer> {
    check_text(ask.comment.as_ref(), "comment")?;
    within(app, ctx, async |tx| answer_in(app, ctx, tx, &ask).await).await
}

async fn answer_in(app: &App, ctx: &Ctx, tx: &TenantTx, ask: &AnswerSwap) -> Outcome<SwapAnswer> {
    let hidden = || SwapAnswer::refused(Fault::not_found("shiftSwapId"));
    let Some(agent) = ctx.viewer().agent else { return Ok(hidden()) };
    let Some(view) = swap_by_id(tx, ask.swap).await? else { return Ok(hidden()) };
    let mut shifts = vec![view.offered_shift_id];
    shifts.extend(ask.return_shift);
    let mut step = Step::load(app, ctx, tx, view, Some(agent), &shifts).await?;
    let acceptance = Acceptance {
        agent,
        return_shift: ask.return_shift,
        expected_version: ask.expected_version,
    };
    let context = step.ground.context(ctx.now());
    let decided = if ask.accept {
        step.swap.accept(&context, &step.policy, acceptance)
    } else {
        step.swap.decline(&context, &step.policy, agent, ask.expected_version)
    };
    step.dry_run = ask.dry_run;
    step.finish(app, ctx, tx, decided, ask.comment.as_ref()).await
}

/// Approves or denies a matched swap.
pub(super) async fn review(app: &App, ctx: &Ctx, ask: ReviewSwap) -> Outcome<SwapAnswer> {
    check_text(ask.comment.as_ref(), "comment")?;
    within(app, ctx, async |tx| review_in(app, ctx, tx, &ask).await).await
}

async fn review_in(app: &App, ctx: &Ctx, tx: &TenantTx, ask: &ReviewSwap) -> Outcome<SwapAnswer> {
    let view = match reached(ctx, tx, ask.swap, Permission::ShiftSwapApprove).await? {
        Ok(view) => view,
        Err(refused) => return Ok(refused),
    };
    let shifts: Vec<ShiftId> =
        std::iter::once(view.offered_shift_id).chain(view.return_shift_id).collect();
    let step = Step::load(app, ctx, tx, view, None, &shifts).await?;
    let review = Review {
        by: UserId::from_uuid(ctx.actor().unwrap_or_default()),
        own: ctx.viewer().agent,
        approve: ask.approve,
        override_warnings: ask.override_warnings,
        comment: ask.comment.clone(),
        expected_version: ask.expected_version,
    };
    let decided = step.swap.review(&step.ground.context(ctx.now()), review);
    step.finish(app, ctx, tx, decided, ask.comment.as_ref()).await
}

/// Takes a running offer back.
pub(super) async fn cancel(app: &App, ctx: &Ctx, ask: CancelSwap) -> Outcome<SwapAnswer> {
    check_text(ask.comment.as_ref(), "comment")?;
    within(app, ctx, async |tx| {
        let view = match reached(ctx, tx, ask.swap, Permission::ShiftSwapWrite).await? {
            Ok(view) => view,
            Err(refused) => return Ok(refused),
        };
        let swap = view.swap(Vec::new())?;
        let by = match ctx.viewer().agent {
            Some(own) if own == view.proposer_id => Decider::Agent(own),
            _ => Decider::User(UserId::from_uuid(ctx.actor().unwrap_or_default())),
        };
        let decided = swap.cancel(by, ask.expected_version, ctx.now());
        finish(app, ctx, tx, Some(view), decided, ask.comment.as_ref()).await
    })
    .await
}

/// The swap, if the caller's right reaches the one who proposed it; else why not: what the caller
/// may read, as one to whom it is offered may, is FORBIDDEN, and the rest is not there.
async fn reached(
    ctx: &Ctx,
    tx: &TenantTx,
    id: ShiftSwapId,
    write: Permission,
) -> Outcome<Result<SwapView, SwapAnswer>> {
    let hidden = Ok(Err(SwapAnswer::refused(Fault::not_found("shiftSwapId"))));
    let own = ctx.viewer().agent;
    let reach = ctx.viewer().reach(Permission::ShiftSwapRead, ctx.now());
    let mut caller = SwapReach { reach, own, skills: Vec::new() };
    let filter = SwapFilter { ids: Some(vec![id]), ..SwapFilter::default() };
    let mut found = visible_swaps(tx, &caller, &filter).await?.pop();
    if found.is_none()
        && let Some(own) = own
    {
        // Who may only take it sees it by the skills that it asks for; who may decide, without.
        caller.skills = skills_of_agents(tx, &[own]).await?;
        found = visible_swaps(tx, &caller, &filter).await?.pop();
    }
    let Some(view) = found else { return hidden };
    let Some(proposer) = agents_by_id(tx, &[view.proposer_id]).await?.pop() else { return hidden };
    let target = Target { site: Some(view.site_id), ..proposer.target() };
    if ctx.viewer().sees(write, &target, ctx.now()) {
        Ok(Ok(view))
    } else {
        Ok(Err(SwapAnswer::refused(Fault::new(FaultCode::Forbidden).at("shiftSwapId"))))
    }
}

/// Most swaps of one tenant that one run lets lapse.
const MOST_LAPSED: i64 = 500;

/// Lets every running swap of the context's tenant lapse whose time is over; gives how many. Safe to
/// run at any time, also twice at once. Each lapses alone: one that cannot keeps no other waiting.
///
/// # Errors
/// The first error, after all have been tried.
pub async fn expire_swaps(app: &App, ctx: &Ctx) -> Outcome<u64> {
    let tx = app.db.begin(ctx).await?;
    let over = lapsed_swaps(&tx, ctx.now(), MOST_LAPSED).await?;
    drop(tx);
    let (mut lapsed, mut failed) = (0, None);
    for view in over {
        let swap = view.id;
        match expire(app, ctx, view).await {
            Ok(done) => lapsed += u64::from(done),
            Err(error) => {
                tracing::warn!(%swap, %error, "a swap could not lapse");
                failed = failed.or(Some(error));
            }
        }
    }
    failed.map_or(Ok(lapsed), Err)
}

async fn expire(app: &App, ctx: &Ctx, view: SwapView) -> Outcome<bool> {
    let tx = app.db.begin(ctx).await?;
    let decided = view.swap(Vec::new())?.expire(ctx.now());
    let answer = finish(app, ctx, &tx, Some(view), decided, None).await?;
    tx.commit().await?;
    Ok(answer.faults.is_empty())
}
