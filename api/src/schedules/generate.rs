//! Generation: rosters from nothing, as a job or at once.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{Timestamp, ToSpan as _, civil};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{ScheduleId, ShiftId, SiteId},
    identity::{Access, Permission, ReachSet, Target},
    schedules::{
        IntervalAxis, Shift,
        generator::{Options, ShiftShape, StartPattern, Task, search},
        start_patterns,
    },
    time::Span,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    db::TenantTx,
    jobs::{ClaimedJob, JobEnd, JobView, end_job, insert_job, job_by_id, renew_job},
    schedules::{
        Generation, Ground, NewSchedule, PatternAssignmentView, RosterAsk, RulesUsed, Source, Who,
        insert_schedule, insert_shifts, load_ground, pattern_assignments,
    },
};

use super::{ground::site_of, shift_templates::shapes_of};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Kind of the job.
pub(crate) const GENERATE: &str = "schedule.generate";

/// Most rounds of improvement of one search.
pub(super) const MOST_ROUNDS: u32 = 20_000;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateSchedule {
    /// For which site.
    pub site: SiteId,
    /// First day, a Monday.
    pub starts_on: civil::Date,
    /// Weeks to plan, 1 to 8.
    pub weeks: u8,
    /// The same seed, roster and iterations give the same schedule.
    pub seed: u32,
    /// Rounds of improvement, at most 20,000.
    pub iterations: u32,
}

impl GenerateSchedule {
    fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if self.starts_on.weekday() != civil::Weekday::Monday {
            faults.push(Fault::invalid("startsOn", Rule::Monday));
        }
        if !(1..=8).contains(&self.weeks) {
            faults.push(Fault::invalid("weeks", Rule::Between(1, 8)));
        }
        if self.iterations > MOST_ROUNDS {
            faults.push(Fault::invalid("iterations", Rule::AtMost(MOST_ROUNDS.into())));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn last(&self) -> civil::Date {
        self.starts_on.saturating_add((i64::from(self.weeks) * 7 - 1).days())
    }
}

/// A generated schedule before it is stored.
struct Generated {
    new: NewSchedule,
    shifts: Vec<Shift>,
    /// Versions of the rules that it was made by.
    rules: Vec<String>,
}

/// Asks for a draft; a worker generates it.
pub(super) async fn request(app: &App, ctx: &Ctx, ask: GenerateSchedule) -> Outcome<JobView> {
    ask.check().map_err(AppError::Faults)?;
    let tx = app.db.begin(ctx).await?;
    site_of(app, ctx, &tx, ask.site).await?;
    let (write, read) = (Permission::ScheduleWrite, Permission::ScheduleRead);
    match ctx.viewer().access(write, read, &Target::site(ask.site), ctx.now()) {
        Access::Allowed => {}
        Access::Forbidden => return Err(Fault::new(FaultCode::Forbidden).at("siteId").into()),
        Access::Hidden => return Err(Fault::not_found("siteId").into()),
    }
    let id = ctx.new_id();
    let input = serde_json::to_value(ask).map_err(unwritable)?;
    insert_job(&tx, ctx, id, GENERATE, input, Some(ask.iterations.into())).await?;
    let after = json!({"siteId": ask.site, "startsOn": ask.starts_on, "weeks": ask.weeks,
                       "seed": ask.seed, "iterations": ask.iterations});
    record(&tx, ctx, Deed::made("schedule.request", id, after)).await?;
    let job = job_by_id(&tx, id).await?.ok_or(AppError::Unavailable)?;
    tx.commit().await?;
    Ok(job)
}

/// Does the job: the draft and the end of the job are written together or not at all.
pub(crate) async fn run(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let ask: GenerateSchedule = serde_json::from_value(job.input.clone()).map_err(unwritable)?;
    let work = planning(load(app, ctx, ask).await?, ask, ctx.now());
    let renew = async |done: u64| renew(app, ctx, job, done).await;
    let Some(generated) = searched(work, renew).await? else { return Ok(()) };
    let tx = app.db.begin(ctx).await?;
    // By whoever asked for it, whom the worker does not know otherwise.
    let detail = json!({"jobId": job.id, "requestedBy": job.requested_by});
    let schedule = store(&tx, ctx, generated, detail).await?;
    let end = JobEnd::Done(json!({ "schedule": schedule.to_string() }));
    if end_job(&tx, job, end, app.clock.now()).await? {
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
    let tell = async |done| {
        progress(done, ask.iterations.into());
        Ok(ControlFlow::Continue(()))
    };
    let work = planning(load(app, ctx, ask).await?, ask, ctx.now());
    let generated = searched(work, tell).await?.ok_or(AppError::Unavailable)?;
    let tx = app.db.begin(ctx).await?;
    let schedule = store(&tx, ctx, generated, json!({})).await?;
    tx.commit().await?;
    let publish =
        super::service::PublishSchedule { schedule, expected_version: None, dry_run: false };
    let published = super::service::publish(app, ctx, publish).await?;
    if published.faults.is_empty() { Ok(schedule) } else { Err(AppError::Faults(published.faults)) }
}

async fn store(
    tx: &TenantTx,
    ctx: &Ctx,
    generated: Generated,
    detail: Value,
) -> Outcome<ScheduleId> {
    let Generated { new, shifts, rules } = generated;
    let id = new.id;
    let after = json!({"siteId": new.site, "startsOn": new.first, "endsOn": new.last,
                       "seed": new.seed, "shifts": shifts.len(), "state": "DRAFT"});
    insert_schedule(tx, ctx, new).await?;
    insert_shifts(tx, id, &shifts).await?;
    let deed = Deed::made(GENERATE, id, after).judged_by(rules).with(detail);
    record(tx, ctx, deed).await?;
    Ok(id)
}

/// Who is told how many rounds are done, and says whether to go on.
pub(super) type Tell<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

/// Tells that the job is still under way; stops it when it is no more this worker's.
pub(super) async fn renew(
    app: &App,
    ctx: &Ctx,
    job: &ClaimedJob,
    done: u64,
) -> Outcome<ControlFlow<()>> {
    let tx = app.db.begin(ctx).await?;
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let mine = renew_job(&tx, job, done, app.clock.now()).await?;
    tx.commit().await?;
    Ok(if mine { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
}

/// Does the work in a thread of its own, and tells `progress` now and then; `None` when it was told
/// to stop.
pub(super) async fn searched<T: Send + 'static>(
    work: impl FnOnce(Tell<'_>) -> Outcome<T> + Send + 'static,
    mut progress: impl AsyncFnMut(u64) -> Outcome<ControlFlow<()>>,
) -> Outcome<Option<T>> {
    let (done, stop) = (Arc::new(AtomicU64::new(0)), CancellationToken::new());
    let (told, told_to_stop) = (Arc::clone(&done), stop.clone());
    // The thread ends with whoever waits for it: a program that is to end does not wait for a plan.
    let _stops = stop.clone().drop_guard();
    let mut work = tokio::task::spawn_blocking(move || {
        work(&mut |iteration| {
            told.store(iteration, Ordering::Relaxed);
            if told_to_stop.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    });
    loop {
        tokio::select! {
            found = &mut work => {
                let found = found.map_err(|error| AppError::Internal(error.to_string()))??;
                return Ok((!stop.is_cancelled()).then_some(found));
            }
            () = tokio::time::sleep(Duration::from_millis(500)) => {
                if progress(done.load(Ordering::Relaxed)).await?.is_break() {
                    stop.cancel();
                }
            }
        }
    }
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
    Ok(Loaded { ground, shapes, patterns })
}

/// Minutes of a slot of the search.
pub(super) const SLOT_MINUTES: u16 = 15;

fn plan(
    Loaded { ground, shapes, patterns }: &Loaded,
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
    let options = Options { seed: ask.seed.into(), iterations: ask.iterations.into() };
    let broken = |error: &dyn std::fmt::Display| AppError::Internal(format!("generator: {error}"));
    let found = search(&prepared.problem, options, &mut |progress| tell(progress.iteration))
        .map_err(|error| broken(&error))?;
    let report = prepared.report(&found).map_err(|error| broken(&error))?;
    let shifts = prepared.shifts(&found.plan, &mut next_id).map_err(|error| broken(&error))?;
    let generation = Generation {
        rules: RulesUsed { id: ground.rules.id, version: ground.rules.version },
        requirements: ground.requirements.clone(),
        report,
    };
    let result = serde_json::to_value(generation).map_err(|error| broken(&error))?;
    let id = ScheduleId::from_uuid(next_id().uuid());
    let new = NewSchedule {
        id,
        site: ask.site,
        first: ask.starts_on,
        last: ask.last(),
        seed: Some(ask.seed.into()),
        result,
        base: None,
        name: None,
    };
    Ok(Generated { new, shifts, rules: ground.rule_versions().collect() })
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
