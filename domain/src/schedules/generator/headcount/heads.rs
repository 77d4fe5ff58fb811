//! How many people there are on each kind of shift, what that costs beside what is wanted, and what
//! people wish.

use super::{
    super::{Balance, plan::Placed, problem::Problem, task::Prepared},
    MISSING, Numbers, SURPLUS,
    kinds::date_of,
};
use crate::schedules::{
    ShiftWish,
    whole_shifts::{Wanted, Wish},
};

/// Heads of a roster, kept up to date as lines come and go.
#[derive(Debug, Clone)]
pub(in super::super) struct Heads {
    pub(in super::super) numbers: Numbers,
    /// By day and number less one: people wanted.
    pub(super) wanted: Vec<Vec<Wanted>>,
    /// The same: people there.
    there: Vec<Vec<u32>>,
    /// By agent.
    pub(super) wishes: Vec<Vec<Wish>>,
    /// Wishes of the lines that are counted, which are not met.
    unmet: i64,
}

impl Heads {
    /// Nobody, before what the task wants.
    pub(super) fn of(prepared: &Prepared, wishes: &[ShiftWish]) -> Self {
        let numbers = Numbers::of(&prepared.problem, prepared.kinds.clone());
        let days = prepared.problem.days.len();
        let of_day = |day: usize| {
            let mut wanted = vec![Wanted::default(); numbers.count()];
            for (kind, wanted) in numbers.kinds.list.iter().zip(&mut wanted) {
                let people = kind.wanted.get(day).copied().flatten().unwrap_or(0).into();
                *wanted = Wanted { people, under: MISSING, over: SURPLUS };
            }
            wanted
        };
        Self {
            wanted: (0..days).map(of_day).collect(),
            there: vec![vec![0; numbers.count()]; days],
            wishes: wishes_of(prepared, &numbers, wishes),
            numbers,
            unmet: 0,
        }
    }

    /// What one more on a number would save.
    pub(in super::super) fn saving(&self, day: usize, number: u8) -> i64 {
        let Some(place) = usize::from(number).checked_sub(1) else { return 0 };
        let Wanted { people, under, over } = self.wanted[day][place];
        if self.there[day][place] < people { under.into() } else { -i64::from(over) }
    }

    /// What an agent's wishes of a day cost if it has a number; `None` is a shift without one.
    pub(in super::super) fn regret(&self, agent: usize, day: usize, number: Option<u8>) -> i64 {
        let of_day = self.wishes[agent].iter().filter(|wish| wish.day == day);
        of_day.filter(|wish| !meets(wish, number)).map(|wish| i64::from(wish.weight)).sum()
    }

    /// What a line of an agent costs who is not counted.
    pub(in super::super) fn cost_of(&self, agent: usize, line: &[Option<u8>]) -> i64 {
        let of_day = line.iter().enumerate().map(|(day, number)| {
            let saved = number.map_or(0, |number| self.saving(day, number));
            self.regret(agent, day, *number) - saved
        });
        of_day.sum()
    }

    /// Counts a line of an agent, or no more.
    pub(in super::super) fn count(&mut self, agent: usize, line: &[Option<u8>], comes: bool) {
        for (day, number) in line.iter().enumerate() {
            let regret = self.regret(agent, day, *number);
            self.unmet += if comes { regret } else { -regret };
            let place = number.and_then(|number| usize::from(number).checked_sub(1));
            if let Some(there) = place.and_then(|place| self.there[day].get_mut(place)) {
                *there = if comes { *there + 1 } else { there.saturating_sub(1) };
            }
        }
    }

    /// The numbers of a line; `None` for a shift without one.
    pub(in super::super) fn line(
        &self,
        problem: &Problem,
        agent: usize,
        line: &[Option<Placed>],
    ) -> Vec<Option<u8>> {
        let templates = &problem.terms[problem.agents[agent].terms].templates;
        let number = |placed: &Option<Placed>| match placed {
            None => Some(0),
            Some(it) => self.numbers.of_shift(&templates[usize::from(it.template)], it.step),
        };
        line.iter().map(number).collect()
    }

    /// People wanted and there of a kind on a day.
    pub(super) fn people(&self, day: usize, place: usize) -> (u32, u32) {
        (self.wanted[day][place].people, self.there[day][place])
    }

    /// Shifts that are wanted.
    pub(super) fn wanted_people(&self) -> u64 {
        self.wanted.iter().flatten().map(|wanted| u64::from(wanted.people)).sum()
    }

    /// Shifts that are wanted, missing and too many.
    pub(super) fn balance(&self) -> Balance {
        let mut balance = Balance { needed: self.wanted_people(), ..Balance::default() };
        for (wanted, there) in self.wanted.iter().flatten().zip(self.there.iter().flatten()) {
            balance.missing += u64::from(wanted.people.saturating_sub(*there));
            if wanted.over > 0 {
                balance.surplus += u64::from(there.saturating_sub(wanted.people));
            }
        }
        balance
    }

    /// Cost of all that is counted.
    pub(super) fn cost(&self) -> i64 {
        let Balance { missing, surplus, .. } = self.balance();
        let cost = missing * u64::from(MISSING) + surplus * u64::from(SURPLUS);
        self.unmet + i64::try_from(cost).unwrap_or(i64::MAX)
    }
}

/// Whether a day that has a number is as it was wished; `None` is a shift without one.
pub(super) fn meets(wish: &Wish, number: Option<u8>) -> bool {
    // A shift without a number is a shift, and of no code that can be named here.
    let bit = number.map_or(63, |number| u32::from(number.min(63)));
    (wish.any_of >> bit) & 1 == 1
}

/// By agent of the problem: the wishes of its days, as far as they are of days off and of shifts that
/// are planned by number.
fn wishes_of(prepared: &Prepared, numbers: &Numbers, wishes: &[ShiftWish]) -> Vec<Vec<Wish>> {
    let days = prepared.problem.days.len();
    let mut by_agent = vec![Vec::new(); prepared.agents.len()];
    for wish in wishes {
        let agent = prepared.agents.iter().position(|(agent, _)| *agent == wish.agent);
        let day = (0..days).find(|day| date_of(&prepared.calendar, *day) == wish.date);
        let (Some(agent), Some(day)) = (agent, day) else { continue };
        let any_of = match &wish.template {
            None => !1_u64,
            Some(code) => {
                let kinds = numbers.of_kinds().zip(&numbers.kinds.list);
                let named = kinds.filter(|(_, kind)| kind.code == *code);
                named.fold(0_u64, |bits, (number, _)| bits | (1 << number))
            }
        };
        // Nobody plans such a shift by number, so nothing here can tell who works it.
        if any_of == 0 {
            continue;
        }
        let any_of = if wish.is_wanted { any_of } else { !any_of };
        by_agent[agent].push(Wish { day, any_of, weight: wish.weight.into() });
    }
    by_agent
}
