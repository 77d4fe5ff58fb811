//! Requirements: agents needed per interval.

mod repo;
mod views;

pub use repo::{NewRequirement, insert_requirement};
pub use views::{
    PointView, RequirementPoint, RequirementView, goals_of, latest_requirement, list_requirements,
    queue_goals, requirement_points, requirements_by_id,
};
