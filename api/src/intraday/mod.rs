//! The day as it happens: feeds of the switches and the boards made of them.

mod adherence;
mod adherence_types;
mod board;
mod boards;
mod inputs;
mod mutation;
mod query;
mod service;
mod subscription;
mod types;

pub use boards::Boards;
pub use mutation::IntradayMutation;
pub use query::IntradayQuery;
pub use subscription::IntradaySubscription;
pub use types::{FeedOutcome, FeedResult};
