//! Published rosters: our cost beside the best known one; published shift designs beside CP-SAT's.
//!
//! `cargo bench -p trunkline-domain --bench rosters [-- SECONDS INSTANCE...]`; `-- design` for the
//! shift designs alone.
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod design;
mod instance;
mod limits;
mod line;
mod solve;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use instance::Instance;
use solve::{Heat, Solver};

/// Solvers that run side by side, each from its own seed.
const SOLVERS: u64 = 2;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|it| it.parse().ok()).collect();
    let seconds = numbers.first().copied().unwrap_or(60);
    let rostering = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/rostering");
    if std::env::args().any(|it| it == "design") {
        design::print(&rostering);
        return;
    }
    let data = rostering.join("curtois");
    let known = best_known(&data);
    let chosen = |number: u64| numbers.len() < 2 || numbers[1..].contains(&number);
    println!("{seconds} s, {SOLVERS} threads");
    println!(
        "{:<12} {:>10} {:>8} {:>8} {:>9}  legal",
        "instance", "best known", "ours", "above", "rounds"
    );
    for (name, best) in known {
        let number = name.trim_start_matches("Instance").parse().unwrap_or(0);
        if !chosen(number) {
            continue;
        }
        let text = std::fs::read_to_string(data.join(format!("{name}.txt")));
        let Some(instance) = text.ok().and_then(|text| Instance::parse(&text)) else {
            println!("{name:<12} is not there or not readable");
            continue;
        };
        let Some((cost, lines, rounds)) = solve(&instance, Duration::from_secs(seconds)) else {
            println!("{name:<12} {best:>10} {:>8}", "none");
            continue;
        };
        let (verified, broken) = instance.verify(&lines);
        let legal = if broken.is_empty() && verified as f64 == cost { "yes" } else { "NO" };
        let above = 100.0 * (verified - best) as f64 / best as f64;
        println!("{name:<12} {best:>10} {verified:>8} {above:>7.2}% {rounds:>9}  {legal}");
        broken.iter().take(3).for_each(|rule| println!("    {rule}"));
    }
    if numbers.len() < 2 {
        design::print(&rostering);
    }
}

type Solution = (f64, Vec<Vec<u8>>, u64);

fn solve(instance: &Instance, time: Duration) -> Option<Solution> {
    let heat = Heat { first: 20.0, last: 0.5 };
    let found = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=SOLVERS)
            .map(|seed| scope.spawn(move || Solver::new(instance, seed)?.solve(time, heat)))
            .collect();
        let found = threads.into_iter().filter_map(|thread| thread.join().ok().flatten());
        found.collect::<Vec<_>>()
    });
    found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))
}

fn best_known(data: &Path) -> Vec<(String, i64)> {
    let text = std::fs::read_to_string(data.join("best_known.csv")).unwrap_or_default();
    let rows = text.lines().skip(1).filter_map(|line| {
        let mut part = line.split(',');
        Some((part.next()?.to_owned(), part.next()?.parse().ok()?))
    });
    rows.collect()
}
