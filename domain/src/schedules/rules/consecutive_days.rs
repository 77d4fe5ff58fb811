//! `CONSECUTIVE_DAYS`: working days in a row, over the borders of weeks, periods and windows.

use super::{super::Quantity, AgentView, Finding};
use crate::time::next_day;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.consecutive_days.limit;
    let dates: Vec<_> = view.work_days().map(|(day, _)| day.date).collect();
    let mut findings = Vec::new();
    for run in dates.chunk_by(|&day, &next| next_day(day) == next) {
        let days = i64::try_from(run.len()).unwrap_or(i64::MAX);
        if days > most {
            let span = view.horizon.dates(run[0], run[run.len() - 1]);
            findings.push(Finding::new(
                span,
                Quantity::Days(days),
                Quantity::Days(most),
                days - most,
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{
        Change, Edit, RuleCode,
        sample::{World, said},
    };

    #[test]
    fn the_seventh_day_in_a_row_is_too_many() {
        let mut world = World::march().only(RuleCode::ConsecutiveDays);
        for day in 4..=9 {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        assert!(world.judge().is_empty());
        let seventh = world.shift(1, "2026-03-10T09:00", 8.0);
        let found = world.check(&Change::request(vec![Edit::Add(seventh)]));
        assert_eq!(said(&found), ["CONSECUTIVE_DAYS BLOCKING REQUEST 7 days / 6 days"]);
    }

    #[test]
    fn a_full_week_before_the_window_counts() {
        let mut world = World::march().only(RuleCode::ConsecutiveDays);
        for day in 24..=28 {
            world.works(1, &format!("2026-02-{day:02}T09:00"), 8.0);
        }
        world.works(1, "2026-03-01T09:00", 8.0);
        let monday = world.shift(1, "2026-03-02T09:00", 8.0);
        let found = world.check(&Change::edit(vec![Edit::Add(monday)]));
        assert_eq!(said(&found), ["CONSECUTIVE_DAYS BLOCKING HISTORY 7 days / 6 days"]);
    }

    #[test]
    fn a_night_shift_counts_on_its_start_date_only() {
        let mut world = World::march().only(RuleCode::ConsecutiveDays);
        for day in 4..=9 {
            world.works(1, &format!("2026-03-{day:02}T22:00"), 8.0);
        }
        assert!(world.judge().is_empty(), "six nights that end on a seventh day");
    }

    #[test]
    fn days_of_23_and_25_hours_are_days() {
        for (from, to) in
            [(date(2026, 3, 23), date(2026, 4, 6)), (date(2026, 10, 19), date(2026, 11, 2))]
        {
            let mut world = World::new("Europe/Berlin", from, to).only(RuleCode::ConsecutiveDays);
            let mut day = from;
            for _ in 0..7 {
                world.works(1, &format!("{day}T23:00"), 1.0);
                day = day.tomorrow().expect("date");
            }
            assert_eq!(world.judged(), ["CONSECUTIVE_DAYS BLOCKING EDIT 7 days / 6 days"]);
        }
    }
}
