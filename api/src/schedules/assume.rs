//! What a what-if scenario assumes beside its shifts; and scenarios that are thrown away.

use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::ScheduleId,
    schedules::{
        Assumptions, RuleAttachment, RuleLimits, RuleSubject, RuleUse, SubjectContradiction,
    },
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    schedules::{
        ScheduleView, close_draft, load_whole_rule_book, lock_schedule, rule_uses, schedule_by_id,
        set_assumptions,
    },
};

use super::{scenario::writable, service::stale};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// What a scenario shall assume.
#[derive(Debug)]
pub(super) struct Assume {
    pub(super) scenario: ScheduleId,
    /// Version that the planner has seen.
    pub(super) expected_version: Option<i32>,
    /// All of it, in place of what it assumed before.
    pub(super) assumptions: Assumptions,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Assumed {
    pub(super) schedule: Option<ScheduleView>,
    /// Rules that cannot be kept together.
    pub(super) contradictions: Vec<SubjectContradiction>,
    pub(super) faults: Vec<Fault>,
}

/// Sets what a scenario assumes. The live plan knows nothing of it.
pub(super) async fn assume(app: &App, ctx: &Ctx, ask: Assume) -> Outcome<Assumed> {
    let Assume { scenario, expected_version, assumptions } = ask;
    let tx = app.db.begin(ctx).await?;
    writable(ctx, &tx, scenario).await?;
    lock_schedule(&tx, scenario, &[]).await?;
    let scenario = writable(ctx, &tx, scenario).await?;
    let wrong = wrong(app, ctx, &tx, &scenario, &assumptions).await?;
    if !wrong.faults.is_empty() {
        return Ok(wrong);
    }
    open(&scenario)?;
    if expected_version.is_some_and(|expected| expected != scenario.version) {
        return Err(stale(scenario.version).into());
    }
    if !set_assumptions(&tx, ctx, &scenario, &assumptions).await? {
        return Err(AppError::Internal("a locked schedule has changed".to_owned()));
    }
    let (before, after) = (told(&scenario.assumptions()?)?, told(&assumptions)?);
    record(&tx, ctx, Deed::changed("schedule.scenario_assume", scenario.id, before, after)).await?;
    let schedule = schedule_by_id(&tx, scenario.id).await?;
    tx.commit().await?;
    Ok(Assumed { schedule, ..Assumed::default() })
}

/// Ends a scenario without merging it: it stays for the record, and nobody can change it any more.
pub(super) async fn discard(app: &App, ctx: &Ctx, scenario: ScheduleId) -> Outcome<ScheduleView> {
    let tx = app.db.begin(ctx).await?;
    writable(ctx, &tx, scenario).await?;
    lock_schedule(&tx, scenario, &[]).await?;
    let scenario = writable(ctx, &tx, scenario).await?;
    open(&scenario)?;
    close_draft(&tx, ctx, scenario.id).await?;
    let (before, after) = (json!({ "state": scenario.state }), json!({ "state": "SUPERSEDED" }));
    record(&tx, ctx, Deed::changed("schedule.scenario_discard", scenario.id, before, after))
        .await?;
    let made = schedule_by_id(&tx, scenario.id).await?;
    tx.commit().await?;
    let id = scenario.id;
    made.ok_or_else(|| AppError::Internal(format!("{id} is gone within its own transaction")))
}

/// Refuses what is no scenario, or is one no longer.
fn open(scenario: &ScheduleView) -> Result<(), Fault> {
    if scenario.open_over().is_some() {
        return Ok(());
    }
    Err(Fault::invalid("scheduleId", Rule::OpenScenario))
}

fn told(assumptions: &Assumptions) -> Outcome<Value> {
    let assumed = serde_json::to_value(assumptions);
    assumed.map_err(|error| AppError::Internal(format!("assumptions: {error}")))
}

/// Queues that the site does not serve, values that cannot be meant, rules that have no such borders
/// or cannot be kept together.
async fn wrong(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    scenario: &ScheduleView,
    assumptions: &Assumptions,
) -> Outcome<Assumed> {
    let directory = app.directory(tx, ctx).await?;
    let mut faults = Vec::new();
    for (place, assumed) in assumptions.queues.iter().enumerate() {
        let queue = directory.queue(assumed.queue);
        if queue.is_none_or(|queue| !queue.site_ids.contains(&scenario.site_id)) {
            faults.push(Fault::not_found(&format!("queues.{place}.queueId")));
        }
    }
    faults.extend(assumptions.check().err().unwrap_or_default());
    let (site, first) = (scenario.site_id, scenario.starts_on);
    let book = load_whole_rule_book(tx, Some(site)).await?;
    let known = book.effective(&RuleSubject::site(site), first).rules;
    for (place, change) in assumptions.rules.iter().enumerate() {
        let path = format!("rules.{place}");
        // What its parameters cannot mean is told already.
        if change.check(&path).is_ok() && !change.apply(&mut known.limits.clone()) {
            let rule = Rule::RuleBounds(change.rule.as_str());
            faults.push(Fault::invalid(&path, rule));
        }
    }
    let mut contradictions = Vec::new();
    if !assumptions.rules.is_empty() {
        let mut uses = vec![RuleUse::from(RuleSubject::site(site))];
        uses.extend(rule_uses(tx, RuleAttachment::Site(site), first).await?);
        let assumed = |limits: &RuleLimits| assumptions.rules_over(limits);
        let stood = book.contradictions(&uses, first, RuleLimits::clone);
        contradictions = book.contradictions(&uses, first, assumed);
        contradictions.retain(|it| stood.iter().all(|old| old.contradiction != it.contradiction));
    }
    if !contradictions.is_empty() {
        faults.push(Fault::invalid("rules", Rule::RulesTogether));
    }
    Ok(Assumed { schedule: None, contradictions, faults })
}
