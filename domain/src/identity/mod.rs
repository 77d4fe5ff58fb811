//! Who may do what: roles, permissions, scopes, and the viewer who carries them.

mod assignment;
mod email;
pub mod matrix;
mod password;
mod permission;
mod role;
mod slug;
mod viewer;

pub use assignment::{check_grant, client_scopes};
pub use email::Email;
pub use matrix::Reach;
pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, check_password};
pub use permission::{Permission, UnknownPermission};
pub use role::{Role, UnknownRole};
pub use slug::Slug;
pub use viewer::{Access, Grant, ReachSet, Scope, Subject, Target, Viewer};
