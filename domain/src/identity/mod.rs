//! Who may do what: roles, permissions, scopes, and the viewer who carries them.

mod api_client;
mod api_key;
mod assignment;
mod custom_role;
mod email;
mod id_token;
mod letter;
pub mod matrix;
mod password;
mod permission;
mod post;
mod provider;
mod role;
mod role_title;
#[cfg(test)]
pub(crate) mod sample;
mod slug;
mod viewer;

pub use api_client::{
    ClientRate, ClientRights, LIVE_KEYS, check_another_key, client_scopes, token_scopes,
};
pub use api_key::{ApiKeyText, NoApiKey, SECRET_ALPHABET, SECRET_LENGTH};
pub use assignment::{check_administered, check_times};
pub use custom_role::{
    CustomGrant, NewCustomRole, Permissions, check_recipient, gives_no_more, permissions_of,
};
pub use email::Email;
pub use id_token::{Begun, Disbelief, IdClaims, VouchedFor};
pub use letter::{Letter, LetterText};
pub use matrix::{Reach, roles_beyond_own};
pub use password::{
    MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, PasswordOwner, breached_password, check_password,
};
pub use permission::{Permission, UnknownPermission};
pub use post::{HeldPost, Stay, stay_at, stays_of_own, stays_of_post};
pub use provider::{
    MAX_DOMAINS, MAX_PROVIDER_TEXT, ProviderTerms, check_client_secret, is_subject,
};
pub use role::{Role, UnknownRole};
pub use slug::Slug;
pub use viewer::{Access, Grant, ReachSet, Scope, Subject, Target, Viewer};
