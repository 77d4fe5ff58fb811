//! A slow judge that reads the problem afresh and shares nothing with the search.

use std::collections::BTreeSet;

use super::*;

/// The limits that a person's line breaks.
pub(super) fn broken(problem: &Problem, person: usize, line: &[u8]) -> Vec<&'static str> {
    let of = &problem.people[person];
    let mut broken = Vec::new();
    let mut demand = |holds: bool, what| {
        if !holds {
            broken.push(what);
        }
    };
    demand(line.len() == problem.days.len(), "length");
    for (day, &shift) in line.iter().enumerate() {
        demand(of.possible[day] & (1 << shift) != 0, "possible");
        if day > 0 && line[day - 1] > 0 && shift > 0 {
            let before = usize::from(line[day - 1]) - 1;
            demand(of.forbidden_next[before] & (1 << shift) == 0, "follows");
        }
    }
    for (kind, most) in of.most_of.iter().enumerate() {
        let count = line.iter().filter(|&&shift| usize::from(shift) == kind + 1).count();
        demand(count as u64 <= u64::from(*most), "most of a kind");
    }
    let mut from = 0;
    for period in &of.periods {
        let (mut minutes, mut days) = (0, 0);
        for &shift in line[from..period.end].iter().filter(|&&shift| shift > 0) {
            minutes += problem.minutes[usize::from(shift) - 1];
            days += 1;
        }
        demand(period.min_minutes <= minutes, "too few minutes");
        demand(minutes <= period.max_minutes, "too many minutes");
        demand(days <= period.max_days, "too many days");
        from = period.end;
    }
    // Runs, in a line with the days before it.
    let mut works = vec![true; of.run_before as usize];
    works.extend(line.iter().map(|&shift| shift > 0));
    let first = of.run_before as usize;
    let mut start = 0;
    while start < works.len() {
        let mut end = start;
        while end < works.len() && works[end] == works[start] {
            end += 1;
        }
        let length = (end - start) as u32;
        let edge = start <= first || end == works.len();
        if works[start] && end > first {
            demand(length <= of.max_run, "run too long");
            demand(length >= of.min_run || edge, "run too short");
        }
        if !works[start] {
            demand(length >= of.min_off || edge, "rest too short");
        }
        start = end;
    }
    let weekends: BTreeSet<_> = problem
        .days
        .iter()
        .zip(line)
        .filter(|(_, shift)| **shift > 0)
        .filter_map(|(day, _)| day.weekend)
        .collect();
    demand(weekends.len() as u64 <= u64::from(of.max_weekends), "weekends");
    broken
}

/// What a roster costs.
pub(super) fn recount(problem: &Problem, lines: &[Vec<u8>]) -> i64 {
    let mut sum = 0;
    for (day, kinds) in problem.wanted.iter().enumerate() {
        for (kind, wanted) in kinds.iter().enumerate() {
            let there = lines.iter().filter(|line| usize::from(line[day]) == kind + 1).count();
            let missing = i64::from(wanted.people) - there as i64;
            let weight = if missing > 0 { wanted.under } else { wanted.over };
            sum += missing.abs() * i64::from(weight);
        }
    }
    for (person, line) in problem.people.iter().zip(lines) {
        for wish in &person.wishes {
            if wish.any_of & (1 << line[wish.day]) == 0 {
                sum += i64::from(wish.weight);
            }
        }
    }
    sum
}
