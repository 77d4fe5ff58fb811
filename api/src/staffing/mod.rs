//! Agents needed per interval, and what so many would achieve.

mod capacity;
mod capacity_types;
mod check_types;
mod design;
mod design_types;
mod inputs;
mod level_service;
mod level_types;
mod line_service;
mod mutation;
mod plan_fields;
mod point_types;
mod query;
mod rosters;
mod seniors;
mod service;
mod types;

pub use mutation::StaffingMutation;
pub use point_types::StaffingDecidedBy;
pub(crate) use service::plan_of;
pub use types::StaffingRequirement;

use async_graphql::MergedObject;
use plan_fields::PlanQuery;
use query::RequirementQuery;

/// Reading requirements, and asking what plans are worth.
#[derive(MergedObject, Default)]
pub struct StaffingQuery(RequirementQuery, PlanQuery);
