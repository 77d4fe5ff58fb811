//! Activities, shifts, work rules and what makes a roster.
//!
//! `check` is the only judge of a roster: generation, edit, swap, bid, leave, offer and import ask
//! it, so no sequence of accepted changes reaches a roster that it refuses, except by an override that
//! names the rule and is recorded.

mod activity;
mod applied;
mod assumption;
mod change;
mod check;
mod context;
mod contradiction;
mod copy;
mod coverage;
mod cut;
mod diff;
mod effect;
pub mod generator;
mod horizon;
mod impact;
mod lulls;
mod merge;
mod overrides;
mod pattern;
pub mod pay;
mod regular_hours;
mod reserve;
mod roster;
pub mod roster_file;
mod rule_book;
mod rule_bounds;
mod rule_change;
mod rule_code;
mod rule_title;
mod rules;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod scenario_tests;
mod seats_from;
mod shift;
pub mod shift_design;
mod shift_parts;
mod shift_reshape;
mod shift_template;
mod shift_wish;
mod site_needs;
mod staff;
mod step_by_step;
mod training;
mod violation;
mod violation_text;
mod weekdays;
mod what_if;
pub mod whole_shifts;
mod work_rules;

pub use activity::{Activity, ActivityCategory, PACKED_BYTES, UnpackError, pack, unpack};
pub use assumption::{Assumptions, QueueAssumption};
pub use change::{Change, Edit, Origin};
pub use check::check;
pub use context::CheckContext;
pub use contradiction::Contradiction;
pub use coverage::{Coverage, CoverageLine, IntervalAxis, SeatCount, SiteLimits, SiteShare};
pub use cut::Cut;
pub use diff::{AgentDiff, diff};
pub use effect::{DemandPoint, Effect, QueueDemand, QueueEffect, Staffed, effect};
pub use impact::{Impact, impact};
pub use lulls::{LullAsk, LullPlace, LullPlan, LullTimes, NoLull, place_in_lulls};
pub use merge::{Merge, MergeStep, ScenarioShift, merge};
pub use overrides::{Overridden, Override, Overrides, Settled};
pub use pattern::{PatternAssignment, PatternKind, PatternWeek, PatternWeeks, start_patterns};
pub use reserve::{NotCalled, ReserveAsk, ReserveCall, ReservePlan, ReserveTerms, reserve_calls};
pub use roster::{
    AgentPlan, Availability, AvailabilityPattern, ContractKind, ContractTerms, Roster, SkillHeld,
};
pub use rule_book::{
    EffectiveRules, RuleAttachment, RuleBook, RuleContent, RuleOrigin, RuleSet, RuleSubject,
    RuleUse, SubjectContradiction,
};
pub use rule_bounds::LimitUnit;
pub use rule_change::{NightHours, RuleChange};
pub use rule_code::{RuleCode, Severity};
pub use seats_from::SeatsFrom;
pub use shift::{NewShift, Shift, ShiftError, SkillNeed};
pub use shift_parts::{ShiftOfParts, ShiftPart};
pub use shift_reshape::{PlacedActivity, Reshape};
pub use shift_template::{
    ShiftTemplate, ShiftTemplates, TemplatesFrom, offered_shapes, offered_templates,
};
pub use shift_wish::ShiftWish;
pub use site_needs::{RequiredAgents, SiteNeeds};
pub use staff::{DividedStaff, StaffGroups};
pub use step_by_step::{RefusedChange, Sorted, step_by_step};
pub use training::{QueueGate, Training, TrainingPassed};
pub use violation::{
    Bound, Quantity, Violation, ViolationCause, ViolationParam, holds_up, refuses, worst,
};
pub use violation_text::ViolationSetting;
pub(crate) use violation_text::limit_clause;
pub use weekdays::Weekdays;
pub use what_if::{QueueCase, QueueFigures, SeniorFigures, SiteCase, SiteNeed};
pub use work_rules::{
    Bounds, BreakWindow, NightLimit, Rule, RuleLimits, StartBand, TimeBand, WorkRules, version_name,
};
