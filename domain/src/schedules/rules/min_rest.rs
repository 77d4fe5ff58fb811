//! `MIN_REST`: rest between two shifts, in real hours. Shifts that touch are one stretch of work,
//! whose length `SHIFT_LENGTH` judges.

use super::{
    super::{Quantity, ViolationCause},
    AgentView, Finding,
};
use crate::time::Span;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let least = view.limits.min_rest.limit;
    let stretches = view.stretches();
    let short = stretches.windows(2).filter_map(|pair| {
        let rest = Span::new(pair[0].end(), pair[1].start())?;
        let seconds = rest.seconds();
        if seconds >= least {
            return None;
        }
        let both = Span::new(pair[0].start(), pair[1].end())?;
        let (measured, limit) = (Quantity::Seconds(seconds), Quantity::Seconds(least));
        let finding = Finding::new(rest, measured, limit, least - seconds).concerning(both);
        let enough_by_clock = view.wall_seconds(rest) >= least;
        Some(if enough_by_clock { finding.caused_by(ViolationCause::Dst) } else { finding })
    });
    short.collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::schedules::{
        Change, Edit, RuleCode,
        sample::{World, said},
    };

    #[test]
    fn nine_hours_between_late_and_early_are_too_few() {
        let mut world = World::march().only(RuleCode::MinRest);
        world.works(1, "2026-03-03T14:00", 8.0);
        world.works(1, "2026-03-04T07:00", 8.0);
        assert_eq!(world.judged(), ["MIN_REST BLOCKING EDIT 9 h / 11 h"]);
    }

    #[test]
    fn exactly_the_least_is_enough() {
        let mut world = World::march().only(RuleCode::MinRest);
        world.works(1, "2026-03-03T14:00", 8.0);
        world.works(1, "2026-03-04T09:00", 8.0);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn a_night_shift_before_the_window_is_remembered() {
        let mut world = World::march().only(RuleCode::MinRest);
        world.works(1, "2026-03-01T18:00", 6.0);
        let early = world.shift(1, "2026-03-02T07:00", 8.0);
        let found = world.check(&Change::edit(vec![Edit::Add(early)]));
        assert_eq!(said(&found), ["MIN_REST BLOCKING HISTORY 7 h / 11 h"]);
    }

    #[test]
    fn the_spring_clock_change_shortens_a_rest() {
        let mut world = World::new("Europe/Berlin", date(2026, 3, 23), date(2026, 4, 6))
            .only(RuleCode::MinRest);
        // By the wall clock 11 h, but 02:00 to 03:00 is not there on 29 March.
        world.works(1, "2026-03-28T12:00", 8.0);
        world.works(1, "2026-03-29T07:00", 8.0);
        assert_eq!(world.judged(), ["MIN_REST BLOCKING DST 10 h / 11 h"]);
    }

    #[test]
    fn the_autumn_clock_change_lengthens_a_rest() {
        let mut world = World::new("Europe/Berlin", date(2026, 10, 19), date(2026, 11, 2))
            .only(RuleCode::MinRest);
        world.works(1, "2026-10-24T12:00", 8.0);
        world.works(1, "2026-10-25T06:00", 8.0);
        assert!(world.judge().is_empty(), "10 h by the wall clock are 11 h");
    }
}
