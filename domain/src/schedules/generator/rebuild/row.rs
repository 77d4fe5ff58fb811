//! What it is worth to start the choices of a day.

use super::{
    super::{
        ground::{Shape, State},
        ledger::{Ledger, NONE},
        menu::{Choice, Menu, Tail},
        problem::Terms,
    },
    Ask, DayAsk, Firsts, NEVER,
};

/// Worth of starting each choice, for one run length and one sum.
pub(super) struct Row<'a> {
    pub(super) base: usize,
    pub(super) sum: usize,
    pub(super) ledger: &'a Ledger,
    pub(super) tails: usize,
    pub(super) after: &'a [i32],
}

impl Row<'_> {
    /// Fills `row[c]` with the best worth of choice `c` or any that starts later.
    pub(super) fn fill(&self, menu: &Menu, values: &[i32], row: &mut Vec<i32>) {
        row.clear();
        row.resize(menu.choices.len() + 1, NEVER);
        let mut best = NEVER;
        for (index, choice) in menu.choices.iter().enumerate().rev() {
            best = best.max(self.worth(choice, values[index]));
            row[index] = best;
        }
    }

    fn worth(&self, choice: &Choice, value: i32) -> i32 {
        match self.ledger.next(self.sum, choice.entry) {
            NONE => NEVER,
            next => {
                let place = self.base + usize::from(next) * self.tails + usize::from(choice.tail);
                self.after[place] + value
            }
        }
    }
}

/// Days of work after a day of work when starts must be steady: every pair is looked at.
#[expect(clippy::too_many_arguments, reason = "the borrowed halves of one table")]
pub(super) fn steady(
    ask: &Ask<'_>,
    shape: Shape,
    it: DayAsk,
    terms: &Terms,
    (tails, firsts): (&[Tail], &Firsts),
    most: u32,
    menu: &Menu,
    target: &mut [i32],
    after: &[i32],
) {
    let values = &ask.values[it.day];
    for run in 2..=usize::from(terms.max_run.max(1)) {
        for sum in 0..it.sums {
            for rested in 0..shape.bits {
                let row_of = |bit| {
                    let state = State { phase: shape.work(run), rested: bit, sum: 0, tail: 0 };
                    Row {
                        base: shape.at(state),
                        sum,
                        ledger: ask.ledger,
                        tails: shape.tails,
                        after,
                    }
                };
                let (row, row_rested) = (row_of(rested), row_of(shape.bits - 1));
                for (tail, last) in tails.iter().enumerate() {
                    let first = firsts.any[tail] as usize;
                    let near = |choice: &Choice| u32::from(last.step.abs_diff(choice.step)) <= most;
                    let choices = menu.choices.iter().enumerate().skip(first);
                    let best = choices.filter(|(_, choice)| near(choice)).map(|(index, choice)| {
                        let long = index >= firsts.rested[tail] as usize;
                        let row = if long { &row_rested } else { &row };
                        row.worth(choice, values[index])
                    });
                    let state = State { phase: shape.work(run - 1), rested, sum, tail };
                    let value = &mut target[shape.at(state)];
                    *value = (*value).max(best.max().unwrap_or(NEVER));
                }
            }
        }
    }
}
