//! The day as it happens: intervals, agent states, wallboards.
//!
//! Feeds repeat themselves, overtake each other and correct themselves late. Everything here is
//! decided by source time, so that arrival leaves no trace.

mod adherence;
mod agent_month;
mod agent_state;
mod audience;
mod feed;
mod interval_figures;
mod row_goal;
mod wallboard;

pub use adherence::{Adherence, AdherenceSeconds, AdherenceSpan, compare, fits, forgiven_seconds};
pub use agent_month::{AgentMonth, PlannedShift, agent_month, believed, request_sums};
pub use agent_state::{AgentState, CurrentState, StateEvent, StateLog, StateSpan, stretches};
pub use audience::Audience;
pub use feed::{
    CLOCK_TOLERANCE_SECONDS, MOST_AT_ONCE, Taken, check_figures, check_source_time, check_start,
    check_waits,
};
pub use interval_figures::{IntervalBook, IntervalFigures, IntervalKey, IntervalReport, Threshold};
pub use row_goal::{RowGoal, common_goal};
pub use wallboard::{
    BoardRow, BoardScope, Gauge, Reading, STALE_AFTER_SECONDS, Seat, Staff, Waiting, Wallboard,
};
