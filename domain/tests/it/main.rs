//! Tests of the domain against published data.
#![expect(clippy::print_stderr, reason = "a skipped test says so loudly")]

mod erlang_reference;
mod history_files;
mod shared_data;
mod worked_examples;
