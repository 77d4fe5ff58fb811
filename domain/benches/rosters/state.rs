//! A roster in the middle of a search: lines, cover and cost, with every change on a journal so
//! that it can be taken back.

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    instance::Instance,
    limits::{Limits, Tally},
};

/// People wanted of one kind on one day, and what each too few or too many costs.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    people: i32,
    under: i32,
    over: i32,
}

impl Wanted {
    fn cost(self, there: i32) -> i32 {
        let missing = self.people - there;
        if missing > 0 { missing * self.under } else { -missing * self.over }
    }

    /// What one more costs where so many are there.
    fn more(self, there: i32) -> i32 {
        if there < self.people { -self.under } else { self.over }
    }
}

pub(crate) struct State {
    pub(crate) days: usize,
    pub(crate) shifts: usize,
    pub(crate) limits: Vec<Limits>,
    pub(crate) lines: Vec<Vec<u8>>,
    pub(crate) cost: i32,
    pub(crate) rng: Xoshiro256PlusPlus,
    tallies: Vec<Tally>,
    /// By person, day and shift.
    wishes: Vec<i32>,
    /// By day and shift.
    wanted: Vec<Wanted>,
    there: Vec<i32>,
    /// Person, day, and the shift that was there.
    journal: Vec<(usize, usize, u8)>,
    /// Cost when the journal was last empty.
    settled: i32,
}

impl State {
    /// The roster in which nobody works; not legal yet.
    pub(crate) fn new(instance: &Instance, seed: u64) -> Option<Self> {
        let (days, people) = (instance.days, instance.people.len());
        let shifts = instance.kinds.len() + 1;
        let mut wishes = vec![0; people * days * shifts];
        for (list, on) in [(&instance.on, true), (&instance.off, false)] {
            for wish in list {
                let person = instance.person(&wish.person)?;
                let kind = instance.kind(&wish.kind)? + 1;
                let at = (person * days + wish.day) * shifts;
                for (shift, cost) in wishes[at..at + shifts].iter_mut().enumerate() {
                    if (shift == kind) != on {
                        *cost += wish.weight as i32;
                    }
                }
            }
        }
        let mut wanted = vec![Wanted::default(); days * shifts];
        for it in &instance.cover {
            wanted[it.day * shifts + instance.kind(&it.kind)? + 1] =
                Wanted { people: it.wanted as i32, under: it.under as i32, over: it.over as i32 };
        }
        let limits: Vec<_> = (0..people).map(|person| Limits::new(instance, person)).collect();
        let lines = vec![vec![0; days]; people];
        let mut state = Self {
            days,
            shifts,
            tallies: limits.iter().zip(&lines).map(|(limits, line)| limits.tally(line)).collect(),
            limits,
            lines,
            cost: 0,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            wishes,
            wanted,
            there: vec![0; days * shifts],
            journal: Vec::new(),
            settled: 0,
        };
        (0..days).for_each(|day| state.there[day * shifts] = people as i32);
        state.cost = state.full_cost();
        state.settled = state.cost;
        Some(state)
    }

    pub(crate) fn people(&self) -> usize {
        self.lines.len()
    }

    /// Cost of the shift for the person, and of one more of it on the day.
    pub(crate) fn price(&self, person: usize, day: usize, shift: usize) -> i32 {
        let at = day * self.shifts + shift;
        self.wish(person, day, shift) + self.wanted[at].more(self.there[at])
    }

    /// Cost of the shift for the person alone.
    pub(crate) fn wish(&self, person: usize, day: usize, shift: usize) -> i32 {
        self.wishes[(person * self.days + day) * self.shifts + shift]
    }

    /// People who are missing; negative when there are too many.
    pub(crate) fn missing(&self, day: usize, shift: usize) -> i32 {
        let at = day * self.shifts + shift;
        self.wanted[at].people - self.there[at]
    }

    /// Least and most that one more person can be worth.
    pub(crate) fn worth(&self, day: usize, shift: usize) -> (f32, f32) {
        let wanted = self.wanted[day * self.shifts + shift];
        (-wanted.over as f32, wanted.under as f32)
    }

    /// Changes a day.
    pub(crate) fn put(&mut self, person: usize, day: usize, shift: u8) {
        let old = std::mem::replace(&mut self.lines[person][day], shift);
        if old != shift {
            self.journal.push((person, day, old));
            self.change(person, day, old);
        }
    }

    /// Gives a person every day off.
    pub(crate) fn take_off(&mut self, person: usize) {
        for day in 0..self.days {
            self.put(person, day, 0);
        }
    }

    fn change(&mut self, person: usize, day: usize, old: u8) {
        let line = &self.lines[person];
        let (new, old_at) = (usize::from(line[day]), usize::from(old));
        self.limits[person].count(&mut self.tallies[person], line, day, old);
        let wishes = &self.wishes[(person * self.days + day) * self.shifts..][..self.shifts];
        let wanted = &self.wanted[day * self.shifts..][..self.shifts];
        let there = &mut self.there[day * self.shifts..][..self.shifts];
        there[old_at] -= 1;
        self.cost += wishes[new] - wishes[old_at] + wanted[new].more(there[new])
            - wanted[old_at].more(there[old_at]);
        there[new] += 1;
    }

    /// Whether the sums of the person's line are within their limits.
    pub(crate) fn allow_sums(&self, person: usize) -> bool {
        self.limits[person].allow_sums(&self.tallies[person])
    }

    pub(crate) fn allow_days(&self, person: usize, from: usize, to: usize) -> bool {
        self.limits[person].allow_days(&self.lines[person], from, to)
    }

    /// What the changes since the last commit cost.
    pub(crate) fn worse(&self) -> i32 {
        self.cost - self.settled
    }

    /// Changes stay.
    pub(crate) fn commit(&mut self) {
        self.journal.clear();
        self.settled = self.cost;
    }

    /// Takes back every change since the last commit.
    pub(crate) fn undo(&mut self) {
        while let Some((person, day, shift)) = self.journal.pop() {
            let old = std::mem::replace(&mut self.lines[person][day], shift);
            self.change(person, day, old);
        }
    }

    pub(crate) fn full_cost(&self) -> i32 {
        let wishes = self.lines.iter().flatten().zip(self.wishes.chunks_exact(self.shifts));
        let wishes = wishes.map(|(&shift, wishes)| wishes[usize::from(shift)]);
        let cover = self.wanted.iter().zip(&self.there).map(|(wanted, &there)| wanted.cost(there));
        wishes.sum::<i32>() + cover.sum::<i32>()
    }

    /// A number below `below`.
    pub(crate) fn draw(&mut self, below: usize) -> usize {
        (((self.rng.next_u64() >> 32) * below as u64) >> 32) as usize
    }

    /// A number from 0 to 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Metropolis: e^(−worse/warmth) against a uniform draw.
    pub(crate) fn lucky(&mut self, worse: i32, warmth: f64) -> bool {
        worse <= 0 || self.uniform() < (-f64::from(worse) / warmth).exp()
    }
}
