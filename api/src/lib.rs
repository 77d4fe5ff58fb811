//! The program `trunkline`: command line, HTTP, GraphQL, worker and web app.
// What cannot fail says so with its reason, or is not written so.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]
// The roots of the schema are one future in another, as deep as there are rooms.
#![recursion_limit = "256"]

pub mod app;
pub mod boot;
pub mod budget;
pub mod cli;
pub mod engine;
pub mod error;
pub mod graphql;
pub mod http;
pub mod ops;
pub mod server;
mod web;

mod demo;

pub mod agents;
pub mod archives;
pub mod audit;
pub mod forecasting;
pub mod identity;
pub mod intraday;
pub mod jobs;
pub mod kpis;
pub mod network;
pub mod notifications;
pub mod requests;
pub mod schedules;
pub mod staffing;
