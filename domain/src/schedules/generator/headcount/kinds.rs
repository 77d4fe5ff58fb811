//! Kinds of shifts that are planned by number, and the numbers of days in lines of whole shifts.

use std::{collections::BTreeSet, ops::Range};

use jiff::{SignedDuration, ToSpan as _, civil};

use super::super::{
    Calendar,
    menu::Choice,
    problem::{Kept, Problem, ProblemError, Terms},
    shape::ShiftShape,
    template::Template,
};
use crate::schedules::whole_shifts::{self, MAX_KINDS};

/// How many people a site wants on a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headcount {
    /// Code of its template.
    pub code: String,
    /// How many on each weekday, from Monday.
    pub weekdays: [u16; 7],
}

/// Most kinds of shifts that are planned by number. One number more is kept for a shift of no kind.
pub const MAX_HEADCOUNT_KINDS: usize = MAX_KINDS - 1;

/// How many kinds of shifts these shapes plan by number: shapes of one code with the same start and
/// length are one kind. There may be [`MAX_HEADCOUNT_KINDS`].
#[must_use]
pub fn headcount_kinds(shapes: &[ShiftShape]) -> usize {
    let kind = |shape: &ShiftShape| {
        let code = shape.headcount.as_ref()?.code.clone();
        Some((code, first_start(shape), shape.length_seconds))
    };
    shapes.iter().filter_map(kind).collect::<BTreeSet<_>>().len()
}

/// A kind of shift that is planned by number: one code with one start and one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Kind {
    pub(super) code: String,
    /// Step of the wall clock at which it starts.
    pub(super) step: u16,
    /// Slots from start to end, before rules lengthen it.
    pub(super) length: u16,
    /// People wanted on each day; `None` where it is not offered.
    pub(super) wanted: Vec<Option<u16>>,
}

/// The kinds of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Kinds {
    pub(super) list: Vec<Kind>,
    /// Kind of each shape.
    of_shape: Vec<Option<u16>>,
}

impl Kinds {
    /// Those of the offered shapes. What is offered by one code on different days is one kind as long as
    /// its start and length stay the same.
    pub(in super::super) fn of(shapes: &[ShiftShape], calendar: &Calendar) -> Self {
        let slot = i64::from(calendar.slot_seconds);
        let mut kinds = Self::default();
        for shape in shapes {
            let Some(headcount) = &shape.headcount else {
                kinds.of_shape.push(None);
                continue;
            };
            let step = u16::try_from(first_start(shape) / slot).unwrap_or(0);
            let length = u16::try_from(shape.length_seconds / slot).unwrap_or(u16::MAX);
            let same = kinds.list.iter().position(|kind| {
                kind.code == headcount.code && kind.step == step && kind.length == length
            });
            let place = same.unwrap_or_else(|| {
                let wanted = vec![None; calendar.days.len()];
                kinds.list.push(Kind { code: headcount.code.clone(), step, length, wanted });
                kinds.list.len() - 1
            });
            for (day, wanted) in kinds.list[place].wanted.iter_mut().enumerate() {
                let people = shape.wanted_on(date_of(calendar, day));
                *wanted = people.or(*wanted);
            }
            kinds.of_shape.push(u16::try_from(place).ok());
        }
        kinds
    }

    /// Refuses more kinds than there are numbers.
    pub(super) fn check(&self) -> Result<(), ProblemError> {
        let kinds = self.list.len();
        if kinds > MAX_HEADCOUNT_KINDS {
            return Err(whole_shifts::ProblemError::Kinds { kinds }.into());
        }
        Ok(())
    }

    /// The kind of a shift. One that is there already is of none, however like one it starts and lasts:
    /// where a whole schedule is made, it is a shift of somebody who is lent to another site, and nobody
    /// there fills a place here.
    pub(super) fn of_shift(&self, template: &Template) -> Option<usize> {
        let shape = usize::from(template.shape?);
        self.of_shape.get(shape).copied().flatten().map(usize::from)
    }
}

/// The start of a shape that has one, in seconds of the day.
fn first_start(shape: &ShiftShape) -> i64 {
    let step = usize::from(shape.start_step_minutes).max(1) * 60;
    let on_clock =
        |seconds: i64| civil::Time::midnight().wrapping_add(SignedDuration::from_secs(seconds));
    let mut starts = (0..86_400).step_by(step).filter(|at| shape.starts.contains(on_clock(*at)));
    starts.next().unwrap_or(0)
}

/// Local date of a day.
pub(super) fn date_of(calendar: &Calendar, day: usize) -> civil::Date {
    calendar.first.saturating_add(i64::try_from(day).unwrap_or(0).days())
}

/// The numbers of days in lines of whole shifts: 0 is off, the kinds follow, and then what is there
/// already and of no kind.
#[derive(Debug, Clone)]
pub(in super::super) struct Numbers {
    pub(super) kinds: Kinds,
    /// Start and length of each shift that is there already and of no kind.
    others: Vec<(u16, u16)>,
}

impl Numbers {
    pub(super) fn of(problem: &Problem, kinds: Kinds) -> Self {
        let room = MAX_HEADCOUNT_KINDS.saturating_sub(kinds.list.len());
        let mut numbers = Self { kinds, others: Vec::new() };
        for agent in &problem.agents {
            let templates = &problem.terms[agent.terms].templates;
            let stand = agent.kept.iter().chain(agent.held.iter().map(|held| &held.shift));
            for &Kept { template, step, .. } in stand {
                let template = &templates[usize::from(template)];
                let full = numbers.others.len() >= room;
                if !full && numbers.of_shift(template, step).is_none() {
                    numbers.others.push((step, template.length));
                }
            }
        }
        numbers
    }

    /// Kinds and others.
    pub(super) fn count(&self) -> usize {
        self.kinds.list.len() + self.others.len()
    }

    /// The numbers of kinds.
    pub(super) fn of_kinds(&self) -> Range<usize> {
        1..self.kinds.list.len() + 1
    }

    /// The number of a shift; `None` for one that is not planned by number.
    pub(in super::super) fn of_shift(&self, template: &Template, step: u16) -> Option<u8> {
        let place = self.kinds.of_shift(template).or_else(|| {
            let same = (step, template.length);
            let standing = template.shape.is_none();
            let other = self.others.iter().position(|it| standing && *it == same)?;
            Some(self.kinds.list.len() + other)
        })?;
        u8::try_from(place + 1).ok()
    }

    /// The number of a choice.
    pub(in super::super) fn of_choice(&self, terms: &Terms, choice: &Choice) -> Option<u8> {
        self.of_shift(&terms.templates[usize::from(choice.template)], choice.step)
    }
}
