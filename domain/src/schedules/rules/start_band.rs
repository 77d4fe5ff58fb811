//! `START_BAND`: local times between which shifts start and end (flexible hours with core time).

use jiff::civil;

use super::{
    super::{Quantity, TimeBand, ViolationParam},
    AgentView, Finding,
    view::Work,
};
use crate::time::local_of_instant;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let band = view.limits.start_band.limit;
    let mut findings = Vec::new();
    for work in view.work_in_window() {
        let borders = [(work.span.start(), band.start), (work.span.end(), band.end)];
        for (instant, band) in borders {
            if let Some(band) = band {
                let time = local_of_instant(instant, view.horizon.zone).time();
                findings.extend(outside(work, time, band));
            }
        }
    }
    findings
}

fn outside(work: &Work<'_>, time: civil::Time, band: TimeBand) -> Option<Finding> {
    if band.contains(time) {
        return None;
    }
    let (early, late) = (clock_seconds(time, band.from), clock_seconds(band.to, time));
    let (limit, excess) = if early <= late { (band.from, early) } else { (band.to, late) };
    Some(
        Finding::new(work.span, Quantity::LocalTime(time), Quantity::LocalTime(limit), excess)
            .with(ViolationParam::Shift(work.shift.id())),
    )
}

/// Seconds on the dial from one time forward to the other.
fn clock_seconds(from: civil::Time, to: civil::Time) -> i64 {
    from.duration_until(to).as_secs().rem_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use crate::schedules::{RuleCode, StartBand, TimeBand, sample::World};

    #[test]
    fn a_start_outside_the_band_is_told_with_the_nearer_border() {
        let mut world = World::march().only(RuleCode::StartBand);
        let band = TimeBand { from: time(7, 0, 0, 0), to: time(10, 0, 0, 0) };
        world.rules.limits.start_band.limit = StartBand { start: Some(band), end: None };
        world.works(1, "2026-03-04T06:30", 8.0);
        world.works(1, "2026-03-05T07:00", 8.0);
        world.works(1, "2026-03-06T10:00", 8.0);
        world.works(1, "2026-03-07T10:15", 8.0);
        assert_eq!(
            world.judged(),
            ["START_BAND BLOCKING EDIT 06:30 / 07:00", "START_BAND BLOCKING EDIT 10:15 / 10:00"]
        );
    }

    #[test]
    fn a_band_over_midnight_holds_on_both_sides() {
        let mut world = World::march().only(RuleCode::StartBand);
        let band = TimeBand { from: time(22, 0, 0, 0), to: time(2, 0, 0, 0) };
        world.rules.limits.start_band.limit = StartBand { start: None, end: Some(band) };
        world.works(1, "2026-03-04T15:00", 8.0);
        world.works(1, "2026-03-05T17:00", 8.0);
        world.works(1, "2026-03-07T19:00", 8.0);
        assert_eq!(world.judged(), ["START_BAND BLOCKING EDIT 03:00 / 02:00"]);
    }
}
