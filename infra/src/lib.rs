//! Postgres, Redis and the other outside things Trunkline stands on.
// What cannot fail says so with its reason, or is not written so.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod audit;
pub mod clock;
pub mod ctx;
pub mod db;
pub mod host;
pub mod idempotency;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod postgres;
pub mod tenants;
pub mod upkeep;

pub mod agents;
pub mod archives;
pub mod forecasting;
pub mod identity;
pub mod intraday;
pub mod kpis;
pub mod network;
pub mod notifications;
pub mod requests;
pub mod schedules;
pub mod staffing;
