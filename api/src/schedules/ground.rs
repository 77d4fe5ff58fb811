//! What decisions about rosters stand on.

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    fault::Fault,
    id::{AgentId, SiteId},
    schedules::{Change, Coverage, Effect, IntervalAxis, StaffGroups, effect},
    time::{Span, local_of_instant, monday_of, start_of_day},
};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    network::SiteView,
    schedules::{Ground, RosterAsk, ScheduleView, Source, Who, load_demand, load_ground},
};

use crate::{app::App, error::Outcome, forecasting::blocking};

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
    let (start, end) = (starts.min().unwrap_or(ctx.now()), ends.max().unwrap_or(ctx.now()));
    let (first, last) = days_touched(start, end, &zone);
    let whole = |from, to| Span::new(border(from), border(to));
    // Of a span that ends with its week the rest after it is judged, which lies in the next one.
    let after = local_of_instant(end, &zone).date();
    let window = whole(monday_of(first), monday_of(after).saturating_add(7.days()));
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

/// First and last local day that share time with what lies between two instants; what ends at midnight
/// has nothing of the next day.
fn days_touched(start: Timestamp, end: Timestamp, zone: &TimeZone) -> (civil::Date, civil::Date) {
    let first = local_of_instant(start, zone).date();
    let inside = end.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(end);
    (first, local_of_instant(inside, zone).date().max(first))
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

/// What a change does to coverage and service level on the days of the ground, by what is required and
/// forecast; `None` where nothing is required on them. Inside a schedule that may assume something else
/// ask [`effect_inside`](super::figures::effect_inside).
///
/// # Errors
/// What the database says.
pub(super) async fn effect_of(
    tx: &TenantTx,
    site: SiteId,
    ground: &Ground,
    change: &Change,
) -> Outcome<Option<Effect>> {
    let Some((required, [before, after])) = staffed(ground, change) else { return Ok(None) };
    let demands = load_demand(tx, site, days_required(required)).await?;
    let required = required.clone();
    Ok(Some(blocking(move || effect(&required, &before, &after, &demands)).await?))
}

/// What is required on the days of the ground, and the staff before and after a change; `None` where
/// nothing is required.
pub(super) fn staffed<'a>(
    ground: &'a Ground,
    change: &Change,
) -> Option<(&'a Coverage, [StaffGroups; 2])> {
    let required = ground.coverage.as_ref()?;
    let mut after = ground.staff.clone();
    after.apply(required, &ground.roster, change);
    Some((required, [ground.staff.clone(), after]))
}

/// The days over which something is required.
pub(super) fn days_required(required: &Coverage) -> Span {
    let IntervalAxis { start, step_seconds, len } = required.axis;
    let intervals = i64::try_from(len).unwrap_or(i64::MAX);
    Span::of_seconds(start, intervals.saturating_mul(step_seconds.into()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_ends_at_midnight_touches_nothing_of_the_next_day() {
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let days = |start, end| days_touched(at(start), at(end), &zone);
        let wednesday = date(2026, 3, 4);
        let evening = "2026-03-04T16:00+08:00";
        assert_eq!(days(evening, "2026-03-05T00:00+08:00"), (wednesday, wednesday));
        assert_eq!(days(evening, "2026-03-05T00:01+08:00"), (wednesday, date(2026, 3, 5)));
        let midnight = "2026-03-04T00:00+08:00";
        assert_eq!(days(midnight, midnight), (wednesday, wednesday), "an instant has its day");
    }
}
