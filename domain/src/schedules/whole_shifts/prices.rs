//! A first roster by prices: what one more person on a shift is worth, when everybody answers with
//! the cheapest line at those prices.
//!
//! The cover is taken out of the problem and priced (Lagrangian relaxation). Prices follow what is
//! missing of the cover in the decaying mean of the answers, which tends to the answer of the linear
//! programme over all legal lines (the volume algorithm; Barahona & Anbil 2000). People are then
//! settled one after the other, the most decided first, while the prices go on following.

use std::ops::ControlFlow;

use super::{rules::Rules, search::Search};

/// Share of the last answer in the mean of the answers.
const NEWEST: f32 = 0.1;
/// Rounds of prices before anybody is settled, and after each who is.
const ROUNDS: usize = 150;
const ROUNDS_BETWEEN: usize = 6;
/// The lowest price at first, and by how much at most it is higher. All prices are for a plan in which
/// one who is missing costs 100.
const FIRST_PRICE: f32 = 25.0;
const FIRST_SPREAD: f32 = 10.0;
/// By how much a price rises for each who is missing: at first, at the end.
const FIRST_STEP: f32 = 6.0;
const LAST_STEP: f32 = 0.6;
/// What a shift is worth more to a person who worked it in all answers.
const PULL: f32 = 5.0;

/// Why nobody is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsettled {
    /// A person has no legal line.
    NoLine,
    /// The search was ended meanwhile.
    Ended,
}

impl Search<'_> {
    /// Additions that settling everybody takes at least.
    pub(super) fn settling_work(&self) -> f64 {
        let answers = ROUNDS + ROUNDS_BETWEEN * self.rules.len() / 2;
        answers as f64 * self.rules.iter().map(|rules| Rules::work(rules) as f64).sum::<f64>()
    }

    /// Takes everybody off and settles them anew, and asks before each round of prices whether to go on.
    ///
    /// # Errors
    /// [`Unsettled`]; then the changes are to be taken back.
    pub(super) fn settle(
        &mut self,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<(), Unsettled> {
        let people = self.state.people();
        (0..people).for_each(|person| self.state.take_off(person));
        let mut open: Vec<usize> = (0..people).collect();
        // Not quite alike, so that each seed finds another roster.
        let scale = self.scale as f32;
        let prices = (0..self.state.days * self.state.shifts)
            .map(|_cell| scale * (FIRST_PRICE + FIRST_SPREAD * self.state.uniform() as f32));
        let mut prices: Vec<f32> = prices.collect();
        // By person, day and shift: in which share of the answers the shift is worked.
        let mut means = vec![Vec::new(); people];
        let pace = (LAST_STEP / FIRST_STEP).powf(1.0 / ROUNDS as f32);
        let mut step = FIRST_STEP * scale;
        for _round in 0..ROUNDS {
            ask(go_on)?;
            self.follow(&open, &mut prices, &mut means, step)?;
            step *= pace;
        }
        while !open.is_empty() {
            let decided = |person: usize| means[person].iter().map(|it| it * it).sum::<f32>();
            let best = (0..open.len())
                .max_by(|&a, &b| decided(open[a]).total_cmp(&decided(open[b])))
                .ok_or(Unsettled::NoLine)?;
            let person = open.swap_remove(best);
            let last = open.len() < 3;
            for day in 0..self.state.days {
                for shift in 0..self.state.shifts {
                    let cell = day * self.state.shifts + shift;
                    let price = if last || self.state.missing(day, shift) <= 0 {
                        self.state.price(person, day, shift) as f32
                    } else {
                        self.state.wish(person, day, shift) as f32 - prices[cell]
                    };
                    self.prices[day][shift] = price - means[person][cell] * PULL * scale;
                }
            }
            self.put_line(person).ok_or(Unsettled::NoLine)?;
            for _round in 0..ROUNDS_BETWEEN {
                ask(go_on)?;
                self.follow(&open, &mut prices, &mut means, 2.0 * LAST_STEP * scale)?;
            }
        }
        Ok(())
    }

    /// Everybody who is open answers the prices, and the prices follow what is missing.
    fn follow(
        &mut self,
        open: &[usize],
        prices: &mut [f32],
        means: &mut [Vec<f32>],
        step: f32,
    ) -> Result<(), Unsettled> {
        let shifts = self.state.shifts;
        let mut there = vec![0.0; prices.len()];
        for &person in open {
            for (day, of_day) in self.prices.iter_mut().enumerate() {
                for (shift, price) in of_day.iter_mut().enumerate() {
                    let cell = day * shifts + shift;
                    *price = self.state.wish(person, day, shift) as f32 - prices[cell];
                }
            }
            if !self.programme.run(&self.rules[person], &self.prices, &mut self.line) {
                return Err(Unsettled::NoLine);
            }
            let newest = if means[person].is_empty() {
                means[person].resize(prices.len(), 0.0);
                1.0
            } else {
                NEWEST
            };
            let mean = &mut means[person];
            mean.iter_mut().for_each(|share| *share *= 1.0 - newest);
            for (day, &shift) in self.line.iter().enumerate() {
                mean[day * shifts + usize::from(shift)] += newest;
            }
            there.iter_mut().zip(mean).for_each(|(there, share)| *there += *share);
        }
        for (cell, (price, there)) in prices.iter_mut().zip(there).enumerate() {
            let (day, shift) = (cell / shifts, cell % shifts);
            let (least, most) = self.state.worth(day, shift);
            let missing = self.state.missing(day, shift).max(0) as f32;
            *price = (*price + step * (missing - there)).clamp(least, most);
        }
        Ok(())
    }
}

fn ask(go_on: &mut dyn FnMut() -> ControlFlow<()>) -> Result<(), Unsettled> {
    if go_on().is_break() { Err(Unsettled::Ended) } else { Ok(()) }
}
