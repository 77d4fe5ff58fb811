//! What is counted in days, weekends and shifts.

use jiff::{ToSpan as _, civil};

use super::{
    calendar::{Days, Found},
    people::Person,
};
use crate::schedules::Bounds;

/// Whether a number is more than allowed or, where all of its time is known, less.
pub(super) fn breaks(number: i64, bounds: Bounds, known: bool) -> bool {
    bounds.max.is_some_and(|max| number > max)
        || known && bounds.min.is_some_and(|min| number < min)
}

pub(super) fn consecutive_days(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut run: Vec<civil::Date> = Vec::new();
    let mut dates = person.calendar.dates();
    dates.push(dates[dates.len() - 1] + 1.day());
    for date in dates {
        if person.works_on(date) {
            run.push(date);
            continue;
        }
        if run.len() as i64 > person.limits.consecutive_days.limit {
            let days = Days { first: run[0], last: run[run.len() - 1] };
            found.push(person.calendar.found_on(days));
        }
        run.clear();
    }
    found
}

pub(super) fn consecutive_weekends(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut run: Vec<civil::Date> = Vec::new();
    let mut weeks = person.calendar.weeks();
    let after = weeks[weeks.len() - 1].first + 7.days();
    weeks.push(Days { first: after, last: after + 6.days() });
    for week in weeks {
        let saturday = week.first + 5.days();
        if person.works_on(saturday) || person.works_on(saturday + 1.day()) {
            run.push(saturday);
            continue;
        }
        if run.len() as i64 > person.limits.consecutive_weekends.limit {
            let days = Days { first: run[0], last: run[run.len() - 1] + 1.day() };
            found.push(person.calendar.found_on(days));
        }
        run.clear();
    }
    found
}

pub(super) fn days_off(person: &Person<'_>) -> Vec<Found> {
    let periods = person.calendar.periods(person.limits.period_weeks).into_iter();
    let broken = periods.filter(|period| {
        let off = period.each().filter(|day| !person.works_on(*day)).count() as i64;
        person.calendar.knows(*period) && breaks(off, person.limits.days_off.limit, true)
    });
    broken.map(|period| person.calendar.found_on(period)).collect()
}

pub(super) fn work_days_week(person: &Person<'_>) -> Vec<Found> {
    let weeks = person.calendar.weeks().into_iter();
    let broken = weeks.filter(|week| {
        let worked = week.each().filter(|day| person.works_on(*day)).count() as i64;
        breaks(worked, person.limits.work_days_week.limit, person.calendar.knows(*week))
    });
    broken.map(|week| person.calendar.found_on(week)).collect()
}

/// On two days one after the other, the first minutes of presence far apart on the dial.
pub(super) fn start_variance(person: &Person<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let first_on = |date: civil::Date| {
        let on_date = person.present().filter(|(turn, _)| turn.date == date);
        on_date.map(|(_, present)| present).min_by_key(|it| (it.start, it.end))
    };
    for date in person.calendar.dates() {
        let (Some(one), Some(two)) = (first_on(date), first_on(date + 1.day())) else { continue };
        let (from, to) = (person.calendar.clock(one.start), person.calendar.clock(two.start));
        let forward = (0..1440).find(|passed| (from + passed) % 1440 == to).expect("on the dial");
        if forward.min(1440 - forward) * 60 > person.limits.start_variance.limit {
            let both = one.start..two.end;
            found.push(person.calendar.found(both.clone(), both));
        }
    }
    found
}

/// Shifts of a week that have enough minutes in the night.
pub(super) fn night_shifts(person: &Person<'_>) -> Vec<Found> {
    let limit = &person.limits.night_shifts.limit;
    let mut night = vec![false; person.calendar.len()];
    let dates = person.calendar.dates();
    let from = dates[0] - 1.day();
    for date in from.series(1.day()).take_while(|date| *date <= dates[dates.len() - 1] + 1.day()) {
        person.calendar.band(limit.night, date).for_each(|minute| night[minute] = true);
    }
    let weeks = person.calendar.weeks().into_iter();
    let broken = weeks.filter(|week| {
        let in_week = |date: &civil::Date| week.each().any(|day| day == *date);
        let nights = person.present().filter(|(turn, present)| {
            let minutes = present.clone().filter(|minute| night[*minute]).count() as i64;
            in_week(&turn.date) && minutes * 60 >= limit.from_seconds
        });
        nights.count() as i64 > limit.max_per_week
    });
    broken.map(|week| person.calendar.found_on(week)).collect()
}
