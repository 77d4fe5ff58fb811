//! `NIGHT_SHIFTS`: shifts of a local week that lie in the night for long enough.

use jiff::ToSpan as _;

use super::{
    super::{NightLimit, Quantity, ViolationParam},
    AgentView, Finding,
    view::Work,
};
use crate::time::local_of_instant;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let night = view.limits.night_shifts.limit;
    let weeks = view.horizon.weeks.iter().filter_map(|week| {
        let in_week = view.work.iter().filter(|work| {
            let date = work.shift.local_date();
            week.first <= date && date < week.end
        });
        let shifts = in_week.filter(|work| is_night(view, work, &night)).count();
        let shifts = i64::try_from(shifts).unwrap_or(i64::MAX);
        let most = night.max_per_week;
        (shifts > most).then(|| {
            let (measured, limit) = (Quantity::Shifts(shifts), Quantity::Shifts(most));
            Finding::new(week.span, measured, limit, shifts - most)
                .with(ViolationParam::Date(week.first))
        })
    });
    weeks.collect()
}

fn is_night(view: &AgentView<'_>, work: &Work<'_>, limit: &NightLimit) -> bool {
    let zone = view.horizon.zone;
    let first = local_of_instant(work.span.start(), zone).date().saturating_sub(1.day());
    let last = local_of_instant(work.span.end(), zone).date();
    let mut date = first;
    let mut seconds = 0;
    while date <= last {
        let night = limit.night.on(date, zone);
        seconds += night.intersection(work.span).map_or(0, crate::time::Span::seconds);
        date = date.saturating_add(1.day());
    }
    seconds >= limit.from_seconds
}

#[cfg(test)]
mod tests {
    use crate::schedules::{RuleCode, sample::World};

    #[test]
    fn the_sixth_night_of_a_week_is_too_many() {
        let mut world = World::march().only(RuleCode::NightShifts);
        for day in 9..=13 {
            world.works(1, &format!("2026-03-{day:02}T22:00"), 8.0);
        }
        world.works(1, "2026-03-14T16:00", 7.5);
        assert!(world.judge().is_empty(), "ends at 23:30, so it is no night shift");
        world.works(1, "2026-03-15T04:00", 8.0);
        assert_eq!(world.judged(), ["NIGHT_SHIFTS WARNING EDIT 6 shifts / 5 shifts"]);
    }
}
