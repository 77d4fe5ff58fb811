//! A shift as the search sees it: where it may start and where its breaks and meals may lie.

use std::ops::Range;

use super::problem::Slot;
use crate::schedules::ActivityCategory;

/// A shift that can be worked on any of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Days of the problem on which it may start.
    pub days: Range<usize>,
    /// Steps of the wall clock at which it may start.
    pub starts: Vec<u16>,
    /// Slots from start to end.
    pub length: u16,
    /// Paid minutes.
    pub paid_minutes: u16,
    /// Breaks and meals, in order; at most [`MAX_PAUSES`](super::MAX_PAUSES).
    pub pauses: Vec<Pause>,
    /// Most slots of work without a pause.
    pub max_stretch: u16,
    /// Whether it counts as a night shift.
    pub night: bool,
    /// Which of the offered shapes it is made of; `None` for a shift that is there already.
    pub shape: Option<u16>,
}

/// A break or meal within a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Earliest start, in slots after the start of the shift.
    pub earliest: u16,
    /// Latest start.
    pub latest: u16,
    /// Slots that it takes.
    pub length: u16,
    /// What it is: a break, a meal, or anything else that is not on queue.
    pub category: ActivityCategory,
    /// Whether it is paid.
    pub paid: bool,
}

impl Template {
    /// All days of a problem.
    pub const ALWAYS: Range<usize> = 0..usize::MAX;

    /// Whether a meal or an unpaid break lies over all of some slots, wherever it is placed in a shift
    /// that starts in `start`: then the site may be closed in them.
    pub(super) fn rests_over(&self, start: Slot, closed: &Range<Slot>) -> bool {
        let resting = |pause: &&Pause| pause.category.may_be_closed(pause.paid);
        self.pauses.iter().filter(resting).any(|pause| {
            let (from, to) = (start + Slot::from(pause.latest), start + Slot::from(pause.earliest));
            from <= closed.start && closed.end <= to + Slot::from(pause.length)
        })
    }
}
