//! Schedules and shifts: reading, generating, checking, publishing, changing.

mod compare;
mod copy_week;
mod direct;
mod draft_fields;
mod draft_types;
mod generate;
mod generation;
mod ground;
mod inputs;
mod loaders;
mod mutation;
mod pattern_fields;
mod pattern_types;
mod patterns;
mod pay_fields;
mod pay_types;
mod query;
mod rest_service;
mod roster_import;
mod roster_types;
mod scenario;
pub mod service;
mod set_rules;
mod types;
mod violations;
mod work_rules;

pub(crate) use generate::{GENERATE, run as run_generation};
pub(crate) use ground::ground_of_agents;
pub use loaders::PlanningLoaders;
pub(crate) use types::within;
pub use types::{Schedule, ScheduleState, Shift};
pub(crate) use violations::may_know;
pub use violations::{RuleSeverity, RuleViolation, ScheduleRule, ViolationCause};

use async_graphql::MergedObject;
use draft_fields::{DraftsMutation, DraftsQuery};
use mutation::PlansMutation;
use pattern_fields::{PatternsMutation, PatternsQuery};
use pay_fields::{PayMutation, PayQuery};
use query::PlansQuery;

/// Reading schedules, and what their work is worth.
#[derive(MergedObject, Default)]
pub struct SchedulesQuery(PlansQuery, DraftsQuery, PatternsQuery, PayQuery);

/// Writing schedules, and giving rest.
#[derive(MergedObject, Default)]
pub struct SchedulesMutation(PlansMutation, DraftsMutation, PatternsMutation, PayMutation);
