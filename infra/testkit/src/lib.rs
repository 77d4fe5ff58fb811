//! Database, Redis and clock for the tests of the other crates.
//!
//! Each test program has a migrated database, in the PostgreSQL at `TRUNKLINE_TEST_POSTGRES` (a
//! superuser's URL) or else in one of its own that it starts on first use. Each test makes a tenant
//! of its own in it.

mod company;
mod database;
mod planning;
pub mod redis;
mod summary;

pub use company::{Company, PASSWORD, Within};
pub use database::{Database, database};
pub use planning::{RequiredAgents, shanghai};
pub use summary::keep_summary;
