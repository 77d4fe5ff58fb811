//! Changes of schedules: everything passes the one judge before it is written.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, RequirementId, ScheduleId, ShiftId},
    identity::{Access, Permission, Target},
    notifications::{PeriodNews, news_of_edit, news_of_publication},
    schedules::{Activity, Change, Edit, Effect, NewShift, Shift, Violation, check, refuses},
    time::{Span, start_of_day},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::freeze_forecasts,
    notifications::workers_of_schedules,
    schedules::{
        RosterAsk, ScheduleView, ShiftRow, ShiftView, Source, Who, insert_change, load_ground,
        lock_publication, lock_schedules, publish_schedule, schedule_by_id, shifts_by_id,
        supersede_schedules, write_shift,
    },
};

pub use super::generate::{GenerateSchedule, generate_now};
use super::ground::{effect_of, ground_from, site_of, source_of};
use crate::{app::App, error::Outcome, notifications::tell_agents};

/// A draft to publish.
#[derive(Debug, Clone, Copy)]
pub struct PublishSchedule {
    /// Which one.
    pub schedule: ScheduleId,
    /// Version that the planner has seen.
    pub expected_version: Option<i32>,
    /// Only check.
    pub dry_run: bool,
}

/// What came of publishing.
#[derive(Debug, Default)]
pub struct Published {
    /// The schedule as it stands now, where the caller may see it.
    pub schedule: Option<ScheduleView>,
    /// What was found, heaviest first.
    pub violations: Vec<Violation>,
    /// Why it was not done; empty = done.
    pub faults: Vec<Fault>,
}

fn refused(fault: impl Into<Fault>) -> Published {
    Published { faults: vec![fault.into()], ..Published::default() }
}

fn stale(current: i32) -> Fault {
    Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current.to_string())
}

/// Publishes a draft whose roster breaks no blocking rule; what was published for its days is
/// superseded, and the forecasts that the draft was made from are frozen.
///
/// # Errors
/// What the database says.
pub async fn publish(app: &App, ctx: &Ctx, ask: PublishSchedule) -> Outcome<Published> {
    let PublishSchedule { schedule, expected_version, dry_run } = ask;
    let tx = app.db.begin(ctx).await?;
    let hidden = || refused(Fault::not_found("scheduleId"));
    let Some(view) = schedule_by_id(&tx, schedule).await? else { return Ok(hidden()) };
    // A swap or an edit next to its days may be sound alone, and not together with it.
    lock_publication(&tx, &view).await?;
    let Some(view) = schedule_by_id(&tx, schedule).await? else { return Ok(hidden()) };
    let target = Target::site(view.site_id);
    let (write, read) = (Permission::SchedulePublish, Permission::ScheduleRead);
    match ctx.viewer().access(write, read, &target, ctx.now()) {
        Access::Allowed => {}
        // Who does not plan at the site sees of it only what is published.
        Access::Forbidden if view.state == "PUBLISHED" => {
            return Ok(refused(Fault::new(FaultCode::Forbidden).at("scheduleId")));
        }
        Access::Forbidden | Access::Hidden => return Ok(hidden()),
    }
    if expected_version.is_some_and(|expected| expected != view.version) {
        return Ok(Published { schedule: Some(view.clone()), ..refused(stale(view.version)) });
    }
    if view.state != "DRAFT" {
        let fault = Fault::new(FaultCode::InvalidState).with("state", view.state.clone());
        return Ok(Published { schedule: Some(view), ..refused(fault) });
    }
    let Judged { violations, requirements, rules } = judge(app, ctx, &tx, &view).await?;
    if refuses(&violations) {
        let fault = refused(FaultCode::RuleViolated);
        return Ok(Published { schedule: Some(view), violations, ..fault });
    }
    if dry_run {
        return Ok(Published { schedule: Some(view), violations, faults: Vec::new() });
    }
    let superseded = supersede_schedules(&tx, ctx, &view).await?;
    if !publish_schedule(&tx, ctx, view.id, view.version).await? {
        return Ok(refused(stale(view.version)));
    }
    let mut touched = superseded.clone();
    touched.push(view.id);
    let superseded: Vec<String> = superseded.iter().map(ToString::to_string).collect();
    let requirements = view.generation().map_or(requirements, |made| made.requirements);
    let frozen = freeze_forecasts(&tx, &requirements).await?;
    let told = violations.iter().filter(|it| !it.standing).count();
    let detail = json!({ "superseded": superseded, "violations": told, "frozen": frozen });
    insert_change(&tx, ctx, view.id, "publish", detail.clone()).await?;
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed("schedule.publish", view.id, state(&view.state), state("PUBLISHED"));
    record(&tx, ctx, deed.judged_by(rules).with(detail)).await?;
    let workers = workers_of_schedules(&tx, &touched).await?;
    let period = PeriodNews { site: view.site_id, first: view.starts_on, last: view.ends_on };
    let news = news_of_publication(&period, workers);
    tell_agents(app, ctx, &tx, &view.id.to_string(), news).await?;
    let schedule = schedule_by_id(&tx, view.id).await?;
    tx.commit().await?;
    Ok(Published { schedule, violations, faults: Vec::new() })
}

/// What is found of a draft.
struct Judged {
    violations: Vec<Violation>,
    /// The computations that its coverage was measured against.
    requirements: Vec<RequirementId>,
    /// Versions of the rules.
    rules: Vec<String>,
}

/// Judges a draft as if it were published.
async fn judge(app: &App, ctx: &Ctx, tx: &TenantTx, view: &ScheduleView) -> Outcome<Judged> {
    let site = site_of(app, ctx, tx, view.site_id).await?;
    let zone = site.zone();
    let (from, to) = (
        start_of_day(view.starts_on, &zone),
        start_of_day(view.ends_on.saturating_add(1.day()), &zone),
    );
    let window = Span::new(from, to).unwrap_or(Span::of_seconds(from, 0));
    let source = Source::Draft {
        schedule: Some(view.id),
        site: site.id,
        first: view.starts_on,
        last: view.ends_on,
    };
    let ask = RosterAsk { site: &site, who: Who::Site(site.id), window, covered: window, source };
    let ground = load_ground(tx, ask).await?;
    let violations = check(&ground.context(ctx.now()), &Change::default());
    let rules = ground.rule_versions().collect();
    Ok(Judged { violations, requirements: ground.requirements, rules })
}

/// What to do with a shift.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) enum ShiftChange {
    /// It starts at another time; its activities keep their places in it.
    Start(Timestamp),
    /// Another agent works it.
    Agent(AgentId),
    /// It goes.
    Remove,
}

/// A planner's edit of one shift.
#[derive(Debug, Clone, Copy)]
pub(super) struct EditShift {
    pub(super) shift: ShiftId,
    pub(super) expected_version: Option<i32>,
    pub(super) change: ShiftChange,
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

/// Changes one shift, published or of a draft, if no blocking rule stands against it.
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
    if ask.expected_version.is_some_and(|expected| expected != view.version) {
        let fault = stale(view.version);
        return Ok(Edited { shift: Some(view), ..not_edited(fault) });
    }
    let site = site_of(app, ctx, &tx, view.site_id).await?;
    let Some(schedule) = schedule_by_id(&tx, view.schedule_id).await? else { return Ok(hidden()) };
    let Some(shift) = view.shift(&site.zone())? else { return Ok(hidden()) };
    let (edit, after) = match edited(&shift, ask.change, &site.zone()) {
        Ok(edited) => edited,
        Err(fault) => return Ok(not_edited(fault)),
    };
    let days = schedule.starts_on..=schedule.ends_on;
    let is_draft = schedule.state == "DRAFT";
    if is_draft && after.as_ref().is_some_and(|after| !days.contains(&after.local_date())) {
        return Ok(not_edited(Fault::invalid("change.startsAt", Rule::DayOfTheDraft)));
    }
    let spans: Vec<Span> =
        std::iter::once(shift.span()).chain(after.as_ref().map(Shift::span)).collect();
    let source = (view.site_id, source_of(&schedule));
    let ground = ground_from(app, ctx, &tx, source, &[from, to], &spans).await?;
    let change = Change::edit(vec![edit]);
    let violations = check(&ground.context(ctx.now()), &change);
    let effect = effect_of(&tx, view.site_id, &ground, &change).await?;
    if refuses(&violations) {
        let refused = not_edited(FaultCode::RuleViolated);
        return Ok(Edited { shift: Some(view), violations, effect, ..refused });
    }
    if ask.dry_run {
        return Ok(Edited { shift: Some(view), violations, effect, faults: Vec::new() });
    }
    let row = match &after {
        Some(after) => ShiftRow::Changed(after, view.version),
        None => ShiftRow::Gone(view.id, view.version),
    };
    if !write_shift(&tx, view.schedule_id, row).await? {
        return Ok(not_edited(stale(view.version)));
    }
    let detail = json!({ "shift": view.id, "change": ask.change, "agent": from, "starts_at": view.starts_at });
    insert_change(&tx, ctx, view.schedule_id, "edit", detail.clone()).await?;
    let before = recorded(&shift);
    let deed = match &after {
        Some(after) => Deed::changed("shift.edit", view.id, before, recorded(after)),
        None => Deed::removed("shift.edit", view.id, before),
    };
    record(&tx, ctx, deed.judged_by(ground.rule_versions()).with(detail)).await?;
    if !is_draft {
        let now = after.as_ref().map(|after| (after.agent(), after.span()));
        let news = news_of_edit(view.site_id, (from, shift.span()), now);
        tell_agents(app, ctx, &tx, &view.id.to_string(), news).await?;
    }
    let shift = shifts_by_id(&tx, &[view.id]).await?.pop();
    tx.commit().await?;
    Ok(Edited { shift, violations, effect, faults: Vec::new() })
}

/// What the audit says of a shift.
fn recorded(shift: &Shift) -> Value {
    json!({"agentId": shift.agent(), "startsAt": shift.span().start(),
           "endsAt": shift.span().end(), "version": shift.version()})
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
    let Some(owner) = owner.filter(|_| view.state != "SUPERSEDED") else { return Ok(hidden) };
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
    change: ShiftChange,
    zone: &jiff::tz::TimeZone,
) -> Result<(Edit, Option<Shift>), Fault> {
    match change {
        ShiftChange::Remove => Ok((Edit::Remove { agent: shift.agent(), shift: shift.id() }, None)),
        ShiftChange::Agent(to) => {
            let edit = Edit::Move { shift: shift.id(), from: shift.agent(), to };
            Ok((edit, Some(shift.given_to(to))))
        }
        ShiftChange::Start(start) => {
            let by = start.duration_since(shift.span().start());
            let moved = moved(shift, by, zone)
                .ok_or_else(|| Fault::invalid("change.startsAt", Rule::WholeMinute))?;
            Ok((Edit::Replace(moved.clone()), Some(moved)))
        }
    }
}

fn moved(shift: &Shift, by: SignedDuration, zone: &jiff::tz::TimeZone) -> Option<Shift> {
    if by.as_secs() % 60 != 0 || by.subsec_nanos() != 0 {
        return None;
    }
    let later = |span: Span| Span::new(span.start() + by, span.end() + by);
    let activity = |it: &Activity| later(it.span).map(|span| Activity { span, ..*it });
    let new = NewShift {
        id: shift.id(),
        agent: shift.agent(),
        site: shift.site(),
        span: later(shift.span())?,
        activities: shift.activities().iter().map(activity).collect::<Option<_>>()?,
        needs: shift.needs().to_vec(),
        version: shift.version().saturating_add(1),
    };
    Shift::new(new, zone).ok()
}
