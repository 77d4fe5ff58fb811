//! Service level of a plan by discrete-event simulation.
//!
//! The Erlang formulas know one queue with one group of agents. Where calls of several queues share
//! agents of several skills, the truth is a simulation: calls arrive by piecewise constant Poisson
//! rates (with an optional busyness of the whole day), try the groups that their queue routes to in
//! order, wait first come first served, hang up when their patience ends; an agent who becomes free
//! takes the call that has waited longest in the queues of the group. See Koole, "Call Center
//! Optimization" (2013), for the model and Buist & L'Ecuyer, "A Java library for
//! simulating contact centers" (Winter Simulation Conference 2005), for the published figures
//! that the tests reproduce.
//!
//! [`Centre`] describes one day; [`Centre::simulate`] plays it many times and gives each figure with
//! its 95 % interval. The same seed gives the same figures.

mod centre;
mod day;
mod draw;
mod estimate;
#[cfg(test)]
mod tests;

pub use centre::{Centre, Group, Queue, QueuePeriod};
pub use draw::Spread;
pub use estimate::{Estimate, Level, SimulatedDay};
