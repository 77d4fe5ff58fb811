//! Who may sign in: passwords, tokens, sessions, and the viewer behind each of them.

mod password;
mod tokens;

pub use password::{PasswordFault, Passwords};
pub use tokens::{
    ACCESS_LIFETIME, Claims, KeyFault, TokenRefused, Tokens, new_secret, secret_hash,
};
