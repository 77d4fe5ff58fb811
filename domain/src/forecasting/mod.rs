//! From history to volumes and handle times per interval.
//!
//! [`history_file`] reads what is there, [`gaps`] says what is not, [`model`] forecasts,
//! [`event`] lays over it what planners know, [`accuracy`] and [`backtest`] say what it was worth.

pub mod accuracy;
pub mod backtest;
pub mod baselines;
mod days;
pub mod error;
pub mod event;
pub mod fault;
mod fields;
pub mod gaps;
mod grid;
mod handle_time;
pub mod history;
pub mod history_file;
mod level;
pub mod model;
pub mod opening;
mod profile;
pub mod quantiles;
mod slot;
mod special_days;
