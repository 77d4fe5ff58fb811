//! Shifts that follow a requirement.

use std::ops::ControlFlow;

use async_graphql::{InputObject, SimpleObject};
use jiff::{ToSpan as _, civil};
use trunkline_domain::{
    fault::Fault,
    id::RequirementId,
    identity::Permission,
    schedules::{
        generator::Options,
        shift_design::{
            DesignProblem, DesignedShift, ShiftDesign, ShiftWindow, design_shifts, weekly_need,
        },
    },
    time::{monday_of, start_of_day},
};
use trunkline_infra::{
    forecasting::forecasts_by_id,
    staffing::{requirement_points, requirements_by_id},
};

use crate::{
    error::{AppError, Outcome},
    forecasting::{blocking, rights::readable_queue},
    graphql::{LocalTime, Operation},
};

/// Where shifts of one type may lie.
#[derive(Debug, Clone, InputObject)]
pub struct ShiftWindowInput {
    /// Earliest start, wall time of the queue.
    pub earliest_start: LocalTime,
    /// Latest start, included.
    pub latest_start: LocalTime,
    /// Shortest length.
    pub shortest_seconds: u32,
    /// Longest length, included.
    pub longest_seconds: u32,
}

/// How shifts are to be designed.
#[derive(Debug, Clone, InputObject)]
pub struct ShiftsDesignInput {
    /// Types of shift, 1 to 20; together at most 9216 starts and lengths.
    pub windows: Vec<ShiftWindowInput>,
    /// Length of the slots on which shifts start and end: 900, 1800 or 3600.
    #[graphql(default = 1800)]
    pub slot_seconds: u32,
    /// Cost of a minute in which an agent is missing, 0 to 1000.
    #[graphql(default = 1)]
    pub missing_weight: u32,
    /// Cost of a minute in which an agent is too many, 0 to 1000.
    #[graphql(default = 1)]
    pub surplus_weight: u32,
    /// Cost of each distinct shift, in the same unit, 0 to 100000.
    #[graphql(default = 60)]
    pub shift_cost: u32,
    /// The same seed, requirement and moves give the same shifts.
    #[graphql(default = 1)]
    pub seed: u32,
    /// Moves tried, 1 to 1000000: a second at most.
    #[graphql(default = 300_000)]
    pub moves: u32,
}

/// A shift of a design.
#[derive(Debug, SimpleObject)]
#[graphql(name = "DesignedShift")]
pub struct ShownShift {
    /// When it starts, wall time of the queue.
    pub starts: LocalTime,
    /// How long it lasts.
    pub duration_seconds: u32,
    /// Agents who start it on Monday, Tuesday, … Sunday.
    pub agents: Vec<u32>,
}

/// Shifts that a site should have for a week of a requirement.
#[derive(Debug, SimpleObject)]
pub struct ShiftsDesign {
    /// The shifts, by start and length.
    pub shifts: Vec<ShownShift>,
    /// Agent-seconds of the requirement that they leave without an agent.
    pub missing_seconds: u64,
    /// Agent-seconds beyond the requirement.
    pub surplus_seconds: u64,
    /// Weighted sum of both and of the number of shifts, in minutes.
    pub cost: u64,
    /// Moves tried.
    pub moves: u64,
}

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
    let problem = problem(&input, need, slot_minutes);
    let made =
        blocking(move || design_shifts(&problem, options, &mut |_, _| ControlFlow::Continue(())))
            .await?;
    let made = made.map_err(|error| AppError::InvalidArgument(error.to_string()))?;
    Ok(shown(made, slot_minutes))
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

fn problem(input: &ShiftsDesignInput, need: Vec<u16>, slot_minutes: u16) -> DesignProblem {
    let slot = |time: civil::Time| {
        let minute =
            u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        minute / slot_minutes
    };
    let slots =
        |seconds: u32| u16::try_from(seconds / (u32::from(slot_minutes) * 60)).unwrap_or(u16::MAX);
    let window = |window: &ShiftWindowInput| ShiftWindow {
        first_start: slot(window.earliest_start.0),
        last_start: slot(window.latest_start.0),
        shortest: slots(window.shortest_seconds),
        longest: slots(window.longest_seconds),
    };
    DesignProblem {
        slot_minutes,
        slots_per_day: 1440 / slot_minutes,
        need,
        windows: input.windows.iter().map(window).collect(),
        under_weight: input.missing_weight,
        over_weight: input.surplus_weight,
        shift_cost: input.shift_cost,
    }
}

fn shown(design: ShiftDesign, slot_minutes: u16) -> ShiftsDesign {
    let ShiftDesign { shifts, under_minutes, over_minutes, cost, moves } = design;
    let slot_seconds = u32::from(slot_minutes) * 60;
    let shift = |shift: DesignedShift| {
        let DesignedShift { start, length, agents } = shift;
        let midnight = civil::Time::midnight();
        ShownShift {
            starts: LocalTime(
                midnight.wrapping_add((i64::from(start) * i64::from(slot_seconds)).seconds()),
            ),
            duration_seconds: u32::from(length) * slot_seconds,
            agents: agents.into_iter().map(u32::from).collect(),
        }
    };
    ShiftsDesign {
        shifts: shifts.into_iter().map(shift).collect(),
        missing_seconds: under_minutes * 60,
        surplus_seconds: over_minutes * 60,
        cost,
        moves,
    }
}
