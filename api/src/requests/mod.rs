//! What agents ask for: shift swaps.

mod answer;
mod commands;
mod counts;
mod inputs;
mod loaders;
mod mutation;
mod query;
mod refusal;
mod service;
mod step;
mod types;

pub use loaders::RequestLoaders;
pub use mutation::RequestsMutation;
pub use query::RequestsQuery;
pub use service::expire_swaps;
pub use types::{Permission, ShiftSwap};
