use async_graphql::{Enum, SimpleObject};
use trunkline_domain::staffing::DecidedBy;
use trunkline_infra::staffing::PointView;

use crate::graphql::DateTime;

/// What it is that asks for as many agents as are required, and not one fewer. New values can be added: treat an
/// unknown one as `SERVICE_LEVEL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DecidedBy")]
pub enum StaffingDecidedBy {
    /// Share of contacts answered within the threshold.
    ServiceLevel,
    /// Limit on the mean wait (ASA).
    AverageSpeedOfAnswer,
    /// Limit on the share of callers who hang up.
    Abandonment,
    /// Limit on the share of agents' time spent on contacts.
    Occupancy,
    /// Least staff while open: the goal alone would be kept by fewer.
    MinimumStaff,
    /// Least number of seniors: goal and least staff alone would be kept by fewer.
    Seniors,
}

/// Agents needed in one interval, and what they achieve.
#[derive(Debug, SimpleObject)]
pub struct StaffingPoint {
    /// Start of the interval.
    pub starts_at: DateTime,
    /// Agents on the phone: the least that keep all limits of the goal, and the least staff. 0 while closed.
    pub on_phone: i32,
    /// Agents on the roster, so that so many remain on the phone.
    pub on_roster: i32,
    /// Agents to schedule for the queue, so that `onPhone` remain when unplanned shrinkage is taken off. Rosters
    /// are made and judged by this figure: what they show themselves (breaks, leave) is not counted twice.
    pub to_schedule: i32,
    /// What asks for so many, the first where several ask for as many. `null` while closed, and in requirements computed before it was kept.
    pub decided_by: Option<StaffingDecidedBy>,
    /// Share of rostered time not worked on the queue that was counted with. `null` in requirements computed before it was kept for each interval.
    pub shrinkage: Option<f64>,
    /// The part of it that no roster shows. `null` like `shrinkage`.
    pub unplanned_shrinkage: Option<f64>,
    /// How many of these agents must be seniors. `null` where the queue asks for none.
    pub seniors: Option<StaffingPointSeniors>,
    /// Percent of contacts expected to be answered within the threshold.
    pub service_level_percent: f64,
    /// Percent of the agents' time expected to be spent on contacts.
    pub occupancy_percent: f64,
}

/// Seniors among the agents of an interval.
#[derive(Debug, SimpleObject)]
pub struct StaffingPointSeniors {
    /// Grade of the queue's skill from which on an agent is one.
    pub grade: i32,
    /// Those among `onPhone`.
    pub on_phone: i32,
    /// Those among `toSchedule`.
    pub to_schedule: i32,
}

impl From<PointView> for StaffingPoint {
    fn from(point: PointView) -> Self {
        let PointView {
            starts_at,
            on_phone,
            on_roster,
            to_schedule,
            service_level,
            occupancy,
            decided_by,
            shrinkage,
            unplanned_shrinkage,
            senior_grade,
            seniors_on_phone,
            seniors_to_schedule,
        } = point;
        Self {
            starts_at: DateTime(starts_at),
            on_phone,
            on_roster,
            to_schedule,
            decided_by: decided_by.as_deref().and_then(DecidedBy::from_code).map(Into::into),
            shrinkage,
            unplanned_shrinkage,
            seniors: senior_grade.map(|grade| StaffingPointSeniors {
                grade,
                on_phone: seniors_on_phone,
                to_schedule: seniors_to_schedule,
            }),
            service_level_percent: service_level,
            occupancy_percent: 100.0 * occupancy,
        }
    }
}
