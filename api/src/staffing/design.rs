//! Shifts that follow a requirement.

use std::ops::ControlFlow;

use jiff::{ToSpan as _, civil};
use trunkline_domain::{
    fault::Fault,
    id::RequirementId,
    identity::Permission,
    schedules::{
        generator::Options,
        shift_design::{design_shifts, weekly_need},
    },
    time::{monday_of, start_of_day},
};
use trunkline_infra::{
    forecasting::forecasts_by_id,
    staffing::{requirement_points, requirements_by_id},
};

use super::design_types::{ShiftsDesign, ShiftsDesignInput};
use crate::{
    error::{AppError, Outcome},
    forecasting::{blocking, rights::readable_queue},
    graphql::Operation,
};

/// Designs shifts for the agents on the roster in the week of a day.
pub(super) async fn design(
    operation: &Operation,
    requirement: RequirementId,
    day: civil::Date,
    input: ShiftsDesignInput,
) -> Outcome<ShiftsDesign> {
    let reach = operation.require(Permission::ForecastRead)?;
    let tx = operation.read().await?;
    let missing = || Fault::not_found("requirementId");
    let requirement = requirements_by_id(&tx, &[requirement]).await?.pop().ok_or_else(missing)?;
    let directory = operation.directory().await?;
    let queue = readable_queue(&directory, &reach, requirement.queue_id, "requirementId")?;
    let forecast = forecasts_by_id(&tx, &[requirement.forecast_id]).await?.pop();
    let grain = forecast.map_or(30, |it| u16::try_from(it.grain_minutes).unwrap_or(30));
    let (zone, monday) = (queue.zone(), monday_of(day));
    let (from, to) =
        (start_of_day(monday, &zone), start_of_day(monday.saturating_add(7.days()), &zone));
    let points = requirement_points(&tx, requirement.id, from, to).await?;
    let slot_minutes = slot_minutes(&input)?;
    let needed: Vec<_> = points
        .iter()
        .map(|point| (point.starts_at, u32::try_from(point.on_roster).unwrap_or(0)))
        .collect();
    let need = weekly_need(&needed, grain, monday, &zone, slot_minutes);
    let options = Options { seed: input.seed.into(), iterations: input.moves.into() };
    let problem = input.problem(need, slot_minutes);
    let made =
        blocking(move || design_shifts(&problem, options, &mut |_, _| ControlFlow::Continue(())))
            .await?;
    let made = made.map_err(|error| AppError::InvalidArgument(error.to_string()))?;
    Ok(ShiftsDesign::new(made, slot_minutes))
}

fn slot_minutes(input: &ShiftsDesignInput) -> Outcome<u16> {
    let refuse = |rule: &str| Err(AppError::InvalidArgument(rule.to_owned()));
    if !(1..=20).contains(&input.windows.len()) {
        return refuse("windows must be 1 to 20");
    }
    if !(1..=1_000_000).contains(&input.moves) {
        return refuse("moves must be 1 to 1000000");
    }
    if input.missing_weight > 1000 || input.surplus_weight > 1000 || input.shift_cost > 100_000 {
        return refuse("weights must be at most 1000 and shiftCost at most 100000");
    }
    match input.slot_seconds {
        900 => Ok(15),
        1800 => Ok(30),
        3600 => Ok(60),
        _ => refuse("slotSeconds must be 900, 1800 or 3600"),
    }
}
