//! How long to search: rounds, which the same program repeats exactly on the same kind of machine, or
//! whatever the caller measures.

use super::problem::Problem;

/// How much of a search is over.
pub trait Pace {
    /// The share of the search that is over after so many rounds, from 0 to 1: it cools by it and
    /// ends at 1.
    fn spent(&self, rounds: u64) -> f64;

    /// Additions of programmes that the first roster may take: about a fifth of the search.
    fn additions(&self) -> f64;

    /// How often a round makes its moves and its new lines.
    fn repeats(&self) -> u32 {
        1
    }
}

/// So many rounds; with none there is only the first roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds(pub u64);

/// So many rounds, each of which does more the more days of people there are: then as many rounds make
/// a large roster about as good as a small one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundsBySize {
    rounds: u64,
    repeats: u32,
}

impl RoundsBySize {
    /// Rounds for a problem.
    #[must_use]
    pub fn of(rounds: u64, problem: &Problem) -> Self {
        let days = problem.people.len().saturating_mul(problem.days.len());
        let repeats = u32::try_from(days.div_ceil(DAYS_OF_PEOPLE)).unwrap_or(u32::MAX);
        Self { rounds, repeats: repeats.max(1) }
    }
}

/// What a fifth of a round takes, in additions.
const ADDITIONS: f64 = 400_000.0;
/// Days of people for which one round is as it is without their number: twenty for four weeks.
const DAYS_OF_PEOPLE: usize = 560;

impl Pace for Rounds {
    fn spent(&self, rounds: u64) -> f64 {
        if rounds < self.0 { rounds as f64 / self.0 as f64 } else { 1.0 }
    }

    fn additions(&self) -> f64 {
        ADDITIONS * self.0 as f64
    }
}

impl Pace for RoundsBySize {
    fn spent(&self, rounds: u64) -> f64 {
        Rounds(self.rounds).spent(rounds)
    }

    fn additions(&self) -> f64 {
        Rounds(self.rounds).additions() * f64::from(self.repeats)
    }

    fn repeats(&self) -> u32 {
        self.repeats
    }
}
