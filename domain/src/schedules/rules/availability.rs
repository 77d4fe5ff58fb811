//! `AVAILABILITY`: granted time off and declared availability, recurring and dated.

use jiff::{civil, tz::TimeZone};

use super::{
    super::{
        Availability, AvailabilityPattern, Quantity, ViolationCause, ViolationParam,
        horizon::LocalDays,
    },
    AgentView, Finding,
    union::union,
    view::Work,
};
use crate::time::{Span, local_of_instant, next_day};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for work in view.work_in_window() {
        findings.extend(during_time_off(view, work));
        if !view.availability.is_empty() {
            let near = Near::of(work, view);
            findings.extend(while_unavailable(view, work, &near));
            findings.extend(outside_available(view, work, &near));
        }
    }
    findings
}

/// Parts of a shift in which somebody is there: leave for a part of the day stands in it as an activity.
fn present<'v>(work: &'v Work<'_>) -> impl Iterator<Item = Span> + 'v {
    let there = work.shift.activities().iter().filter(|it| it.category.is_presence());
    there.map(|activity| activity.span)
}

fn during_time_off(view: &AgentView<'_>, work: &Work<'_>) -> Option<Finding> {
    let overlaps = |span: Span| {
        let off = view.time_off.iter().filter_map(move |off| off.intersection(span));
        off.map(Span::seconds).sum::<i64>()
    };
    let seconds: i64 = present(work).map(overlaps).sum();
    (seconds > 0).then(|| finding(work, seconds).caused_by(ViolationCause::TimeOff))
}

fn while_unavailable<'v>(
    view: &'v AgentView<'_>,
    work: &'v Work<'_>,
    near: &'v Near<'_>,
) -> impl Iterator<Item = Finding> + 'v {
    let cannot = view.availability.iter().filter(|statement| !statement.available);
    cannot.filter_map(|statement| {
        let spans = near.spans(statement);
        let parts = present(work).flat_map(|part| {
            spans.iter().filter_map(move |span| span.intersection(part)).map(Span::seconds)
        });
        let seconds: i64 = parts.sum();
        (seconds > 0).then(|| {
            finding(work, seconds)
                .caused_by(ViolationCause::Availability)
                .with(ViolationParam::Reason(statement.label.clone()))
        })
    })
}

fn outside_available(view: &AgentView<'_>, work: &Work<'_>, near: &Near<'_>) -> Option<Finding> {
    let date = near.start;
    // Dated statements alone add time and forbid none; weekly ones are all there is.
    let limited = view.availability.iter().any(|statement| statement.limits_on(date));
    if !limited {
        return None;
    }
    let can = view.availability.iter().filter(|statement| statement.available);
    let open = union(can.flat_map(|it| near.spans(it)).collect());
    let outside = present(work).map(|part| {
        let inside = open.iter().filter_map(|open| open.intersection(part));
        part.seconds() - inside.map(Span::seconds).sum::<i64>()
    });
    let missing: i64 = outside.sum();
    (missing > 0).then(|| finding(work, missing).caused_by(ViolationCause::Availability))
}

fn finding(work: &Work<'_>, seconds: i64) -> Finding {
    Finding::new(work.span, Quantity::Seconds(seconds), Quantity::Seconds(0), seconds)
        .with(ViolationParam::Shift(work.shift.id()))
}

fn holds(date: civil::Date, from: Option<civil::Date>, until: Option<civil::Date>) -> bool {
    from.is_none_or(|from| from <= date) && until.is_none_or(|until| date <= until)
}

/// The local dates whose hours may share time with a shift.
struct Near<'a> {
    start: civil::Date,
    /// The day before the start, whose hours may run over midnight, to the day of the end.
    first: civil::Date,
    last: civil::Date,
    zone: &'a TimeZone,
}

impl<'a> Near<'a> {
    fn of(work: &Work<'_>, view: &AgentView<'a>) -> Self {
        let zone = view.horizon.zone;
        let start = local_of_instant(work.span.start(), zone).date();
        let last = local_of_instant(work.span.end(), zone).date();
        Self { start, first: start.yesterday().unwrap_or(start), last, zone }
    }

    /// The times of a statement on these dates.
    fn spans(&self, statement: &Availability) -> Vec<Span> {
        let (weekday, band, from, until) = match &statement.pattern {
            AvailabilityPattern::Dated(dated) => return vec![*dated],
            AvailabilityPattern::Weekly { weekday, band, from, until } => {
                (weekday.cast_signed(), band, *from, *until)
            }
        };
        let mut spans = Vec::new();
        let mut date = self.first;
        while date <= self.last {
            if date.weekday().to_monday_zero_offset() == weekday && holds(date, from, until) {
                spans.push(band.on(date, self.zone));
            }
            date = next_day(date);
        }
        spans
    }
}

/// Seconds of each local day of a week in which the agent could work by the weekly statements;
/// dated ones are left out.
pub(super) fn weekly_hours_of(view: &AgentView<'_>, week: &LocalDays) -> Vec<i64> {
    let zone = view.horizon.zone;
    let mut hours = Vec::with_capacity(7);
    let mut date = week.first;
    while date < week.end {
        let near = Near { start: date, first: date.yesterday().unwrap_or(date), last: date, zone };
        let day = view.horizon.day(date);
        let seconds = |available: bool| {
            let of_kind = view.availability.iter().filter(|it| it.available == available);
            let weekly = of_kind.filter(|it| !matches!(it.pattern, AvailabilityPattern::Dated(_)));
            weekly.flat_map(|it| near.spans(it)).filter_map(|it| it.intersection(day)).collect()
        };
        let (can, cannot): (Vec<Span>, Vec<Span>) = (seconds(true), seconds(false));
        let limited = view.availability.iter().any(|it| it.limits_on(date));
        let can = if limited { can } else { vec![day] };
        hours.push(seconds_without(can, cannot));
        date = next_day(date);
    }
    hours
}

/// Seconds of the union of `can` that lie outside all of `cannot`.
fn seconds_without(can: Vec<Span>, cannot: Vec<Span>) -> i64 {
    let (can, cannot) = (union(can), union(cannot));
    let lost = can.iter().flat_map(|can| cannot.iter().filter_map(|it| it.intersection(*can)));
    let lost: i64 = lost.map(Span::seconds).sum();
    can.iter().map(|it| it.seconds()).sum::<i64>() - lost
}

impl Availability {
    /// Whether on this date the agent can work only inside the hours that are named.
    fn limits_on(&self, date: civil::Date) -> bool {
        match self.pattern {
            AvailabilityPattern::Weekly { from, until, .. } => {
                self.available && holds(date, from, until)
            }
            AvailabilityPattern::Dated(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::AvailabilityId,
        schedules::{
            ActivityCategory::{OnQueue, TimeOff},
            RuleCode, TimeBand,
            sample::World,
        },
    };

    fn weekly(available: bool, weekday: u8, hours: (i8, i8), label: &str) -> Availability {
        let band = TimeBand { from: time(hours.0, 0, 0, 0), to: time(hours.1, 0, 0, 0) };
        let until = Some(date(2026, 3, 20));
        Availability {
            id: AvailabilityId::from_uuid(Uuid::from_u128(1)),
            available,
            pattern: AvailabilityPattern::Weekly { weekday, band, from: None, until },
            label: label.to_owned(),
        }
    }

    #[test]
    fn a_class_is_named_and_ends_with_its_term() {
        let mut world = World::march().only(RuleCode::Availability);
        world.plan(1).availability = vec![weekly(false, 3, (13, 17), "Accounting")];
        world.works(1, "2026-03-19T14:00", 4.0);
        world.works(1, "2026-03-18T14:00", 4.0);
        world.works(1, "2026-03-26T14:00", 4.0);
        let found = world.judge();
        assert_eq!(world.judged(), ["AVAILABILITY BLOCKING AVAILABILITY 3 h / 0 h"]);
        assert!(found[0].params.contains(&ViolationParam::Reason("Accounting".to_owned())));
    }

    #[test]
    fn who_names_hours_works_only_in_them() {
        let mut world = World::march().only(RuleCode::Availability);
        world.plan(1).availability =
            vec![weekly(true, 2, (8, 12), "morning"), weekly(true, 2, (12, 18), "afternoon")];
        world.works(1, "2026-03-04T09:00", 8.0);
        world.works(1, "2026-03-11T12:00", 8.0);
        world.works(1, "2026-03-12T09:00", 4.0);
        world.works(1, "2026-03-26T09:00", 4.0);
        assert_eq!(
            world.judged(),
            [
                "AVAILABILITY BLOCKING AVAILABILITY 2 h / 0 h",
                "AVAILABILITY BLOCKING AVAILABILITY 4 h / 0 h"
            ]
        );
    }

    #[test]
    fn leave_forbids_work_and_allows_time_off_inside_a_shift() {
        let mut world = World::march().only(RuleCode::Availability);
        let leave = world.span("2026-03-04T13:00", "2026-03-04T18:00");
        world.plan(1).time_off.push(leave);
        let cut = world.shift_of(1, "2026-03-04T09:00", &[(OnQueue, 240), (TimeOff, 240)]);
        world.put(cut);
        assert!(world.judge().is_empty());
        world.works(1, "2026-03-04T17:00", 4.0);
        assert_eq!(world.judged(), ["AVAILABILITY BLOCKING TIME_OFF 1 h / 0 h"]);
    }

    #[test]
    fn hours_over_midnight_belong_to_the_evening_before() {
        let mut world = World::march().only(RuleCode::Availability);
        world.plan(1).availability = vec![weekly(false, 2, (22, 2), "child care")];
        world.works(1, "2026-03-05T01:00", 8.0);
        world.works(1, "2026-03-04T01:00", 8.0);
        assert_eq!(world.judged(), ["AVAILABILITY BLOCKING AVAILABILITY 1 h / 0 h"]);
    }

    #[test]
    fn time_off_within_a_shift_may_fall_into_a_class() {
        let mut world = World::march().only(RuleCode::Availability);
        world.plan(1).availability = vec![weekly(false, 3, (13, 17), "Accounting")];
        let around = [(OnQueue, 240), (TimeOff, 240), (OnQueue, 60)];
        let shift = world.shift_of(1, "2026-03-19T09:00", &around);
        world.put(shift);
        world.plan(2).availability =
            vec![weekly(true, 3, (9, 13), "morning"), weekly(true, 3, (17, 20), "evening")];
        let shift = world.shift_of(2, "2026-03-19T09:00", &around);
        world.put(shift);
        assert!(world.judge().is_empty());
    }
}
