//! All people at once: seats of a site, agents on queue.

use std::collections::BTreeSet;

use super::{super::*, calendar::Calendar, people::Person};
use crate::{
    id::SiteId,
    schedules::{ActivityCategory, CoverageLine, RuleLimits},
};

/// Rosters before and after a change.
type Both<'a> = Option<(&'a Roster, &'a Roster)>;

/// First minutes of intervals in which more shifts hold a seat than there are; of those in which the
/// change brings one, where there is a change.
pub(super) fn over_seats(
    calendar: &Calendar,
    context: &CheckContext<'_>,
    now: &Roster,
    change: Both<'_>,
) -> Vec<usize> {
    let mut over = Vec::new();
    for (site, seats) in context.sites.iter().filter_map(|it| Some((it.site, it.seats.as_ref()?))) {
        let count = |roster| taken(calendar, roster, site, seats.axis);
        let taken_now = count(now);
        let taken_before = change.map(|(before, _)| count(before));
        for (index, taken) in taken_now.iter().enumerate() {
            let comes = taken_before.as_ref().is_none_or(|before| before[index] < *taken);
            if comes && seats.seats[index].is_some_and(|seats| *taken > i64::from(seats)) {
                over.push(calendar.minute(seats.axis.interval(index).start()));
            }
        }
    }
    over
}

fn taken(calendar: &Calendar, roster: &Roster, site: SiteId, axis: IntervalAxis) -> Vec<i64> {
    let limits = RuleLimits::default();
    let people = roster.plans.values().map(|plan| Person::new(calendar, plan, &limits));
    let mut taken = vec![0; axis.len];
    let first = calendar.minute(axis.start);
    let of_axis = first..first + axis.len * axis.step_seconds as usize / 60;
    for person in people {
        for (_, present) in person.present().filter(|(turn, _)| turn.shift.site() == site) {
            let mut there = BTreeSet::new();
            for minute in present.filter(|minute| of_axis.contains(minute)) {
                there.insert((minute - of_axis.start) * 60 / axis.step_seconds as usize);
            }
            there.into_iter().for_each(|index| taken[index] += 1);
        }
    }
    taken
}

/// First minutes of intervals whose agents on queue are fewer than required; of those from which the
/// change takes somebody, where there is a change.
pub(super) fn gaps(
    calendar: &Calendar,
    context: &CheckContext<'_>,
    limits: &RuleLimits,
    now: &Roster,
    change: Both<'_>,
) -> Vec<usize> {
    let Some(coverage) = context.coverage else { return Vec::new() };
    let mut gaps = Vec::new();
    for line in &coverage.lines {
        let count = |roster| on_queue(calendar, roster, line, coverage.axis);
        let minutes_now = count(now);
        let minutes_before = change.map(|(before, _)| count(before));
        for (index, minutes) in minutes_now.iter().enumerate() {
            let interval = coverage.axis.interval(index);
            let required = i64::from(line.required[index]) - limits.coverage.limit;
            let goes = minutes_before.as_ref().is_none_or(|before| before[index] > *minutes);
            if goes && minutes * 60 < required * interval.seconds() {
                gaps.push(calendar.minute(interval.start()));
            }
        }
    }
    gaps
}

/// Minutes of agents on queue in each interval.
fn on_queue(
    calendar: &Calendar,
    roster: &Roster,
    line: &CoverageLine,
    axis: IntervalAxis,
) -> Vec<i64> {
    let mut agents = vec![0; calendar.len()];
    for (plan, shift) in
        roster.plans.values().flat_map(|plan| plan.shifts.iter().map(move |shift| (plan, shift)))
    {
        let date = calendar.date(calendar.minute(shift.span().start()));
        let can = |held: &SkillHeld| {
            Some(held.skill) == line.skill
                && held.grade >= line.min_grade.max(1)
                && held.valid_until.is_none_or(|until| date <= until)
        };
        let skilled = line.skill.is_none() || plan.skills.iter().any(can);
        let passed = |asked: &String| {
            let mut passed = plan.training.passed.iter().filter(|it| it.training == *asked);
            passed.any(|it| it.from <= date && it.until.is_none_or(|until| date <= until))
        };
        let mut gates = plan.training.queues.iter().filter(|it| it.skill == line.skill);
        let trained = gates.all(|it| it.training.as_ref().is_none_or(passed));
        let at_site = line.site.is_none_or(|site| shift.site() == site);
        for activity in shift.activities().iter().filter(|_| skilled && trained && at_site) {
            if activity.category == ActivityCategory::OnQueue {
                calendar.minutes(activity.span).for_each(|minute| agents[minute] += 1);
            }
        }
    }
    let interval = |index| calendar.minutes(axis.interval(index)).map(|it| agents[it]).sum();
    (0..axis.len).map(interval).collect()
}
