//! The roster of a site for some weeks: generated, stored, published.

use std::ops::ControlFlow;

use jiff::{
    ToSpan as _,
    civil::{Date, time},
};
use serde_json::json;
use trunkline_domain::{
    id::ScheduleId,
    schedules::{
        ActivityCategory, Coverage, Shift, TimeBand,
        generator::{Options, ShapePause, ShiftShape, Task, search},
    },
    time::{Span, start_of_day},
};
use trunkline_infra::{
    audit,
    ctx::{Ctx, new_id},
    network::SiteView,
    schedules::{
        Ground, NewSchedule, RosterAsk, Source, Who, insert_schedule, insert_shifts, load_ground,
        publish_schedule,
    },
};

use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// Rounds of the search: enough for a good roster of 100 agents within seconds.
const ROUNDS: u64 = 1000;
/// Minutes of a slot.
const SLOT: u16 = 15;

/// Generates and publishes the days from `first` on.
pub(super) async fn generate(
    app: &App,
    ctx: &Ctx,
    site: &SiteView,
    (first, days): (Date, i32),
    seed: u64,
) -> Outcome<()> {
    let zone = site.zone();
    let end = first.saturating_add(days.days());
    let last = first.saturating_add((days - 1).days());
    let window = Span::new(start_of_day(first, &zone), start_of_day(end, &zone))
        .ok_or_else(|| AppError::Internal(format!("no days after {first}")))?;
    let tx = app.db.begin(ctx).await?;
    let source = Source::Draft { schedule: None, site: site.id, first, last };
    let ask = RosterAsk { site, who: Who::Site(site.id), window, covered: window, source };
    let ground = load_ground(&tx, ask).await?;
    drop(tx);
    let days = usize::try_from(days).unwrap_or_default();
    let made = tokio::task::spawn_blocking(move || make(&ground, (first, days), seed)).await;
    let (shifts, cost) = made.map_err(|error| AppError::Internal(error.to_string()))??;

    let id: ScheduleId = ctx.new_id();
    let seed = i64::try_from(seed).unwrap_or_default();
    let result = json!({"rounds": ROUNDS, "cost": cost, "shifts": shifts.len()});
    let tx = app.db.begin(ctx).await?;
    let new = NewSchedule { id, site: site.id, first, last, seed: Some(seed), result };
    insert_schedule(&tx, ctx, new).await?;
    insert_shifts(&tx, id, &shifts).await?;
    publish_schedule(&tx, ctx, id, 1).await?;
    let detail = json!({"site": site.code, "shifts": shifts.len()});
    audit::record(&tx, ctx, "schedule.publish", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

fn make(ground: &Ground, (first, days): (Date, usize), seed: u64) -> Outcome<(Vec<Shift>, i64)> {
    let none = || AppError::Internal("nothing is required of the site: run a forecast".to_owned());
    let coverage = ground.coverage.as_ref().ok_or_else(none)?;
    let shapes = shapes();
    let task = Task {
        roster: &ground.roster,
        rules: &ground.rules,
        sites: &ground.sites,
        first,
        days,
        slot_minutes: SLOT,
        shapes: &shapes,
        patterns: &[],
        axis: coverage.axis,
        required: &required(coverage),
    };
    let prepared = task.prepare();
    let options = Options { seed, iterations: ROUNDS };
    let internal = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
    let found = search(&prepared.problem, options, &mut |_| ControlFlow::Continue(()))
        .map_err(|error| internal(&error))?;
    let now = ground.roster.window.start();
    let shifts =
        prepared.shifts(&found.plan, &mut || new_id(now)).map_err(|error| internal(&error))?;
    Ok((shifts, found.cost))
}

/// Agents over all skills: everybody has the first one, and who has the second takes both.
fn required(coverage: &Coverage) -> Vec<u16> {
    (0..coverage.axis.len)
        .map(|index| {
            let lines = coverage.lines.iter().filter_map(|line| line.required.get(index));
            lines.fold(0, |sum: u16, it| sum.saturating_add(*it))
        })
        .collect()
}

/// Full days of 8.5 hours with a meal, and half days of 4. Paid time comes in steps of 4 hours and
/// starts on the hour: few lines to choose from, so the search is quick.
fn shapes() -> Vec<ShiftShape> {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 3600;
    let pause = |category, earliest: i64, length: i64, paid| ShapePause {
        category,
        earliest_seconds: earliest * MINUTE,
        latest_seconds: (earliest + 60) * MINUTE,
        length_seconds: length * MINUTE,
        paid,
    };
    let full = ShiftShape {
        length_seconds: 8 * HOUR + 30 * MINUTE,
        starts: TimeBand { from: time(6, 0, 0, 0), to: time(23, 0, 0, 0) },
        start_step_minutes: 60,
        pauses: vec![
            pause(ActivityCategory::Break, 90, 15, true),
            pause(ActivityCategory::Meal, 210, 30, false),
            pause(ActivityCategory::Break, 330, 15, true),
        ],
    };
    let half = ShiftShape {
        length_seconds: 4 * HOUR,
        starts: TimeBand { from: time(8, 0, 0, 0), to: time(18, 0, 0, 0) },
        start_step_minutes: 60,
        pauses: vec![pause(ActivityCategory::Break, 90, 15, true)],
    };
    vec![full, half]
}
