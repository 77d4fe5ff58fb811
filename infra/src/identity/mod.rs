//! Who may sign in: passwords, tokens, sessions, and the viewer behind each of them.

mod password;
mod sessions;
mod tokens;
mod viewers;

pub use password::{PasswordFault, Passwords};
pub use sessions::{Rotation, SESSION_LIFETIME, insert_session, revoke_session, rotate_session};
pub use tokens::{
    ACCESS_LIFETIME, Claims, KeyFault, TokenRefused, Tokens, new_secret, secret_hash,
};
pub use viewers::{Account, find_account, load_client_viewer, load_user_viewer};
