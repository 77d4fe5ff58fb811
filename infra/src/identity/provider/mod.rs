//! Signing in by a tenant's own identity provider (OpenID Connect).

mod client;
mod keys;
mod reach;
mod roots;
mod settings;
mod sign_ins;

pub use client::{CodeExchange, Discovered, ProviderFault, Providers, SignInRequest};
pub use reach::ProviderReach;
pub(crate) use settings::place;
pub use settings::{
    Addressee, KnownPerson, PersonLink, ProviderView, find_addressee, find_person, find_provider,
    link_person, put_provider, remove_provider, seal_provider_secret, unlink_person,
    user_of_subject,
};
pub use sign_ins::{
    BegunSignIn, BrowserKey, NewSignIn, PROVIDER_SIGN_IN_LIFETIME, begin_sign_in, use_sign_in,
};
