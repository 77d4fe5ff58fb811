//! Signing in and what the caller may do.

mod access;
mod account_fields;
mod account_types;
mod accounts;
mod callers;
mod credential_mutation;
mod credential_types;
mod inputs;
mod letters;
mod mutation;
mod passwords;
mod query;
mod second_factor;
mod service;
mod throttle;
mod types;
mod well_known;

pub use access::{permit, permit_network};
pub use account_fields::{AccountsMutation, AccountsQuery};
pub use account_types::{ApiClient, Role, RoleAssignment, User};
pub use callers::{Caller, Callers, api_key};
pub use credential_mutation::CredentialsMutation;
pub use letters::{RESET_PASSWORD, SEND_MAIL, run_mail, run_reset};
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
pub use throttle::Origin;
pub use well_known::configure_well_known;
