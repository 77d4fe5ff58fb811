//! Slots that no shift may touch, each with what bars it.

use std::ops::Range;

use super::problem::Slot;
use crate::schedules::{RuleCode, ViolationCause};

/// Slots that no shift of an agent may touch, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What bars them.
    pub bar: Bar,
    /// Which slots.
    pub slots: Range<Slot>,
}

/// What bars an agent from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bar {
    /// Granted time off.
    TimeOff,
    /// What the agent declared, such as classes.
    Availability,
    /// The site is closed.
    OpeningHours,
    /// No training is passed yet that it takes to take contacts.
    TrainingGate,
    /// The rest before the first shift that follows the plan.
    RestAhead,
    /// The first shift that follows the plan.
    ShiftAhead,
}

impl Bar {
    /// All of them, in the order in which they are blamed when they help alike.
    pub(super) const ALL: [Self; 6] = [
        Self::TimeOff,
        Self::Availability,
        Self::OpeningHours,
        Self::TrainingGate,
        Self::RestAhead,
        Self::ShiftAhead,
    ];

    /// The rule that bars, and what made it so where that is known.
    #[must_use]
    pub const fn rule(self) -> (RuleCode, Option<ViolationCause>) {
        match self {
            Self::TimeOff => (RuleCode::Availability, Some(ViolationCause::TimeOff)),
            Self::Availability => (RuleCode::Availability, Some(ViolationCause::Availability)),
            Self::OpeningHours => (RuleCode::OpeningHours, None),
            Self::TrainingGate => (RuleCode::TrainingGate, None),
            Self::RestAhead => (RuleCode::MinRest, None),
            Self::ShiftAhead => (RuleCode::Overlap, None),
        }
    }
}

/// The slots of some blocks, sorted and disjoint.
pub(super) fn merged<'a>(blocks: impl Iterator<Item = &'a Block>) -> Vec<Range<Slot>> {
    let mut slots: Vec<Range<Slot>> = blocks.map(|block| block.slots.clone()).collect();
    slots.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<Slot>> = Vec::with_capacity(slots.len());
    for range in slots {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}
