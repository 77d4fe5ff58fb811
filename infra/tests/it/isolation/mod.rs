//! Between tenants, at the level of the database: cases generated from its catalogue, so that a
//! new table is covered on the day it is made, and defects planted to show that the cases can fail.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

mod cases;
mod catalogue;
mod expected;
mod footprint;
mod leak;
mod outcome;
mod planted;
mod role;
mod rows;
mod suite;
