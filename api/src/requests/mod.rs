//! What agents ask for: shift swaps.

mod alternative_types;
mod alternatives;
mod answer;
mod colleague_types;
mod commands;
mod counts;
mod event_types;
mod inputs;
mod loaders;
mod mutation;
mod permission_types;
mod query;
mod refusal;
mod service;
mod step;
mod taking;
mod taking_types;
mod types;

pub use colleague_types::Colleague;
pub(crate) use colleague_types::colleagues_of_caller;
pub use loaders::RequestLoaders;
pub use mutation::RequestsMutation;
pub use permission_types::Permission;
pub(crate) use permission_types::offer_until;
pub use query::RequestsQuery;
pub use service::expire_swaps;
pub use types::ShiftSwap;
