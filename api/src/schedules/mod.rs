//! Schedules and shifts: reading, generating, checking, publishing, changing.

mod direct;
mod ground;
mod loaders;
mod query;
mod sentences;
mod types;
mod violations;

pub(crate) use ground::ground_of_agents;
pub use loaders::PlanningLoaders;
pub use query::SchedulesQuery;
pub use types::{Schedule, ScheduleState, Shift};
pub use violations::{RuleSeverity, RuleViolation, ScheduleRule, ViolationCause};
