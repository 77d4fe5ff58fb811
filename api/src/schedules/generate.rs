//! Generation: rosters from nothing, as a job or at once.

use jiff::{Timestamp, ToSpan as _, civil};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{ScheduleId, ShiftId, SiteId},
    identity::{Access, Permission, ReachSet, Target},
    plannable::check_plannable,
    schedules::{
        IntervalAxis, Overrides, Shift, ShiftWish,
        generator::{
            MAX_HEADCOUNT_KINDS, Progress, ShiftShape, StartPattern, Task, headcount_kinds,
        },
        start_patterns,
    },
    time::Span,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    db::TenantTx,
    jobs::{ClaimedJob, JobStep, JobView, insert_job, job_by_id},
    schedules::{
        Generation, Ground, NewSchedule, PatternAssignmentView, RosterAsk, RulesUsed, Source, Who,
        insert_schedule, insert_shifts, load_ground, pattern_assignments, shift_wishes_of_site,
    },
};

use super::{
    ground::site_of,
    searching::{
        Budget, Order, Tell, check_queues, end, end_of, headcounts_within, last_step, renew,
        search_within, searched,
    },
    shift_templates::shapes_of,
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Kind of the job.
pub(crate) const GENERATE: &str = "schedule.generate";

/// What says how many people are wanted when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlannedBy {
    /// The requirement of the queues.
    #[default]
    Requirement,
    /// Headcounts of the shift templates.
    Headcounts,
}

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateSchedule {
    /// For which site.
    pub site: SiteId,
    /// First day, a Monday.
    pub starts_on: civil::Date,
    /// Weeks to plan, 1 to 8.
    pub weeks: u8,
    /// What says how many people are wanted when.
    #[serde(default)]
    pub by: PlannedBy,
    /// How long to search, and from which draw.
    #[serde(flatten)]
    pub budget: Budget,
}

impl GenerateSchedule {
    fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults: Vec<Fault> =
            check_plannable(self.starts_on, "startsOn").err().into_iter().collect();
        if self.starts_on.weekday() != civil::Weekday::Monday {
            faults.push(Fault::invalid("startsOn", Rule::Monday));
        }
        if !(1..=8).contains(&self.weeks) {
            faults.push(Fault::invalid("weeks", Rule::Between(1, 8)));
        }
        faults.extend(self.budget.faults());
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn last(&self) -> civil::Date {
        self.starts_on.saturating_add((i64::from(self.weeks) * 7 - 1).days())
    }
}

/// A generated schedule before it is stored.
struct Generated {
    id: ScheduleId,
    shifts: Vec<Shift>,
    generation: Generation,
    /// Where the search has got to.
    stands: JobStep,
    /// Versions of the rules that it was made by.
    rules: Vec<String>,
}

/// Asks for a draft; a worker generates it.
pub(super) async fn request(app: &App, ctx: &Ctx, ask: GenerateSchedule) -> Outcome<JobView> {
    ask.check().map_err(AppError::Faults)?;
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, ask.site).await?;
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    match ctx.viewer().access(write, read, &Target::site(ask.site), ctx.now()) {
        Access::Allowed => {}
        Access::Forbidden => return Err(Fault::new(FaultCode::Forbidden).at("siteId").into()),
        Access::Hidden => return Err(Fault::not_found("siteId").into()),
    }
    // The search by headcounts takes the requirement too, for who may work none of these shifts.
    let window = Span::of_days(ask.starts_on, ask.last(), &site.zone());
    check_queues(&tx, (site.id, window), "siteId").await?;
    if ask.by == PlannedBy::Headcounts {
        let shapes = shapes_of(&tx, ask.site, ask.starts_on, ask.last()).await?;
        check_headcounts(&shapes, (ask.starts_on, ask.last()))?;
    }
    let id = ctx.new_id();
    let input = serde_json::to_value(ask).map_err(unwritable)?;
    let Budget { seed, iterations, max_rounds, max_seconds } = ask.budget;
    insert_job(&tx, ctx, id, GENERATE, input, Some(ask.budget.rounds().into())).await?;
    let after = json!({"siteId": ask.site, "startsOn": ask.starts_on, "weeks": ask.weeks, "by": ask.by,
                       "seed": seed, "iterations": iterations, "maxRounds": max_rounds, "maxSeconds": max_seconds});
    record(&tx, ctx, Deed::made("schedule.request", id, after)).await?;
    let job = job_by_id(&tx, id).await?.ok_or(AppError::Unavailable)?;
    tx.commit().await?;
    Ok(job)
}

/// Refuses to plan by headcounts where nobody is wanted on any of the days, and where more shifts are
/// planned by number than a search can hold.
fn check_headcounts(
    shapes: &[ShiftShape],
    (first, last): (civil::Date, civil::Date),
) -> Result<(), Fault> {
    if !shapes.iter().any(|shape| shape.is_wanted_between(first, last)) {
        return Err(Fault::invalid("by", Rule::HeadcountsOfTheShifts));
    }
    let kinds = headcount_kinds(shapes);
    if kinds > MAX_HEADCOUNT_KINDS {
        let rule = Rule::HeadcountKindsAtMost(MAX_HEADCOUNT_KINDS, kinds);
        return Err(Fault::invalid("by", rule));
    }
    Ok(())
}

/// Does the job: the draft and the end of the job are written together or not at all.
pub(crate) async fn run(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let ask: GenerateSchedule = serde_json::from_value(job.input.clone()).map_err(unwritable)?;
    let work = planning(load(app, ctx, ask).await?, ask, ctx.now());
    let renew = async |stands: Option<Progress>| renew(app, ctx, job, stands).await;
    let Some((mut generated, stopped_by)) = searched(work, renew).await? else { return Ok(()) };
    generated.generation.stopped(stopped_by);
    let result = json!({ "schedule": generated.id.to_string() });
    let (stands, how) = (generated.stands, end_of(&generated.generation, result));
    let tx = app.db.begin(ctx).await?;
    // By whoever asked for it, whom the worker does not know otherwise.
    let detail = json!({"jobId": job.id, "requestedBy": job.requested_by});
    store(&tx, ctx, &ask, generated, detail).await?;
    if end(app, &tx, job, stands, how).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// Generates a schedule at once and publishes it. `progress` hears how many rounds of how many are
/// done.
///
/// # Errors
/// Faults of `ask`; RULE_VIOLATED when a blocking rule is broken; what the database says.
pub async fn generate_now(
    app: &App,
    ctx: &Ctx,
    ask: GenerateSchedule,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Outcome<ScheduleId> {
    ask.check().map_err(AppError::Faults)?;
    let tell = async |stands: Option<Progress>| {
        progress(stands.map_or(0, |it| it.iteration), ask.budget.rounds().into());
        Ok(Order::GoOn)
    };
    let work = planning(load(app, ctx, ask).await?, ask, ctx.now());
    let (generated, _) = searched(work, tell).await?.ok_or(AppError::Unavailable)?;
    let tx = app.db.begin(ctx).await?;
    let schedule = store(&tx, ctx, &ask, generated, json!({})).await?;
    tx.commit().await?;
    let publish = super::service::PublishSchedule {
        schedule,
        expected_version: None,
        overrides: Overrides::default(),
        dry_run: false,
    };
    let published = super::service::publish(app, ctx, publish).await?;
    if published.faults.is_empty() { Ok(schedule) } else { Err(AppError::Faults(published.faults)) }
}

async fn store(
    tx: &TenantTx,
    ctx: &Ctx,
    ask: &GenerateSchedule,
    generated: Generated,
    detail: Value,
) -> Outcome<ScheduleId> {
    let Generated { id, shifts, generation, rules, .. } = generated;
    let (seed, rounds) = (ask.budget.seed, generation.report.rounds);
    let search = generation.search;
    let after = json!({"siteId": ask.site, "startsOn": ask.starts_on, "endsOn": ask.last(), "by": ask.by,
                       "seed": seed, "rounds": rounds, "endedBy": search.map(|it| it.end),
                       "stoppedBy": search.and_then(|it| it.stopped_by), "shifts": shifts.len(),
                       "state": "DRAFT"});
    let result = serde_json::to_value(generation)
        .map_err(|error| AppError::Internal(format!("generator: {error}")))?;
    let new = NewSchedule {
        id,
        site: ask.site,
        first: ask.starts_on,
        last: ask.last(),
        seed: Some(seed.into()),
        result,
        base: None,
        name: None,
    };
    insert_schedule(tx, ctx, new).await?;
    insert_shifts(tx, id, &shifts).await?;
    let deed = Deed::made(GENERATE, id, after).judged_by(rules).with(detail);
    record(tx, ctx, deed).await?;
    Ok(id)
}

/// The search for a whole draft.
fn planning(
    loaded: Loaded,
    ask: GenerateSchedule,
    now: Timestamp,
) -> impl FnOnce(Tell<'_>) -> Outcome<Generated> + Send + 'static {
    move |tell| plan(&loaded, ask, || new_id(now), tell)
}

/// What the search looks at.
struct Loaded {
    ground: Ground,
    /// What shifts the site offers.
    shapes: Vec<ShiftShape>,
    patterns: Vec<StartPattern>,
    /// What the agents wish, where it is planned by headcounts.
    wishes: Vec<ShiftWish>,
}

async fn load(app: &App, ctx: &Ctx, ask: GenerateSchedule) -> Outcome<Loaded> {
    let tx = app.db.begin(ctx).await?;
    let site = site_of(app, ctx, &tx, ask.site).await?;
    let last = ask.last();
    let window = Span::of_days(ask.starts_on, last, &site.zone());
    let source = Source::Draft { schedule: None, site: site.id, first: ask.starts_on, last };
    let who = Who::Site(site.id);
    let ask_ground = RosterAsk { site: &site, who, window, covered: window, source };
    let ground = load_ground(&tx, ask_ground).await?;
    let patterns = patterns_of(&tx, site.id, ask.starts_on, usize::from(ask.weeks)).await?;
    let shapes = shapes_of(&tx, site.id, ask.starts_on, last).await?;
    let wishes = match ask.by {
        PlannedBy::Requirement => Vec::new(),
        PlannedBy::Headcounts => shift_wishes_of_site(&tx, site.id, ask.starts_on, last).await?,
    };
    Ok(Loaded { ground, shapes, patterns, wishes })
}

/// Minutes of a slot of the search.
pub(super) const SLOT_MINUTES: u16 = 15;

fn plan(
    Loaded { ground, shapes, patterns, wishes }: &Loaded,
    ask: GenerateSchedule,
    mut next_id: impl FnMut() -> ShiftId,
    tell: Tell<'_>,
) -> Outcome<Generated> {
    let axis = axis_of(ground);
    let rules = ground.planning_rules();
    let task = Task {
        roster: &ground.roster,
        rules: &rules,
        sites: &ground.sites,
        first: ask.starts_on,
        days: usize::from(ask.weeks) * 7,
        slot_minutes: SLOT_MINUTES,
        shapes,
        patterns,
        axis,
        needs: &ground.queues,
    };
    let prepared = task.prepare();
    let broken = |error: &dyn std::fmt::Display| AppError::Internal(format!("generator: {error}"));
    let (found, used, report) = match ask.by {
        PlannedBy::Requirement => {
            let (found, used) = search_within(&prepared.problem, ask.budget, tell)?;
            let report = prepared.report(&found);
            (found, used, report)
        }
        PlannedBy::Headcounts => {
            let (found, used) = headcounts_within(&prepared, wishes, ask.budget, tell)?;
            let report = prepared.report_by_headcounts(&found, wishes);
            (found, used, report)
        }
    };
    let report = report.map_err(|error| broken(&error))?;
    let shifts = prepared.shifts(&found.plan, &mut next_id).map_err(|error| broken(&error))?;
    let generation = Generation {
        rules: RulesUsed { id: ground.rules.id, version: ground.rules.version },
        requirements: ground.requirements.clone(),
        search: Some(used),
        report,
    };
    let id = ScheduleId::from_uuid(next_id().uuid());
    let (stands, rules) = (last_step(&found), ground.rule_versions().collect());
    Ok(Generated { id, shifts, generation, stands, rules })
}

/// Intervals of the requirement; none where nothing is required.
pub(super) fn axis_of(ground: &Ground) -> IntervalAxis {
    let nothing = IntervalAxis { start: ground.roster.window.start(), step_seconds: 1800, len: 0 };
    ground.coverage.as_ref().map_or(nothing, |coverage| coverage.axis)
}

/// The patterns of a site's agents over so many weeks from a Monday on.
pub(super) async fn patterns_of(
    tx: &TenantTx,
    site: SiteId,
    monday: civil::Date,
    weeks: usize,
) -> Outcome<Vec<StartPattern>> {
    let all = ReachSet { network: true, ..ReachSet::default() };
    let given = pattern_assignments(tx, site, &all).await?;
    let given = given.iter().map(PatternAssignmentView::known).collect::<Result<Vec<_>, _>>()?;
    Ok(start_patterns(&given, monday, weeks))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
pub(super) fn unwritable(error: serde_json::Error) -> AppError {
    AppError::Internal(format!("job input: {error}"))
}
