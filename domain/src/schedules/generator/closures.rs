//! Hours for which a site closes within its day, as for lunch, and which a shift may span with a meal.

use std::{collections::BTreeSet, ops::Range};

use jiff::tz::TimeZone;

use super::{
    Calendar,
    free_time::{between, slots_of, window_of},
    problem::Slot,
};
use crate::{
    schedules::SiteLimits,
    time::{Span, local_of_instant},
};

/// Longest time, in seconds, for which a meal lasts because the site is closed meanwhile.
const LONGEST: i64 = 3 * 3600;

/// When a site closes within its days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Closures {
    /// The slots of each time, in order.
    pub(super) slots: Vec<Range<Slot>>,
    /// Local times of day `[from, to)` at which it does so, in steps of the wall clock, each once.
    pub(super) steps: Vec<(u16, u16)>,
}

impl Closures {
    /// Those of a site over the days of a calendar, and the shifts that start on them.
    pub(super) fn of(site: &SiteLimits, calendar: &Calendar, zone: &TimeZone) -> Self {
        let Some(open) = site.open.as_deref() else { return Self::default() };
        let window = window_of(calendar);
        let mut closures = Self::default();
        let mut steps = BTreeSet::new();
        for gap in between(open.to_vec(), window).into_iter().filter(|gap| is_closure(*gap, zone)) {
            closures.slots.extend(slots_of(gap, window, calendar));
            // What the window cuts off no shift can span.
            if gap.start() > window.start() {
                steps.insert(steps_of(gap, calendar, zone));
            }
        }
        closures.steps = steps.into_iter().collect();
        closures
    }
}

/// Whether a site that is closed so long will be open again on the same day and soon.
pub(super) fn is_closure(gap: Span, zone: &TimeZone) -> bool {
    let date = |instant| local_of_instant(instant, zone).date();
    gap.seconds() <= LONGEST && date(gap.start()) == date(gap.end())
}

/// First step of the wall clock that a gap touches, and the first after it.
fn steps_of(gap: Span, calendar: &Calendar, zone: &TimeZone) -> (u16, u16) {
    let second = |instant| {
        let time = local_of_instant(instant, zone).time();
        u32::from(time.hour().unsigned_abs()) * 3600
            + u32::from(time.minute().unsigned_abs()) * 60
            + u32::from(time.second().unsigned_abs())
    };
    let step = |steps: u32| u16::try_from(steps).unwrap_or(u16::MAX);
    let slot = calendar.slot_seconds;
    (step(second(gap.start()) / slot), step(second(gap.end()).div_ceil(slot)))
}
