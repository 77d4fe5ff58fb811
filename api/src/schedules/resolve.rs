//! A part of a schedule solved again: a job makes a proposal that lies over the schedule as a what-if
//! scenario does, is compared as one and merged as one.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, ScheduleId, ShiftId, SiteId},
    identity::Permission,
    schedules::{
        MergeStep,
        generator::{Part, Progress, ShiftShape, StartPattern, Task},
    },
    time::{Span, local_of_instant, monday_of, next_day, start_of_day},
};
use trunkline_infra::{
    agents::agents_by_id,
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    db::TenantTx,
    jobs::{ClaimedJob, JobStep, JobView, insert_job, job_by_id},
    network::SiteView,
    schedules::{
        Generation, Ground, NewSchedule, RosterAsk, RulesUsed, ScheduleView, Who, copied_shifts,
        copy_shifts, edited_shifts, insert_schedule, load_ground, lock_schedule, schedule_by_id,
        shifts_of_schedule, write_steps,
    },
};

use super::{
    copy_week::read_name,
    generate::{SLOT_MINUTES, axis_of, patterns_of, unwritable},
    ground::{site_of, source_of},
    scenario::{standing, writable},
    searching::{
        Budget, Tell, check_queues, end, end_of, last_step, renew, search_within, searched,
    },
    service::stale,
    shift_templates::shapes_of,
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Kind of the job.
pub(crate) const RESOLVE: &str = "schedule.resolve";

/// What of the part stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Keep {
    pub(super) starts: bool,
    pub(super) paid_time: bool,
    pub(super) edited: bool,
}

/// What to solve again.
#[derive(Debug, Clone)]
pub(super) struct ResolveSchedule {
    pub(super) schedule: ScheduleId,
    pub(super) expected_version: Option<i32>,
    /// Days of the part; `None` = those of the schedule.
    pub(super) first: Option<civil::Date>,
    pub(super) last: Option<civil::Date>,
    /// Whose shifts; `None` = everybody of the site.
    pub(super) agents: Option<Vec<AgentId>>,
    pub(super) keep: Keep,
    pub(super) name: Option<String>,
    pub(super) budget: Budget,
}

/// The same as the job keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Resolving {
    /// By which those who plan there find the job.
    site: SiteId,
    schedule: ScheduleId,
    first: civil::Date,
    last: civil::Date,
    agents: Option<BTreeSet<AgentId>>,
    keep: Keep,
    name: Option<String>,
    #[serde(flatten)]
    budget: Budget,
}

/// Asks for a proposal; a worker makes it.
pub(super) async fn request(app: &App, ctx: &Ctx, ask: ResolveSchedule) -> Outcome<JobView> {
    let tx = app.db.begin(ctx).await?;
    let schedule = writable(ctx, &tx, ask.schedule).await?;
    if ask.expected_version.is_some_and(|expected| expected != schedule.version) {
        return Err(stale(schedule.version).into());
    }
    let faults = ask.budget.faults();
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    by_requirement(&tx, &schedule).await?;
    let name = read_name(ask.name.as_deref())?;
    let (first, last) =
        (ask.first.unwrap_or(schedule.starts_on), ask.last.unwrap_or(schedule.ends_on));
    of_schedule(&schedule, (first, last))?;
    if last < first {
        return Err(Fault::invalid("endsOn", Rule::FirstDayOrLater).into());
    }
    let zone = site_of(app, ctx, &tx, schedule.site_id).await?.zone();
    let from = open_from(&schedule, (first, last), ctx.now(), &zone)?;
    let (_, window) = looked_at((from, last), &zone);
    check_queues(&tx, (schedule.site_id, window), "scheduleId").await?;
    let agents = match &ask.agents {
        Some(agents) => Some(known_agents(ctx, &tx, &schedule, agents).await?),
        None => None,
    };
    let resolving = Resolving {
        site: schedule.site_id,
        schedule: schedule.id,
        first,
        last,
        agents,
        keep: ask.keep,
        name,
        budget: ask.budget,
    };
    let id = ctx.new_id();
    let input = serde_json::to_value(&resolving).map_err(unwritable)?;
    insert_job(&tx, ctx, id, RESOLVE, input.clone(), Some(ask.budget.rounds().into())).await?;
    record(&tx, ctx, Deed::made("schedule.resolve_request", id, input)).await?;
    let job = job_by_id(&tx, id).await?.ok_or(AppError::Unavailable)?;
    tx.commit().await?;
    Ok(job)
}

/// Refuses what was made by headcounts, or lies over what was: solved again it would be planned by the
/// requirement, and the numbers of its shifts and the wishes would go unheeded.
async fn by_requirement(tx: &TenantTx, schedule: &ScheduleView) -> Outcome<()> {
    let base = match schedule.laid_over() {
        Some(base) => schedule_by_id(tx, base).await?,
        None => None,
    };
    let made = [Some(schedule), base.as_ref()].into_iter().flatten();
    let mut made = made.filter_map(ScheduleView::generation);
    if made.any(|it| it.report.headcounts.is_some()) {
        let fault = Fault::new(FaultCode::InvalidState).at("scheduleId");
        return Err(fault.with("state", "MADE_BY_HEADCOUNTS").into());
    }
    Ok(())
}

/// Agents of the site whose shifts the caller plans.
async fn known_agents(
    ctx: &Ctx,
    tx: &TenantTx,
    schedule: &ScheduleView,
    agents: &[AgentId],
) -> Outcome<BTreeSet<AgentId>> {
    const MOST: usize = 1000;
    if agents.is_empty() {
        return Err(Fault::invalid("agentIds", Rule::NotEmpty).into());
    }
    if agents.len() > MOST {
        return Err(Fault::invalid("agentIds", Rule::ItemsAtMost(MOST)).into());
    }
    let write = Permission::ScheduleWrite;
    let known = agents_by_id(tx, agents).await?;
    let here = known.iter().filter(|it| {
        it.site_id == schedule.site_id && ctx.viewer().sees(write, &it.target(), ctx.now())
    });
    let here: BTreeSet<AgentId> = here.map(|it| it.id).collect();
    match agents.iter().position(|agent| !here.contains(agent)) {
        None => Ok(here),
        Some(at) => Err(Fault::not_found(&format!("agentIds.{at}")).into()),
    }
}

/// Refuses days that the schedule has not, or no longer since another one took them over.
fn of_schedule(
    schedule: &ScheduleView,
    (first, last): (civil::Date, civil::Date),
) -> Result<(), Fault> {
    let days = schedule.starts_on..=schedule.ends_on;
    for (date, field) in [(first, "startsOn"), (last, "endsOn")] {
        if !days.contains(&date) {
            return Err(Fault::invalid(field, Rule::DayOfTheSchedule));
        }
    }
    Ok(())
}

/// The first day that can be solved again: of what is published tomorrow at the earliest, since today
/// is being worked.
fn open_from(
    schedule: &ScheduleView,
    (first, last): (civil::Date, civil::Date),
    now: Timestamp,
    zone: &TimeZone,
) -> Result<civil::Date, Fault> {
    standing(&schedule.state)?;
    let tomorrow = next_day(local_of_instant(now, zone).date());
    let first = if schedule.state == "PUBLISHED" { first.max(tomorrow) } else { first };
    if first <= last { Ok(first) } else { Err(Fault::invalid("endsOn", Rule::LaterThanNow)) }
}

/// What is looked at to solve days again: whole weeks, for their hours, and one more, since what stands
/// there bounds the last days of the part. The Monday on which it begins, that on which it ends, and all of
/// it as a span.
fn looked_at(
    (first, last): (civil::Date, civil::Date),
    zone: &TimeZone,
) -> ((civil::Date, civil::Date), Span) {
    let (monday, end) = (monday_of(first), monday_of(last).saturating_add(14.days()));
    let (from, to) = (start_of_day(monday, zone), start_of_day(end, zone));
    ((monday, end), Span::new(from, to).unwrap_or(Span::of_seconds(from, 0)))
}

/// Does the job: the proposal and the end of the job are written together or not at all.
pub(crate) async fn run(app: &App, ctx: &Ctx, job: &ClaimedJob) -> Outcome<()> {
    let ask: Resolving = serde_json::from_value(job.input.clone()).map_err(unwritable)?;
    let work = solving(load(app, ctx, &ask).await?, ask.clone(), ctx.now());
    let renew = async |stands: Option<Progress>| renew(app, ctx, job, stands).await;
    let Some((mut solved, stopped_by)) = searched(work, renew).await? else { return Ok(()) };
    solved.generation.stopped(stopped_by);
    let id: ScheduleId = ctx.new_id();
    let result = json!({ "schedule": id.to_string() });
    let (stands, how) = (solved.stands, end_of(&solved.generation, result));
    let tx = app.db.begin(ctx).await?;
    // By whoever asked for it, whom the worker does not know otherwise.
    let detail = json!({"jobId": job.id, "requestedBy": job.requested_by});
    store(&tx, ctx, (id, &ask), solved, detail).await?;
    if end(app, &tx, job, stands, how).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// What the search looks at.
struct Loaded {
    schedule: ScheduleView,
    site: SiteView,
    ground: Ground,
    /// What shifts the site offers.
    shapes: Vec<ShiftShape>,
    patterns: Vec<StartPattern>,
    /// Shifts that may change or go.
    shifts: BTreeSet<ShiftId>,
    /// First day of the part.
    first: civil::Date,
    /// First day that is looked at.
    monday: civil::Date,
    /// How many days are looked at.
    days: usize,
}

async fn load(app: &App, ctx: &Ctx, ask: &Resolving) -> Outcome<Loaded> {
    let tx = app.db.begin(ctx).await?;
    let schedule = schedule_by_id(&tx, ask.schedule).await?;
    let schedule = schedule.ok_or_else(|| Fault::not_found("scheduleId"))?;
    of_schedule(&schedule, (ask.first, ask.last))?;
    let site = site_of(app, ctx, &tx, schedule.site_id).await?;
    let zone = site.zone();
    let first = open_from(&schedule, (ask.first, ask.last), ctx.now(), &zone)?;
    let ((monday, end), window) = looked_at((first, ask.last), &zone);
    let days = usize::try_from((end - monday).get_days()).unwrap_or(0);
    let (who, source) = (Who::Site(site.id), source_of(&schedule));
    let ask_ground = RosterAsk { site: &site, who, window, covered: window, source };
    let ground = load_ground(&tx, ask_ground).await?;
    let patterns = patterns_of(&tx, site.id, monday, days / 7).await?;
    let shapes = shapes_of(&tx, site.id, monday, end.saturating_sub(1.days())).await?;
    let rows = shifts_of_schedule(&tx, &schedule, window.start(), window.end()).await?;
    let edited =
        if ask.keep.edited { edited_shifts(&tx, schedule.id).await? } else { BTreeSet::new() };
    let shifts = rows.iter().map(|row| row.id).filter(|id| !edited.contains(id)).collect();
    Ok(Loaded { schedule, site, ground, shapes, patterns, shifts, first, monday, days })
}

/// What was found.
struct Solved {
    /// As it stood when the search began.
    schedule: ScheduleView,
    site: SiteView,
    steps: Vec<MergeStep>,
    /// Of the whole weeks that the part touches.
    generation: Generation,
    /// Where the search has got to.
    stands: JobStep,
    /// Versions of the rules that it was made by.
    rules: Vec<String>,
}

/// The search for a proposal.
fn solving(
    loaded: Loaded,
    ask: Resolving,
    now: Timestamp,
) -> impl FnOnce(Tell<'_>) -> Outcome<Solved> + Send + 'static {
    move |tell| solve(loaded, &ask, now, tell)
}

fn solve(loaded: Loaded, ask: &Resolving, now: Timestamp, tell: Tell<'_>) -> Outcome<Solved> {
    let Loaded { schedule, site, ground, shapes, patterns, shifts, first, monday, days } = loaded;
    let rules = ground.planning_rules();
    let task = Task {
        roster: &ground.roster,
        rules: &rules,
        sites: &ground.sites,
        first: monday,
        days,
        slot_minutes: SLOT_MINUTES,
        shapes: &shapes,
        patterns: &patterns,
        axis: axis_of(&ground),
        needs: &ground.queues,
    };
    let part = Part {
        first,
        last: ask.last,
        agents: ask.agents.as_ref(),
        shifts: &shifts,
        keep_starts: ask.keep.starts,
        keep_paid_time: ask.keep.paid_time,
    };
    let prepared = task.prepare_part(&part);
    let (found, used) = search_within(&prepared.problem, ask.budget, tell)?;
    let broken = |error: &dyn std::fmt::Display| AppError::Internal(format!("generator: {error}"));
    let steps = prepared
        .steps(&ground.roster, &found.plan, &mut || new_id(now))
        .map_err(|error| broken(&error))?;
    // The week after them bounds the last days of the part and is no part of it.
    let report = prepared.report_of_days(&found, days.saturating_sub(7));
    let generation = Generation {
        rules: RulesUsed { id: ground.rules.id, version: ground.rules.version },
        requirements: ground.requirements.clone(),
        search: Some(used),
        report: report.map_err(|error| broken(&error))?,
    };
    let (stands, rules) = (last_step(&found), ground.rule_versions().collect());
    Ok(Solved { schedule, site, steps, generation, stands, rules })
}

/// Writes the proposal: copies of all shifts of the schedule, changed where they were solved anew.
async fn store(
    tx: &TenantTx,
    ctx: &Ctx,
    (id, ask): (ScheduleId, &Resolving),
    solved: Solved,
    detail: Value,
) -> Outcome<()> {
    let Solved { schedule, site, steps, generation, rules, .. } = solved;
    let (seed, rounds) = (ask.budget.seed, generation.report.rounds);
    let search = generation.search;
    let result = serde_json::to_value(generation)
        .map_err(|error| AppError::Internal(format!("generator: {error}")))?;
    lock_schedule(tx, schedule.id, &[]).await?;
    let stands = schedule_by_id(tx, schedule.id).await?;
    let stands = stands.ok_or_else(|| Fault::not_found("scheduleId"))?;
    if stands.version != schedule.version {
        return Err(stale(stands.version).into());
    }
    let new = NewSchedule {
        id,
        site: schedule.site_id,
        first: schedule.starts_on,
        last: schedule.ends_on,
        seed: Some(seed.into()),
        result,
        base: Some(schedule.id),
        name: ask.name.clone(),
    };
    insert_schedule(tx, ctx, new).await?;
    copy_shifts(tx, ctx, schedule.id, id).await?;
    let proposal = schedule_by_id(tx, id).await?.ok_or(AppError::Unavailable)?;
    let copies = copied_shifts(tx, &proposal, &site).await?;
    let of_copy = |MergeStep { before, after }| match before {
        None => Some(MergeStep { before: None, after }),
        Some(before) => copies.get(&before.id()).map(|copy| MergeStep {
            before: Some(copy.clone()),
            after: after.map(|shift| shift.in_place_of(copy)),
        }),
    };
    let steps: Vec<MergeStep> = steps.into_iter().filter_map(of_copy).collect();
    if !write_steps(tx, id, &steps.iter().collect::<Vec<_>>()).await? {
        return Err(AppError::Internal("a copy has changed within its own transaction".to_owned()));
    }
    let after = json!({"siteId": schedule.site_id, "baseId": schedule.id,
        "baseVersion": schedule.version, "steps": steps.len(), "seed": seed, "rounds": rounds,
        "endedBy": search.map(|it| it.end), "stoppedBy": search.and_then(|it| it.stopped_by),
        "state": "DRAFT"});
    record(tx, ctx, Deed::made(RESOLVE, id, after).judged_by(rules).with(detail)).await?;
    Ok(())
}
