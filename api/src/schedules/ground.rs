//! What decisions about rosters stand on.

use jiff::{ToSpan as _, civil};
use trunkline_domain::{
    fault::Fault,
    id::{AgentId, SiteId},
    schedules::{Change, Effect, effect},
    time::{Span, local_of_instant, monday_of, start_of_day},
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
    schedules::{Ground, RosterAsk, ScheduleView, Source, Who, load_demand, load_ground},
};

use crate::{app::App, error::Outcome};

/// The site, by id, whoever may see it.
pub(super) async fn site_of(app: &App, ctx: &Ctx, tx: &TenantTx, id: SiteId) -> Outcome<SiteView> {
    let directory = app.directory(tx, ctx).await?;
    Ok(directory.site(id).cloned().ok_or_else(|| Fault::not_found("siteId"))?)
}

/// Published rosters of these agents over the whole weeks in which `spans` lie, with the staff of
/// all their site on the days that `spans` touch. `spans` must not be empty.
///
/// # Errors
/// What the database says.
pub(crate) async fn ground_of_agents(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    site: SiteId,
    agents: &[AgentId],
    spans: &[Span],
) -> Outcome<Ground> {
    ground_from(app, ctx, tx, (site, Source::Published), agents, spans).await
}

/// The same with the shifts of a draft, where `source` says so.
pub(super) async fn ground_from(
    app: &App,
    ctx: &Ctx,
    tx: &TenantTx,
    (site, source): (SiteId, Source),
    agents: &[AgentId],
    spans: &[Span],
) -> Outcome<Ground> {
    let site = site_of(app, ctx, tx, site).await?;
    let zone = site.zone();
    let border = |date: civil::Date| start_of_day(date, &zone);
    let (starts, ends) = (spans.iter().map(|it| it.start()), spans.iter().map(|it| it.end()));
    let first = local_of_instant(starts.min().unwrap_or(ctx.now()), &zone).date();
    let last = local_of_instant(ends.max().unwrap_or(ctx.now()), &zone).date();
    let whole = |from, to| Span::new(border(from), border(to));
    let window = whole(monday_of(first), monday_of(last).saturating_add(7.days()));
    let covered = whole(first, last.saturating_add(1.day()));
    let empty = Span::of_seconds(ctx.now(), 0);
    let ask = RosterAsk {
        site: &site,
        who: Who::Agents(agents),
        window: window.unwrap_or(empty),
        covered: covered.unwrap_or(empty),
        source,
    };
    Ok(load_ground(tx, ask).await?)
}

/// A schedule as a source of shifts: a draft with what is published outside its days, or all that is
/// published.
pub(super) fn source_of(schedule: &ScheduleView) -> Source {
    if schedule.state != "DRAFT" {
        return Source::Published;
    }
    Source::Draft {
        schedule: Some(schedule.id),
        site: schedule.site_id,
        first: schedule.starts_on,
        last: schedule.ends_on,
    }
}

/// What a change does to coverage and service level on the days of the ground; `None` where nothing
/// is required on them.
///
/// # Errors
/// What the database says.
pub(super) async fn effect_of(
    tx: &TenantTx,
    site: SiteId,
    ground: &Ground,
    change: &Change,
) -> Outcome<Option<Effect>> {
    let Some(required) = &ground.coverage else { return Ok(None) };
    let last = required.axis.interval(required.axis.len);
    let days = Span::new(required.axis.start, last.start()).unwrap_or(ground.roster.window);
    let demands = load_demand(tx, site, days).await?;
    let mut after = ground.staff.clone();
    after.apply(required, &ground.roster, change);
    Ok(Some(effect(required, &ground.staff, &after, &demands)))
}
