//! Opening hours: given, or read off the history.

use super::grid::Grid;

/// Weeks of history that show when a queue is open now.
const WEEKS: usize = 13;
/// Days of a weekday that show which of its slots are open now.
const DAYS: usize = 8;

/// Opening hours of a week on the wall clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeeklyOpening {
    /// Per weekday, Monday first: half-open spans of minutes from midnight, 0 to 1440.
    pub hours: [Vec<(u16, u16)>; 7],
}

impl WeeklyOpening {
    /// Whether any of the minutes `[from, to)` of a weekday (Monday 0) is open.
    #[must_use]
    pub fn is_open(&self, weekday: usize, from: u16, to: u16) -> bool {
        let hours = self.hours.get(weekday);
        hours.is_some_and(|hours| hours.iter().any(|(open, close)| *open < to && from < *close))
    }

    /// Per weekday and slot.
    pub(super) fn slots(&self, per_day: usize) -> Vec<bool> {
        let minutes = 1440 / per_day;
        (0..7 * per_day)
            .map(|cell| {
                let from = (cell % per_day * minutes) as u16;
                self.is_open(cell / per_day, from, from + minutes as u16)
            })
            .collect()
    }
}

/// Per weekday and slot, whether it was open lately: the weekday was there at least half as often as
/// the most frequent one in the last 13 weeks, and at least half of its last eight days had the slot.
pub(super) fn learned(grid: &Grid, days: usize) -> Vec<bool> {
    let recent = days.saturating_sub(7 * WEEKS)..days;
    let mut there: [Vec<usize>; 7] = Default::default();
    for day in recent.rev().filter(|day| grid.has_rows(*day)) {
        there[grid.weekday(day)].push(day);
    }
    let most = there.iter().map(Vec::len).max().unwrap_or(0);
    let mut open = Vec::with_capacity(7 * grid.slots);
    for mut seen in there {
        let usual = 2 * seen.len() >= most;
        seen.truncate(DAYS);
        open.extend((0..grid.slots).map(|slot| {
            let had = seen.iter().filter(|day| !grid.offered(**day)[slot].is_nan()).count();
            usual && had > 0 && 2 * had >= seen.len()
        }));
    }
    open
}
