//! Whether a changed line is legal, looking only at what the change can have broken. What each of
//! millions of moves calls is `#[inline]`, here and in the state, as they are far from their callers.

use super::problem::{Period, Problem};

/// Limits of one person.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// By shift.
    minutes: Vec<u64>,
    most_of: Vec<u32>,
    /// By shift of the day before: bits of the shifts that cannot follow.
    forbidden: Vec<u64>,
    /// By day: bits of the shifts that are possible at all; bit 0 is off.
    possible: Vec<u64>,
    periods: Vec<Period>,
    /// By day.
    period_of: Vec<usize>,
    run: (usize, usize),
    run_before: usize,
    min_off: usize,
    max_weekends: u32,
}

/// What a line adds up to, kept as days change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    /// By period: minutes and days with work.
    worked: Vec<(u64, u32)>,
    /// By shift.
    counts: Vec<u32>,
    weekends: u32,
}

impl Limits {
    pub(super) fn new(problem: &Problem, person: usize) -> Self {
        let of = &problem.people[person];
        let any = of
            .most_of
            .iter()
            .enumerate()
            .fold(1, |bits, (kind, &most)| bits | u64::from(most > 0) << (kind + 1));
        let mut period_of = Vec::with_capacity(problem.days.len());
        for (number, period) in of.periods.iter().enumerate() {
            period_of.resize(period.end, number);
        }
        let minutes = problem.minutes.iter().map(|&minutes| u64::from(minutes));
        let forbidden = of.forbidden_next.iter().map(|bits| bits & !1);
        Self {
            minutes: std::iter::once(0).chain(minutes).collect(),
            most_of: std::iter::once(u32::MAX).chain(of.most_of.iter().copied()).collect(),
            forbidden: std::iter::once(0).chain(forbidden).collect(),
            possible: of.possible.iter().map(|bits| bits & any).collect(),
            periods: of.periods.clone(),
            period_of,
            run: (of.min_run as usize, of.max_run as usize),
            run_before: of.run_before as usize,
            min_off: of.min_off as usize,
            max_weekends: of.max_weekends,
        }
    }

    /// Whether the shift is possible on the day, whatever the other days bring.
    #[inline]
    pub(super) fn possible(&self, day: usize, shift: u8) -> bool {
        self.possible[day] >> shift & 1 == 1
    }

    /// The tally of a line without work.
    pub(super) fn tally(&self) -> Tally {
        let mut counts = vec![0; self.minutes.len()];
        counts[0] = self.period_of.len() as u32;
        Tally { worked: vec![(0, 0); self.periods.len()], counts, weekends: 0 }
    }

    /// Keeps the tally when `line[day]` has become what was `old`.
    #[inline]
    pub(super) fn count(
        &self,
        tally: &mut Tally,
        line: &[u8],
        weekends: &[(usize, usize)],
        day: usize,
        old: u8,
    ) {
        let new = line[day];
        let worked = &mut tally.worked[self.period_of[day]];
        worked.0 += self.minutes[usize::from(new)];
        worked.0 -= self.minutes[usize::from(old)];
        tally.counts[usize::from(new)] += 1;
        tally.counts[usize::from(old)] -= 1;
        if (new > 0) != (old > 0) {
            worked.1 += u32::from(new > 0);
            worked.1 -= u32::from(old > 0);
            let (start, end) = weekends[day];
            if start < end && (start..end).all(|other| other == day || line[other] == 0) {
                tally.weekends += u32::from(new > 0);
                tally.weekends -= u32::from(old > 0);
            }
        }
    }

    /// Whether the sums of a line are within their limits, where only the days `[from, to)` can have
    /// changed them.
    #[inline]
    pub(super) fn allow_sums(&self, tally: &Tally, from: usize, to: usize) -> bool {
        let within = |period: usize| {
            let (limits, (minutes, days)) = (&self.periods[period], tally.worked[period]);
            u64::from(limits.min_minutes) <= minutes
                && minutes <= u64::from(limits.max_minutes)
                && days <= limits.max_days
        };
        tally.weekends <= self.max_weekends
            && (self.period_of[from]..=self.period_of[to - 1]).all(within)
            && tally.counts.iter().zip(&self.most_of).all(|(count, most)| count <= most)
    }

    /// Whether nothing that the days `[from, to)` touch is forbidden: what a day may be, what follows
    /// what, and the lengths of the runs of work and of rest.
    pub(super) fn allow_days(&self, line: &[u8], from: usize, to: usize) -> bool {
        let days = line.len();
        let mut last = from.checked_sub(1).map_or(0, |day| line[day]);
        for (day, &shift) in line.iter().enumerate().take(to + 1).skip(from) {
            if self.forbidden[usize::from(last)] >> shift & 1 == 1 || !self.possible(day, shift) {
                return false;
            }
            last = shift;
        }
        let works = |day: usize| line[day] > 0;
        let mut start = from.saturating_sub(1);
        while start > 0 && works(start - 1) == works(start) {
            start -= 1;
        }
        while start < days && start <= to {
            let work = works(start);
            let mut end = start + 1;
            while end < days && works(end) == work {
                end += 1;
            }
            let (length, edge) = (end - start, start == 0 || end == days);
            let least = if work { self.run.0 } else { self.min_off };
            let before = if start == 0 { self.run_before } else { 0 };
            if (work && length + before > self.run.1) || (length < least && !edge) {
                return false;
            }
            start = end;
        }
        true
    }
}
