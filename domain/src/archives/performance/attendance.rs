use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Shifts and hours of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AttendanceSummary {
    /// Published shifts that began in the month.
    pub shifts_planned: u32,
    /// Those during which the agent was signed in.
    pub shifts_attended: u32,
    /// Those attended to which the agent came late, beyond the grace.
    pub shifts_late: u32,
    /// Those during which the agent is known to have been signed out throughout.
    pub shifts_absent: u32,
    /// Those of which no state is known.
    pub shifts_unknown: u32,
    /// Seconds planned, breaks and meals among them.
    pub planned_seconds: i64,
    /// Seconds of work; `None` while no state is known.
    pub worked_seconds: Option<i64>,
    /// Seconds planned and not worked; `None` while no state is known.
    pub absence_seconds: Option<i64>,
    /// Longest run of days with work, looking back over the border of the month.
    pub longest_run_days: u32,
    /// Swaps that changed the roster.
    pub swaps: u32,
}

/// Attendance with its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyAttendance {
    /// First local day of the month.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// What was counted.
    pub summary: AttendanceSummary,
}
