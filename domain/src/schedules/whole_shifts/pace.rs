//! How long to search: rounds, which any machine repeats exactly, or whatever the caller measures.

/// How much of a search is over.
pub trait Pace {
    /// The share of the search that is over after so many rounds, from 0 to 1: it cools by it and
    /// ends at 1.
    fn spent(&self, rounds: u64) -> f64;

    /// Additions of programmes that the first roster may take: about a fifth of the search.
    fn additions(&self) -> f64;
}

/// So many rounds; with none there is only the first roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds(pub u64);

/// What a fifth of a round takes, in additions.
const ADDITIONS: f64 = 400_000.0;

impl Pace for Rounds {
    fn spent(&self, rounds: u64) -> f64 {
        if rounds < self.0 { rounds as f64 / self.0 as f64 } else { 1.0 }
    }

    fn additions(&self) -> f64 {
        ADDITIONS * self.0 as f64
    }
}
