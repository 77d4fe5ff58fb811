//! Indicators: the catalogue, targets, recorded measures, sites side by side.

mod ground;
mod inputs;
mod mutation;
mod query;
mod service;
mod types;

pub use mutation::KpisMutation;
pub use query::KpisQuery;
