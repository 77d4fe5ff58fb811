//! What call-centre people know, as plain Rust: rules and mathematics.
//!
//! Nothing here does I/O, reads a clock, draws ambient randomness or waits. Every decision is a
//! function of its arguments, so every rule can be tested alone and replayed later with the same
//! outcome. The rooms stand in dependency order; a room may use the ones above it.
// What cannot fail says so with its reason, or is not written so.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod fault;
mod file_lines;
pub mod id;
pub mod plannable;
pub mod spelling;
pub mod time;
mod when;

pub mod agents;
pub mod archives;
pub mod forecasting;
pub mod identity;
pub mod intraday;
pub mod kpis;
pub mod network;
pub mod notifications;
pub mod requests;
pub mod schedules;
pub mod staffing;
