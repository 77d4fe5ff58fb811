//! Lines of whole shifts made legal, and the best roster of all that were.

use super::{
    super::{Balance, plan::Plan, search::Search},
    HOUR_LACKING, Heads,
};

/// The best legal roster so far.
pub(super) struct Legal<'a> {
    search: Search<'a>,
    /// Nobody, before what the task wants.
    heads: &'a Heads,
    /// By agent and week: whether the weekend may be worked.
    open: &'a [Vec<bool>],
    /// Cost of the lines that were made legal last.
    of: Option<i64>,
    plan: Plan,
    cost: i64,
    balance: Balance,
}

impl<'a> Legal<'a> {
    pub(super) fn new(search: Search<'a>, heads: &'a Heads, open: &'a [Vec<bool>]) -> Self {
        let (plan, balance) = (search.plan(), heads.balance());
        Self { search, heads, open, of: None, plan, cost: i64::MAX, balance }
    }

    /// Makes these lines legal, unless they are no better than those of the last time, and keeps the
    /// roster if it is the best.
    pub(super) fn look(&mut self, lines: &[Vec<u8>], cost: i64) {
        if self.of.is_some_and(|last| last <= cost) {
            return;
        }
        self.of = Some(cost);
        let mut heads = self.heads.clone();
        self.search.fit(&mut heads, lines, self.open);
        self.search.mend(&mut heads, self.open);
        let lacking = self.search.minutes_lacking().div_ceil(60).saturating_mul(HOUR_LACKING);
        let lacking = i64::try_from(lacking).unwrap_or(i64::MAX);
        let cost = heads.cost().saturating_add(lacking);
        if cost < self.cost {
            (self.plan, self.cost, self.balance) = (self.search.plan(), cost, heads.balance());
        }
    }

    /// What the best costs, and its heads.
    pub(super) fn stands(&self) -> (i64, Balance) {
        (self.cost, self.balance)
    }

    /// The best, with its pauses at their best places.
    pub(super) fn rested(self) -> Plan {
        self.search.rested(self.plan)
    }
}
