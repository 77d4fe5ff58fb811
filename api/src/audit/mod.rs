//! Who did what: reading the audit, and telling it what was refused.

mod query;
mod refusals;
mod types;

pub use query::AuditQuery;
pub(crate) use refusals::Refusal;
pub use refusals::Refusals;
pub use types::AuditEvent;
