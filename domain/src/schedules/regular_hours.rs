//! Which hours of a day and its week the contract calls regular; what is worked above them is overtime.

use jiff::civil;

use super::AgentPlan;
use crate::time::monday_of;

/// What is left of the regular hours of a day and its week, in seconds. Hours above those of the day
/// use up none of the week, so no hour is overtime twice.
#[derive(Debug, Default)]
pub(super) struct RegularHours {
    day: Option<civil::Date>,
    of_day: i64,
    week: Option<civil::Date>,
    of_week: i64,
}

impl RegularHours {
    /// Uses up at most `seconds` on a day and says how many there were. Days come in order.
    pub(super) fn take(&mut self, plan: &AgentPlan, day: civil::Date, seconds: i64) -> i64 {
        let monday = monday_of(day);
        if self.week != Some(monday) {
            let hours = plan.contract_of_week(monday).weekly_hours_seconds;
            (self.week, self.of_week) = (Some(monday), hours.unwrap_or(i64::MAX));
        }
        if self.day != Some(day) {
            let hours = plan.contract_on(day).daily_hours_seconds;
            (self.day, self.of_day) = (Some(day), hours.unwrap_or(i64::MAX));
        }
        let taken = seconds.min(self.of_day).min(self.of_week).max(0);
        self.of_day -= taken;
        self.of_week -= taken;
        taken
    }
}
