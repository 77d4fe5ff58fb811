//! From history to volumes and handle times per interval.
//!
//! [`history_file`] reads what is there, [`import`] puts it where it belongs, [`gaps`] says what is
//! not there, [`model`] forecasts, [`method`] says by which way, [`event`] lays over it what planners know ([`proposal`],
//! [`calendar`], [`site_calendar`]; learned by [`unusual`] and [`uplift`]), [`site_hours`] closes it where
//! nobody is there, [`accuracy`] and [`backtest`] say
//! what it was worth, [`closing`] ends a day.

pub mod accuracy;
pub mod backtest;
pub mod baselines;
pub mod calendar;
pub mod closing;
mod days;
pub mod error;
pub mod event;
pub mod fault;
mod fields;
pub mod gaps;
mod grid;
mod growth;
mod handle_time;
mod hindsight;
pub mod history;
pub mod history_file;
pub mod import;
mod lead;
mod level;
pub mod method;
pub mod model;
pub mod opening;
mod pattern;
mod profile;
pub mod proposal;
pub mod quantiles;
pub mod review;
pub mod run;
mod season;
pub mod site_calendar;
pub mod site_hours;
mod slot;
mod special_days;
pub mod unusual;
pub mod uplift;
