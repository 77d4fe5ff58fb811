//! Which shifts a site should have at all: few distinct ones that together follow the requirement.
//!
//! This is the minimum shift design problem (Musliu, Schaerf & Slany, "Local search for shift
//! design", European Journal of Operational Research 153, 2004): choose starts and lengths within
//! the allowed types of shift, and how many agents work each on each day of a typical week, so that
//! the weighted sum of missing minutes, superfluous minutes and distinct shifts is least.
//! [`design_shifts`] answers by simulated annealing over single duties and whole shifts.

mod anneal;
mod need;
mod problem;
#[cfg(test)]
mod tests;

pub use anneal::design_shifts;
pub use need::weekly_need;
pub use problem::{DesignError, DesignProblem, DesignedShift, ShiftDesign, ShiftWindow};
