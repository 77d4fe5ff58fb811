//! Small moves: some days of one person, or exchanged between people. Each is tried as a whole and
//! stays when it is legal and its cost is accepted.

use super::state::State;

/// A changed part of a line: person, first day, day after the last.
type Part = (usize, usize, usize);

/// Most parts that a move changes.
const PARTS: usize = 6;

impl State {
    /// Tries a move of a kind drawn by chance.
    pub(super) fn step(&mut self, warmth: f64) {
        match self.draw(16) {
            0..6 => self.exchange(1, warmth),
            6..9 => self.exchange(2, warmth),
            9..13 => self.set(warmth),
            13..15 => self.turn(warmth),
            _ => self.pass_on(warmth),
        }
    }

    /// Some days change hands between two people, in one or two parts: cover stays as it is.
    fn exchange(&mut self, parts: usize, warmth: f64) {
        let (a, b) = (self.draw(self.people()), self.draw(self.people()));
        if a == b {
            return;
        }
        let mut changed = Changed::default();
        for _part in 0..parts {
            let (from, to) = self.draw_days(10);
            for day in from..to {
                let (ours, theirs) = (self.lines[a][day], self.lines[b][day]);
                if !self.limits[a].possible(day, theirs) || !self.limits[b].possible(day, ours) {
                    return self.undo();
                }
                self.put(a, day, theirs);
                self.put(b, day, ours);
            }
            changed.push((a, from, to));
            changed.push((b, from, to));
        }
        self.decide(&changed, warmth);
    }

    /// Days go round among three people.
    fn pass_on(&mut self, warmth: f64) {
        let who = [self.draw(self.people()), self.draw(self.people()), self.draw(self.people())];
        if who[0] == who[1] || who[1] == who[2] || who[0] == who[2] {
            return;
        }
        let (from, to) = self.draw_days(6);
        for day in from..to {
            let had = who.map(|person| self.lines[person][day]);
            for (place, &person) in who.iter().enumerate() {
                let shift = had[(place + 1) % 3];
                if !self.limits[person].possible(day, shift) {
                    return self.undo();
                }
                self.put(person, day, shift);
            }
        }
        let mut changed = Changed::default();
        who.iter().for_each(|&person| changed.push((person, from, to)));
        self.decide(&changed, warmth);
    }

    /// One person gets some days of one kind or off, in up to three parts.
    fn set(&mut self, warmth: f64) {
        let person = self.draw(self.people());
        let mut changed = Changed::default();
        for _part in 0..=self.draw(3) {
            let (from, to) = self.draw_days(3);
            let shift = self.draw(self.shifts) as u8;
            for day in from..to {
                if !self.limits[person].possible(day, shift) {
                    return self.undo();
                }
                self.put(person, day, shift);
            }
            changed.push((person, from, to));
        }
        self.decide(&changed, warmth);
    }

    /// Some days of one person turn by a day: as many shifts of each kind as before.
    fn turn(&mut self, warmth: f64) {
        let person = self.draw(self.people());
        let (from, to) = self.draw_days(9);
        let left = self.draw(2) == 0;
        let (first, last) = (self.lines[person][from], self.lines[person][to - 1]);
        if left {
            for day in from..to - 1 {
                self.put(person, day, self.lines[person][day + 1]);
            }
            self.put(person, to - 1, first);
        } else {
            for day in (from + 1..to).rev() {
                self.put(person, day, self.lines[person][day - 1]);
            }
            self.put(person, from, last);
        }
        let mut changed = Changed::default();
        changed.push((person, from, to));
        self.decide(&changed, warmth);
    }

    fn draw_days(&mut self, longest: usize) -> (usize, usize) {
        let from = self.draw(self.days);
        (from, (from + 1 + self.draw(longest)).min(self.days))
    }

    fn decide(&mut self, changed: &Changed, warmth: f64) {
        let worse = self.worse();
        let parts = &changed.parts[..changed.count];
        let stays = self.lucky(worse, warmth)
            && parts.iter().all(|&(person, from, to)| self.allow_sums(person, from, to))
            && parts.iter().all(|&(person, from, to)| self.allow_days(person, from, to));
        if stays { self.commit() } else { self.undo() }
    }
}

#[derive(Default)]
struct Changed {
    parts: [Part; PARTS],
    count: usize,
}

impl Changed {
    fn push(&mut self, part: Part) {
        self.parts[self.count] = part;
        self.count += 1;
    }
}
