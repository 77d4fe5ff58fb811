//! Training and meetings in the lulls of a schedule.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    id::{AgentId, ScheduleId, ShiftId, TeamId},
    identity::Permission,
    notifications::news_of_activities,
    schedules::{
        ActivityCategory, Effect, LullAsk, LullPlace, LullPlan, LullTimes, NoLull, Violation,
        check, holds_up, place_in_lulls,
    },
    time::Span,
};
use trunkline_infra::{
    agents::{AgentFilter, AgentOrder, agents_by_id, list_agents},
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    schedules::{
        ScheduleView, ShiftRow, ShiftView, insert_shift_changes, lock_schedule, schedule_by_id,
        shifts_by_id, shifts_of_schedule, write_shift,
    },
};

use super::{
    figures::effect_inside,
    ground::{ground_from, site_of, source_of},
    overrides::Judgement,
    scenario::{standing, writable},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
    forecasting::blocking,
    notifications::tell_agents,
};

/// Most agents of one ask.
const MOST: usize = 100;

/// Who takes part.
#[derive(Debug, Clone)]
pub(super) enum Audience {
    /// These.
    Agents(Vec<AgentId>),
    /// Everybody who is active in a team.
    Team(TeamId),
}

/// An activity to place.
#[derive(Debug, Clone)]
pub(super) struct PlaceActivity {
    pub(super) schedule: ScheduleId,
    pub(super) category: ActivityCategory,
    /// How long it lasts, and when it may be.
    pub(super) times: LullTimes,
    pub(super) audience: Audience,
    pub(super) together: bool,
    pub(super) dry_run: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct ActivityPlaced {
    pub(super) schedule: Option<ScheduleView>,
    /// With the shift as it is now.
    pub(super) places: Vec<(LullPlace, ShiftView)>,
    pub(super) unplaced: Vec<(AgentId, NoLull)>,
    pub(super) violations: Vec<Violation>,
    pub(super) effect: Option<Effect>,
    pub(super) faults: Vec<Fault>,
}

/// How often places are looked for when rosters move meanwhile.
const MOST_SEARCHES: usize = 2;

/// Finds places in lulls and writes the activity into as many shifts as have one. Nobody waits while
/// they are looked for: what was found is judged again under the locks, and where one of its shifts
/// has moved meanwhile, they are looked for once more.
pub(super) async fn place_activity(
    app: &App,
    ctx: &Ctx,
    ask: PlaceActivity,
) -> Outcome<ActivityPlaced> {
    let mut outdated = ActivityPlaced::default();
    for _ in 0..MOST_SEARCHES {
        let found = look(app, ctx, &ask).await?;
        match carry_out(app, ctx, &ask, found).await? {
            Ok(placed) => return Ok(placed),
            Err(schedule) => outdated = moved_on(*schedule),
        }
    }
    Ok(outdated)
}

/// Nothing was done, since the schedule did not stand still: how it stands now, to ask again by.
fn moved_on(schedule: ScheduleView) -> ActivityPlaced {
    let fault = Fault::new(FaultCode::StaleVersion).at("scheduleId");
    let faults = vec![fault.with("current", schedule.version.to_string())];
    ActivityPlaced { schedule: Some(schedule), faults, ..ActivityPlaced::default() }
}

/// What was found without a lock.
struct Found {
    /// As it stood then.
    schedule: ScheduleView,
    agents: Vec<AgentId>,
    windows: Vec<Span>,
    plan: LullPlan,
}

/// Looks for places.
async fn look(app: &App, ctx: &Ctx, ask: &PlaceActivity) -> Outcome<Found> {
    let tx = app.db.begin(ctx).await?;
    let schedule = writable(ctx, &tx, ask.schedule).await?;
    let agents = participants(app, ctx, &tx, &schedule, &ask.audience).await?;
    standing(&schedule.state)?;
    let site = site_of(app, ctx, &tx, schedule.site_id).await?;
    let days = (schedule.starts_on, schedule.ends_on);
    let windows = ask.times.windows(days, ctx.now(), &site.zone()).map_err(AppError::Faults)?;
    let source = (site.id, source_of(&schedule));
    let ground = ground_from(app, ctx, &tx, source, &agents, &windows).await?;
    let shifts = changeable(&tx, &schedule, &windows).await?;
    drop(tx);
    let (now, to_place) = (ctx.now(), ask.clone());
    let looked = blocking(move || {
        let ask = LullAsk {
            category: to_place.category,
            seconds: to_place.times.seconds,
            agents: &agents,
            windows: &windows,
            shifts: &shifts,
            together: to_place.together,
        };
        let plan = place_in_lulls(&ground.context(now), &ask);
        Found { schedule, agents, windows, plan }
    });
    looked.await
}

/// Judges what was found as the rosters stand now and writes it. The schedule as it stands when what was
/// found is out of date.
async fn carry_out(
    app: &App,
    ctx: &Ctx,
    ask: &PlaceActivity,
    found: Found,
) -> Outcome<Result<ActivityPlaced, Box<ScheduleView>>> {
    let Found { schedule: seen, agents, windows, plan } = found;
    let tx = app.db.begin(ctx).await?;
    if !ask.dry_run {
        lock_schedule(&tx, seen.id, &agents).await?;
    }
    let schedule = writable(ctx, &tx, ask.schedule).await?;
    standing(&schedule.state)?;
    if !as_found(&plan, &schedule, &places_of(&tx, &plan).await?) {
        return Ok(Err(Box::new(schedule)));
    }
    let site = site_of(app, ctx, &tx, schedule.site_id).await?;
    let source = (site.id, source_of(&schedule));
    let ground = ground_from(app, ctx, &tx, source, &agents, &windows).await?;
    let change = plan.change();
    let nothing = change.is_empty();
    // An empty change would judge the roster as it stands.
    let violations = if nothing { Vec::new() } else { check(&ground.context(ctx.now()), &change) };
    if holds_up(&violations) && schedule.version != seen.version {
        return Ok(Err(Box::new(schedule)));
    }
    let directory = app.directory(&tx, ctx).await?;
    let effect = effect_inside(&tx, &directory, &schedule, &ground, &change).await?;
    let mut faults: Vec<Fault> = Vec::new();
    if holds_up(&violations) || (nothing && plan.unplaced.iter().any(is_refused)) {
        faults.push(FaultCode::RuleViolated.into());
    } else if nothing {
        faults.push(Fault::invalid("audience", Rule::RoomForTheActivity));
    }
    if !ask.dry_run && faults.is_empty() {
        let rules: Vec<String> = ground.rule_versions().collect();
        let found = Judgement { violations: &violations, overridden: &[], rules: &rules };
        write(app, ctx, &tx, (&schedule, &site.zone()), (ask, &plan, found)).await?;
        let deed = Deed::made("schedule.activity_place", schedule.id, recorded(ask, &plan));
        record(&tx, ctx, deed.judged_by(rules)).await?;
    }
    let mut views = places_of(&tx, &plan).await?;
    let LullPlan { places, unplaced } = plan;
    let shown = |place: LullPlace| {
        let view = views.remove(&place.before.id())?;
        Some((place, view))
    };
    let places = places.into_iter().filter_map(shown).collect();
    let schedule = schedule_by_id(&tx, schedule.id).await?;
    tx.commit().await?;
    Ok(Ok(ActivityPlaced { schedule, places, unplaced, violations, effect, faults }))
}

/// The shifts in which places were found, as they stand.
async fn places_of(tx: &TenantTx, plan: &LullPlan) -> Outcome<BTreeMap<ShiftId, ShiftView>> {
    let ids: Vec<ShiftId> = plan.places.iter().map(|place| place.before.id()).collect();
    let views = shifts_by_id(tx, &ids).await?;
    Ok(views.into_iter().map(|view| (view.id, view)).collect())
}

/// Whether these shifts are still those of the schedule in which places were found.
fn as_found(
    plan: &LullPlan,
    schedule: &ScheduleView,
    views: &BTreeMap<ShiftId, ShiftView>,
) -> bool {
    plan.places.iter().all(|LullPlace { before, .. }| {
        views.get(&before.id()).is_some_and(|view| {
            view.version == before.version()
                && view.state == schedule.state
                && view.schedule_id == schedule.id
        })
    })
}

fn is_refused((_, why): &(AgentId, NoLull)) -> bool {
    matches!(why, NoLull::Refused(_))
}

/// Writes what was found, as one change of the schedule, and tells it to those whose shifts agents see.
async fn write(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    (schedule, zone): (&ScheduleView, &TimeZone),
    (ask, plan, found): (&PlaceActivity, &LullPlan, Judgement<'_>),
) -> Outcome<()> {
    for place in &plan.places {
        let row = ShiftRow::Changed(&place.after, place.before.version());
        if !write_shift(tx, schedule.id, row).await? {
            return Err(AppError::Internal("a locked shift has changed".to_owned()));
        }
        if schedule.state == "PUBLISHED" {
            let after = &place.after;
            let news = news_of_activities(schedule.site_id, after.agent(), after.span());
            tell_agents(app, ctx, tx, &after.id().to_string(), news).await?;
        }
    }
    let detail = recorded(ask, plan);
    let change = found.insert_change(tx, ctx, (schedule, zone), "activity", detail).await?;
    let sides: Vec<_> =
        plan.places.iter().map(|place| (Some(&place.before), Some(&place.after))).collect();
    insert_shift_changes(tx, change, &sides).await?;
    Ok(())
}

/// What the records say of it.
fn recorded(ask: &PlaceActivity, plan: &LullPlan) -> Value {
    let place = |place: &LullPlace| {
        json!({"shiftId": place.before.id(), "agentId": place.before.agent(),
               "startsAt": place.span.start()})
    };
    let places: Vec<Value> = plan.places.iter().map(place).collect();
    let unplaced: Vec<AgentId> = plan.unplaced.iter().map(|(agent, _)| *agent).collect();
    json!({"category": ask.category, "seconds": ask.times.seconds, "together": ask.together,
           "placements": places, "unplacedAgentIds": unplaced})
}

/// Who takes part, each of whom the caller may plan.
async fn participants(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    schedule: &ScheduleView,
    audience: &Audience,
) -> Outcome<Vec<AgentId>> {
    match audience {
        Audience::Agents(ids) => {
            bounded(ids, "audience.agentIds")?;
            let known = agents_by_id(tx, ids).await?;
            let planned = |id: &AgentId| {
                let agent = known.iter().find(|known| known.id == *id);
                let write = Permission::ScheduleWrite;
                agent.is_some_and(|it| ctx.viewer().sees(write, &it.target(), ctx.now()))
            };
            let path = |place| format!("audience.agentIds.{place}");
            let unknown = ids.iter().enumerate().filter(|&(_, id)| !planned(id));
            let unknown: Vec<Fault> =
                unknown.map(|(place, _)| Fault::not_found(&path(place))).collect();
            if unknown.is_empty() { Ok(ids.clone()) } else { Err(AppError::Faults(unknown)) }
        }
        Audience::Team(id) => {
            let directory = app.directory(tx, ctx).await?;
            let team = directory.team(*id).filter(|team| team.site_id == schedule.site_id);
            let team = team.ok_or_else(|| Fault::not_found("audience.teamId"))?;
            let filter = AgentFilter {
                teams: Some(vec![team.id]),
                statuses: Some(vec!["ACTIVE".to_owned()]),
                ..AgentFilter::default()
            };
            let reach = ctx.viewer().reach(Permission::ScheduleWrite, ctx.now());
            let order = AgentOrder::Name { descending: false };
            let more = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
            let found = list_agents(tx, &reach, &filter, order, None, more).await?;
            let agents: Vec<AgentId> = found.into_iter().map(|agent| agent.id).collect();
            bounded(&agents, "audience.teamId")?;
            Ok(agents)
        }
    }
}

/// Refuses nobody, too many, and somebody twice.
fn bounded(agents: &[AgentId], path: &str) -> Outcome<()> {
    let mut faults = Vec::new();
    if agents.is_empty() {
        faults.push(Fault::invalid(path, Rule::NotEmpty));
    }
    if agents.len() > MOST {
        faults.push(Fault::invalid(path, Rule::ItemsAtMost(MOST)));
    }
    if agents.iter().collect::<BTreeSet<_>>().len() < agents.len() {
        faults.push(Fault::invalid(path, Rule::EachOnce));
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::Faults(faults)) }
}

/// Shifts of the schedule that meet the windows.
async fn changeable(
    tx: &TenantTx,
    schedule: &ScheduleView,
    windows: &[Span],
) -> Outcome<BTreeSet<ShiftId>> {
    let (starts, ends) = (windows.iter().map(|it| it.start()), windows.iter().map(|it| it.end()));
    let Some((from, to)) = starts.min().zip(ends.max()) else { return Ok(BTreeSet::new()) };
    let views = shifts_of_schedule(tx, schedule, from, to).await?;
    Ok(views.into_iter().map(|view| view.id).collect())
}
