//! What a planner does with single shifts: each step passes the one judge before it is written.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, ScheduleId, ShiftId, SiteId},
    identity::{Access, Permission, Target},
    notifications::{News, news_of_activities, news_of_edit, news_of_new_shift},
    schedules::{
        Activity, Change, Edit, Effect, Overrides, Reshape, Shift, ShiftOfParts, ShiftPart,
        SkillNeed, Violation, check,
    },
    time::Span,
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    schedules::{
        ScheduleView, ShiftRow, ShiftView, insert_shift_changes, lock_schedule, lock_schedules,
        schedule_by_id, shifts_by_id, write_shift,
    },
};

use super::{
    figures::effect_inside,
    ground::{ground_from, site_of, source_of},
    overrides::{Judgement, may_override},
    scenario::{standing, writable},
    service::stale,
};
use crate::{app::App, error::Outcome, notifications::tell_agents};

/// What to do with a shift.
#[derive(Debug, Clone, Serialize)]
pub(super) enum ShiftChange {
    /// It starts at another time; its activities keep their places in it.
    Start(Timestamp),
    /// It has another length, or its activities other times.
    Reshape(Reshape),
    /// Another agent works it.
    Agent(AgentId),
    /// It goes.
    Remove,
}

/// A planner's edit of one shift.
#[derive(Debug, Clone)]
pub(super) struct EditShift {
    pub(super) shift: ShiftId,
    pub(super) expected_version: Option<i32>,
    pub(super) change: ShiftChange,
    pub(super) overrides: Overrides,
    pub(super) dry_run: bool,
}

/// A shift that a planner adds.
#[derive(Debug, Clone)]
pub(super) struct AddShift {
    pub(super) schedule: ScheduleId,
    pub(super) agent: AgentId,
    pub(super) start: Timestamp,
    /// What fills it, in order.
    pub(super) parts: Vec<ShiftPart>,
    /// What it asks of whoever works it.
    pub(super) needs: Vec<SkillNeed>,
    pub(super) overrides: Overrides,
    pub(super) dry_run: bool,
}

/// What came of an edit.
#[derive(Debug, Default)]
pub(super) struct Edited {
    pub(super) shift: Option<ShiftView>,
    pub(super) violations: Vec<Violation>,
    pub(super) effect: Option<Effect>,
    pub(super) faults: Vec<Fault>,
}

fn not_edited(fault: impl Into<Fault>) -> Edited {
    Edited { faults: vec![fault.into()], ..Edited::default() }
}

/// Changes one shift, published or of a draft, if no rule stands against it that is not overridden.
pub(super) async fn edit_shift(app: &App, ctx: &Ctx, ask: EditShift) -> Outcome<Edited> {
    let tx = app.db.begin(ctx).await?;
    let hidden = || not_edited(Fault::not_found("shiftId"));
    let Some(seen) = shifts_by_id(&tx, &[ask.shift]).await?.pop() else { return Ok(hidden()) };
    let Some(from) = seen.agent_id else { return Ok(hidden()) };
    let to = if let ShiftChange::Agent(agent) = ask.change { agent } else { from };
    lock_schedules(&tx, &[ask.shift], &[from, to]).await?;
    let Some(view) = shifts_by_id(&tx, &[ask.shift]).await?.pop() else { return Ok(hidden()) };
    if let Some(refusal) = may_edit(ctx, &tx, &view, to).await? {
        return Ok(not_edited(refusal));
    }
    // It changed hands before the locks were held, and they are those of the agent before.
    if view.agent_id != Some(from) {
        let fault = stale(view.version);
        return Ok(Edited { shift: Some(view), ..not_edited(fault) });
    }
    if ask.expected_version.is_some_and(|expected| expected != view.version) {
        let fault = stale(view.version);
        return Ok(Edited { shift: Some(view), ..not_edited(fault) });
    }
    let site = site_of(app, ctx, &tx, view.site_id).await?;
    let Some(schedule) = schedule_by_id(&tx, view.schedule_id).await? else { return Ok(hidden()) };
    let Some(shift) = view.shift(&site.zone())? else { return Ok(hidden()) };
    let (edit, after) = match edited(&shift, &ask.change, &site.zone()) {
        Ok(edited) => edited,
        Err(fault) => return Ok(not_edited(fault)),
    };
    // Among the days of another schedule it would stand beside what that one plans, and stay when
    // that one is superseded.
    let days = schedule.starts_on..=schedule.ends_on;
    if after.as_ref().is_some_and(|after| !days.contains(&after.local_date())) {
        let reshaped = matches!(ask.change, ShiftChange::Reshape(_));
        let path = if reshaped { "change.reshape.startsAt" } else { "change.startsAt" };
        return Ok(not_edited(Fault::invalid(path, Rule::DayOfTheSchedule)));
    }
    let detail = json!({ "shift": view.id, "change": ask.change, "agent": from, "starts_at": view.starts_at });
    let turn = match after {
        Some(after) => Turn::Becomes { before: shift, after },
        None => Turn::Goes(shift),
    };
    let step = Step { turn, edit, cause: "edit", detail, overrides: ask.overrides };
    let edited = carry_out(app, ctx, tx, &schedule, step, ask.dry_run).await?;
    // What was not written stands as it was seen.
    Ok(Edited { shift: edited.shift.or(Some(view)), ..edited })
}

/// Adds a shift to a draft or to what is published, if no rule stands against it that is not overridden.
pub(super) async fn add_shift(app: &App, ctx: &Ctx, ask: AddShift) -> Outcome<Edited> {
    let tx = app.db.begin(ctx).await?;
    writable(ctx, &tx, ask.schedule).await?;
    lock_schedule(&tx, ask.schedule, &[ask.agent]).await?;
    let schedule = writable(ctx, &tx, ask.schedule).await?;
    if let Err(fault) = standing(&schedule.state) {
        return Ok(not_edited(fault));
    }
    let receiver = agents_by_id(&tx, &[ask.agent]).await?.pop();
    let write = Permission::ScheduleWrite;
    let seen = receiver.is_some_and(|it| ctx.viewer().sees(write, &it.target(), ctx.now()));
    if !seen {
        return Ok(not_edited(Fault::not_found("agentId")));
    }
    let directory = app.directory(&tx, ctx).await?;
    let unknown = ask.needs.iter().position(|need| directory.skill(need.skill).is_none());
    if let Some(at) = unknown {
        return Ok(not_edited(Fault::not_found(&format!("needs.{at}.skillId"))));
    }
    let zone = site_of(app, ctx, &tx, schedule.site_id).await?.zone();
    let new = ShiftOfParts {
        id: ctx.new_id(),
        agent: ask.agent,
        site: schedule.site_id,
        start: ask.start,
        parts: &ask.parts,
        needs: ask.needs.clone(),
    };
    let shift = match new.shift(&zone) {
        Ok(shift) => shift,
        Err(fault) => return Ok(not_edited(fault)),
    };
    if !(schedule.starts_on..=schedule.ends_on).contains(&shift.local_date()) {
        return Ok(not_edited(Fault::invalid("startsAt", Rule::DayOfTheSchedule)));
    }
    let edit = Edit::Add(shift.clone());
    let detail = json!({ "shift": shift.id(), "agent": ask.agent, "starts_at": ask.start,
        "needs": ask.needs });
    let (turn, overrides) = (Turn::Comes(shift), ask.overrides);
    let step = Step { turn, edit, cause: "add", detail, overrides };
    carry_out(app, ctx, tx, &schedule, step, ask.dry_run).await
}

/// One shift of a schedule as it stands and as it shall be.
#[derive(Debug)]
enum Turn {
    Comes(Shift),
    Becomes { before: Shift, after: Shift },
    Goes(Shift),
}

impl Turn {
    fn before(&self) -> Option<&Shift> {
        match self {
            Self::Comes(_) => None,
            Self::Becomes { before, .. } | Self::Goes(before) => Some(before),
        }
    }

    fn after(&self) -> Option<&Shift> {
        match self {
            Self::Comes(after) | Self::Becomes { after, .. } => Some(after),
            Self::Goes(_) => None,
        }
    }

    /// Which shift, and its version as it stands.
    fn subject(&self) -> (ShiftId, i32) {
        match self {
            Self::Comes(shift) => (shift.id(), 0),
            Self::Becomes { before, .. } | Self::Goes(before) => (before.id(), before.version()),
        }
    }

    fn row(&self) -> ShiftRow<'_> {
        match self {
            Self::Comes(after) => ShiftRow::New(after),
            Self::Becomes { before, after } => ShiftRow::Changed(after, before.version()),
            Self::Goes(before) => ShiftRow::Gone(before.id(), before.version()),
        }
    }

    fn deed<'a>(&self, action: &'a str) -> Deed<'a> {
        match self {
            Self::Comes(after) => Deed::made(action, after.id(), recorded(after)),
            Self::Becomes { before, after } => {
                Deed::changed(action, before.id(), recorded(before), recorded(after))
            }
            Self::Goes(before) => Deed::removed(action, before.id(), recorded(before)),
        }
    }

    fn news(&self, site: SiteId) -> Vec<(AgentId, News)> {
        let at = |shift: &Shift| (shift.agent(), shift.span());
        match self {
            Self::Comes(after) => news_of_new_shift(site, after.agent(), after.span()),
            Self::Becomes { before, after } if at(before) == at(after) => {
                let within = before.activities() != after.activities();
                let news = news_of_activities(site, after.agent(), after.span());
                if within { news } else { Vec::new() }
            }
            Self::Becomes { before, after } => news_of_edit(site, at(before), Some(at(after))),
            Self::Goes(before) => news_of_edit(site, at(before), None),
        }
    }
}

/// What happens to one shift of a schedule.
#[derive(Debug)]
struct Step {
    turn: Turn,
    /// The same for the judge.
    edit: Edit,
    /// What the record of changes calls it.
    cause: &'static str,
    detail: Value,
    /// Rules that it may break.
    overrides: Overrides,
}

/// Judges a step and writes it, with its records and what is told of it, unless a rule stands against it
/// that is not overridden, or it is only tried.
async fn carry_out(
    app: &App,
    ctx: &Ctx,
    tx: TenantTx,
    schedule: &ScheduleView,
    step: Step,
    dry_run: bool,
) -> Outcome<Edited> {
    let Step { turn, edit, cause, detail, overrides } = step;
    if let Err(fault) = may_override(ctx, schedule.site_id, &overrides) {
        return Ok(not_edited(fault));
    }
    let sides = || turn.before().into_iter().chain(turn.after());
    let spans: Vec<Span> = sides().map(Shift::span).collect();
    let agents: Vec<AgentId> = sides().map(Shift::agent).collect();
    let source = (schedule.site_id, source_of(schedule));
    let ground = ground_from(app, ctx, &tx, source, &agents, &spans).await?;
    let change = Change::edit(vec![edit]);
    let violations = check(&ground.context(ctx.now()), &change);
    let directory = app.directory(&tx, ctx).await?;
    let effect = effect_inside(&tx, &directory, schedule, &ground, &change).await?;
    let settled = overrides.settle(&violations);
    let mut edited = Edited { violations, effect, faults: settled.faults, ..Edited::default() };
    if dry_run || !edited.faults.is_empty() {
        return Ok(edited);
    }
    let (id, version) = turn.subject();
    if !write_shift(&tx, schedule.id, turn.row()).await? {
        return Ok(not_edited(stale(version)));
    }
    let rules: Vec<String> = ground.rule_versions().collect();
    let (violations, overridden) = (&edited.violations[..], &settled.overridden[..]);
    let judgement = Judgement { violations, overridden, rules: &rules };
    let of_schedule = (schedule, &ground.roster.zone);
    let change = judgement.insert_change(&tx, ctx, of_schedule, cause, detail.clone()).await?;
    insert_shift_changes(&tx, change, &[(turn.before(), turn.after())]).await?;
    let action = format!("shift.{cause}");
    let reasons = judgement.reasons();
    let deed = turn.deed(&action).judged_by(rules.clone()).because(reasons.as_deref());
    record(&tx, ctx, deed.with(judgement.told(detail))).await?;
    if schedule.state == "PUBLISHED" {
        tell_agents(app, ctx, &tx, &id.to_string(), turn.news(schedule.site_id)).await?;
    }
    edited.shift = shifts_by_id(&tx, &[id]).await?.pop();
    tx.commit().await?;
    Ok(edited)
}

/// What the audit says of a shift.
fn recorded(shift: &Shift) -> Value {
    let activity = |it: &Activity| {
        json!({"category": it.category, "startsAt": it.span.start(), "endsAt": it.span.end(),
               "paid": it.paid})
    };
    let activities: Vec<Value> = shift.activities().iter().map(activity).collect();
    json!({"agentId": shift.agent(), "startsAt": shift.span().start(),
           "endsAt": shift.span().end(), "activities": activities, "version": shift.version()})
}

/// Why the caller may not edit the shift, or give it to `to`; `None` = it may.
async fn may_edit(
    ctx: &Ctx,
    tx: &TenantTx,
    view: &ShiftView,
    to: AgentId,
) -> Outcome<Option<Fault>> {
    let hidden = Some(Fault::not_found("shiftId"));
    let agents = agents_by_id(tx, &[view.agent_id.unwrap_or(to), to]).await?;
    let owner = agents.iter().find(|agent| Some(agent.id) == view.agent_id);
    let stands = standing(&view.state).is_ok();
    let Some(owner) = owner.filter(|_| stands) else { return Ok(hidden) };
    let target = Target { site: Some(view.site_id), ..owner.target() };
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    match ctx.viewer().access(write, read, &target, ctx.now()) {
        Access::Allowed => {}
        // Who does not plan sees of a draft nothing.
        Access::Forbidden if view.state == "PUBLISHED" => {
            return Ok(Some(Fault::new(FaultCode::Forbidden).at("shiftId")));
        }
        Access::Forbidden | Access::Hidden => return Ok(hidden),
    }
    let receiver = agents.iter().find(|agent| agent.id == to);
    let seen = receiver.is_some_and(|it| ctx.viewer().sees(write, &it.target(), ctx.now()));
    Ok((!seen).then(|| Fault::not_found("change.agentId")))
}

/// The step for the judge and the shift afterwards.
fn edited(
    shift: &Shift,
    change: &ShiftChange,
    zone: &TimeZone,
) -> Result<(Edit, Option<Shift>), Fault> {
    match change {
        ShiftChange::Remove => Ok((Edit::Remove { agent: shift.agent(), shift: shift.id() }, None)),
        &ShiftChange::Agent(to) => {
            let edit = Edit::Move { shift: shift.id(), from: shift.agent(), to };
            Ok((edit, Some(shift.given_to(to))))
        }
        &ShiftChange::Start(start) => {
            let moved = shift.moved_to(start, zone).map_err(|fault| fault.at("change.startsAt"))?;
            Ok((Edit::Replace(moved.clone()), Some(moved)))
        }
        ShiftChange::Reshape(reshape) => {
            let reshaped = shift.reshaped(reshape, zone).map_err(|fault| {
                let path = format!("change.reshape.{}", fault.path.join("."));
                fault.at(&path)
            })?;
            Ok((Edit::Replace(reshaped.clone()), Some(reshaped)))
        }
    }
}
