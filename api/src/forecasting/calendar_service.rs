//! Calendars of sites: given by planners, learned from the history.

use jiff::{Timestamp, ToSpan as _, civil};
use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode, Rule},
    forecasting::{
        calendar::named_days,
        site_calendar::{SiteCalendars, SpecialDay, parse_days},
        unusual::{UnusualDay, unusual_days},
    },
    id::SiteId,
    identity::{Access, Permission, Target},
    time::start_of_day,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    forecasting::{
        DemandEventView, SpecialDayView, events_of_queue, remove_special_days, set_special_days,
        special_days,
    },
    network::QueueView,
};

use super::{forecast_service::series_of, service::blocking};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// A change of a site's calendar.
#[derive(Debug)]
pub(super) struct SetDays {
    pub(super) site: SiteId,
    pub(super) days: Vec<SpecialDay>,
    pub(super) remove: Vec<civil::Date>,
}

/// Changes the calendar of a site; gives the days that were set.
pub(super) async fn set_days(app: &App, ctx: &Ctx, ask: SetDays) -> Outcome<Vec<SpecialDayView>> {
    let SetDays { site, days, remove } = ask;
    let days = parse_days(days).map_err(AppError::Faults)?;
    if remove.len() > 400 {
        return Err(Fault::invalid("removeOn", Rule::ItemsAtMost(400)).into());
    }
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    directory.site(site).ok_or_else(|| Fault::not_found("siteId"))?;
    let (write, read) = (Permission::ForecastWrite, Permission::ForecastRead);
    match ctx.viewer().access(write, read, &Target::site(site), ctx.now()) {
        Access::Allowed => {}
        Access::Forbidden => return Err(Fault::new(FaultCode::Forbidden).at("siteId").into()),
        Access::Hidden => return Err(Fault::not_found("siteId").into()),
    }
    // Those that get another name are taken out first, which shows what they were called.
    let dates: Vec<civil::Date> =
        remove.into_iter().chain(days.iter().map(|day| day.date)).collect();
    let gone = remove_special_days(&tx, site, &dates).await?;
    set_special_days(&tx, site, &days).await?;
    let deed = Deed::changed("special_days.set", site, recorded(&gone), recorded(&days));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    let view = |day| {
        let SpecialDay { date, name, closed, kind } = day;
        let kind = kind.as_str().to_owned();
        SpecialDayView { site_id: site, local_date: date, name, closed, kind }
    };
    Ok(days.into_iter().map(view).collect())
}

/// What the audit says of days: each under its date.
fn recorded(days: &[SpecialDay]) -> Value {
    let said = |SpecialDay { date, name, closed, kind }: &SpecialDay| {
        (date.to_string(), json!({"name": name, "closed": closed, "kind": kind.as_str()}))
    };
    Value::Object(days.iter().map(said).collect())
}

/// The calendars of a queue's sites from one date to before another.
pub(super) async fn calendars_of(
    tx: &TenantTx,
    queue: &QueueView,
    from: civil::Date,
    to: civil::Date,
) -> Outcome<SiteCalendars> {
    let days = special_days(tx, &queue.site_ids, from, to).await?;
    Ok(SiteCalendars::new(&queue.site_ids, days.into_iter().map(SpecialDayView::known)))
}

/// Days on either side of a window that show what is usual.
const AROUND_DAYS: i64 = 91;

/// The days of a queue from `first` to before `end` that were unlike their weekday.
pub(super) async fn unusual(
    tx: &TenantTx,
    queue: &QueueView,
    (first, end): (civil::Date, civil::Date),
    now: Timestamp,
) -> Outcome<Vec<UnusualDay>> {
    let zone = queue.zone();
    let (from, to) =
        (first.saturating_sub(AROUND_DAYS.days()), end.saturating_add(AROUND_DAYS.days()));
    let (start, until) = (start_of_day(from, &zone), start_of_day(to, &zone).min(now));
    let calendars = calendars_of(tx, queue, from, to).await?;
    let events = events_of_queue(tx, queue.id, start, until).await?;
    let events: Vec<_> = events.iter().map(DemandEventView::known).collect();
    let named = named_days(&calendars, &events, &zone, to);
    let series = series_of(tx, queue, start, until).await?;
    let mut found = blocking(move || unusual_days(&series, &named)).await?;
    found.retain(|day| first <= day.date && day.date < end);
    Ok(found)
}
