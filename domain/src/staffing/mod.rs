//! From volumes to people: Erlang formulas and requirements.
//!
//! [`Traffic`] is what arrives at one queue in one interval; [`Traffic::performance`] says how so
//! many agents would serve it (Erlang A when callers' patience is known, otherwise Erlang C);
//! [`StaffingPlan::requirement`] asks the other way round. Every sum has positive terms only, no
//! factorial appears, and the work grows with the square root of the traffic.

mod capacity;
mod capacity_inputs;
mod division;
mod erlang_a;
mod erlang_b;
mod erlang_c;
mod error;
mod goal;
mod grades;
mod interval_check;
mod line_plan;
mod lines;
mod missed;
mod performance;
mod plan_formula;
mod plan_level;
mod queue_plan;
mod requirement;
mod roster;
mod rostered;
pub mod simulation;
mod versions;

pub use capacity::{CapacityMonth, CapacityOutlook, CapacityTerms, plan_capacity};
pub use capacity_inputs::{
    CapacitySource, ContractCount, Sourced, full_time_hours, hours_of_queues, months_from,
};
pub use division::divide_agents;
pub use erlang_b::{blocking, inverse_blocking};
pub use error::StaffingError;
pub use goal::{DecidedBy, Goal};
pub use grades::{
    GradeSplit, GradedAgent, SeniorRule, SeniorShortfall, join_shortfalls, senior_shortfalls,
};
pub use interval_check::{GradeCheck, IntervalAnswer, IntervalCheck, LinesAsk, SeniorsAsk};
pub use line_plan::{LineShortfall, PlannedCalls, line_shortfalls};
pub use lines::{LineCheck, check_lines, required_lines};
pub use missed::MissedLimits;
pub use performance::{Mean, Performance, Traffic};
pub use plan_formula::{FormulaPeriod, PlanFormula};
pub use plan_level::{PlannedAgent, PlannedDay, PlannedGroup, PlannedQueue};
pub use queue_plan::{IntervalTerms, Model, Needed, NeededSeniors, QueuePlan};
pub use requirement::{Demand, Requirement, StaffingPlan, required_agents};
pub use roster::{Balance, Shrinkage, balance, unplanned_share};
pub use rostered::{QueueTakers, RosteredAgent};
pub use versions::{NewestFirst, VersionReach};
