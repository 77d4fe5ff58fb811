//! One person with all shifts, as minutes of the calendar.

use std::ops::Range;

use jiff::{ToSpan as _, civil};

use super::{super::*, calendar::Calendar, calendar::Days};
use crate::schedules::{Activity, ActivityCategory, ContractTerms, RuleLimits};

/// A shift in minutes.
pub(super) struct Turn<'a> {
    pub(super) shift: &'a Shift,
    /// The date on which it counts.
    pub(super) date: civil::Date,
    pub(super) minutes: Range<usize>,
    /// From the first to the last minute that is not time off.
    pub(super) present: Option<Range<usize>>,
}

pub(super) struct Person<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) plan: &'a AgentPlan,
    pub(super) limits: &'a RuleLimits,
    pub(super) turns: Vec<Turn<'a>>,
    /// How many shifts hold the person in each minute.
    pub(super) held: Vec<u8>,
}

pub(super) fn is_there(category: ActivityCategory) -> bool {
    !matches!(category, ActivityCategory::TimeOff | ActivityCategory::Unavailable)
}

impl<'a> Person<'a> {
    pub(super) fn new(calendar: &'a Calendar, plan: &'a AgentPlan, limits: &'a RuleLimits) -> Self {
        let turns = plan.shifts.iter().map(|shift| turn(calendar, shift)).collect::<Vec<_>>();
        let mut held = vec![0; calendar.len()];
        for minute in turns.iter().filter_map(|turn| turn.present.clone()).flatten() {
            held[minute] += 1;
        }
        Self { calendar, plan, limits, turns, held }
    }

    /// Shifts in which the person is there at all.
    pub(super) fn present(&self) -> impl Iterator<Item = (&Turn<'a>, Range<usize>)> {
        self.turns.iter().filter_map(|turn| Some((turn, turn.present.clone()?)))
    }

    pub(super) fn works_on(&self, date: civil::Date) -> bool {
        self.present().any(|(turn, _)| turn.date == date)
    }

    /// Seconds of activities on a date, of those that count.
    pub(super) fn seconds_on(&self, date: civil::Date, counts: fn(&Activity) -> bool) -> i64 {
        let turns = self.turns.iter().filter(|turn| turn.date == date);
        let activities = turns.flat_map(|turn| turn.shift.activities());
        activities.filter(|it| counts(it)).map(|it| it.span.seconds()).sum()
    }

    pub(super) fn seconds_in(&self, days: Days, counts: fn(&Activity) -> bool) -> i64 {
        days.each().map(|date| self.seconds_on(date, counts)).sum()
    }

    pub(super) fn contract(&self, date: civil::Date) -> &ContractTerms {
        let mut terms = &self.plan.contract;
        for (from, later) in &self.plan.contract_changes {
            if *from <= date {
                terms = later;
            }
        }
        terms
    }

    /// Hours of a week, in which the contract may change: the mean of its days to the minute.
    pub(super) fn of_week(
        &self,
        monday: civil::Date,
        up: bool,
        hours: fn(&ContractTerms) -> Option<i64>,
    ) -> Option<i64> {
        let days: Vec<_> = (0..7).map(|day| self.contract(monday + day.days())).collect();
        if days.iter().all(|terms| *terms == days[0]) {
            return hours(days[0]);
        }
        let mut sum = 0;
        for terms in days {
            sum += hours(terms)?;
        }
        let minutes = sum / 7 / 60;
        Some(if up && minutes * 7 * 60 < sum { minutes + 1 } else { minutes } * 60)
    }

    /// Runs of minutes in which something is so, in order.
    pub(super) fn runs(&self, so: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for minute in (0..self.calendar.len()).filter(|minute| so(*minute)) {
            match runs.last_mut() {
                Some(run) if run.end == minute => run.end += 1,
                _ => runs.push(minute..minute + 1),
            }
        }
        runs
    }
}

fn turn<'a>(calendar: &Calendar, shift: &'a Shift) -> Turn<'a> {
    let minutes = calendar.minutes(shift.span());
    let there = |minute: &usize| {
        let mut activities = shift.activities().iter();
        activities.any(|it| is_there(it.category) && calendar.minutes(it.span).contains(minute))
    };
    let first = minutes.clone().find(there);
    let last = minutes.clone().rev().find(there);
    let present = first.zip(last).map(|(first, last)| first..last + 1);
    Turn { shift, date: calendar.date(minutes.start), minutes, present }
}
