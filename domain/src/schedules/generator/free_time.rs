//! When an agent cannot work: time off, classes, closed hours, training not yet passed, and the
//! rest before a shift that follows the plan. Hours for which a site closes within its day are no such
//! time: a meal may fall into them ([`Closures`](super::closures::Closures)).

use std::ops::Range;

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::{
    Calendar,
    block::{Bar, Block},
    closures::is_closure,
    problem::Slot,
};
use crate::{
    schedules::{AgentPlan, Availability, AvailabilityPattern, RuleLimits, Severity, SiteLimits},
    time::{Span, local_of_instant, next_day},
};

/// Slots of the calendar in which the agent cannot work, and why. A slot that is blocked in part is
/// blocked.
pub(super) fn blocked(
    plan: &AgentPlan,
    limits: &RuleLimits,
    site: Option<&SiteLimits>,
    calendar: &Calendar,
    zone: &TimeZone,
) -> Vec<Block> {
    let on = |severity: Severity| severity != Severity::Off;
    let window = window_of(calendar);
    let mut spans: Vec<(Bar, Span)> = Vec::new();
    let mut bar = |bar: Bar, of: &mut dyn Iterator<Item = Span>| {
        spans.extend(of.map(|span| (bar, span)));
    };
    if on(limits.availability.severity) {
        bar(Bar::TimeOff, &mut plan.time_off.iter().copied());
        let cannot = plan.availability.iter().filter(|it| !it.available);
        bar(Bar::Availability, &mut cannot.flat_map(|it| spans_of(it, window, zone)));
        bar(Bar::Availability, &mut outside_available(plan, window, zone).into_iter());
    }
    if on(limits.opening_hours.severity)
        && let Some(open) = site.and_then(|site| site.open.as_deref())
    {
        let closed = between(open.to_vec(), window).into_iter();
        bar(Bar::OpeningHours, &mut closed.filter(|gap| !is_closure(*gap, zone)));
    }
    if on(limits.training_gate.severity) {
        let day_of = |instant| local_of_instant(instant, zone).date();
        let days =
            std::iter::successors(Some(day_of(window.start())), |date| Some(next_day(*date)));
        let days = days.take_while(|date| *date <= day_of(window.end()));
        let untrained = days.filter(|date| plan.gate(*date).is_some());
        bar(Bar::TrainingGate, &mut untrained.map(|it| Span::of_day(it, zone)));
    }
    // The first shift that is known after the plan, and the rest before it.
    let starts = plan.shifts.iter().filter_map(|shift| Some(shift.presence()?.start()));
    let next = starts.filter(|&start| start >= calendar.span(0, calendar.end()).end()).min();
    if let Some(next) = next {
        bar(Bar::ShiftAhead, &mut Span::new(next, window.end()).into_iter());
        let rest = jiff::SignedDuration::from_secs(limits.min_rest.limit.max(0));
        let rested = next.checked_sub(rest).ok().filter(|_| on(limits.min_rest.severity));
        bar(Bar::RestAhead, &mut rested.and_then(|from| Span::new(from, next)).into_iter());
    }
    let block = |(bar, span)| Some(Block { bar, slots: slots_of(span, window, calendar)? });
    let mut blocks: Vec<Block> = spans.into_iter().filter_map(block).collect();
    blocks.sort_by_key(|block| (block.slots.start, block.bar));
    blocks
}

/// Two days: more than any shift that starts on the last one.
const DAY_AND_MORE: u32 = 2 * 86_400;

/// The days of a calendar, and what shifts of the last one may reach beyond it.
pub(super) fn window_of(calendar: &Calendar) -> Span {
    calendar.span(0, calendar.end() + DAY_AND_MORE / calendar.slot_seconds)
}

pub(super) fn slots_of(span: Span, window: Span, calendar: &Calendar) -> Option<Range<Slot>> {
    let span = span.intersection(window)?;
    let from = calendar.slot_of(span.start());
    let step = i64::from(calendar.slot_seconds);
    let end = calendar.offset_of(span.end());
    let whole = calendar.origin.as_second() + end * step == span.end().as_second();
    let to = Slot::try_from(end + i64::from(!whole)).unwrap_or(0);
    (from < to).then_some(from..to)
}

/// What lies in the window between the spans.
pub(super) fn between(mut spans: Vec<Span>, window: Span) -> Vec<Span> {
    spans.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = window.start();
    for span in spans {
        if let Some(gap) = Span::new(reached, span.start().min(window.end())) {
            gaps.push(gap);
        }
        reached = reached.max(span.end());
    }
    gaps.extend(Span::new(reached, window.end()));
    gaps.retain(|gap| !gap.is_empty());
    gaps
}

/// Who names weekly hours works only in them, on the dates on which such a statement holds.
fn outside_available(plan: &AgentPlan, window: Span, zone: &TimeZone) -> Vec<Span> {
    let can = || plan.availability.iter().filter(|statement| statement.available);
    let limited = |date| {
        can().any(|statement| match statement.pattern {
            AvailabilityPattern::Weekly { from, until, .. } => holds(date, from, until),
            AvailabilityPattern::Dated(_) => false,
        })
    };
    let open: Vec<Span> = can().flat_map(|it| spans_of(it, window, zone)).collect();
    let gaps = between(open, window);
    let mut closed = Vec::new();
    let mut date = local_of_instant(window.start(), zone).date();
    let last = local_of_instant(window.end(), zone).date();
    while date <= last {
        if limited(date) {
            let day = Span::of_day(date, zone);
            closed.extend(gaps.iter().filter_map(|gap| gap.intersection(day)));
        }
        let next = next_day(date);
        if next == date {
            break;
        }
        date = next;
    }
    closed
}

fn holds(date: civil::Date, from: Option<civil::Date>, until: Option<civil::Date>) -> bool {
    from.is_none_or(|from| from <= date) && until.is_none_or(|until| date <= until)
}

/// The times of a statement near a window.
fn spans_of(statement: &Availability, window: Span, zone: &TimeZone) -> Vec<Span> {
    match &statement.pattern {
        AvailabilityPattern::Dated(span) => vec![*span],
        AvailabilityPattern::Weekly { weekday, band, from, until } => {
            let local = |instant| local_of_instant(instant, zone).date();
            let mut date = local(window.start()).saturating_sub(1.day());
            let last = local(window.end());
            let mut spans = Vec::new();
            while date < last {
                let on_day = date.weekday().to_monday_zero_offset() == weekday.cast_signed();
                if on_day && holds(date, *from, *until) {
                    spans.push(band.on(date, zone));
                }
                date = next_day(date);
            }
            spans
        }
    }
}

/// Seconds of time off on a day: granted, and declared for that date only.
pub(super) fn seconds_off(plan: &AgentPlan, day: Span) -> i64 {
    let dated = plan.availability.iter().filter_map(|statement| match statement.pattern {
        AvailabilityPattern::Dated(span) if !statement.available => Some(span),
        _ => None,
    });
    let off = plan.time_off.iter().copied().chain(dated).filter_map(|off| off.intersection(day));
    let mut off: Vec<Span> = off.collect();
    off.sort_unstable();
    let mut seconds = 0;
    let mut reached = day.start();
    for span in off {
        let rest = Span::new(span.start().max(reached), span.end());
        seconds += rest.map_or(0, Span::seconds);
        reached = reached.max(span.end());
    }
    seconds
}
