//! Who may sign in: passwords, tokens, sessions, and the viewer behind each of them.

mod accounts;
mod password;
mod repo;
mod sessions;
mod signing_keys;
mod tokens;
mod viewers;

pub use accounts::{
    ApiClientView, RoleView, TenantView, UserView, count_users, list_api_clients, list_users,
    load_tenant, names_of_actors, roles_of_users, users_by_id,
};
pub use password::{PasswordFault, Passwords};
pub use repo::{
    NewApiClient, NewRole, NewUser, disable_api_client, disable_user, end_role, find_tenant,
    insert_api_client, insert_roles, insert_tenant, insert_users, set_password,
};
pub use sessions::{Rotation, SESSION_LIFETIME, insert_session, revoke_session, rotate_session};
pub use signing_keys::{
    Jwk, KeyFault, KeyRing, KeyState, SigningKey, add_signing_key, remove_keys_over,
};
pub(crate) use signing_keys::{new_pkcs8, write_private};
pub use tokens::{ACCESS_LIFETIME, Bearer, Claims, TokenRefused, Tokens, new_secret, secret_hash};
pub use viewers::{Account, find_account, load_client_viewer, load_user_viewer};
