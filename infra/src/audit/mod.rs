//! The record of who did what. Rows are appended in the transaction of what was done, each with the
//! digest of what it says; afterwards a sealer puts them into a chain per tenant and signs it, so no
//! writer waits for another. What was changed, taken out or moved since is found by [`verify`].

mod chain;
mod deed;
mod key;
mod record;
mod seal;
mod verify;
mod views;

pub use deed::Deed;
pub use key::SealKey;
pub use record::{record, record_all};
pub use seal::{Sealed, seal, seal_next};
pub use verify::{Finding, Flaw, Verification, verify};
pub use views::{
    AuditEventView, AuditFilter, audit_event_by_id, count_audit_events, list_audit_events,
};
