//! How far a roster is as its site and its people wanted it.

use jiff::civil;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        plan::Plan,
        problem::ProblemError,
        report::{Lack, Report},
        search::Found,
        task::Prepared,
    },
    Heads,
    heads::meets,
    kinds::date_of,
};
use crate::schedules::ShiftWish;

/// Most gaps that are kept.
const MOST: usize = 400;

/// Headcounts and wishes beside a roster. Kept with the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeadcountReport {
    /// Shifts that were wanted.
    pub wanted: u64,
    /// Wanted and not there.
    pub missing: u64,
    /// There and not wanted.
    pub surplus: u64,
    /// Where what is there differs from what was wanted: first what is missing, the most first, then
    /// what is too many; at most 400.
    pub gaps: Vec<HeadcountGap>,
    /// Wishes of the people.
    pub wishes: WishTally,
}

/// A kind of shift on a day on which the number of people is another than wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadcountGap {
    /// Local date.
    pub date: civil::Date,
    /// Code of the template.
    pub template: String,
    /// People wanted.
    pub wanted: u32,
    /// People planned.
    pub planned: u32,
}

/// Wishes of days off and of shifts that are planned by number, and how many of them are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WishTally {
    /// Uttered.
    pub uttered: u32,
    /// Met.
    pub met: u32,
    /// Weight of all that were uttered.
    pub weight_uttered: u64,
    /// Weight of those that are met.
    pub weight_met: u64,
}

impl Prepared {
    /// Measures a roster that was made by headcounts. What it lacks of the requirement is told by its
    /// cover, but is no shortfall: nobody planned for it.
    ///
    /// # Errors
    /// [`ProblemError`] when the parts of the problem do not fit each other.
    pub fn report_by_headcounts(
        &self,
        found: &Found,
        wishes: &[ShiftWish],
    ) -> Result<Report, ProblemError> {
        self.kinds.check()?;
        let mut report = self.report(found)?;
        report.shortfalls.retain(|it| matches!(it.lack, Lack::Hours { .. }));
        report.headcounts = Some(self.tally(&found.plan, wishes));
        Ok(report)
    }

    fn tally(&self, plan: &Plan, wishes: &[ShiftWish]) -> HeadcountReport {
        let mut heads = Heads::of(self, wishes);
        let mut tally = WishTally::default();
        for (agent, line) in plan.lines.iter().enumerate() {
            let line = heads.line(&self.problem, agent, line);
            for wish in &heads.wishes[agent] {
                let met = line.get(wish.day).is_some_and(|number| meets(wish, *number));
                tally.uttered += 1;
                tally.met += u32::from(met);
                tally.weight_uttered += u64::from(wish.weight);
                tally.weight_met += if met { wish.weight.into() } else { 0 };
            }
            heads.count(agent, &line, true);
        }
        let balance = heads.balance();
        let mut gaps = self.gaps(&heads);
        gaps.sort_by_key(|gap| {
            let missing = gap.wanted.saturating_sub(gap.planned);
            (std::cmp::Reverse(missing), gap.date)
        });
        gaps.truncate(MOST);
        HeadcountReport {
            wanted: balance.needed,
            missing: balance.missing,
            surplus: balance.surplus,
            gaps,
            wishes: tally,
        }
    }

    fn gaps(&self, heads: &Heads) -> Vec<HeadcountGap> {
        let kinds = heads.numbers.kinds.list.iter().enumerate();
        let gaps = kinds.flat_map(|(place, kind)| {
            (0..self.problem.days.len()).filter_map(move |day| {
                let (wanted, planned) = heads.people(day, place);
                let gap = HeadcountGap {
                    date: date_of(&self.calendar, day),
                    template: kind.code.clone(),
                    wanted,
                    planned,
                };
                (wanted != planned).then_some(gap)
            })
        });
        gaps.collect()
    }
}
