//! Schedules and shifts: reading, generating, checking, publishing, changing.

mod direct;
mod generate;
mod generation;
mod ground;
mod inputs;
mod loaders;
mod mutation;
mod query;
pub mod service;
mod set_rules;
mod types;
mod violations;
mod work_rules;

pub(crate) use generate::{GENERATE, run as run_generation};
pub(crate) use ground::ground_of_agents;
pub use loaders::PlanningLoaders;
pub use mutation::SchedulesMutation;
pub use query::SchedulesQuery;
pub(crate) use types::within;
pub use types::{Schedule, ScheduleState, Shift};
pub use violations::{RuleSeverity, RuleViolation, ScheduleRule, ViolationCause};
