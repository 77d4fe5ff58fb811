//! One rule, one file: each finds where the final roster of one agent does not keep it.

mod availability;
mod break_window;
mod consecutive_days;
mod consecutive_weekends;
mod continuous_work;
mod contract_hours;
mod contract_possible;
pub(super) mod coverage;
mod cross_site;
mod days_off;
mod finding;
mod min_rest;
mod night_shifts;
mod notice;
mod opening_hours;
mod overlap;
mod overtime_day;
mod overtime_month;
mod paid_time;
pub(super) mod seats;
mod shift_length;
mod skill;
mod start_band;
mod start_variance;
mod training_gate;
mod union;
mod view;
mod weekly_rest;
mod work_days_week;

pub(super) use finding::Finding;
pub(super) use view::AgentView;
pub(super) use weekly_rest::longest_rest_beside;

use super::RuleCode;

type Find = fn(&AgentView<'_>) -> Vec<Finding>;

/// Every rule that concerns one agent alone. `SEATS` and `COVERAGE` concern all of them at once and
/// are asked by themselves.
pub(super) const OF_AN_AGENT: &[(RuleCode, Find)] = &[
    (RuleCode::Overlap, overlap::find),
    (RuleCode::Availability, availability::find),
    (RuleCode::MinRest, min_rest::find),
    (RuleCode::WeeklyRest, weekly_rest::find),
    (RuleCode::ConsecutiveDays, consecutive_days::find),
    (RuleCode::ConsecutiveWeekends, consecutive_weekends::find),
    (RuleCode::DaysOff, days_off::find),
    (RuleCode::WorkDaysWeek, work_days_week::find),
    (RuleCode::ContractHours, contract_hours::find),
    (RuleCode::ContractHours, contract_possible::find),
    (RuleCode::PaidTimeDay, paid_time::find_of_day),
    (RuleCode::PaidTimeWeek, paid_time::find_of_week),
    (RuleCode::PaidTimePeriod, paid_time::find_of_period),
    (RuleCode::OvertimeDay, overtime_day::find),
    (RuleCode::OvertimeMonth, overtime_month::find),
    (RuleCode::ShiftLength, shift_length::find),
    (RuleCode::ContinuousWork, continuous_work::find),
    (RuleCode::BreakWindow, break_window::find),
    (RuleCode::StartBand, start_band::find),
    (RuleCode::StartVariance, start_variance::find),
    (RuleCode::NightShifts, night_shifts::find),
    (RuleCode::Skill, skill::find),
    (RuleCode::TrainingGate, training_gate::find),
    (RuleCode::OpeningHours, opening_hours::find),
    (RuleCode::CrossSite, cross_site::find),
    (RuleCode::Notice, notice::find),
];
