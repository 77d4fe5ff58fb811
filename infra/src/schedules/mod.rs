//! Schedules, shifts and work rules in the database.

mod generation;
mod plans;
mod repo;
mod requirement;
mod rosters;
mod views;
mod work_rules;

pub use generation::{Generation, RulesUsed};
pub use repo::{
    NewSchedule, Reassignment, ShiftRow, insert_change, insert_schedule, insert_shifts,
    lock_publication, lock_schedules, publish_schedule, reassign_shifts, supersede_schedules,
    write_shift,
};
pub use rosters::{Ground, RosterAsk, Source, Who, load_ground};
pub use views::{
    ScheduleFilter, ScheduleView, ShiftStates, ShiftView, count_schedules, list_schedules,
    own_shifts, schedule_by_id, shifts_by_id, shifts_of_agents, shifts_of_schedule,
    shifts_of_sites,
};
pub use work_rules::{
    RuleSets, WorkRulesView, insert_work_rules, load_rule_sets, work_rules_in_force,
};
