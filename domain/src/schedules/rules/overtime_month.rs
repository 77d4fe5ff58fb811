//! `OVERTIME_MONTH`: overtime of a calendar month. Overtime of a day is the paid work above the
//! daily hours of the contract, and of what is left the part by which the week so far is above its
//! weekly hours; so an hour is never counted twice, and a week over the end of a month counts with
//! each day where the day lies.

use jiff::civil;

use super::{
    super::{Quantity, ViolationParam, regular_hours::RegularHours},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let most = view.limits.overtime_month.limit;
    let overtime = overtime_of_days(view);
    let months = view.horizon.months.iter().filter_map(|month| {
        let in_month =
            overtime.iter().filter(|(date, _)| month.first <= *date && *date < month.end);
        let sum: i64 = in_month.map(|(_, seconds)| seconds).sum();
        (sum > most).then(|| {
            Finding::new(month.span, Quantity::Seconds(sum), Quantity::Seconds(most), sum - most)
                .with(ViolationParam::Date(month.first))
        })
    });
    months.collect()
}

fn overtime_of_days(view: &AgentView<'_>) -> Vec<(civil::Date, i64)> {
    let mut left = RegularHours::default();
    let overtime = view.days.iter().map(|day| {
        let paid = day.paid_present_seconds;
        (day.date, paid - left.take(view.plan, day.date, paid))
    });
    overtime.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn daily_overtime_is_summed_over_the_month() {
        let mut world = World::march().only(RuleCode::OvertimeMonth);
        for day in [2, 4, 6, 9, 11, 13, 16, 18, 20, 23, 25, 27] {
            world.works(1, &format!("2026-03-{day:02}T08:00"), 11.0);
        }
        assert!(world.judge().is_empty(), "12 days of 3 h are 36 h");
        world.works(1, "2026-03-29T08:00", 8.5);
        assert_eq!(world.judged(), ["OVERTIME_MONTH BLOCKING EDIT 36 h 30 min / 36 h"]);
    }

    #[test]
    fn a_sixth_day_is_overtime_and_no_hour_counts_twice() {
        let mut world = World::march().only(RuleCode::OvertimeMonth);
        for monday in [2, 9, 16, 23] {
            for day in monday..monday + 6 {
                world.works(1, &format!("2026-03-{day:02}T08:00"), 9.0);
            }
        }
        // Each week: six days of 1 h above 8 h, and 48 h of regular time, 8 h above 40 h.
        assert_eq!(world.judged(), ["OVERTIME_MONTH BLOCKING EDIT 56 h / 36 h"]);
    }
}
