//! One step of a swap: what it is decided on, and how it is written.

use serde::Serialize;
use serde_json::json;
use trunkline_domain::{
    id::{AgentId, ShiftId, UserId},
    identity::{Permission, Target},
    notifications::{NewsKind, news_for_deciders, news_of_refusal, news_of_step},
    requests::{ShiftSwap, SwapDecision, SwapPolicy, SwapRefusal, SwapState},
    schedules::{Change, Edit},
    time::Span,
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    identity::users_who_may,
    notifications::settle_notifications,
    requests::{
        SwapEvent, SwapStep, SwapView, colleagues, load_swap_policy, step_swap, swap_by_id,
    },
    schedules::{Ground, Reassignment, lock_schedules, reassign_shifts, shifts_by_id},
};

use super::{alternatives::alternatives, answer::SwapAnswer};
use crate::{
    app::App,
    error::{AppError, Outcome},
    notifications::{Whom, tell, tell_agents},
    schedules::ground_of_agents,
};

/// A swap with everything that its next step is decided on.
pub(super) struct Step {
    view: SwapView,
    pub(super) swap: ShiftSwap,
    pub(super) ground: Ground,
    pub(super) policy: SwapPolicy,
    /// Who takes, or wants to.
    taker: Option<AgentId>,
    pub(super) dry_run: bool,
}

impl Step {
    /// Waits until decisions about the same rosters are through, then loads all as it stands.
    pub(super) async fn load(
        app: &App,
        ctx: &Ctx,
        tx: &TenantTx,
        seen: SwapView,
        taker: Option<AgentId>,
        shifts: &[ShiftId],
    ) -> Outcome<Self> {
        let taker = taker.or(seen.counterpart_id);
        let people: Vec<AgentId> = std::iter::once(seen.proposer_id).chain(taker).collect();
        lock_schedules(tx, shifts, &people).await?;
        let view = swap_by_id(tx, seen.id).await?.unwrap_or(seen);
        let mut members = Vec::new();
        if !view.audience_team_ids.is_empty() {
            members.push(view.proposer_id);
            members.extend(colleagues(tx, &view.audience_team_ids).await?);
        }
        let swap = view.swap(members)?;
        let spans: Vec<Span> =
            shifts_by_id(tx, shifts).await?.iter().map(|shift| shift.span()).collect();
        let spans = if spans.is_empty() { vec![swap.offered_span] } else { spans };
        let ground = ground_of_agents(app, ctx, tx, view.site_id, &people, &spans).await?;
        let policy = load_swap_policy(tx).await?;
        Ok(Self { view, swap, ground, policy, taker, dry_run: false })
    }

    /// Writes what was decided, unless it was only tried.
    pub(super) async fn finish(
        self,
        app: &App,
        ctx: &Ctx,
        tx: &TenantTx,
        decided: Result<SwapDecision, SwapRefusal>,
        comment: Option<&String>,
    ) -> Outcome<SwapAnswer> {
        let decided = self.with_alternatives(app, ctx, tx, decided).await?;
        if self.dry_run {
            return Ok(match decided {
                Ok(decision) => SwapAnswer::of_decision(decision),
                Err(refusal) => SwapAnswer::of_refusal(&refusal, None),
            });
        }
        finish(app, ctx, tx, Some(self.view), decided, comment).await
    }

    /// The same, and of what the rules refuse with what would pass instead.
    async fn with_alternatives(
        &self,
        app: &App,
        ctx: &Ctx,
        tx: &TenantTx,
        decided: Result<SwapDecision, SwapRefusal>,
    ) -> Outcome<Result<SwapDecision, SwapRefusal>> {
        let (violations, mut record) = match decided {
            Err(SwapRefusal::RuleViolated { violations, record }) => (violations, record),
            decided => return Ok(decided),
        };
        let (swap, taker) = ((&self.swap, self.policy), self.taker);
        let teams = &self.view.audience_team_ids;
        record.alternatives = alternatives(app, ctx, tx, swap, teams, taker).await?;
        Ok(Err(SwapRefusal::RuleViolated { violations, record }))
    }
}

/// Writes what was decided: the step, both rosters, the records. A refusal by rules leaves its
/// record too.
pub(super) async fn finish(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    stands: Option<SwapView>,
    decided: Result<SwapDecision, SwapRefusal>,
    comment: Option<&String>,
) -> Outcome<SwapAnswer> {
    let SwapDecision { swap, change, violations, record: decision } = match decided {
        Ok(decision) => decision,
        Err(refusal) => {
            if let (SwapRefusal::RuleViolated { record: decided, .. }, Some(view)) =
                (&refusal, &stands)
            {
                let deed = Deed::refused("shift_swap.refuse", view.id, detail(decided)?);
                let deed = deed.judged_by(decided.rule_versions());
                record(tx, ctx, deed.because(comment.map(String::as_str))).await?;
            }
            if let Some(view) = &stands {
                tell_of_refusal(app, ctx, tx, view, &refusal).await?;
            }
            return Ok(SwapAnswer::of_refusal(&refusal, stands));
        }
    };
    let subject = swap.id.to_string();
    let before = stands.as_ref().map_or(0, |view| view.version);
    if swap.version == before {
        // A no to an offer that stays open for the others.
        let after = json!({"declinedBy": ctx.viewer().agent});
        let deed = Deed::made("shift_swap.decline", swap.id, after).with(detail(&decision)?);
        let deed = deed.judged_by(decision.rule_versions());
        record(tx, ctx, deed.because(comment.map(String::as_str))).await?;
        return Ok(SwapAnswer { swap: stands, ..SwapAnswer::default() });
    }
    let event = event(ctx, swap.state, comment.cloned());
    let step = SwapStep { swap: &swap, violations: &violations, record: &decision, event: &event };
    let Some(written) = step_swap(tx, step).await? else {
        let stands = swap_by_id(tx, swap.id).await?.or(stands);
        let taker = stands.as_ref().and_then(|it| it.counterpart_id);
        let refusal = SwapRefusal::taken(taker, ctx.viewer().agent);
        return Ok(SwapAnswer::of_refusal(&refusal, stands));
    };
    if let Some(change) = change {
        let about = json!({ "shiftSwap": subject });
        reassign_shifts(tx, ctx, &reassignments(&change), "shift_swap", about).await?;
    }
    let action = format!("shift_swap.{}", swap.state.as_str().to_lowercase());
    let after = json!({"state": swap.state.as_str(), "counterpartId": swap.counterpart,
                       "returnShiftId": swap.return_shift});
    let deed = match &stands {
        Some(view) => {
            let before = json!({"state": view.state, "counterpartId": view.counterpart_id,
                                "returnShiftId": view.return_shift_id});
            Deed::changed(&action, swap.id, before, after)
        }
        None => Deed::made(&action, swap.id, after),
    };
    let deed = deed.judged_by(decision.rule_versions()).with(detail(&decision)?);
    record(tx, ctx, deed.because(comment.map(String::as_str))).await?;
    let before = stands.as_ref().and_then(|view| SwapState::parse(&view.state));
    tell_of_step(app, ctx, tx, before.unwrap_or(SwapState::Open), &swap).await?;
    Ok(SwapAnswer { swap: Some(written), violations, ..SwapAnswer::default() })
}

/// Most who are told that a swap waits for them: any one of them may decide.
const MOST_DECIDERS: usize = 20;

/// Tells both sides of a step that was `taken`, and of one that makes somebody decide those who may.
async fn tell_of_step(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    before: SwapState,
    taken: &ShiftSwap,
) -> Outcome<()> {
    let subject = taken.id.to_string();
    if before == SwapState::Matched && taken.state != SwapState::Matched {
        settle_notifications(tx, NewsKind::ShiftSwapAwaitsDecision, &subject, ctx.now()).await?;
    }
    let back = match taken.return_shift {
        Some(shift) => shifts_by_id(tx, &[shift]).await?.pop().map(|it| it.span()),
        None => None,
    };
    let sides = news_of_step(before, taken, back, ctx.viewer().agent);
    let mut news: Vec<_> =
        sides.into_iter().map(|(agent, news)| (Whom::Agent(agent), news)).collect();
    if let Some(waits) = news_for_deciders(taken, back)
        && let Some(proposer) = agents_by_id(tx, &[taken.proposer]).await?.pop()
    {
        // Whoever may review it, as a review asks.
        let target = Target { site: Some(taken.site), ..proposer.target() };
        let (right, at) = (Permission::ShiftSwapApprove, (taken.site, &target));
        let sides: Vec<AgentId> =
            std::iter::once(taken.proposer).chain(taken.counterpart).collect();
        let deciders = users_who_may(tx, right, at, ctx.now(), &sides, MOST_DECIDERS).await?;
        news.extend(deciders.into_iter().map(|user| (Whom::User(user), waits.clone())));
    }
    tell(app, ctx, tx, &subject, news).await
}

/// Tells a colleague who wanted to take the shift why that was not possible.
async fn tell_of_refusal(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    stands: &SwapView,
    refusal: &SwapRefusal,
) -> Outcome<()> {
    let Some(taker) = ctx.viewer().agent.filter(|agent| *agent != stands.proposer_id) else {
        return Ok(());
    };
    let news = news_of_refusal(&stands.swap(Vec::new())?, refusal, taker);
    let news = news.map(|news| (taker, news));
    tell_agents(app, ctx, tx, &stands.id.to_string(), news).await
}

fn reassignments(change: &Change) -> Vec<Reassignment> {
    let moves = change.edits.iter().filter_map(|edit| match edit {
        Edit::Move { shift, from, to } => {
            Some(Reassignment { shift: *shift, from: *from, to: *to })
        }
        _ => None,
    });
    moves.collect()
}

pub(super) fn event(ctx: &Ctx, state: SwapState, comment: Option<String>) -> SwapEvent {
    SwapEvent {
        state,
        at: ctx.now(),
        agent: ctx.viewer().agent,
        user: ctx.actor().map(UserId::from_uuid),
        comment,
    }
}

fn detail(value: &impl Serialize) -> Outcome<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| AppError::Internal(format!("audit: {error}")))
}
