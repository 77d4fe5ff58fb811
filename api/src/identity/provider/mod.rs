//! Signing in by the tenant's own identity provider.

mod fields;
mod settings;
mod sign_in;
mod types;

pub use fields::{ProvidersMutation, ProvidersQuery};
pub use types::IdentityProvider;
