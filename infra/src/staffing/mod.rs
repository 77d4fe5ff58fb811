//! Requirements: agents needed per interval.

mod repo;
mod views;

pub use repo::{NewRequirement, insert_requirement};
pub use views::{
    PointView, RequirementView, goals_of, list_requirements, queue_goals, requirement_points,
    requirements_by_id, unplanned_shrinkages,
};
