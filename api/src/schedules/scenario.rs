//! What-if: a draft on top of a published schedule, to be compared, thrown away or merged.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan as _;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, ScheduleId, ShiftId},
    identity::{Permission, Target},
    notifications::{news_of_activities, news_of_edit, news_of_new_shift},
    schedules::{
        Change, CheckContext, Edit, Effect, Merge, MergeStep, Overrides, RefusedChange, Shift,
        Sorted, Violation, check, merge, step_by_step,
    },
    time::start_of_day,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
    schedules::{
        Ground, NewSchedule, RosterAsk, ScheduleView, ShiftView, Who, close_draft, copy_shifts,
        insert_schedule, insert_shift_changes, load_ground, lock_publication, scenario_shifts,
        schedule_by_id, shifts_by_id, shifts_of_schedule, write_steps,
    },
};

use super::{
    copy_week::read_name,
    figures::effect_inside,
    ground::{effect_of, site_of, source_of},
    overrides::{Judgement, may_override},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
    forecasting::blocking,
    identity::permit,
    notifications::tell_agents,
};

/// Copies a published schedule into a scenario.
pub(super) async fn create(
    app: &App,
    ctx: &Ctx,
    base: ScheduleId,
    name: &str,
) -> Outcome<ScheduleView> {
    let tx = app.db.begin(ctx).await?;
    let base = writable(ctx, &tx, base).await?;
    let name = read_name(Some(name))?;
    if base.state != "PUBLISHED" {
        let fault = Fault::new(FaultCode::InvalidState).at("scheduleId");
        return Err(fault.with("state", base.state).into());
    }
    let id: ScheduleId = ctx.new_id();
    let new = NewSchedule {
        id,
        site: base.site_id,
        first: base.starts_on,
        last: base.ends_on,
        seed: None,
        result: json!({}),
        base: Some(base.id),
        name,
    };
    insert_schedule(&tx, ctx, new).await?;
    let shifts = copy_shifts(&tx, ctx, base.id, id).await?;
    let after = json!({ "baseId": base.id, "baseVersion": base.version, "shifts": shifts });
    record(&tx, ctx, Deed::made("schedule.scenario", id, after)).await?;
    let made = schedule_by_id(&tx, id).await?;
    tx.commit().await?;
    made.ok_or_else(|| AppError::Internal(format!("{id} is gone within its own transaction")))
}

/// The schedule, if the caller plans at its site.
pub(super) async fn writable(ctx: &Ctx, tx: &TenantTx, id: ScheduleId) -> Outcome<ScheduleView> {
    let view = schedule_by_id(tx, id).await?;
    let view = view.ok_or_else(|| Fault::not_found("scheduleId"))?;
    let target = Target::site(view.site_id);
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    if view.state != "PUBLISHED" && !ctx.viewer().sees(write, &target, ctx.now()) {
        return Err(Fault::not_found("scheduleId").into());
    }
    permit(ctx, write, read, &target, "scheduleId")?;
    Ok(view)
}

/// Refuses what has been superseded or taken out, by the state of a schedule or shift: only drafts and
/// what is published are changed.
pub(super) fn standing(state: &str) -> Result<(), Fault> {
    if ["DRAFT", "PUBLISHED"].contains(&state) {
        return Ok(());
    }
    Err(Fault::new(FaultCode::InvalidState).at("scheduleId").with("state", state))
}

/// Refuses to merge into what has been superseded, be it on some days of the scenario only.
fn beneath(base: &ScheduleView, scenario: &ScheduleView) -> Result<(), Fault> {
    standing(&base.state)?;
    if base.has_days_of(scenario) { Ok(()) } else { standing("SUPERSEDED") }
}

/// How a scenario is merged.
#[derive(Debug, Clone)]
pub(super) struct MergeScenario {
    pub(super) scenario: ScheduleId,
    /// Merge what can be merged, and leave the rest.
    pub(super) legal_part: bool,
    /// Rules that the steps may break.
    pub(super) overrides: Overrides,
    pub(super) dry_run: bool,
}

/// A step that cannot be made.
#[derive(Debug)]
pub(super) struct RefusedStep {
    pub(super) step: MergeStep,
    /// The shift beneath it that it would change.
    pub(super) shift: Option<ShiftView>,
    pub(super) violations: Vec<Violation>,
}

/// What came of a merge.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The schedule that it lies over, as that stands now.
    pub(super) schedule: Option<ScheduleView>,
    /// Steps that were made, or would be.
    pub(super) steps: usize,
    /// What they break or would break without being refused, and what refuses them all.
    pub(super) violations: Vec<Violation>,
    pub(super) refused: Vec<RefusedStep>,
    pub(super) conflicts: Vec<ShiftView>,
    /// Of the schedule that it lies over, where nothing is assumed.
    pub(super) effect: Option<Effect>,
    /// By what the scenario assumes of queues; `None` when it assumes nothing of them.
    pub(super) effect_assumed: Option<Effect>,
    pub(super) faults: Vec<Fault>,
}

/// Carries what was changed in a scenario into the schedule that it lies over, through the judge as
/// that one stands now: all of it or nothing, or the part that no rule holds up that is not overridden.
/// The scenario ends with it.
pub(super) async fn merge_scenario(app: &App, ctx: &Ctx, ask: MergeScenario) -> Outcome<Merged> {
    let tx = app.db.begin(ctx).await?;
    let seen = writable(ctx, &tx, ask.scenario).await?;
    // Locks the schedule that it lies over too, and everybody whom either concerns.
    lock_publication(&tx, &seen).await?;
    let scenario = writable(ctx, &tx, ask.scenario).await?;
    let target = Target::site(scenario.site_id);
    // Merging shows agents what they will work, as publishing does.
    permit(ctx, Permission::SchedulePublish, Permission::ScheduleRead, &target, "scheduleId")?;
    may_override(ctx, scenario.site_id, &ask.overrides)?;
    let merged_or_none = || AppError::from(Fault::invalid("scheduleId", Rule::OpenScenario));
    let base = scenario.open_over().ok_or_else(merged_or_none)?;
    let base = schedule_by_id(&tx, base).await?.ok_or_else(merged_or_none)?;
    beneath(&base, &scenario)?;
    let site = site_of(app, ctx, &tx, base.site_id).await?;
    let Merge { steps, conflicts } = found(&tx, ctx, &site, &scenario, &base).await?;
    let ground = ground_of(&tx, &site, &base, &steps).await?;
    let Judged { taken, violations, refused } = judged(ctx, &ground, &steps, &ask).await?;
    let refused = shown(&tx, &steps, refused).await?;
    let conflicts = shifts_by_id(&tx, &conflicts).await?;
    let together = taken.iter().flat_map(|place| steps[*place].change().edits).collect();
    let together = Change::edit(together);
    let effect = effect_of(&tx, site.id, &ground, &together).await?;
    let mut effect_assumed = None;
    if !scenario.assumptions()?.queues.is_empty() {
        let directory = app.directory(&tx, ctx).await?;
        effect_assumed = effect_inside(&tx, &directory, &scenario, &ground, &together).await?;
    }
    let mut merged = Merged {
        schedule: Some(base.clone()),
        steps: taken.len(),
        violations,
        refused,
        conflicts,
        effect,
        effect_assumed,
        faults: Vec::new(),
    };
    if !ask.legal_part && !merged.conflicts.is_empty() {
        merged.faults.push(
            Fault::new(FaultCode::StaleVersion)
                .at("scheduleId")
                .with("current", base.version.to_string()),
        );
    }
    let settled = ask.overrides.settle(&merged.violations);
    if !ask.legal_part {
        merged.faults.extend(settled.faults);
    }
    let nothing = taken.is_empty() && !(merged.refused.is_empty() && merged.conflicts.is_empty());
    if ask.dry_run || nothing || !merged.faults.is_empty() {
        return Ok(merged);
    }
    let made: Vec<&MergeStep> = taken.iter().map(|place| &steps[*place]).collect();
    if !write_steps(&tx, base.id, &made).await? {
        return Err(AppError::Internal("a locked shift has changed".to_owned()));
    }
    close_draft(&tx, ctx, scenario.id).await?;
    let come = made.iter().filter(|step| step.before.is_none()).filter_map(|it| it.after.as_ref());
    let added: Vec<ShiftId> = come.map(Shift::id).collect();
    let detail = json!({ "scenarioId": scenario.id, "steps": made.len(), "added": added,
        "refused": merged.refused.len(), "conflicts": merged.conflicts.len() });
    let rules: Vec<String> = ground.rule_versions().collect();
    let (violations, overridden) = (&merged.violations[..], &settled.overridden[..]);
    let judgement = Judgement { violations, overridden, rules: &rules };
    let of_base = (&base, &ground.roster.zone);
    let change = judgement.insert_change(&tx, ctx, of_base, "merge", detail.clone()).await?;
    let sides = made.iter().map(|step| (step.before.as_ref(), step.after.as_ref()));
    insert_shift_changes(&tx, change, &sides.collect::<Vec<_>>()).await?;
    let before = json!({ "scenarioState": scenario.state });
    let after = json!({ "scenarioState": "SUPERSEDED", "steps": made.len() });
    let deed = Deed::changed("schedule.merge", base.id, before, after);
    let reasons = judgement.reasons();
    let deed = deed.judged_by(rules.clone()).because(reasons.as_deref());
    record(&tx, ctx, deed.with(judgement.told(detail))).await?;
    // Of a draft nobody but planners knows.
    let told = if base.state == "PUBLISHED" { made } else { Vec::new() };
    for step in told {
        let after = step.after.as_ref().map(|after| (after.agent(), after.span()));
        let (subject, news) = match (&step.before, after) {
            (Some(before), Some(after)) if after == (before.agent(), before.span()) => {
                let within = step.after.iter().any(|it| it.activities() != before.activities());
                let news = news_of_activities(base.site_id, before.agent(), before.span());
                (before.id(), if within { news } else { Vec::new() })
            }
            (Some(before), after) => {
                (before.id(), news_of_edit(base.site_id, (before.agent(), before.span()), after))
            }
            (None, Some((agent, span))) => {
                let id = step.after.as_ref().map_or(ctx.new_id(), Shift::id);
                (id, news_of_new_shift(base.site_id, agent, span))
            }
            (None, None) => continue,
        };
        tell_agents(app, ctx, &tx, &subject.to_string(), news).await?;
    }
    merged.schedule = schedule_by_id(&tx, base.id).await?;
    tx.commit().await?;
    Ok(merged)
}

/// What the scenario does with the shifts beneath it as they stand.
async fn found(
    tx: &TenantTx,
    ctx: &Ctx,
    site: &SiteView,
    scenario: &ScheduleView,
    base: &ScheduleView,
) -> Outcome<Merge> {
    let zone = site.zone();
    let (from, to) = (base.starts_on, base.ends_on.saturating_add(3.days()));
    let window = (start_of_day(from, &zone), start_of_day(to, &zone));
    let mut published = BTreeMap::new();
    for row in shifts_of_schedule(tx, base, window.0, window.1).await? {
        if let Some(shift) = row.shift(&zone)? {
            published.insert(shift.id(), shift);
        }
    }
    let changed = scenario_shifts(tx, scenario, site).await?;
    Ok(merge(&changed, &published, || ctx.new_id()))
}

/// Rosters of everybody whom the steps touch, with the shifts of the schedule, over its days.
async fn ground_of(
    tx: &TenantTx,
    site: &SiteView,
    base: &ScheduleView,
    steps: &[MergeStep],
) -> Outcome<Ground> {
    let sides = steps.iter().flat_map(|step| [&step.before, &step.after]);
    let agents: BTreeSet<AgentId> = sides.flatten().map(Shift::agent).collect();
    let agents: Vec<AgentId> = agents.into_iter().collect();
    let window = base.days(&site.zone());
    let (who, source) = (Who::Agents(&agents), source_of(base));
    Ok(load_ground(tx, RosterAsk { site, who, window, covered: window, source }).await?)
}

/// No steps break nothing: an empty change would judge the roster as it stands.
fn judge_together(context: &CheckContext<'_>, edits: Vec<Edit>) -> Vec<Violation> {
    if edits.is_empty() { Vec::new() } else { check(context, &Change::edit(edits)) }
}

/// Which steps are made.
struct Judged {
    taken: Vec<usize>,
    violations: Vec<Violation>,
    refused: Vec<RefusedChange>,
}

async fn judged(
    ctx: &Ctx,
    ground: &Ground,
    steps: &[MergeStep],
    ask: &MergeScenario,
) -> Outcome<Judged> {
    let changes: Vec<Change> = steps.iter().map(MergeStep::change).collect();
    let (ground, now) = (ground.clone(), ctx.now());
    let (legal_part, overrides) = (ask.legal_part, ask.overrides.clone());
    blocking(move || {
        let context = ground.context(now);
        let all = Sorted { taken: (0..changes.len()).collect(), refused: Vec::new() };
        let sorted = if legal_part { step_by_step(&context, &changes, &overrides) } else { all };
        let Sorted { taken, refused } = sorted;
        let edits = taken.iter().flat_map(|place| changes[*place].edits.clone()).collect();
        let violations = judge_together(&context, edits);
        Judged { taken, violations, refused }
    })
    .await
}

/// What is refused, with the shifts that it is about.
async fn shown(
    tx: &TenantTx,
    steps: &[MergeStep],
    refused: Vec<RefusedChange>,
) -> Outcome<Vec<RefusedStep>> {
    let before = |it: &RefusedChange| steps[it.place].before.as_ref().map(Shift::id);
    let ids: Vec<ShiftId> = refused.iter().filter_map(before).collect();
    let views = shifts_by_id(tx, &ids).await?;
    let step = |it: RefusedChange| {
        let shift = before(&it).and_then(|id| views.iter().find(|view| view.id == id));
        let shift = shift.cloned();
        RefusedStep { step: steps[it.place].clone(), shift, violations: it.violations }
    };
    Ok(refused.into_iter().map(step).collect())
}
