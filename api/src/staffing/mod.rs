//! Agents needed per interval, and what so many would achieve.

mod inputs;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::StaffingMutation;
pub use query::StaffingQuery;
pub use types::StaffingRequirement;
