//! Large-neighbourhood search over people with annealing acceptance: take one to four off, give
//! each the cheapest line at the present price of cover, keep what pays.

use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::{
    instance::Instance,
    limits::Limits,
    line::{Programme, Rules},
};

/// Heat of the annealing, from first to last; one missing person costs about 100.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heat {
    pub(crate) first: f64,
    pub(crate) last: f64,
}

/// Small moves of each sort between two rounds.
const MOVES: usize = 600;

pub(crate) struct Solver {
    days: usize,
    shifts: usize,
    rules: Vec<Rules>,
    limits: Vec<Limits>,
    /// `wishes[person][day][shift]`
    wishes: Vec<Vec<Vec<f32>>>,
    /// `cover[day][shift]`: wanted, cost under, cost over.
    cover: Vec<Vec<(i32, f32, f32)>>,
    there: Vec<Vec<i32>>,
    lines: Vec<Vec<u8>>,
    cost: f64,
    rng: Xoshiro256PlusPlus,
    programme: Programme,
    costs: Vec<Vec<f32>>,
}

impl Solver {
    pub(crate) fn new(instance: &Instance, seed: u64) -> Option<Self> {
        let (days, people) = (instance.days, instance.people.len());
        let shifts = instance.kinds.len() + 1;
        let mut wishes = vec![vec![vec![0.0; shifts]; days]; people];
        for (list, on) in [(&instance.on, true), (&instance.off, false)] {
            for wish in list {
                let (person, kind) =
                    (instance.person(&wish.person)?, instance.kind(&wish.kind)? + 1);
                for (shift, cost) in wishes[person][wish.day].iter_mut().enumerate() {
                    if (shift == kind) != on {
                        *cost += wish.weight as f32;
                    }
                }
            }
        }
        let mut cover = vec![vec![(0, 0.0, 0.0); shifts]; days];
        for it in &instance.cover {
            let kind = instance.kind(&it.kind)? + 1;
            cover[it.day][kind] = (it.wanted as i32, it.under as f32, it.over as f32);
        }
        Some(Self {
            days,
            shifts,
            limits: (0..people).map(|person| Limits::new(instance, person)).collect(),
            rules: (0..people).map(|person| Rules::new(instance, person)).collect(),
            wishes,
            cover,
            there: vec![vec![0; shifts]; days],
            lines: vec![vec![0; days]; people],
            cost: 0.0,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            programme: Programme::default(),
            costs: vec![vec![0.0; shifts]; days],
        })
    }

    /// The best roster found in the processor time, with its cost and the rounds done.
    pub(crate) fn solve(&mut self, time: Duration, heat: Heat) -> Option<(f64, Vec<Vec<u8>>, u64)> {
        let clock = Clock::start();
        let people = self.lines.len();
        for person in 0..people {
            if !self.put_on(person, 0.0) {
                return None;
            }
        }
        self.cost = self.full_cost();
        let mut best = (self.cost, self.lines.clone());
        let mut saved: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut rounds = 0;
        let mut warmth = heat.first;
        loop {
            if rounds % 16 == 0 {
                let passed = clock.seconds() / time.as_secs_f64();
                if passed >= 1.0 {
                    break;
                }
                warmth = heat.first * (heat.last / heat.first).powf(passed);
            }
            rounds += 1;
            for _move in 0..MOVES {
                self.swap(warmth);
                self.set(warmth);
            }
            if self.cost < best.0 {
                best = (self.cost, self.lines.clone());
            }
            let many = [1, 1, 2, 2, 2, 3, 3, 4][self.draw(8)].min(people);
            let before = self.cost;
            saved.clear();
            while saved.len() < many {
                let person = self.draw(people);
                if saved.iter().all(|(taken, _)| *taken != person) {
                    self.take_off(person);
                    saved.push((person, self.lines[person].clone()));
                }
            }
            let noise = if many > 1 || self.draw(2) == 0 { warmth as f32 } else { 0.0 };
            let mut placed = 0;
            for (person, _) in &saved {
                if !self.put_on(*person, noise) {
                    break;
                }
                placed += 1;
            }
            if placed == saved.len() {
                self.cost = self.full_cost();
                let worse = self.cost - before;
                if self.lucky(worse, warmth) {
                    if self.cost < best.0 {
                        best = (self.cost, self.lines.clone());
                    }
                    continue;
                }
            }
            for (person, _) in &saved[..placed] {
                self.take_off(*person);
            }
            for (person, line) in saved.drain(..) {
                self.count(&line, 1);
                self.lines[person] = line;
            }
            self.cost = before;
        }
        Some((best.0, best.1, rounds))
    }

    /// Swaps some days between two people: cover stays as it is.
    fn swap(&mut self, warmth: f64) {
        let (a, b) = (self.draw(self.lines.len()), self.draw(self.lines.len()));
        let from = self.draw(self.days);
        let to = (from + 1 + self.draw(10)).min(self.days);
        if a == b || self.lines[a][from..to] == self.lines[b][from..to] {
            return;
        }
        let wish = |person: usize, line: &[u8]| -> f64 {
            let of = self.wishes[person][from..to].iter().zip(line);
            of.map(|(wish, &shift)| f64::from(wish[usize::from(shift)])).sum()
        };
        let (ours, theirs) = (&self.lines[a][from..to], &self.lines[b][from..to]);
        let worse = wish(a, theirs) + wish(b, ours) - wish(a, ours) - wish(b, theirs);
        if !self.lucky(worse, warmth) {
            return;
        }
        self.exchange(a, b, from, to);
        if self.limits[a].allow(&self.lines[a]) && self.limits[b].allow(&self.lines[b]) {
            self.cost += worse;
        } else {
            self.exchange(a, b, from, to);
        }
    }

    fn exchange(&mut self, a: usize, b: usize, from: usize, to: usize) {
        let (low, high) = (a.min(b), a.max(b));
        let (left, right) = self.lines.split_at_mut(high);
        left[low][from..to].swap_with_slice(&mut right[0][from..to]);
    }

    /// Gives one person some days of one kind or off, and perhaps the reverse somewhere else.
    fn set(&mut self, warmth: f64) {
        let person = self.draw(self.lines.len());
        // At most three parts of three days.
        let mut changed = [(0, 0); 9];
        let mut changes = 0;
        let mut worse = 0.0;
        for _part in 0..=self.draw(2) {
            let from = self.draw(self.days);
            let to = (from + 1 + self.draw(3)).min(self.days);
            let shift = self.draw(self.shifts) as u8;
            for day in from..to {
                let old = self.lines[person][day];
                if old == shift {
                    continue;
                }
                let wish = &self.wishes[person][day];
                worse += f64::from(wish[usize::from(shift)] - wish[usize::from(old)]);
                worse -= self.cover_cost(day, old) + self.cover_cost(day, shift);
                self.there[day][usize::from(old)] -= 1;
                self.there[day][usize::from(shift)] += 1;
                worse += self.cover_cost(day, old) + self.cover_cost(day, shift);
                self.lines[person][day] = shift;
                changed[changes] = (day, old);
                changes += 1;
            }
        }
        if self.lucky(worse, warmth) && self.limits[person].allow(&self.lines[person]) {
            self.cost += worse;
            return;
        }
        for &(day, old) in changed[..changes].iter().rev() {
            self.there[day][usize::from(self.lines[person][day])] -= 1;
            self.there[day][usize::from(old)] += 1;
            self.lines[person][day] = old;
        }
    }

    fn cover_cost(&self, day: usize, shift: u8) -> f64 {
        let shift = usize::from(shift);
        let (wanted, under, over) = self.cover[day][shift];
        let missing = (wanted - self.there[day][shift]) as f32;
        f64::from(if missing > 0.0 { missing * under } else { -missing * over })
    }

    /// Metropolis: e^(−worse/warmth) against a uniform draw.
    fn lucky(&mut self, worse: f64, warmth: f64) -> bool {
        worse <= 0.0 || {
            let luck = (self.rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            luck < (-worse / warmth).exp()
        }
    }

    fn count(&mut self, line: &[u8], by: i32) {
        for (there, &shift) in self.there.iter_mut().zip(line) {
            there[usize::from(shift)] += by;
        }
    }

    fn take_off(&mut self, person: usize) {
        let line = std::mem::take(&mut self.lines[person]);
        self.count(&line, -1);
        self.lines[person] = line;
    }

    fn put_on(&mut self, person: usize, noise: f32) -> bool {
        for day in 0..self.days {
            for shift in 0..self.shifts {
                let (wanted, under, over) = self.cover[day][shift];
                let marginal = match shift {
                    0 => 0.0,
                    _ if self.there[day][shift] < wanted => -under,
                    _ => over,
                };
                let shake = if noise > 0.0 {
                    noise * ((self.rng.next_u64() >> 40) as f32 / (1u64 << 24) as f32)
                } else {
                    0.0
                };
                self.costs[day][shift] = marginal + self.wishes[person][day][shift] + shake;
            }
        }
        let mut line = std::mem::take(&mut self.lines[person]);
        let found = self.programme.run(&self.rules[person], &self.costs, &mut line);
        if found {
            self.count(&line, 1);
        }
        self.lines[person] = line;
        found
    }

    fn full_cost(&self) -> f64 {
        let mut cost = 0.0;
        for (person, line) in self.lines.iter().enumerate() {
            for (day, &shift) in line.iter().enumerate() {
                cost += f64::from(self.wishes[person][day][usize::from(shift)]);
            }
        }
        for (day, cover) in self.cover.iter().enumerate() {
            for (shift, &(wanted, under, over)) in cover.iter().enumerate() {
                let missing = (wanted - self.there[day][shift]) as f32;
                cost += f64::from(if missing > 0.0 { missing * under } else { -missing * over });
            }
        }
        cost
    }

    fn draw(&mut self, below: usize) -> usize {
        (self.rng.next_u64() % below.max(1) as u64) as usize
    }
}

/// Processor time of this thread, so that figures do not depend on what else the machine does;
/// wall time where the system does not tell.
struct Clock {
    start: Instant,
    used: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self { start: Instant::now(), used: Self::used() }
    }

    fn used() -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        Some(nanoseconds / 1e9)
    }

    fn seconds(&self) -> f64 {
        match (self.used, Self::used()) {
            (Some(start), Some(now)) => now - start,
            _ => self.start.elapsed().as_secs_f64(),
        }
    }
}
