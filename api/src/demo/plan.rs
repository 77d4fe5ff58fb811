//! The weeks ahead: forecast, requirement, roster, published. Each by the use case that planners
//! use, so the demo shows nothing that the product does not do.

use jiff::{ToSpan as _, civil::Date};
use serde_json::json;
use trunkline_domain::{id::SiteId, time::monday_of};
use trunkline_infra::{
    ctx::Ctx,
    network::SiteView,
    schedules::{ScheduleFilter, list_schedules},
};

use super::{inside::Inside, progress::Progress};
use crate::{
    error::Outcome,
    schedules::service::{GenerateSchedule, generate_now},
};

/// Weeks of a plan.
const WEEKS: u8 = 4;
/// Days of a plan.
const DAYS: i32 = 28;
/// A plan is rolled forward when it ends within so many days.
const AHEAD: i32 = 7;

const FORECAST: &str = "mutation($input: ForecastRunInput!) {
    forecastRun(input: $input) { forecast { id } userErrors { code message } } }";
const REQUIREMENT: &str = "mutation($input: RequirementComputeInput!) {
    requirementCompute(input: $input) { userErrors { code message } } }";

/// Plans all sites of the tenant far enough ahead of `today`, unless they are: by a
/// number of rounds and not of seconds, so that every machine finds the same rosters.
pub(super) async fn ensure(
    inside: &Inside,
    ctx: &Ctx,
    today: Date,
    (seed, rounds): (u64, u32),
    progress: &Progress,
) -> Outcome<()> {
    let app = &inside.app;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let mut open: Vec<(SiteView, Date)> = Vec::new();
    for site in &directory.sites {
        let filter = ScheduleFilter { site: site.id, all_states: false };
        let last = list_schedules(&tx, &filter, None, 1).await?.pop().map(|it| it.ends_on);
        open.extend(first_open(last, today).map(|first| (site.clone(), first)));
    }
    drop(tx);
    let Some(first) = open.iter().map(|(_, first)| *first).min() else { return Ok(()) };

    let queues: Vec<_> = directory
        .queues
        .iter()
        .filter(|queue| queue.site_ids.iter().any(|site| is_open(&open, *site)))
        .collect();
    let bar = progress.bar("forecast and requirement", queues.len() as u64);
    for queue in queues {
        let input =
            json!({"queueId": queue.id.to_string(), "startsOn": first.to_string(), "days": DAYS});
        let made = inside.ask(FORECAST, json!({"input": input})).await?;
        let forecast = &made["forecastRun"]["forecast"]["id"];
        inside.ask(REQUIREMENT, json!({"input": {"forecastId": forecast}})).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();

    // The sites do not wait for each other: one search a core.
    let seed = u32::try_from(seed & u64::from(u32::MAX)).unwrap_or_default();
    let work = open.into_iter().map(|(site, starts_on)| {
        let bar = progress.bar(&format!("{}: schedule", site.name_en), rounds.into());
        let ask =
            GenerateSchedule { site: site.id, starts_on, weeks: WEEKS, seed, iterations: rounds };
        async move {
            let made = generate_now(app, ctx, ask, &|done, _| bar.set_position(done)).await;
            bar.finish_and_clear();
            made
        }
    });
    futures_util::future::try_join_all(work).await?;
    Ok(())
}

/// First day that is to be planned for a site whose plans end on `last`; `None` = far enough.
fn first_open(last: Option<Date>, today: Date) -> Option<Date> {
    let monday = monday_of(today);
    match last {
        Some(last) if last > today.saturating_add(AHEAD.days()) => None,
        Some(last) => Some(last.saturating_add(1.day()).max(monday)),
        None => Some(monday),
    }
}

fn is_open(open: &[(SiteView, Date)], site: SiteId) -> bool {
    open.iter().any(|(it, _)| it.id == site)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_new_site_is_planned_from_this_monday_and_a_planned_one_goes_on() {
        let wednesday = date(2026, 3, 4);
        assert_eq!(first_open(None, wednesday), Some(date(2026, 3, 2)));
        assert_eq!(first_open(Some(date(2026, 3, 29)), wednesday), None);
        assert_eq!(first_open(Some(date(2026, 3, 8)), wednesday), Some(date(2026, 3, 9)));
    }

    #[test]
    fn after_a_long_pause_the_plan_begins_in_the_running_week() {
        assert_eq!(first_open(Some(date(2026, 3, 8)), date(2026, 5, 1)), Some(date(2026, 4, 27)));
    }
}
