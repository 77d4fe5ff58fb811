//! The weeks behind the running day: intervals, survey answers, targets.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use trunkline_infra::{
    ctx::Ctx,
    forecasting::{IntervalFigure, upsert_figures},
    network::Directory,
};

use super::{
    company::{CompanyPlan, PARTNER, streams, threshold},
    history::{GRAIN, PER_DAY, starts_at},
};
use crate::{app::App, error::Outcome};

/// Days of history of a new demo.
pub(super) const DAYS: i64 = 56;

/// Figures of all streams of a company on a local day, as far as their intervals have passed.
pub(super) fn day(
    company: &CompanyPlan,
    directory: &Directory,
    seed: u64,
    date: Date,
    zone: &TimeZone,
    now: Timestamp,
) -> Vec<IntervalFigure> {
    let mut rows = Vec::new();
    for (queue, site, stream) in streams(company) {
        let seconds = threshold(&queue);
        let site = directory.sites.iter().find(|it| it.code == site);
        let (Some(queue), Some(site)) = (directory.queue_by_code(&queue), site) else { continue };
        for interval in 0..PER_DAY {
            let Some(starts_at) = starts_at(date, interval, zone) else { continue };
            let length = SignedDuration::from_mins(GRAIN.into());
            if starts_at + length > now || stream.expected(date, interval) == 0.0 {
                continue;
            }
            let figures = stream.figures(seed, date, interval);
            let waits = figures.waits();
            let within = |count: Option<u64>| count.and_then(|count| u32::try_from(count).ok());
            rows.push(IntervalFigure {
                queue_id: queue.id,
                site_id: Some(site.id),
                starts_at,
                offered: figures.offered,
                answered: Some(figures.answered),
                answered_in_threshold: within(waits.answered_within(seconds)),
                abandoned: Some(figures.abandoned),
                abandoned_in_threshold: within(waits.abandoned_within(seconds)),
                abandoned_short: Some(figures.abandoned_short),
                wait_seconds: Some(figures.wait_seconds),
                talk_seconds: Some(figures.talk_seconds),
                hold_seconds: Some(figures.hold_seconds),
                acw_seconds: Some(figures.work_seconds),
                handle_seconds: Some(
                    figures.talk_seconds + figures.hold_seconds + figures.work_seconds,
                ),
                threshold_seconds: Some(seconds),
                waits: Some(waits),
                quality: 0,
                source: PARTNER.to_owned(),
                received_at: starts_at + length,
            });
        }
    }
    rows
}

/// Fills in the local days from `first` to today, up to the interval that runs now. The same days
/// again change nothing. `tick` is called once a day that was written.
pub(super) async fn fill(
    app: &App,
    ctx: &Ctx,
    company: &CompanyPlan,
    seed: u64,
    (first, today): (Date, Date),
    zone: &TimeZone,
    tick: impl Fn(),
) -> Outcome<()> {
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    drop(tx);
    let mut date = first;
    // A week at a time keeps each statement well within its time.
    while date <= today {
        let mut rows = Vec::new();
        for _ in 0..7 {
            if date > today {
                break;
            }
            rows.extend(day(company, &directory, seed, date, zone, ctx.now()));
            date = date.saturating_add(jiff::Span::new().days(1));
            tick();
        }
        let tx = app.db.begin(ctx).await?;
        upsert_figures(&tx, &rows).await?;
        tx.commit().await?;
    }
    Ok(())
}
