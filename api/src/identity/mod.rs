//! Signing in and what the caller may do.

mod access;
mod callers;
mod inputs;
mod mutation;
mod query;
mod service;
mod types;

pub use access::{permit, permit_network};
pub use callers::{Caller, Callers, api_key};
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
