//! Signing in and what the caller may do.

mod access;
mod account_fields;
mod account_types;
mod accounts;
mod callers;
mod inputs;
mod mutation;
mod query;
mod service;
mod types;
mod well_known;

pub use access::{permit, permit_network};
pub use account_fields::{AccountsMutation, AccountsQuery};
pub use account_types::{ApiClient, Role, RoleAssignment, User};
pub use callers::{Caller, Callers, api_key};
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
pub use well_known::configure_well_known;
