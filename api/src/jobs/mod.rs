//! Long work: asked for, watched, cancelled, and done by workers.

mod mutation;
mod query;
mod service;
mod subscription;
mod types;
mod worker;

pub use mutation::JobsMutation;
pub use query::JobsQuery;
pub use subscription::JobsSubscription;
pub use types::Job;
pub(crate) use worker::language_of;
pub use worker::{run_jobs, run_next_job};
