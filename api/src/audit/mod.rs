//! Who did what: reading the audit.

mod query;
mod types;

pub use query::AuditQuery;
pub use types::AuditEvent;
