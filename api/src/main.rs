//! The program `trunkline`.

use std::process::ExitCode;

/// Answers are built from many small pieces, which this one hands out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    trunkline::cli::run()
}
