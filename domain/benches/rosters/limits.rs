//! Whether a changed line is legal, looking only at what the change can have broken.

use super::instance::Instance;

/// Limits of one person.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    minutes: Vec<u32>,
    most_of: Vec<u32>,
    /// By shift of the day before: bits of the shifts that cannot follow.
    forbidden: Vec<u64>,
    /// By day: bits of the shifts that are possible at all; bit 0 is off.
    possible: Vec<u64>,
    minutes_between: (u32, u32),
    run: (usize, usize),
    min_off: usize,
    max_weekends: u32,
}

/// What a line adds up to, kept as days change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    minutes: u32,
    /// By shift.
    counts: Vec<u32>,
    weekends: u32,
}

impl Limits {
    pub(crate) fn new(instance: &Instance, person: usize) -> Self {
        let of = &instance.people[person];
        let mut forbidden = vec![0; instance.kinds.len() + 1];
        for (kind, bits) in instance.kinds.iter().zip(&mut forbidden[1..]) {
            let next = kind.not_before.iter().filter_map(|name| instance.kind(name));
            *bits = next.fold(0, |bits, next| bits | 2 << next);
        }
        let most = |name: &String| of.most_of.get(name).map_or(u32::MAX, |&most| most as u32);
        let kinds = || instance.kinds.iter();
        let most_of: Vec<u32> =
            std::iter::once(u32::MAX).chain(kinds().map(|kind| most(&kind.name))).collect();
        let any = most_of
            .iter()
            .enumerate()
            .fold(0, |bits, (shift, &most)| bits | u64::from(most > 0) << shift);
        let mut possible = vec![any; instance.days];
        for (_, days) in instance.days_off.iter().filter(|(who, _)| *who == of.name) {
            days.iter().for_each(|&day| possible[day] = 1);
        }
        Self {
            minutes: std::iter::once(0).chain(kinds().map(|kind| kind.minutes as u32)).collect(),
            most_of,
            forbidden,
            possible,
            minutes_between: (of.min_minutes as u32, of.max_minutes as u32),
            run: (of.min_run, of.max_run),
            min_off: of.min_off,
            max_weekends: of.max_weekends as u32,
        }
    }

    /// Whether the shift is possible on the day, whatever the other days bring.
    pub(crate) fn possible(&self, day: usize, shift: u8) -> bool {
        self.possible[day] >> shift & 1 == 1
    }

    pub(crate) fn tally(&self, line: &[u8]) -> Tally {
        let mut counts = vec![0; self.minutes.len()];
        line.iter().for_each(|&shift| counts[usize::from(shift)] += 1);
        let weekends = line.chunks_exact(7).filter(|week| week[5] > 0 || week[6] > 0).count();
        Tally {
            minutes: self.minutes.iter().zip(&counts).map(|(minutes, count)| minutes * count).sum(),
            counts,
            weekends: weekends as u32,
        }
    }

    /// Keeps the tally when `line[day]` has become what was `old`.
    pub(crate) fn count(&self, tally: &mut Tally, line: &[u8], day: usize, old: u8) {
        let new = line[day];
        tally.minutes += self.minutes[usize::from(new)];
        tally.minutes -= self.minutes[usize::from(old)];
        tally.counts[usize::from(new)] += 1;
        tally.counts[usize::from(old)] -= 1;
        if (new > 0) != (old > 0) && day % 7 >= 5 {
            let other = if day % 7 == 5 { day + 1 } else { day - 1 };
            if line.get(other) == Some(&0) {
                tally.weekends += u32::from(new > 0);
                tally.weekends -= u32::from(old > 0);
            }
        }
    }

    /// Whether the sums of a line are within their limits.
    pub(crate) fn allow_sums(&self, tally: &Tally) -> bool {
        self.minutes_between.0 <= tally.minutes
            && tally.minutes <= self.minutes_between.1
            && tally.weekends <= self.max_weekends
            && tally.counts.iter().zip(&self.most_of).all(|(count, most)| count <= most)
    }

    /// Whether nothing that the days `[from, to)` touch is forbidden: days off, what follows what,
    /// and the lengths of the runs of work and of rest.
    pub(crate) fn allow_days(&self, line: &[u8], from: usize, to: usize) -> bool {
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
            if (work && length > self.run.1) || (length < least && !edge) {
                return false;
            }
            start = end;
        }
        true
    }
}
