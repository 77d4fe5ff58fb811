//! From a command line to a running program: configuration, log, database, server, end.

pub mod config;
mod database;
mod defaults;
mod exposure;
mod fault;
mod hints;
pub mod keys;
pub mod layers;
pub(crate) mod serve;
mod signals;
mod start;
mod telemetry;
pub mod worker;

pub(crate) use self::{
    database::{Database, Own},
    defaults::effective,
    fault::StartFault,
    start::{Program, live_store},
    telemetry::start_log,
};
