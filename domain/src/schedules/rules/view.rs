//! One agent's roster, arranged the way rules ask for it.

use jiff::civil;

use super::{
    super::{
        AgentPlan, Availability, CheckContext, RuleLimits, Shift,
        horizon::{Horizon, LocalDays},
    },
    union::union,
};
use crate::time::Span;

/// A shift with presence, and the span of that presence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) span: Span,
    pub(super) shift: &'a Shift,
}

/// All shifts that count on one date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day<'a> {
    pub(super) date: civil::Date,
    /// The shift whose presence begins first; `None` when all of the day is time off.
    pub(super) first: Option<Work<'a>>,
    /// Paid seconds, paid time off included.
    pub(super) paid_seconds: i64,
    /// Paid seconds without time off.
    pub(super) paid_present_seconds: i64,
}

/// One agent's whole roster, before or after a change.
#[derive(Debug)]
pub(in super::super) struct AgentView<'a> {
    pub(in super::super) context: &'a CheckContext<'a>,
    pub(in super::super) horizon: &'a Horizon<'a>,
    pub(in super::super) plan: &'a AgentPlan,
    pub(in super::super) limits: &'a RuleLimits,
    /// Shifts with presence, by its start.
    pub(super) work: Vec<Work<'a>>,
    /// Dates with shifts, in order.
    pub(super) days: Vec<Day<'a>>,
    /// All shifts, also those that are time off throughout.
    pub(super) shifts: Vec<&'a Shift>,
    pub(super) time_off: &'a [Span],
    pub(super) availability: &'a [Availability],
    /// Spans of shifts that the change adds, removes or alters.
    pub(super) touched: &'a [Span],
}

impl<'a> AgentView<'a> {
    pub(in super::super) fn new(
        context: &'a CheckContext<'a>,
        horizon: &'a Horizon<'a>,
        plan: &'a AgentPlan,
        shifts: impl Iterator<Item = &'a Shift>,
        time_off: &'a [Span],
        availability: &'a [Availability],
        touched: &'a [Span],
    ) -> Self {
        let limits = &plan.rules_on(horizon.first).unwrap_or(context.rules).limits;
        let shifts: Vec<_> = shifts.collect();
        let present = |shift: &&'a Shift| {
            let shift = *shift;
            shift.presence().map(|span| Work { span, shift })
        };
        let mut work: Vec<_> = shifts.iter().filter_map(present).collect();
        // Nearly always in order already: only time off at the borders of a shift can change it.
        work.sort_by_key(|work| work.span);
        let days = days_of(shifts.clone());
        Self { context, horizon, plan, limits, work, days, shifts, time_off, availability, touched }
    }

    /// Whether any presence lies in `span`.
    pub(in super::super) fn works_in(&self, span: Span) -> bool {
        self.work.iter().any(|work| work.span.overlaps(span))
    }

    /// Shifts with presence in the window: for rules that look at each shift alone.
    pub(super) fn work_in_window(&self) -> impl Iterator<Item = &Work<'a>> {
        self.work.iter().filter(|work| work.span.overlaps(self.horizon.window))
    }

    /// Dates with presence, in order.
    pub(super) fn work_days(&self) -> impl Iterator<Item = (&Day<'a>, Work<'a>)> {
        self.days.iter().filter_map(|day| Some((day, day.first?)))
    }

    /// Dates with shifts that lie in `days`.
    pub(super) fn days_in(&self, days: &LocalDays) -> &[Day<'a>] {
        let from = self.days.partition_point(|day| day.date < days.first);
        let to = self.days.partition_point(|day| day.date < days.end);
        &self.days[from..to]
    }

    /// Stretches of work without any rest: shifts that touch or overlap are one.
    pub(super) fn stretches(&self) -> Vec<Span> {
        union(self.work.iter().map(|work| work.span).collect())
    }

    /// Length by wall clock: what the agent would count without a clock change.
    pub(super) fn wall_seconds(&self, span: Span) -> i64 {
        let offset = |instant| i64::from(self.horizon.zone.to_offset(instant).seconds());
        span.seconds() + offset(span.end()) - offset(span.start())
    }
}

fn days_of(mut shifts: Vec<&Shift>) -> Vec<Day<'_>> {
    // By date first: shifts at sites of other zones need not have their dates in order of start.
    shifts.sort_by_key(|shift| (shift.local_date(), shift.span()));
    let mut days: Vec<Day<'_>> = Vec::with_capacity(shifts.len());
    for shift in shifts {
        let first = shift.presence().map(|span| Work { span, shift });
        let paid = shift.paid_seconds();
        let present = paid - shift.paid_time_off_seconds();
        match days.last_mut() {
            Some(day) if day.date == shift.local_date() => {
                // By presence: time off can move the start of a shift past that of the next.
                day.first = day.first.into_iter().chain(first).min_by_key(|work| work.span);
                day.paid_seconds += paid;
                day.paid_present_seconds += present;
            }
            _ => days.push(Day {
                date: shift.local_date(),
                first,
                paid_seconds: paid,
                paid_present_seconds: present,
            }),
        }
    }
    days
}
