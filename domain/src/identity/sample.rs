//! Callers for tests.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Grant, Role, Scope, Subject, Viewer};
use crate::id::Id;

pub(crate) fn id<K>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

/// User 9 of tenant 1, with one role that holds always.
pub(crate) fn viewer(role: Role, scope: Scope) -> Viewer {
    let from = Timestamp::UNIX_EPOCH;
    Viewer {
        subject: Subject::User(id(9)),
        grants: vec![Grant { role, scope, from, until: None }],
        ..Viewer::system(id(1))
    }
}
