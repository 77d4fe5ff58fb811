//! Who may do what: roles, permissions, scopes, and the viewer who carries them.

pub mod matrix;
mod permission;
mod role;
mod viewer;

pub use matrix::Reach;
pub use permission::{Permission, UnknownPermission};
pub use role::{Role, UnknownRole};
pub use viewer::{Access, Grant, ReachSet, Scope, Subject, Target, Viewer};
