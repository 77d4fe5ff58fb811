//! What stays the same of a person each time the programme looks for a line.

use super::{
    phases::{Phases, Runs},
    problem::Problem,
    weekends::weekends,
};

/// Kinds of shifts that are alike to the limits of the person, so that the cheapest of them stands
/// for all; the first group is the day off.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Numbers in lines: 0 is off.
    pub(super) shifts: Vec<u8>,
    pub(super) units: usize,
    /// Which shifts can follow.
    pub(super) class: usize,
    /// Which kinds it can follow, as bits.
    follows: u64,
    /// Bits of the counters that count it.
    pub(super) counted: u64,
}

/// A limited number of days with certain shifts.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    shifts: u64,
    /// By period.
    pub(super) most: Vec<usize>,
    /// Whether each period counts anew.
    pub(super) anew: bool,
}

/// A period, with its minutes in units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: usize,
    pub(super) end: usize,
    pub(super) least: usize,
    pub(super) most: usize,
    /// Most days, and what they could be if they were not limited.
    days: usize,
    free: usize,
}

/// What stays the same for a person.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) days: usize,
    /// By day: bits of what it may be.
    pub(super) possible: Vec<u64>,
    pub(super) groups: Vec<Group>,
    pub(super) phases: Phases,
    pub(super) spans: Vec<Span>,
    /// By day: its period.
    pub(super) span_of: Vec<usize>,
    /// What is limited and not implied by the rest: days, then kinds from the scarcest on. The first
    /// becomes part of the state when it must, the others are priced until they hold.
    pub(super) counters: Vec<Counter>,
    /// Most weekends, if they must be counted; 0 if not.
    pub(super) max_weekends: usize,
    /// By day: how many days of its weekend came before; `None` where no weekend is counted.
    pub(super) in_weekend: Vec<Option<usize>>,
    /// By day: weekends that began before.
    pub(super) begun: Vec<usize>,
    pub(super) width: usize,
    pub(super) longest: usize,
    /// By day: units of the period that can have been worked before when the line still reaches its
    /// least.
    pub(super) band: Vec<(usize, usize)>,
    /// Whether minutes cannot be as they must.
    pub(super) hopeless: bool,
}

impl Rules {
    /// Rules of a person who works the kinds that are asked for, as far as the person may.
    pub(super) fn new(problem: &Problem, person: usize, asked: impl Fn(usize) -> bool) -> Self {
        let of = &problem.people[person];
        let days = problem.days.len();
        let any = of.possible.iter().fold(0, |any, bits| any | bits);
        let may = |kind: &usize| any >> (kind + 1) & 1 == 1 && of.most_of[*kind] > 0;
        let kinds: Vec<usize> =
            (0..problem.minutes.len()).filter(|kind| may(kind) && asked(*kind)).collect();
        let own = kinds.iter().fold(1_u64, |own, kind| own | 2 << kind);
        let possible: Vec<u64> = of.possible.iter().map(|bits| bits & own).collect();
        let calendar = weekends(&problem.days);
        let runs = Runs::new(of, calendar.iter().map(|(from, to)| to - from).max().unwrap_or(0));

        let minutes = |kind: usize| problem.minutes[kind] as usize;
        let unit = kinds.iter().fold(0, |unit, &kind| common(unit, minutes(kind))).max(1);
        let units = |kind: usize| minutes(kind) / unit;
        let longest = kinds.iter().map(|&kind| units(kind)).max().unwrap_or(0);
        let shortest = kinds.iter().map(|&kind| units(kind)).min().unwrap_or(0);
        let workable = |from: usize, to: usize| {
            let there = possible[from..to].iter().filter(|&&bits| bits > 1).count();
            there.min(runs.most_in(to - from))
        };
        let mut spans: Vec<Span> = Vec::with_capacity(of.periods.len());
        for period in &of.periods {
            let start = spans.last().map_or(0, |span| span.end);
            let free = workable(start, period.end);
            let days = free.min(period.max_days as usize);
            spans.push(Span {
                start,
                end: period.end,
                least: (period.min_minutes as usize).div_ceil(unit),
                most: (period.max_minutes as usize / unit).min(days * longest),
                days,
                free,
            });
        }
        let counters = counters(&spans, &kinds, shortest, &possible, |kind| {
            (of.most_of[kind] as usize, units(kind))
        });

        // Minutes that no line can miss are not followed.
        let follow = spans.iter().any(|it| it.least > 0 || it.most < it.free * longest);
        let scale = usize::from(follow);
        let longest = longest * scale;
        spans.iter_mut().for_each(|span| span.most *= scale);
        let (groups, rows) =
            group(&kinds, &of.forbidden_next, &counters, |kind| units(kind) * scale);
        let band = spans.iter().flat_map(|span| (span.start..span.end).map(move |day| (span, day)));
        let band = band.map(|(span, day)| {
            let most = |from, to| workable(from, to).min(span.days) * longest;
            (span.least.saturating_sub(most(day, span.end)), most(span.start, day).min(span.most))
        });
        let band = band.collect();

        let first = |day: usize| calendar[day].0 == day && calendar[day].1 > day;
        let all = (0..days).filter(|&day| first(day)).count();
        let scarce = (of.max_weekends as usize) < all;
        let in_weekend = calendar.iter().enumerate();
        let in_weekend =
            in_weekend.map(|(day, &(start, end))| (scarce && start < end).then(|| day - start));
        let begun = (0..days).scan(0, |begun, day| {
            let before = *begun;
            *begun += usize::from(scarce && first(day));
            Some(before)
        });
        let span_of = spans.iter().enumerate();
        let span_of = span_of.flat_map(|(at, span)| (span.start..span.end).map(move |_day| at));
        Self {
            days,
            phases: Phases::new(&runs, &groups, &rows),
            groups,
            span_of: span_of.collect(),
            counters,
            max_weekends: if scarce { of.max_weekends as usize } else { 0 },
            in_weekend: in_weekend.collect(),
            begun: begun.collect(),
            width: spans.iter().map(|span| span.most).max().unwrap_or(0) + 1 + longest,
            longest,
            hopeless: spans.iter().any(|span| span.least > span.most),
            band,
            spans,
            possible,
        }
    }

    /// Additions that the programme makes without counters.
    pub(super) fn work(&self) -> usize {
        let steps: usize = self.phases.steps.iter().map(Vec::len).sum();
        steps * (self.max_weekends + 1) * self.width * self.days
    }

    /// The period that ends with the day before.
    pub(super) fn ends(&self, day: usize) -> Option<&Span> {
        let span = &self.spans[self.span_of[day.checked_sub(1)?]];
        (span.end == day).then_some(span)
    }

    /// Whether a line is within the limit of a counter.
    pub(super) fn holds(&self, counter: &Counter, line: &[u8]) -> bool {
        let count = |line: &[u8]| line.iter().filter(|&&it| counter.shifts >> it & 1 == 1).count();
        if counter.anew {
            let mut most = self.spans.iter().zip(&counter.most);
            most.all(|(span, most)| count(&line[span.start..span.end]) <= *most)
        } else {
            counter.most.first().is_none_or(|most| count(line) <= *most)
        }
    }

    /// The shifts that a counter counts.
    pub(super) fn counted(&self, counter: usize) -> impl Iterator<Item = usize> {
        let groups = self.groups.iter().filter(move |group| group.counted >> counter & 1 == 1);
        groups.flat_map(|group| group.shifts.iter().map(|&shift| usize::from(shift)))
    }
}

/// Greatest common divisor.
fn common(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What must be counted, where `limit` says how many shifts of a kind there may be and its units.
fn counters(
    spans: &[Span],
    kinds: &[usize],
    shortest: usize,
    possible: &[u64],
    limit: impl Fn(usize) -> (usize, usize),
) -> Vec<Counter> {
    let within = |span: &Span, units: usize| span.most.checked_div(units).unwrap_or(usize::MAX);
    let scarce = |span: &Span| span.days < span.free.min(within(span, shortest));
    let all = kinds.iter().fold(0, |bits, kind| bits | 2 << kind);
    let of_days = spans.iter().any(scarce).then(|| Counter {
        shifts: all,
        most: spans.iter().map(|span| span.days).collect(),
        anew: true,
    });
    let mut limited: Vec<(usize, usize)> = Vec::new();
    for &kind in kinds {
        let (most, units) = limit(kind);
        let room = spans.iter().map(|span| {
            let days = possible[span.start..span.end].iter();
            let days = days.filter(|&&bits| bits >> (kind + 1) & 1 == 1).count();
            days.min(span.days).min(within(span, units))
        });
        if most < room.sum() {
            limited.push((most, kind));
        }
    }
    limited.sort_unstable();
    let of_kinds = limited.into_iter().map(|(most, kind)| Counter {
        shifts: 2 << kind,
        most: vec![most; spans.len()],
        anew: false,
    });
    of_days.into_iter().chain(of_kinds).collect()
}

/// The groups of kinds that are alike, and by class what cannot follow.
fn group(
    kinds: &[usize],
    forbidden: &[u64],
    counters: &[Counter],
    units: impl Fn(usize) -> usize,
) -> (Vec<Group>, Vec<u64>) {
    let own = kinds.iter().fold(0_u64, |own, kind| own | 2 << kind);
    let off = Group { shifts: vec![0], units: 0, class: 0, follows: 0, counted: 0 };
    let (mut groups, mut rows) = (vec![off], Vec::new());
    for &kind in kinds {
        let row = forbidden[kind] & own;
        let class = rows.iter().position(|it| *it == row).unwrap_or_else(|| {
            rows.push(row);
            rows.len() - 1
        });
        let before = kinds.iter().filter(|before| forbidden[**before] >> (kind + 1) & 1 == 0);
        let by = counters.iter().enumerate();
        let by = by.filter(|(_, counter)| counter.shifts >> (kind + 1) & 1 == 1);
        let new = Group {
            shifts: vec![kind as u8 + 1],
            units: units(kind),
            class,
            follows: before.fold(0, |bits, before| bits | 1 << before),
            counted: by.fold(0, |bits, (counter, _)| bits | 1 << counter),
        };
        let alike = groups.iter_mut().skip(1).find(|it| {
            (it.units, it.class, it.follows, it.counted)
                == (new.units, new.class, new.follows, new.counted)
        });
        match alike {
            Some(group) => group.shifts.extend(new.shifts),
            None => groups.push(new),
        }
    }
    (groups, rows)
}
