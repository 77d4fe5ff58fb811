//! Which work lies above the hours of the contract.

use jiff::civil;

use super::split::Part;
use crate::{
    forecasting::site_calendar::DayKind,
    schedules::AgentPlan,
    time::{Span, monday_of},
};

/// Cuts parts where the regular hours of their day or week are used up, and marks what comes after as
/// overtime. Hours are counted as `OVERTIME_DAY` and `OVERTIME_MONTH` count them: by the date on which
/// a shift counts and its local week, so that a night shift is one day, and no hour twice.
///
/// Work on public holidays, and work that earns a rest, is paid for by itself: it is neither overtime
/// nor uses up any regular hours.
pub(super) fn with_overtime(mut parts: Vec<Part>, contract: &AgentPlan) -> Vec<Part> {
    parts.sort_by_key(|part| (part.day, part.span));
    let mut left = RegularHours::default();
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        if part.kind == DayKind::PublicHoliday || part.earns.is_some() {
            found.push(part);
            continue;
        }
        let regular = left.take(contract, part.day, part.span.seconds());
        let regular = Span::of_seconds(part.span.start(), regular);
        let beyond = Span::new(regular.end(), part.span.end());
        let pieces = [(Some(regular), false), (beyond, true)];
        found.extend(pieces.into_iter().filter_map(|(span, is_overtime)| {
            let span = span.filter(|span| !span.is_empty())?;
            Some(Part { span, is_overtime, ..part })
        }));
    }
    found
}

/// What is left of the regular hours of a day and its week, in seconds.
#[derive(Debug, Default)]
struct RegularHours {
    day: Option<civil::Date>,
    of_day: i64,
    week: Option<civil::Date>,
    of_week: i64,
}

impl RegularHours {
    /// Uses up at most `seconds` on a day and says how many there were. Days come in order.
    fn take(&mut self, contract: &AgentPlan, day: civil::Date, seconds: i64) -> i64 {
        let monday = monday_of(day);
        if self.week != Some(monday) {
            let hours = contract.contract_of_week(monday).weekly_hours_seconds;
            (self.week, self.of_week) = (Some(monday), hours.unwrap_or(i64::MAX));
        }
        if self.day != Some(day) {
            let hours = contract.contract_on(day).daily_hours_seconds;
            (self.day, self.of_day) = (Some(day), hours.unwrap_or(i64::MAX));
        }
        let taken = seconds.min(self.of_day).min(self.of_week).max(0);
        self.of_day -= taken;
        self.of_week -= taken;
        taken
    }
}
