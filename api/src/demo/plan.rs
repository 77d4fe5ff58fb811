//! The weeks ahead: forecast, requirement, roster, published. Each by the use case that planners
//! use, so the demo shows nothing that the product does not do.

use jiff::{ToSpan as _, civil::Date};
use serde_json::json;
use trunkline_domain::{
    fault::Language,
    id::{QueueId, SiteId},
    time::monday_of,
};
use trunkline_infra::{
    ctx::Ctx,
    network::SiteView,
    schedules::{ScheduleFilter, list_schedules},
};

use super::{inside::Inside, progress::Progress};
use crate::{
    error::{AppError, Outcome},
    schedules::service::{Budget, GenerateSchedule, PlannedBy, generate_now},
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
///
/// Who tries things out adds queues without a past, or sites without people. What cannot be planned is
/// left out, and said in the answer why; the rest is planned all the same.
pub(super) async fn ensure(
    inside: &Inside,
    ctx: &Ctx,
    today: Date,
    (seed, rounds): (u64, u32),
    progress: &Progress,
) -> Outcome<Vec<String>> {
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
    let Some(first) = open.iter().map(|(_, first)| *first).min() else { return Ok(Vec::new()) };

    let queues: Vec<_> = directory
        .queues
        .iter()
        .filter(|queue| queue.site_ids.iter().any(|site| is_open(&open, *site)))
        .collect();
    let bar = progress.bar("forecast and requirement", queues.len() as u64);
    let mut left_out = Vec::new();
    for queue in queues {
        if let Err(why) = foresee(inside, queue.id, first).await? {
            left_out.push(format!("queue {} is not planned: {why}", queue.code));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();

    // The sites do not wait for each other: one search a core.
    let seed = u32::try_from(seed & u64::from(u32::MAX)).unwrap_or_default();
    let work = open.into_iter().map(|(site, starts_on)| {
        let bar = progress.bar(&format!("{}: schedule", site.name_en), rounds.into());
        let budget = Budget::of_rounds(seed, rounds);
        let ask = GenerateSchedule {
            site: site.id,
            starts_on,
            weeks: WEEKS,
            by: PlannedBy::Requirement,
            budget,
        };
        async move {
            let made = generate_now(app, ctx, ask, &|done, _| bar.set_position(done)).await;
            bar.finish_and_clear();
            match made {
                Ok(_) => Ok(None),
                Err(AppError::Faults(faults)) => {
                    let why = AppError::Faults(faults).into_text(Language::English);
                    Ok(Some(format!("site {} is not planned: {why}", site.code)))
                }
                Err(error) => Err(error),
            }
        }
    });
    let sites: Vec<Option<String>> = futures_util::future::try_join_all(work).await?;
    left_out.extend(sites.into_iter().flatten());
    Ok(left_out)
}

/// Forecast and requirement of a queue, or why there is none.
async fn foresee(inside: &Inside, queue: QueueId, first: Date) -> Outcome<Result<(), String>> {
    let input = json!({"queueId": queue.to_string(), "startsOn": first.to_string(), "days": DAYS});
    let made = match inside.try_ask(FORECAST, json!({"input": input})).await? {
        Ok(made) => made,
        Err(why) => return Ok(Err(why)),
    };
    let forecast = &made["forecastRun"]["forecast"]["id"];
    let input = json!({"input": {"forecastId": forecast}});
    Ok(inside.try_ask(REQUIREMENT, input).await?.map(|_| ()))
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
