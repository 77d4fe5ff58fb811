//! What each shift must be by itself.

use std::ops::Range;

use jiff::{ToSpan as _, civil};

use super::{
    super::*,
    calendar::{Calendar, Found, clock_of},
    people::{Person, Turn, is_there},
};
use crate::schedules::{ActivityCategory, Availability, AvailabilityPattern, TimeBand};

/// A shift and when the person is there.
type Present<'a> = (&'a Turn<'a>, Range<usize>);

fn told<'a>(person: &'a Person<'a>, broken: impl Fn(&Present<'_>) -> bool) -> Vec<Found> {
    let found = person.present().filter(|it| broken(it));
    found.map(|(_, present)| person.calendar.found(present.clone(), present)).collect()
}

/// Minutes of activities of some kinds.
fn minutes_of<'a>(
    person: &'a Person<'_>,
    turn: &'a Turn<'_>,
    counts: fn(ActivityCategory) -> bool,
) -> impl Iterator<Item = usize> + 'a {
    let activities = turn.shift.activities().iter().filter(move |it| counts(it.category));
    activities.flat_map(|it| person.calendar.minutes(it.span))
}

pub(super) fn shift_length(person: &Person<'_>) -> Vec<Found> {
    let rule = person.limits.shift_length.limit;
    let mut found = Vec::new();
    for (turn, _) in person.present() {
        let of_contract = person.contract(turn.date).shift_seconds.min;
        let least = [rule.min, of_contract].into_iter().flatten().max();
        if least.is_some_and(|least| (turn.minutes.len() as i64 * 60) < least) {
            found.push(person.calendar.found(turn.minutes.clone(), turn.minutes.clone()));
        }
    }
    for stretch in person.runs(|minute| person.held[minute] > 0) {
        let date = person.calendar.date(stretch.start);
        let of_contract = person.contract(date).shift_seconds.max;
        let most = [rule.max, of_contract].into_iter().flatten().min();
        if most.is_some_and(|most| stretch.len() as i64 * 60 > most) {
            found.push(person.calendar.found(stretch.clone(), stretch));
        }
    }
    found
}

pub(super) fn break_window(person: &Person<'_>) -> Vec<Found> {
    told(person, |(turn, present)| {
        person.limits.break_window.limit.iter().any(|window| {
            let long = present.len() as i64 * 60 >= window.from_shift_seconds;
            let mut activities = turn.shift.activities().iter();
            let there = activities.any(|it| {
                let minutes = person.calendar.minutes(it.span);
                let after = (minutes.start as i64 - present.start as i64) * 60;
                it.category == window.category
                    && minutes.len() as i64 * 60 >= window.min_seconds
                    && after >= window.earliest_seconds
                    && after <= window.latest_seconds
            });
            long && !there
        })
    })
}

/// Whether the hand passes a time on its way over the band.
fn on_dial(band: TimeBand, clock: i64) -> bool {
    let (mut hand, to) = (clock_of(band.from), clock_of(band.to));
    loop {
        if hand == clock {
            return true;
        }
        if hand == to {
            return false;
        }
        hand = (hand + 1) % 1440;
    }
}

pub(super) fn start_band(person: &Person<'_>) -> Vec<Found> {
    let band = person.limits.start_band.limit;
    told(person, |(_, present)| {
        let outside = |band: Option<TimeBand>, minute| {
            band.is_some_and(|band| !on_dial(band, person.calendar.clock(minute)))
        };
        outside(band.start, present.start) || outside(band.end, present.end)
    })
}

/// What somebody says of every week.
pub(super) struct Weekly {
    weekday: u8,
    band: TimeBand,
    from: Option<civil::Date>,
    until: Option<civil::Date>,
}

pub(super) fn says(statement: &Availability) -> Option<Weekly> {
    match statement.pattern {
        AvailabilityPattern::Weekly { weekday, band, from, until } => {
            Some(Weekly { weekday, band, from, until })
        }
        AvailabilityPattern::Dated(_) => None,
    }
}

impl Weekly {
    pub(super) fn holds(&self, date: civil::Date) -> bool {
        self.from.is_none_or(|from| date >= from) && self.until.is_none_or(|until| date <= until)
    }

    /// The hours of a date.
    pub(super) fn on(&self, calendar: &Calendar, date: civil::Date) -> Option<Range<usize>> {
        let weekday = i64::from(date.weekday().to_monday_zero_offset());
        let its_day = weekday == i64::from(self.weekday) && self.holds(date);
        its_day.then(|| calendar.band(self.band, date))
    }
}

/// Nobody is there in granted time off, in hours of which they said that they cannot, or outside of
/// those that they named where they named any for the day on which they come.
pub(super) fn availability(person: &Person<'_>) -> Vec<Found> {
    let calendar = person.calendar;
    told(person, |(turn, present)| {
        let start = calendar.date(present.start);
        let spans = |available: bool| {
            let of_kind = person.plan.availability.iter().filter(|it| it.available == available);
            let mut spans = Vec::new();
            for statement in of_kind {
                match (&statement.pattern, says(statement)) {
                    (AvailabilityPattern::Dated(span), _) => spans.push(calendar.minutes(*span)),
                    (_, Some(weekly)) => {
                        let days = (start - 1.day()).series(1.day()).take(5);
                        spans.extend(days.filter_map(|day| weekly.on(calendar, day)));
                    }
                    _ => {}
                }
            }
            spans
        };
        let named = |it: &Availability| it.available && says(it).is_some_and(|it| it.holds(start));
        let limited = person.plan.availability.iter().any(named);
        let (can, cannot) = (spans(true), spans(false));
        let within = |spans: &[Range<usize>], minute| spans.iter().any(|it| it.contains(&minute));
        let off = person.plan.time_off.iter().map(|span| calendar.minutes(*span));
        let off: Vec<_> = off.collect();
        minutes_of(person, turn, is_there).any(|minute| {
            within(&off, minute) || within(&cannot, minute) || limited && !within(&can, minute)
        })
    })
}

pub(super) fn skill(person: &Person<'_>) -> Vec<Found> {
    told(person, |(turn, _)| {
        turn.shift.needs().iter().any(|need| {
            let good = |held: &SkillHeld| {
                held.skill == need.skill
                    && held.grade >= need.grade.max(1)
                    && held.valid_until.is_none_or(|until| turn.date <= until)
            };
            !person.plan.skills.iter().any(good)
        })
    })
}

pub(super) fn training_gate(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (turn, present) in person.present() {
        let training = &person.plan.training;
        let passed = |asked: &String| {
            let mut passed = training.passed.iter().filter(|it| it.training == *asked);
            passed.any(|it| it.from <= turn.date && it.until.is_none_or(|until| turn.date <= until))
        };
        // Contacts come by skill, so one queue that is not open yet closes its skill.
        let closed = |skill| {
            let mut asked = training.queues.iter().filter(|it| it.skill == skill);
            asked.any(|it| it.training.as_ref().is_some_and(|asked| !passed(asked)))
        };
        let held = |skill| {
            let mut held = person.plan.skills.iter().filter(|it| it.skill == skill);
            held.any(|it| it.valid_until.is_none_or(|until| turn.date <= until))
        };
        let served = training.queues.iter().filter(|it| it.skill.is_none_or(held));
        let served: Vec<_> = served.map(|it| closed(it.skill)).collect();
        let for_none = !served.is_empty() && served.iter().all(|closed| *closed);
        let trained = !for_none && !turn.shift.needs().iter().any(|it| closed(Some(it.skill)));
        let mut activities = turn.shift.activities().iter();
        let first = activities.find(|it| it.category == ActivityCategory::OnQueue);
        if let Some(first) = first.filter(|_| !trained) {
            found.push(person.calendar.found(person.calendar.minutes(first.span), present));
        }
    }
    found
}

/// Nobody is there while the site is closed, but for a meal or a break that is not paid.
pub(super) fn opening_hours(person: &Person<'_>, context: &CheckContext<'_>) -> Vec<Found> {
    told(person, |(turn, _)| {
        let site = context.sites.iter().find(|it| it.site == turn.shift.site());
        let Some(open) = site.and_then(|it| it.open.as_ref()) else { return false };
        let open: Vec<_> = open.iter().map(|span| person.calendar.minutes(*span)).collect();
        let there = turn.shift.activities().iter().filter(|it| match it.category {
            ActivityCategory::Meal => false,
            ActivityCategory::Break => it.paid,
            category => is_there(category),
        });
        there.flat_map(|it| person.calendar.minutes(it.span)).any(|minute| {
            let known = person.calendar.window.contains(&minute);
            known && !open.iter().any(|it| it.contains(&minute))
        })
    })
}

pub(super) fn overlap(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (place, (_, one)) in person.present().enumerate() {
        for (_, other) in person.present().skip(place + 1) {
            let both: Vec<_> = one.clone().filter(|minute| other.contains(minute)).collect();
            if let (Some(first), Some(last)) = (both.first(), both.last()) {
                found.push(person.calendar.found(*first..last + 1, *first..last + 1));
            }
        }
    }
    found
}

pub(super) fn cross_site(person: &Person<'_>) -> Vec<Found> {
    told(person, |(turn, _)| turn.shift.site() != person.plan.site)
}
