//! Paid time, overtime and the hours of the contract.

use jiff::{ToSpan as _, civil};

use super::{
    calendar::{Days, Found},
    days::breaks,
    people::{Person, is_there},
    shifts::says,
};
use crate::schedules::{Activity, AvailabilityPattern, Bounds};

fn paid(activity: &Activity) -> bool {
    activity.paid
}

fn paid_and_there(activity: &Activity) -> bool {
    activity.paid && is_there(activity.category)
}

pub(super) fn paid_time_day(person: &Person<'_>) -> Vec<Found> {
    let days = person.calendar.dates().into_iter();
    let broken = days.filter(|date| {
        // A day on which nobody works may have as little as it likes.
        let works = person.works_on(*date);
        let limit = person.limits.paid_time_day.limit;
        breaks(person.seconds_on(*date, paid), limit, works)
    });
    broken.map(|date| person.calendar.found_on(Days { first: date, last: date })).collect()
}

pub(super) fn paid_time_week(person: &Person<'_>) -> Vec<Found> {
    paid_time_in(person, person.calendar.weeks(), person.limits.paid_time_week.limit)
}

pub(super) fn paid_time_period(person: &Person<'_>) -> Vec<Found> {
    let periods = person.calendar.periods(person.limits.period_weeks);
    paid_time_in(person, periods, person.limits.paid_time_period.limit)
}

fn paid_time_in(person: &Person<'_>, runs: Vec<Days>, limit: Bounds) -> Vec<Found> {
    let broken = runs
        .into_iter()
        .filter(|days| breaks(person.seconds_in(*days, paid), limit, person.calendar.knows(*days)));
    broken.map(|days| person.calendar.found_on(days)).collect()
}

pub(super) fn overtime_day(person: &Person<'_>) -> Vec<Found> {
    let days = person.calendar.dates().into_iter();
    let broken = days.filter(|date| {
        let worked = person.seconds_on(*date, paid_and_there);
        let daily = person.contract(*date).daily_hours_seconds;
        daily.is_some_and(|daily| worked - daily > person.limits.overtime_day.limit) && worked > 0
    });
    broken.map(|date| person.calendar.found_on(Days { first: date, last: date })).collect()
}

/// Second by second a day fills up: what finds neither day nor week full is regular.
pub(super) fn overtime_month(person: &Person<'_>) -> Vec<Found> {
    let mut months = std::collections::BTreeMap::<civil::Date, i64>::new();
    let mut of_week = 0;
    for date in person.calendar.dates() {
        let monday = date - i64::from(date.weekday().to_monday_zero_offset()).days();
        if date == monday {
            of_week = 0;
        }
        let weekly = person.of_week(monday, true, |terms| terms.weekly_hours_seconds);
        let daily = person.contract(date).daily_hours_seconds;
        let mut of_day = 0;
        for _minute in 0..person.seconds_on(date, paid_and_there) / 60 {
            let full = daily.is_some_and(|daily| of_day >= daily)
                || weekly.is_some_and(|weekly| of_week >= weekly);
            if full {
                *months.entry(date.first_of_month()).or_default() += 60;
            } else {
                of_day += 60;
                of_week += 60;
            }
        }
    }
    let broken = months.into_iter().filter(|it| it.1 > person.limits.overtime_month.limit);
    let days = broken.map(|(first, _)| Days { first, last: first.last_of_month() });
    days.map(|days| person.calendar.found_on(days)).collect()
}

/// Hours above those of the contract; or below, or out of reach, by more than what is excused.
pub(super) fn contract_hours(person: &Person<'_>) -> Vec<Found> {
    let weeks = person.calendar.weeks().into_iter();
    let broken = weeks.filter(|week| {
        let most = person.of_week(week.first, true, |terms| terms.weekly_seconds.max);
        let least = person.of_week(week.first, false, |terms| terms.weekly_seconds.min);
        let above = most.is_some_and(|most| person.seconds_in(*week, paid) > most);
        let least = least.filter(|_| person.calendar.knows(*week));
        above
            || least.is_some_and(|least| {
                let owed = least - excused(person, *week, least);
                person.seconds_in(*week, paid_and_there) < owed || out_of_reach(person, *week, owed)
            })
    });
    broken.map(|week| person.calendar.found_on(week)).collect()
}

/// Minutes off on each day, at most a usual day.
fn excused(person: &Person<'_>, week: Days, weekly: i64) -> i64 {
    let usual = weekly / i64::from(person.contract(week.last).days_per_week);
    let in_shifts = person.turns.iter().flat_map(|turn| turn.shift.activities());
    let in_shifts = in_shifts.filter(|it| !is_there(it.category)).map(|it| it.span);
    let dated = person.plan.availability.iter().filter_map(|it| match it.pattern {
        AvailabilityPattern::Dated(span) if !it.available => Some(span),
        _ => None,
    });
    let mut off = vec![false; person.calendar.len()];
    for span in person.plan.time_off.iter().copied().chain(in_shifts).chain(dated) {
        person.calendar.minutes(span).for_each(|minute| off[minute] = true);
    }
    let of_day = |day| {
        let minutes = person.calendar.day(day).filter(|minute| off[*minute]).count() as i64;
        usual.min(minutes * 60)
    };
    week.each().map(of_day).sum::<i64>().min(weekly)
}

/// Whether so much cannot be worked in the hours that are declared week by week.
fn out_of_reach(person: &Person<'_>, week: Days, owed: i64) -> bool {
    let weekly: Vec<_> = person.plan.availability.iter().filter(|it| says(it).is_some()).collect();
    if weekly.is_empty() {
        return false;
    }
    let terms = person.contract(week.last);
    let mut days = Vec::new();
    for date in week.each() {
        let limited = weekly.iter().any(|it| it.available && says(it).expect("weekly").holds(date));
        let spans = |available: bool| {
            let of_kind = weekly.iter().filter(move |it| it.available == available);
            let on = [date - 1.day(), date].into_iter();
            let bands = of_kind.flat_map(|it| {
                on.clone().filter_map(|day| says(it).expect("weekly").on(person.calendar, day))
            });
            bands.collect::<Vec<_>>()
        };
        let (can, cannot) = (spans(true), spans(false));
        let possible = person.calendar.day(date).filter(|minute| {
            (!limited || can.iter().any(|it| it.contains(minute)))
                && !cannot.iter().any(|it| it.contains(minute))
        });
        let seconds = possible.count() as i64 * 60;
        if terms.shift_seconds.min.is_none_or(|least| seconds >= least) {
            let of_shift = terms.shift_seconds.max.unwrap_or(i64::MAX);
            let of_day = person.limits.paid_time_day.limit.max.unwrap_or(24 * 3600);
            days.push(seconds.min(of_shift).min(of_day));
        }
    }
    days.sort_unstable();
    let most = person.limits.work_days_week.limit.max.unwrap_or(7);
    let mut possible = 0;
    for _day in 0..most {
        possible += days.pop().unwrap_or(0);
    }
    possible < owed
}
