//! Publishing: a whole draft passes the one judge before it is shown.

use jiff::civil;
use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{RequirementId, ScheduleId},
    identity::{Access, Permission, Target},
    notifications::{PeriodNews, news_of_publication},
    schedules::{Change, Effect, Overrides, Violation, check},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::freeze_forecasts,
    notifications::workers_changed,
    schedules::{
        CutSchedule, Ground, RosterAsk, ScheduleView, Source, Who, cut_schedules, load_ground,
        load_staff_groups, lock_publication, publish_schedule, schedule_by_id, supersede_schedules,
    },
};

use super::{
    figures::effect_assumed,
    ground::site_of,
    overrides::{Judgement, may_override},
};
pub use super::{
    generate::{GenerateSchedule, PlannedBy, generate_now},
    searching::Budget,
};
use crate::{app::App, error::Outcome, forecasting::blocking, notifications::tell_agents};

/// A draft to publish.
#[derive(Debug, Clone)]
pub struct PublishSchedule {
    /// Which one.
    pub schedule: ScheduleId,
    /// Version that the planner has seen.
    pub expected_version: Option<i32>,
    /// Rules that its rosters may break.
    pub overrides: Overrides,
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
    /// What it does on the days of the schedule, beside what was published for them.
    pub effect: Option<Effect>,
    /// Why it was not done; empty = done.
    pub faults: Vec<Fault>,
}

fn refused(fault: impl Into<Fault>) -> Published {
    Published { faults: vec![fault.into()], ..Published::default() }
}

pub(super) fn stale(current: i32) -> Fault {
    Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current.to_string())
}

/// Publishes a draft whose roster breaks no rule that holds it up and is not overridden; what was published for its days is
/// superseded, and the forecasts that the draft was made from are frozen. A longer schedule is cut at
/// its borders, and goes on on its other days.
///
/// # Errors
/// What the database says.
pub async fn publish(app: &App, ctx: &Ctx, ask: PublishSchedule) -> Outcome<Published> {
    let PublishSchedule { schedule, expected_version, overrides, dry_run } = ask;
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
    if let Err(fault) = may_override(ctx, view.site_id, &overrides) {
        return Ok(Published { schedule: Some(view), ..refused(fault) });
    }
    if expected_version.is_some_and(|expected| expected != view.version) {
        return Ok(Published { schedule: Some(view.clone()), ..refused(stale(view.version)) });
    }
    if view.state != "DRAFT" {
        let fault = Fault::new(FaultCode::InvalidState).with("state", view.state.clone());
        return Ok(Published { schedule: Some(view), ..refused(fault) });
    }
    if let Some(base) = view.base_id
        && schedule_by_id(&tx, base)
            .await?
            .is_some_and(|base| base.state == "PUBLISHED" && base.has_days_of(&view))
    {
        // What was changed beneath it since it was copied would be lost: merging keeps that.
        let fault = refused(Fault::invalid("scheduleId", Rule::NoScenario));
        return Ok(Published { schedule: Some(view), ..fault });
    }
    let Judged { violations, effect, requirements, rules } = judge(app, ctx, &tx, &view).await?;
    let settled = overrides.settle(&violations);
    if !settled.faults.is_empty() {
        let (schedule, faults) = (Some(view), settled.faults);
        return Ok(Published { schedule, violations, effect, faults });
    }
    let cut = cut_schedules(&tx, ctx, &view).await?;
    let superseded = supersede_schedules(&tx, ctx, &view).await?;
    if !publish_schedule(&tx, ctx, view.id, view.version).await? {
        return Ok(refused(stale(view.version)));
    }
    // Undone with the transaction: what the tables refuse is refused when it is only tried, too.
    if dry_run {
        let schedule = Some(view);
        return Ok(Published { schedule, violations, effect, faults: Vec::new() });
    }
    for cut in &cut {
        record(&tx, ctx, deed_of_cut(cut).with(json!({ "by": view.id }))).await?;
    }
    let requirements = view.generation().map_or(requirements, |made| made.requirements);
    let frozen = freeze_forecasts(&tx, &requirements).await?;
    let found = violations.iter().filter(|it| !it.standing).count();
    let detail = json!({ "superseded": superseded, "violationsFound": found, "frozen": frozen });
    let zone = site_of(app, ctx, &tx, view.site_id).await?.zone();
    let (overridden, rules) = (&settled.overridden[..], &rules[..]);
    let judgement = Judgement { violations: &violations, overridden, rules };
    judgement.insert_change(&tx, ctx, (&view, &zone), "publish", detail.clone()).await?;
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed("schedule.publish", view.id, state(&view.state), state("PUBLISHED"));
    let reasons = judgement.reasons();
    let deed = deed.judged_by(rules.iter().cloned()).because(reasons.as_deref());
    record(&tx, ctx, deed.with(judgement.told(detail))).await?;
    let workers = workers_changed(&tx, view.id, &superseded).await?;
    let period = PeriodNews { site: view.site_id, first: view.starts_on, last: view.ends_on };
    let news = news_of_publication(&period, workers);
    tell_agents(app, ctx, &tx, &view.id.to_string(), news).await?;
    let schedule = schedule_by_id(&tx, view.id).await?;
    tx.commit().await?;
    Ok(Published { schedule, violations, effect, faults: Vec::new() })
}

/// What the audit says of a schedule that lost days to another one.
fn deed_of_cut(cut: &CutSchedule) -> Deed<'static> {
    let days =
        |(first, last): (civil::Date, civil::Date)| json!({ "startsOn": first, "endsOn": last });
    let CutSchedule { schedule, had, cut, replaced, after } = cut;
    let mut left = days(cut.kept);
    left["replacedId"] = json!(replaced);
    left["afterId"] = json!(after);
    Deed::changed("schedule.cut", schedule, days(*had), left)
}

/// What is found of a draft.
struct Judged {
    violations: Vec<Violation>,
    /// Beside what is published for its days.
    effect: Option<Effect>,
    /// The computations that its coverage was measured against.
    requirements: Vec<RequirementId>,
    /// Versions of the rules.
    rules: Vec<String>,
}

/// Judges a draft as if it were published.
async fn judge(app: &App, ctx: &Ctx, tx: &TenantTx, view: &ScheduleView) -> Outcome<Judged> {
    let site = site_of(app, ctx, tx, view.site_id).await?;
    let window = view.days(&site.zone());
    let source = Source::Draft {
        schedule: Some(view.id),
        site: site.id,
        first: view.starts_on,
        last: view.ends_on,
    };
    let ask = RosterAsk { site: &site, who: Who::Site(site.id), window, covered: window, source };
    let (ground, now) = (load_ground(tx, ask).await?, ctx.now());
    let (ground, violations) = blocking(move || {
        let violations = check(&ground.context(now), &Change::default());
        (ground, violations)
    })
    .await?;
    let rules = ground.rule_versions().collect();
    let Ground { coverage, staff, requirements, .. } = ground;
    let mut effect = None;
    if let Some(required) = coverage {
        let live = (window, Source::Published);
        let published = load_staff_groups(tx, &site, &required, live).await?;
        let staffed = (required, [published, staff]);
        let directory = app.directory(tx, ctx).await?;
        // What is published assumes nothing.
        effect = Some(effect_assumed(tx, &directory, site.id, staffed, Vec::new()).await?);
    }
    Ok(Judged { violations, effect, requirements, rules })
}
