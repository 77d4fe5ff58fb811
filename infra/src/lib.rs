//! Postgres, Redis and the other outside things Trunkline stands on.

pub mod clock;
pub mod ctx;
pub mod db;

pub mod agents;
pub mod identity;
pub mod network;
pub mod postgres;
