//! Rest and what interrupts work, minute by minute.

use super::{calendar::Found, people::Person};
use crate::schedules::ActivityCategory;

/// Minutes between two stretches in which the person is held by a shift.
pub(super) fn min_rest(person: &Person<'_>) -> Vec<Found> {
    let stretches = person.runs(|minute| person.held[minute] > 0);
    let mut found = Vec::new();
    for pair in stretches.windows(2) {
        let rest = pair[0].end..pair[1].start;
        if rest.len() as i64 * 60 < person.limits.min_rest.limit {
            found.push(person.calendar.found(rest, pair[0].start..pair[1].end));
        }
    }
    found
}

/// The longest rest within each known week.
pub(super) fn weekly_rest(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for week in person.calendar.weeks() {
        if !person.calendar.knows(week) {
            continue;
        }
        let (mut longest, mut rest) = (0, 0);
        for minute in week.each().flat_map(|day| person.calendar.day(day)) {
            rest = if person.held[minute] > 0 { 0 } else { rest + 60 };
            longest = longest.max(rest);
        }
        if longest < person.limits.weekly_rest.limit {
            found.push(person.calendar.found_on(week));
        }
    }
    found
}

/// Minutes at work one after the other, without a break, a meal or time off between.
pub(super) fn continuous_work(person: &Person<'_>) -> Vec<Found> {
    let mut at_work = vec![false; person.calendar.len()];
    for activity in person.turns.iter().flat_map(|turn| turn.shift.activities()) {
        let works = matches!(
            activity.category,
            ActivityCategory::OnQueue
                | ActivityCategory::Meeting
                | ActivityCategory::Training
                | ActivityCategory::OffQueueWork
        );
        for minute in person.calendar.minutes(activity.span).filter(|_| works) {
            at_work[minute] = true;
        }
    }
    let runs = person.runs(|minute| at_work[minute]).into_iter();
    let long = runs.filter(|run| run.len() as i64 * 60 > person.limits.continuous_work.limit);
    long.map(|run| person.calendar.found(run.clone(), run)).collect()
}
