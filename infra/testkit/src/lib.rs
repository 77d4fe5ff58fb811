//! Database, Redis and clock for the tests of the other crates.
//!
//! One PostgreSQL serves all test programs of a machine: the one at `TRUNKLINE_TEST_POSTGRES` (a
//! superuser's URL), else one of its own that is started on first use. Each program gets a copy of
//! a migrated template database, each test a tenant of its own in it.

mod database;
pub mod redis;

pub use database::{Database, database};
