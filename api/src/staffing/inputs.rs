use async_graphql::{ID, InputObject};
use trunkline_domain::{
    fault::Fault,
    id::ForecastId,
    staffing::{Demand, Goal, IntervalCheck, Shrinkage, StaffingError, StaffingPlan},
};

use super::check_types::{StaffingLinesInput, StaffingSeniorsInput};
use crate::graphql::parse_id;

/// Which requirement to compute.
#[derive(InputObject)]
pub struct RequirementComputeInput {
    /// The forecast.
    pub forecast_id: ID,
}

impl RequirementComputeInput {
    pub(super) fn parse(self) -> Result<ForecastId, Fault> {
        let Self { forecast_id } = self;
        parse_id(&forecast_id, "forecastId")
    }
}

/// What is asked about one interval.
#[derive(InputObject)]
pub struct StaffingDemandInput {
    /// Contacts offered in the interval; may be fractional.
    pub calls: f64,
    /// Mean handle time.
    pub handle_time_seconds: f64,
    /// Length of the interval.
    #[graphql(default = 1800)]
    pub interval_seconds: i32,
    /// Mean patience of callers (Erlang A). Left out = they wait for ever (Erlang C).
    pub patience_seconds: Option<f64>,
}

/// What is to be reached.
#[derive(InputObject)]
pub struct StaffingGoalInput {
    /// Percent of the offered contacts to be answered within the threshold, above 0 and below 100.
    #[graphql(default = 80.0)]
    pub service_level_percent: f64,
    /// The threshold.
    #[graphql(default = 20)]
    pub threshold_seconds: i32,
    /// Limit on the mean wait of all offered contacts.
    pub max_average_speed_of_answer_seconds: Option<f64>,
    /// Limit on the share of callers who hang up, in percent.
    pub max_abandonment_percent: Option<f64>,
    /// Limit on the share of agents' time spent on contacts, in percent.
    pub max_occupancy_percent: Option<f64>,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    #[graphql(default)]
    pub shrinkage: f64,
    /// Least agents on the phone.
    #[graphql(default)]
    pub minimum_agents: u32,
}

impl Default for StaffingGoalInput {
    fn default() -> Self {
        Self {
            service_level_percent: 80.0,
            threshold_seconds: 20,
            max_average_speed_of_answer_seconds: None,
            max_abandonment_percent: None,
            max_occupancy_percent: None,
            shrinkage: 0.0,
            minimum_agents: 0,
        }
    }
}

/// A what-if question about one interval.
pub(super) fn parse_check(
    demand: &StaffingDemandInput,
    goal: &StaffingGoalInput,
    agents: Option<f64>,
    (lines, seniors): (Option<StaffingLinesInput>, Option<StaffingSeniorsInput>),
) -> Result<IntervalCheck, StaffingError> {
    let &StaffingDemandInput { calls, handle_time_seconds, interval_seconds, patience_seconds } =
        demand;
    let &StaffingGoalInput {
        service_level_percent,
        threshold_seconds,
        max_average_speed_of_answer_seconds,
        max_abandonment_percent,
        max_occupancy_percent,
        shrinkage,
        minimum_agents,
    } = goal;
    let mut limits =
        Goal::service_level(service_level_percent / 100.0, f64::from(threshold_seconds))?;
    if let Some(seconds) = max_average_speed_of_answer_seconds {
        limits = limits.with_max_asa(seconds)?;
    }
    if let Some(percent) = max_abandonment_percent {
        limits = limits.with_max_abandonment(percent / 100.0)?;
    }
    if let Some(percent) = max_occupancy_percent {
        limits = limits.with_max_occupancy(percent / 100.0)?;
    }
    let demand = Demand {
        calls,
        handle_seconds: handle_time_seconds,
        interval_seconds: f64::from(interval_seconds),
    };
    let shrinkage = Shrinkage::new(shrinkage)?;
    let plan = StaffingPlan { goal: limits, patience_seconds, minimum_agents, shrinkage };
    Ok(IntervalCheck {
        demand,
        plan,
        agents,
        lines: lines.map(Into::into),
        seniors: seniors.map(Into::into),
    })
}
