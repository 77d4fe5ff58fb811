//! Keeping a database fit to serve: how each role reaches it, its schema, its check-up.
//!
//! Everything here is for the program's own start and for the person who runs it; no use case of a
//! room comes by.

mod access;
mod checkup;
mod fault;
mod protection;
mod reseal;
mod retention;
mod row_security;
mod schema;

pub use access::{Access, AccessUrls};
pub use checkup::{Check, Verdict, check_up};
pub use fault::UpkeepFault;
pub use protection::Protection;
pub use reseal::{Resealed, count_sealed, reseal};
pub use retention::prune_audit;
pub use row_security::{Finding, row_security_findings};
pub use schema::{bootstrap, bootstrap_supervised, drop_supervised, migrate, pending};
