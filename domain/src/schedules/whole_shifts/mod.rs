//! Rosters of whole shifts: who works which kind of shift on which day, when the plan says how many
//! people each kind wants.
//!
//! Breaks, queues and seats are not looked at here: a kind of shift comes with all that. What is left
//! is the nurse-rostering problem, and [`search`] solves it by what is known to work there: a first
//! roster by prices of cover, then annealing with small moves and with exact lines of a few people.

mod limits;
mod line;
mod moves;
mod pace;
mod phases;
mod prices;
mod problem;
mod rules;
mod search;
mod state;
#[cfg(test)]
mod tests;
mod weekends;

pub use pace::{Pace, Rounds, RoundsBySize};
pub use problem::{Day, MAX_KINDS, Period, Person, Problem, ProblemError, Wanted, Wish};
pub(super) use search::search_lines;
pub use search::{Found, Options, Progress, search};
pub use state::cost;
