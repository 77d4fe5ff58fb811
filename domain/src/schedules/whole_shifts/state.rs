//! A roster in the middle of a search: lines, cover and cost, with every change on a journal so
//! that it can be taken back.

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    limits::{Limits, Tally},
    problem::Problem,
    weekends::weekends,
};

/// What a weight counts at most, so that sums of a few of them fit.
const HEAVIEST: i32 = i32::MAX / 4;

/// People wanted of one kind on one day, and what each too few or too many costs.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    people: i32,
    under: i32,
    over: i32,
}

impl Wanted {
    /// What one more costs where so many are there.
    fn more(self, there: i32) -> i32 {
        if there < self.people { -self.under } else { self.over }
    }
}

pub(super) struct State {
    pub(super) days: usize,
    pub(super) shifts: usize,
    pub(super) limits: Vec<Limits>,
    pub(super) lines: Vec<Vec<u8>>,
    pub(super) cost: i64,
    pub(super) rng: Xoshiro256PlusPlus,
    tallies: Vec<Tally>,
    /// By day: its weekend.
    weekends: Vec<(usize, usize)>,
    /// By person, day and shift.
    wishes: Vec<i32>,
    /// By day and shift.
    wanted: Vec<Wanted>,
    there: Vec<i32>,
    /// Person, day, and the shift that was there.
    journal: Vec<(usize, usize, u8)>,
    /// Cost when the journal was last empty.
    settled: i64,
}

impl State {
    /// The roster in which nobody works; not legal yet.
    pub(super) fn new(problem: &Problem, seed: u64) -> Self {
        let (days, people) = (problem.days.len(), problem.people.len());
        let shifts = problem.minutes.len() + 1;
        let whole = |weight: u32| i32::try_from(weight).unwrap_or(HEAVIEST).min(HEAVIEST);
        let mut wishes = vec![0_i32; people * days * shifts];
        for (person, of) in problem.people.iter().enumerate() {
            for wish in &of.wishes {
                let at = (person * days + wish.day) * shifts;
                for (shift, cost) in wishes[at..at + shifts].iter_mut().enumerate() {
                    if wish.any_of >> shift & 1 == 0 {
                        *cost = cost.saturating_add(whole(wish.weight)).min(HEAVIEST);
                    }
                }
            }
        }
        let mut wanted = Vec::with_capacity(days * shifts);
        for of_day in &problem.wanted {
            wanted.push(Wanted::default());
            wanted.extend(of_day.iter().map(|it| Wanted {
                people: whole(it.people),
                under: whole(it.under),
                over: whole(it.over),
            }));
        }
        let limits: Vec<_> = (0..people).map(|person| Limits::new(problem, person)).collect();
        let lines = vec![vec![0; days]; people];
        let cost = cost(problem, &lines);
        let mut there = vec![0; days * shifts];
        (0..days).for_each(|day| there[day * shifts] = people as i32);
        Self {
            days,
            shifts,
            tallies: limits.iter().map(Limits::tally).collect(),
            limits,
            lines,
            cost,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            weekends: weekends(&problem.days),
            wishes,
            wanted,
            there,
            journal: Vec::new(),
            settled: cost,
        }
    }

    #[inline]
    pub(super) fn people(&self) -> usize {
        self.lines.len()
    }

    /// Cost of the shift for the person, and of one more of it on the day.
    #[inline]
    pub(super) fn price(&self, person: usize, day: usize, shift: usize) -> i32 {
        let at = day * self.shifts + shift;
        self.wish(person, day, shift) + self.wanted[at].more(self.there[at])
    }

    /// Cost of the shift for the person alone.
    #[inline]
    pub(super) fn wish(&self, person: usize, day: usize, shift: usize) -> i32 {
        self.wishes[(person * self.days + day) * self.shifts + shift]
    }

    /// People who are missing; negative when there are too many.
    pub(super) fn missing(&self, day: usize, shift: usize) -> i32 {
        let at = day * self.shifts + shift;
        self.wanted[at].people - self.there[at]
    }

    /// People who are missing on all days.
    pub(super) fn all_missing(&self) -> u64 {
        let each = self.wanted.iter().zip(&self.there);
        each.map(|(wanted, there)| (wanted.people - there).max(0) as u64).sum()
    }

    /// Least and most that one more person can be worth.
    pub(super) fn worth(&self, day: usize, shift: usize) -> (f32, f32) {
        let wanted = self.wanted[day * self.shifts + shift];
        (-wanted.over as f32, wanted.under as f32)
    }

    /// Changes a day.
    #[inline]
    pub(super) fn put(&mut self, person: usize, day: usize, shift: u8) {
        let old = std::mem::replace(&mut self.lines[person][day], shift);
        if old != shift {
            self.journal.push((person, day, old));
            self.change(person, day, old);
        }
    }

    /// Gives a person every day off.
    pub(super) fn take_off(&mut self, person: usize) {
        for day in 0..self.days {
            self.put(person, day, 0);
        }
    }

    #[inline]
    fn change(&mut self, person: usize, day: usize, old: u8) {
        let line = &self.lines[person];
        let (new, old_at) = (usize::from(line[day]), usize::from(old));
        self.limits[person].count(&mut self.tallies[person], line, &self.weekends, day, old);
        let wishes = &self.wishes[(person * self.days + day) * self.shifts..][..self.shifts];
        let wanted = &self.wanted[day * self.shifts..][..self.shifts];
        let there = &mut self.there[day * self.shifts..][..self.shifts];
        there[old_at] -= 1;
        self.cost += i64::from(wishes[new] - wishes[old_at]);
        self.cost += i64::from(wanted[new].more(there[new]) - wanted[old_at].more(there[old_at]));
        there[new] += 1;
    }

    /// Whether the sums of the person's line are within their limits, where only the days `[from, to)`
    /// changed.
    #[inline]
    pub(super) fn allow_sums(&self, person: usize, from: usize, to: usize) -> bool {
        self.limits[person].allow_sums(&self.tallies[person], from, to)
    }

    #[inline]
    pub(super) fn allow_days(&self, person: usize, from: usize, to: usize) -> bool {
        self.limits[person].allow_days(&self.lines[person], from, to)
    }

    /// What the changes since the last commit cost.
    #[inline]
    pub(super) fn worse(&self) -> i64 {
        self.cost - self.settled
    }

    /// Changes stay.
    #[inline]
    pub(super) fn commit(&mut self) {
        self.journal.clear();
        self.settled = self.cost;
    }

    /// Takes back every change since the last commit.
    #[inline]
    pub(super) fn undo(&mut self) {
        while let Some((person, day, shift)) = self.journal.pop() {
            let old = std::mem::replace(&mut self.lines[person][day], shift);
            self.change(person, day, old);
        }
    }

    /// A number below `below`.
    #[inline]
    pub(super) fn draw(&mut self, below: usize) -> usize {
        (((self.rng.next_u64() >> 32) * below as u64) >> 32) as usize
    }

    /// A number from 0 to 1.
    #[inline]
    pub(super) fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Metropolis: e^(−worse/warmth) against a uniform draw.
    #[inline]
    pub(super) fn lucky(&mut self, worse: i64, warmth: f64) -> bool {
        worse <= 0 || self.uniform() < (-(worse as f64) / warmth).exp()
    }
}

/// What a roster costs: wishes that are not met, people who are missing and people too many.
pub fn cost(problem: &Problem, lines: &[Vec<u8>]) -> i64 {
    let wishes = problem.people.iter().zip(lines).flat_map(|(person, line)| {
        let unmet = person.wishes.iter().filter(|wish| wish.any_of >> line[wish.day] & 1 == 0);
        unmet.map(|wish| i64::from(wish.weight))
    });
    let mut sum: i64 = wishes.sum();
    for (day, of_day) in problem.wanted.iter().enumerate() {
        let mut there = vec![0_u32; of_day.len() + 1];
        lines.iter().for_each(|line| there[usize::from(line[day])] += 1);
        for (wanted, &there) in of_day.iter().zip(&there[1..]) {
            let under = i64::from(wanted.people.saturating_sub(there));
            let over = i64::from(there.saturating_sub(wanted.people));
            sum += under * i64::from(wanted.under) + over * i64::from(wanted.over);
        }
    }
    sum
}
