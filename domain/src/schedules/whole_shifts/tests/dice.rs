//! Small problems by chance, in which any limit can bind.

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub(super) fn below(&mut self, most: u32) -> u32 {
        (self.0.next_u64() % u64::from(most)) as u32
    }

    fn one_in(&mut self, many: u32) -> bool {
        self.below(many) == 0
    }

    fn pick<const N: usize>(&mut self, of: [u32; N]) -> u32 {
        of[self.below(N as u32) as usize]
    }

    /// Days of weeks that begin anywhere, with weekends of one to three days.
    pub(super) fn problem(&mut self, days: u32, kinds: u32, people: u32) -> Problem {
        let (first, long) = (self.below(7), 1 + self.below(3));
        let in_week = |day: u32| (first + day) % 7;
        let mut weekends = 0;
        let calendar = (0..days).map(|day| {
            let there = in_week(day) >= 7 - long;
            let weekend = there.then_some(weekends);
            weekends += u16::from(there && in_week(day) == 6);
            Day { weekend }
        });
        let calendar = calendar.collect();
        let wanted = (0..days * kinds).map(|_| Wanted {
            people: self.below(people + 1),
            under: self.pick([0, 10, 100, 1000]),
            over: self.below(20),
        });
        let wanted: Vec<_> = wanted.collect();
        let ends: Vec<usize> = if self.one_in(4) {
            vec![days as usize]
        } else {
            (1..=days)
                .filter(|&end| end == days || in_week(end) == 0)
                .map(|it| it as usize)
                .collect()
        };
        Problem {
            days: calendar,
            minutes: (0..kinds).map(|_| self.pick([480, 480, 360, 240])).collect(),
            people: (0..people).map(|_| self.person(days, kinds, &ends)).collect(),
            wanted: wanted.chunks(kinds as usize).map(<[_]>::to_vec).collect(),
        }
    }

    fn person(&mut self, days: u32, kinds: u32, ends: &[usize]) -> Person {
        let all = (2_u64 << kinds) - 1;
        let possible = (0..days).map(|_| match self.below(16) {
            0 => 1,
            1 => all & !1,
            2 => 2 << self.below(kinds),
            3 => 1 | 2 << self.below(kinds),
            _ => all,
        });
        let possible = possible.collect();
        let mut start = 0;
        let periods = ends.iter().map(|&end| {
            let length = (end - start) as u32;
            start = end;
            let max_minutes =
                if self.one_in(3) { u32::MAX } else { 480 * (1 + self.below(length)) };
            Period {
                end,
                min_minutes: if self.one_in(2) { 0 } else { 120 * self.below(2 * length) },
                max_minutes,
                max_days: if self.one_in(2) { u32::MAX } else { 1 + self.below(length) },
            }
        });
        let mut periods: Vec<Period> = periods.collect();
        for period in &mut periods {
            period.min_minutes = period.min_minutes.min(period.max_minutes);
        }
        let forbidden_next = (0..kinds)
            .map(|_| (1..=kinds).filter(|_| self.one_in(4)).fold(0, |bits, next| bits | 1 << next));
        let forbidden_next = forbidden_next.collect();
        let wishes = (0..self.below(4)).map(|_| Wish {
            day: self.below(days) as usize,
            any_of: 1 << self.below(kinds + 1),
            weight: 1 + self.below(9),
        });
        let wishes = wishes.collect();
        Person {
            possible,
            forbidden_next,
            most_of: (0..kinds).map(|_| self.pick([u32::MAX, u32::MAX, 3, 1, 0])).collect(),
            periods,
            max_run: self.pick([2, 3, 5, 6, u32::MAX]),
            min_run: self.below(4),
            min_off: self.below(4),
            max_weekends: self.pick([0, 1, 2, u32::MAX]),
            run_before: self.pick([0, 0, 1, 2, 5]),
            wishes,
        }
    }
}
