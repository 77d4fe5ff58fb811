//! A slow checker of its own: looks at every minute and every day of what is known.

use jiff::{Timestamp, ToSpan as _, civil};

use super::*;

fn minutes(roster: &Roster) -> impl Iterator<Item = Timestamp> + '_ {
    let count = roster.known.seconds() / 60;
    (0..count).map(|minute| Span::of_seconds(roster.known.start(), minute * 60).end())
}

fn working(shifts: &[Shift], minute: Timestamp) -> usize {
    shifts.iter().filter(|shift| shift.span().contains(minute)).count()
}

pub(super) fn overlaps(roster: &Roster, shifts: &[Shift]) -> bool {
    minutes(roster).any(|it| roster.window.contains(it) && working(shifts, it) > 1)
}

/// Rests that are too short, told by their first and last minute.
pub(super) fn short_rests(
    roster: &Roster,
    shifts: &[Shift],
    least: i64,
) -> BTreeSet<(Timestamp, i64)> {
    // Runs of work (true) and rest (false) with their minutes.
    let mut runs: Vec<(bool, Vec<Timestamp>)> = Vec::new();
    for minute in minutes(roster) {
        let works = working(shifts, minute) > 0;
        match runs.last_mut() {
            Some((same, run)) if *same == works => run.push(minute),
            _ => runs.push((works, vec![minute])),
        }
    }
    let mut short = BTreeSet::new();
    for three in runs.windows(3) {
        let length = i64::try_from(three[1].1.len()).expect("length") * 60;
        let mut concerned = three.iter().flat_map(|run| &run.1);
        if !three[1].0 && length < least && concerned.any(|it| roster.window.contains(*it)) {
            short.insert((three[1].1[0], length));
        }
    }
    short
}

fn local(zone: &TimeZone, instant: Timestamp) -> civil::Date {
    zone.to_datetime(instant).date()
}

fn dates(roster: &Roster) -> Vec<civil::Date> {
    let first = local(&roster.zone, roster.known.start());
    let last = local(&roster.zone, roster.known.end());
    first.series(1.day()).take_while(|date| *date <= last).collect()
}

fn starts_on(roster: &Roster, shift: &Shift, date: civil::Date) -> bool {
    local(&roster.zone, shift.span().start()) == date
}

fn in_window(roster: &Roster, date: civil::Date) -> bool {
    minutes(roster).any(|it| roster.window.contains(it) && local(&roster.zone, it) == date)
}

/// First dates of runs of working days that are too long.
pub(super) fn long_runs(roster: &Roster, shifts: &[Shift], most: usize) -> Vec<civil::Date> {
    let mut runs: Vec<Vec<civil::Date>> = vec![Vec::new()];
    for date in dates(roster) {
        if shifts.iter().any(|shift| starts_on(roster, shift, date)) {
            runs.last_mut().expect("one").push(date);
        } else {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| run.len() > most && run.iter().any(|date| in_window(roster, *date)));
    runs.iter().map(|run| run[0]).collect()
}

/// Mondays of weeks with too much paid time.
pub(super) fn full_weeks(roster: &Roster, shifts: &[Shift], most: i64) -> Vec<civil::Date> {
    let mut mondays = Vec::new();
    for monday in dates(roster) {
        let week: Vec<_> = monday.series(1.day()).take(7).collect();
        let in_week = |shift: &&Shift| week.iter().any(|date| starts_on(roster, shift, *date));
        let paid: i64 = shifts.iter().filter(in_week).map(|it| it.span().seconds()).sum();
        if monday.weekday() == civil::Weekday::Monday
            && paid > most
            && week.iter().any(|date| in_window(roster, *date))
        {
            mondays.push(monday);
        }
    }
    mondays
}

/// Intervals whose agents on queue are fewer than required, minute by minute.
pub(super) fn gaps(roster: &Roster, coverage: &Coverage) -> BTreeSet<usize> {
    let on_queue = |minute: Timestamp| {
        let shifts = roster.plans.values().flat_map(|plan| &plan.shifts);
        let now = shifts.flat_map(|shift| shift.activities());
        let now = now.filter(|activity| activity.span.contains(minute));
        now.filter(|it| it.category.as_str() == "ON_QUEUE").count()
    };
    let short = |index: &usize| {
        let interval = coverage.axis.interval(*index);
        let minutes = (0..interval.seconds() / 60)
            .map(|minute| Span::of_seconds(interval.start(), minute * 60).end());
        let staff: usize = minutes.map(on_queue).sum();
        let required = usize::from(coverage.lines[0].required[*index]);
        staff * 60 < required * usize::try_from(interval.seconds()).expect("length")
    };
    (0..coverage.axis.len).filter(short).collect()
}
