//! Tests of the domain against published data.
#![expect(clippy::print_stderr, reason = "a skipped test says so loudly")]

mod erlang_reference;
mod forecasts;
mod history_files;
mod holidays;
mod roster_search;
mod shared_data;
mod simulation_reference;
mod worked_examples;
