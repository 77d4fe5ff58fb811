//! Journeys through the API, and the checks of schema and architecture.
#![expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]

mod support;

mod accounts;
mod adherence;
mod agents;
mod analogy;
mod architecture;
mod archives;
mod audit;
mod budget;
mod calendars;
mod clients;
mod credentials;
mod forecast;
mod generation;
mod history;
mod identity;
mod intraday;
mod isolation;
mod jobs;
mod kpi_levels;
mod kpis;
mod network;
mod once;
mod once_rooms;
mod ops;
mod planning;
mod plans;
mod program;
mod providers;
mod publishing;
mod roles;
mod schedules;
mod second_factor;
mod security;
mod sessions;
mod sign_in;
mod skill_groups;
mod snapshots;
mod staffing;
mod swaps;
mod tokens;
mod transport;
mod watching;
mod workers;
