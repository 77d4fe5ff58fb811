//! Planning figures of a schedule: inside it, and beside them those without what it assumes.

use jiff::Timestamp;
use trunkline_domain::{
    id::{QueueId, ScheduleId, SiteId},
    identity::Permission,
    schedules::{
        Change, Coverage, Effect, QueueAssumption, QueueCase, QueueFigures, SiteCase, StaffGroups,
        Violation, check, effect,
    },
    time::Span,
};
use trunkline_infra::{
    db::TenantTx,
    network::{Directory, SiteView, queue_weeks},
    schedules::{
        Ground, QueueOutlook, RosterAsk, ScheduleView, Who, load_demand, load_ground,
        queue_outlooks, schedule_by_id, staff_of_schedule,
    },
};

use super::{
    ground::{days_required, source_of, staffed},
    query::{plans, seen},
    types::within,
};
use crate::{
    error::{AppError, Outcome},
    forecasting::{blocking, rights::readable_queue},
    graphql::Operation,
    staffing::plan_of,
};

/// Most days of figures.
const MOST_DAYS: i64 = 7;

/// A queue in one interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    /// With the shifts of the schedule and all that it assumes.
    pub(super) inside: QueueFigures,
    /// With the shifts of the schedule of which it is a what-if scenario, and nothing assumed.
    pub(super) base: Option<QueueFigures>,
}

/// All queues of a site with what their figures over `window` follow from.
async fn case_of(
    tx: &TenantTx,
    directory: &Directory,
    site: &SiteView,
    window: Span,
) -> Outcome<SiteCase> {
    let mut queues = Vec::new();
    let outlooks = queue_outlooks(tx, site, window).await?;
    let ids: Vec<QueueId> = outlooks.iter().map(|outlook| outlook.queue).collect();
    let mut weeks = queue_weeks(tx, &ids).await?;
    for outlook in outlooks {
        let QueueOutlook { queue, share, points, goals } = outlook;
        let Some(view) = directory.queue(queue) else { continue };
        let weeks = weeks.remove(&queue).unwrap_or_default();
        let (skill, plan) = (view.skill_id, plan_of(view, goals, weeks)?);
        queues.push(QueueCase { queue, skill, plan, points, share });
    }
    Ok(SiteCase { site: site.id, window, queues })
}

/// The figures of a queue in each interval between two instants that lies in the days of a schedule, as
/// far as the caller may see both. `None` for a schedule or queue that the caller may not see, or whose
/// site does not serve the queue.
pub(super) async fn figures_seen(
    operation: &Operation,
    (schedule, queue): (Option<ScheduleId>, Option<QueueId>),
    (from, to): (Timestamp, Timestamp),
) -> Outcome<Option<(QueueId, Vec<Figures>)>> {
    within(from, to, MOST_DAYS)?;
    let reach = operation.require(Permission::ForecastRead)?;
    operation.require(Permission::ScheduleRead)?;
    let Some((schedule, queue)) = schedule.zip(queue) else { return Ok(None) };
    let Some(schedule) = seen(operation, schedule).await? else { return Ok(None) };
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, queue, "id").ok();
    let queue = queue.filter(|queue| queue.site_ids.contains(&schedule.site_id));
    let (Some(queue), Some(asked)) = (queue, Span::new(from, to)) else { return Ok(None) };
    let tx = operation.read().await?;
    Ok(Some((queue.id, figures(&tx, &directory, &schedule, queue.id, asked).await?)))
}

/// The figures of a queue in each interval of `asked` that lies in the days of the schedule. Shifts of
/// the schedules themselves count, and those published for the days before that reach into them.
async fn figures(
    tx: &TenantTx,
    directory: &Directory,
    schedule: &ScheduleView,
    queue: QueueId,
    asked: Span,
) -> Outcome<Vec<Figures>> {
    let site = directory.site(schedule.site_id).ok_or(AppError::Unavailable)?;
    let days = schedule.days(&site.zone());
    let Some(window) = days.intersection(asked) else { return Ok(Vec::new()) };
    let case = case_of(tx, directory, site, window).await?;
    let staff = staff_of_schedule(tx, site, schedule, window).await?;
    let mut base = None;
    if let Some(id) = schedule.laid_over()
        && let Some(beneath) = schedule_by_id(tx, id).await?
        && beneath.has_days_of(schedule)
    {
        base = Some(staff_of_schedule(tx, site, &beneath, window).await?);
    }
    let assumed = schedule.assumptions()?.queues;
    blocking(move || {
        let inside = case.figures(queue, &staff, &assumed);
        let base = base.map(|staff| case.figures(queue, &staff, &[]));
        let pair = |(place, inside): (usize, QueueFigures)| {
            let base = base.as_ref().and_then(|base| base.get(place).copied());
            Figures { inside, base }
        };
        inside.into_iter().enumerate().map(pair).collect()
    })
    .await
}

/// What a change inside a schedule does to coverage and service level on the days of the ground: in a
/// what-if scenario by what that assumes of queues. `None` where nothing is required on them.
pub(super) async fn effect_inside(
    tx: &TenantTx,
    directory: &Directory,
    schedule: &ScheduleView,
    ground: &Ground,
    change: &Change,
) -> Outcome<Option<Effect>> {
    let assumed = schedule.assumptions()?.queues;
    let Some((required, staff)) = staffed(ground, change) else { return Ok(None) };
    let staffed = (required.clone(), staff);
    Ok(Some(effect_assumed(tx, directory, schedule.site_id, staffed, assumed).await?))
}

/// What going from one staffing of a site's requirement to another does, when `assumed` holds; by what
/// is required and forecast where nothing is assumed.
pub(super) async fn effect_assumed(
    tx: &TenantTx,
    directory: &Directory,
    site: SiteId,
    (required, [before, after]): (Coverage, [StaffGroups; 2]),
    assumed: Vec<QueueAssumption>,
) -> Outcome<Effect> {
    let days = days_required(&required);
    if assumed.is_empty() {
        let demands = load_demand(tx, site, days).await?;
        return blocking(move || effect(&required, &before, &after, &demands)).await;
    }
    let site = directory.site(site).ok_or(AppError::Unavailable)?;
    let case = case_of(tx, directory, site, days).await?;
    blocking(move || case.effect(&required, [&before, &after], &assumed)).await
}

/// What the rosters of a schedule break.
#[derive(Debug)]
pub(super) struct Checked {
    /// By the rules that it assumes.
    pub(super) violations: Vec<Violation>,
    /// By the rules in force; `None` when it assumes no others.
    pub(super) by_rules_in_force: Option<Vec<Violation>>,
}

/// What the rosters of a schedule break; `None` for one at whose site the caller does not plan.
pub(super) async fn check_seen(
    operation: &Operation,
    schedule: Option<ScheduleId>,
) -> Outcome<Option<Checked>> {
    let Some(schedule) = schedule else { return Ok(None) };
    let schedule = seen(operation, schedule).await?;
    let schedule = schedule.filter(|schedule| plans(operation, schedule.site_id));
    let Some(schedule) = schedule else { return Ok(None) };
    let directory = operation.directory().await?;
    let tx = operation.read().await?;
    Ok(Some(checked(&tx, &directory, &schedule, operation.now).await?))
}

/// Judges the rosters of everybody at the site as if the schedule were published.
async fn checked(
    tx: &TenantTx,
    directory: &Directory,
    schedule: &ScheduleView,
    now: Timestamp,
) -> Outcome<Checked> {
    let site = directory.site(schedule.site_id).ok_or(AppError::Unavailable)?;
    let window = schedule.days(&site.zone());
    let (who, source) = (Who::Site(site.id), source_of(schedule));
    let mut ground =
        load_ground(tx, RosterAsk { site, who, window, covered: window, source }).await?;
    let assumed = schedule.assumptions()?;
    blocking(move || {
        let in_force = check(&ground.context(now), &Change::default());
        if assumed.rules.is_empty() {
            return Checked { violations: in_force, by_rules_in_force: None };
        }
        ground.change_rules(|limits| assumed.rules_over(limits));
        let violations = check(&ground.context(now), &Change::default());
        Checked { violations, by_rules_in_force: Some(in_force) }
    })
    .await
}
