//! Schedules and shifts: reading, generating, checking, publishing, changing.

mod assume;
mod change_types;
mod changes;
mod coming;
mod compare;
mod copy_week;
mod direct;
mod draft_fields;
mod draft_types;
mod effect_types;
mod figure_types;
mod figures;
mod generate;
mod generation;
mod ground;
mod headcount_types;
mod inputs;
mod loaders;
mod lull_fields;
mod lull_types;
mod lulls;
mod mutation;
mod need_types;
mod override_types;
mod overrides;
mod pattern_assign;
mod pattern_fields;
mod pattern_types;
mod patterns;
mod pay_fields;
mod pay_types;
mod query;
mod reserve;
mod reserve_fields;
mod reserve_types;
mod resolve;
mod resolve_types;
mod rest_service;
mod roster_import;
mod roster_types;
mod rule_types;
mod scenario;
mod scenario_fields;
mod scenario_types;
mod searching;
mod seat_fields;
mod seat_types;
mod seats;
pub mod service;
mod set_rules;
mod shift_edit;
mod shift_templates;
mod template_fields;
mod template_types;
mod types;
mod violations;
mod wish_fields;
mod wish_types;
mod wishes;
mod work_rules;

pub use change_types::ScheduleChange;
pub(crate) use generate::{GENERATE, run as run_generation};
pub(crate) use ground::ground_of_agents;
pub use loaders::PlanningLoaders;
pub(crate) use resolve::{RESOLVE, run as run_resolution};
pub use seat_types::SiteSeats;
pub(crate) use types::within;
pub use types::{Schedule, ScheduleState, Shift};
pub(crate) use violations::may_know;
pub use violations::{RuleSeverity, RuleViolation, ScheduleRule, ViolationCause};
pub use wish_types::ShiftWish;
pub use work_rules::WorkRules;
pub(crate) use work_rules::of_agent as work_rules_of_agent;

use async_graphql::MergedObject;
use draft_fields::{DraftsMutation, DraftsQuery};
use lull_fields::LullsMutation;
use mutation::PlansMutation;
use pattern_fields::{PatternsMutation, PatternsQuery};
use pay_fields::{PayMutation, PayQuery};
use query::PlansQuery;
use reserve_fields::{ReserveMutation, ReserveQuery};
use scenario_fields::{ScenariosMutation, ScenariosQuery};
use seat_fields::SeatsMutation;
use template_fields::{TemplatesMutation, TemplatesQuery};
use wish_fields::WishesMutation;

/// Reading schedules, and what their work is worth.
#[derive(MergedObject, Default)]
pub struct SchedulesQuery(
    PlansQuery,
    DraftsQuery,
    ScenariosQuery,
    PatternsQuery,
    TemplatesQuery,
    PayQuery,
    ReserveQuery,
);

/// Writing schedules, and giving rest.
#[derive(MergedObject, Default)]
pub struct SchedulesMutation(
    PlansMutation,
    DraftsMutation,
    ScenariosMutation,
    PatternsMutation,
    TemplatesMutation,
    WishesMutation,
    PayMutation,
    SeatsMutation,
    LullsMutation,
    ReserveMutation,
);
