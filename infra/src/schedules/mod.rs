//! Schedules, shifts and work rules in the database.

mod changes;
mod compared;
mod cut;
mod demand;
mod generation;
mod locks;
mod overrides;
mod patterns;
mod plans;
mod queue_outlook;
mod repo;
mod requirement;
mod reserve;
mod resolve;
mod rest;
mod rosters;
mod scenarios;
mod seats;
mod shift_templates;
mod shift_wishes;
mod site_queues;
mod training;
mod views;
mod work_rules;

pub use changes::{
    ChangeOfShift, ScheduleChangeView, ShiftChangeView, ShiftSide, changes_by_id,
    changes_of_shifts, count_changes, insert_change, insert_shift_changes, list_changes,
    shifts_of_changes,
};
pub use compared::{Compared, load_compared};
pub use cut::{CutSchedule, cut_schedules};
pub use demand::load_demand;
pub use generation::{Generation, RulesUsed, SearchEnd, SearchUsed};
pub use locks::{lock_agents, lock_publication, lock_schedule, lock_schedules, lock_site};
pub use overrides::{OverrideView, insert_overrides, overrides_of_changes};
pub use patterns::{
    PatternAssignmentView, ShiftPatternView, assign_pattern, insert_shift_pattern,
    pattern_assignments, shift_pattern_by_id, shift_patterns,
};
pub use queue_outlook::{QueueOutlook, queue_outlooks, staff_of_schedule};
pub use repo::{
    NewSchedule, Reassignment, ShiftRow, insert_schedule, insert_shifts, publish_schedule,
    reassign_shifts, supersede_schedules, write_shift,
};
pub use requirement::queues_beyond;
pub use reserve::{ReserveView, reserve_of_agent, reserve_of_site, set_reserve};
pub use resolve::{copied_shifts, edited_shifts};
pub use rest::{PayGround, delete_rest, insert_rest, load_pay_ground};
pub use rosters::{Ground, RosterAsk, Source, Who, load_ground, load_staff_groups};
pub use scenarios::{close_draft, copy_shifts, scenario_shifts, set_assumptions, write_steps};
pub use seats::{SiteSeatsView, seats_of_sites, set_site_seats};
pub use shift_templates::{ShiftTemplateSetView, set_shift_templates, shift_template_sets};
pub use shift_wishes::{set_shift_wishes, shift_wishes_of_agents, shift_wishes_of_site};
pub use views::{
    ScheduleFilter, ScheduleView, ShiftStates, ShiftView, count_schedules, list_schedules,
    own_shifts, schedule_by_id, shifts_by_id, shifts_of_agents, shifts_of_schedule,
    shifts_of_sites,
};
pub use work_rules::{
    insert_work_rules, load_rule_book, load_whole_rule_book, rule_subjects_of, rule_uses,
};
