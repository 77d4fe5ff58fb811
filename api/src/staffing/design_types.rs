use async_graphql::{InputObject, SimpleObject};
use jiff::{ToSpan as _, civil};
use trunkline_domain::schedules::shift_design::{
    DesignProblem, DesignedShift, ShiftDesign, ShiftWindow,
};

use crate::graphql::LocalTime;

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
    /// The shifts, by start and length. A site keeps them as its templates by `designedShifts` of `shiftTemplatesSet`.
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

impl ShiftsDesignInput {
    /// The problem to be solved for a need of each slot of the week.
    pub(super) fn problem(&self, need: Vec<u16>, slot_minutes: u16) -> DesignProblem {
        let slot = |time: civil::Time| {
            let minute = u16::from(time.hour().unsigned_abs()) * 60
                + u16::from(time.minute().unsigned_abs());
            minute / slot_minutes
        };
        let slots = |seconds: u32| {
            u16::try_from(seconds / (u32::from(slot_minutes) * 60)).unwrap_or(u16::MAX)
        };
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
            windows: self.windows.iter().map(window).collect(),
            under_weight: self.missing_weight,
            over_weight: self.surplus_weight,
            shift_cost: self.shift_cost,
        }
    }
}

impl ShiftsDesign {
    pub(super) fn new(design: ShiftDesign, slot_minutes: u16) -> Self {
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
        Self {
            shifts: shifts.into_iter().map(shift).collect(),
            missing_seconds: under_minutes * 60,
            surplus_seconds: over_minutes * 60,
            cost,
            moves,
        }
    }
}
