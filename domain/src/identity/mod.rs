//! Who may do what: roles, permissions, scopes, and the viewer who carries them.

mod assignment;
mod email;
mod letter;
pub mod matrix;
mod password;
mod permission;
mod role;
mod slug;
mod viewer;

pub use assignment::{check_grant, client_scopes};
pub use email::Email;
pub use letter::{Letter, LetterText};
pub use matrix::Reach;
pub use password::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, PasswordOwner, check_password};
pub use permission::{Permission, UnknownPermission};
pub use role::{Role, UnknownRole};
pub use slug::Slug;
pub use viewer::{Access, Grant, ReachSet, Scope, Subject, Target, Viewer};
