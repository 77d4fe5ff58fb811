//! `CONSECUTIVE_WEEKENDS`: weekends in a row with work on Saturday or Sunday.

use jiff::{ToSpan as _, civil::Weekday};

use super::{super::Quantity, AgentView, Finding};
use crate::time::monday_of;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.consecutive_weekends.limit;
    let dates = view.work_days().map(|(day, _)| day.date);
    let weekend =
        dates.filter(|date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday));
    let mut mondays: Vec<_> = weekend.map(monday_of).collect();
    mondays.dedup();
    let mut findings = Vec::new();
    for run in mondays.chunk_by(|&week, &next| week.saturating_add(7.days()) == next) {
        let weekends = i64::try_from(run.len()).unwrap_or(i64::MAX);
        if weekends > most {
            let saturday = run[0].saturating_add(5.days());
            let span = view.horizon.dates(saturday, run[run.len() - 1].saturating_add(6.days()));
            let (measured, limit) = (Quantity::Weekends(weekends), Quantity::Weekends(most));
            findings.push(Finding::new(span, measured, limit, weekends - most));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn the_fourth_weekend_in_a_row_is_told_once() {
        let mut world = World::march().only(RuleCode::ConsecutiveWeekends);
        for day in [7, 8, 14, 22] {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        assert!(world.judge().is_empty());
        world.works(1, "2026-03-28T09:00", 8.0);
        assert_eq!(world.judged(), ["CONSECUTIVE_WEEKENDS WARNING EDIT 4 weekends / 3 weekends"]);
    }
}
