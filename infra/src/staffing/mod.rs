//! Requirements: agents needed per interval.

mod capacity;
mod loads;
mod repo;
mod views;

pub use capacity::{count_contracts, monthly_hours};
pub use loads::planned_calls;
pub use repo::{NewRequirement, insert_requirement};
pub use views::{
    PointView, RequirementView, goals_of, list_requirements, queue_goals, requirement_points,
    requirements_by_id, unplanned_shrinkages,
};
