//! Signing in and what the caller may do.

mod callers;
mod inputs;
mod mutation;
mod query;
mod service;
mod types;

pub use callers::{Caller, Callers, api_key};
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
