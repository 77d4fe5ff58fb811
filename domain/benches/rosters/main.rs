//! Published rosters: our cost beside the best known one and, as the independent verifier counts it
//! where there is Python, verified; published shift designs beside CP-SAT's.
//!
//! `cargo bench -p trunkline-domain --bench rosters [-- SECONDS INSTANCE...]`, seconds of the
//! processor for each thread; `-- rounds ROUNDS INSTANCE...` for a budget that the same program repeats
//! on the same kind of machine;
//! `-- made SECONDS` for the made-up instance, `-- design` for the shift designs alone.
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod clock;
mod convert;
mod design;
mod instance;
mod made;
mod python;

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};

use clock::{Budget, Clock, Watch};
use instance::Instance;
use trunkline_domain::schedules::whole_shifts::{Found, Options, Problem, search};

/// Searches that run side by side, each from its own seed.
const SEARCHES: u64 = 2;

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|it| it.parse().ok()).collect();
    let seconds = numbers.first().copied().unwrap_or(60);
    let budget = match std::env::args().any(|it| it == "rounds") {
        true => Budget::Rounds(seconds),
        false => Budget::Seconds(seconds as f64),
    };
    let rostering = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/rostering");
    if std::env::args().any(|it| it == "design") {
        design::print(&rostering);
        return;
    }
    if std::env::args().any(|it| it == "made") {
        return line("150 × 364", None, &made::made(150, 52, 8, 1), budget, None);
    }
    let data = rostering.join("curtois");
    let known = best_known(&data);
    println!("{budget:?} for each of {SEARCHES} threads");
    println!(
        "{:<12} {:>10} {:>8} {:>8} {:>9} {:>9} {:>9}  {:<11}  legal, cost of each thread",
        "instance", "best known", "ours", "above", "rounds", "first, s", "all, s", "verifier"
    );
    for number in 1..=24 {
        if numbers.len() > 1 && !numbers[1..].contains(&number) {
            continue;
        }
        let name = format!("Instance{number}");
        let file = data.join(format!("{name}.txt"));
        let text = std::fs::read_to_string(&file);
        if let Some(instance) = text.ok().and_then(|text| Instance::parse(&text)) {
            line(&name, known.get(&name).copied(), &instance, budget, Some(&file));
        }
    }
    if numbers.len() < 2 {
        line("150 × 364", None, &made::made(150, 52, 8, 1), budget, None);
        design::print(&rostering);
    }
}

fn line(name: &str, best: Option<i64>, instance: &Instance, budget: Budget, file: Option<&Path>) {
    let start = Instant::now();
    let found = solve(instance, budget);
    let seconds = start.elapsed().as_secs_f64();
    let Some((of, first)) = found.iter().min_by_key(|(found, _)| found.cost) else {
        return println!("{name:<12} none");
    };
    let (verified, broken) = instance.verify(&of.lines);
    let legal = if broken.is_empty() && verified == of.cost { "yes" } else { "NO" };
    let known = best.map_or_else(String::new, |best| best.to_string());
    let above = best.map_or_else(String::new, |best| {
        format!("{:.2}%", 100.0 * (verified - best) as f64 / best as f64)
    });
    let checks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/checks/rosters");
    let verdict = file.map_or_else(String::new, |file| {
        python::verdict(&checks, file, instance, &of.lines, verified)
    });
    let each: Vec<_> = found.iter().map(|(found, _)| found.cost).collect();
    println!(
        "{name:<12} {known:>10} {verified:>8} {above:>8} {:>9} {first:>9.2} {seconds:>9.1}  {verdict:<11}  {legal} {each:?}",
        of.rounds
    );
    broken.iter().take(3).for_each(|rule| println!("    {rule}"));
}

/// What each search found, and the seconds of the processor until its first legal roster.
fn solve(instance: &Instance, budget: Budget) -> Vec<(Found, f64)> {
    let Some(problem) = instance.problem() else { return Vec::new() };
    let problem = &problem;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (1..=SEARCHES).map(|seed| scope.spawn(move || run(problem, seed, budget))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect()
    })
}

fn run(problem: &Problem, seed: u64, budget: Budget) -> Option<(Found, f64)> {
    let clock = Clock::start();
    let watch = Watch::new(budget, &clock);
    let mut first = None;
    let found = search(problem, Options { seed, pace: &watch }, &mut |progress| {
        if progress.rounds == 0 {
            first.get_or_insert_with(|| clock.seconds());
        }
        ControlFlow::Continue(())
    });
    Some((found.ok()?, first.unwrap_or(0.0)))
}

fn best_known(data: &Path) -> BTreeMap<String, i64> {
    let text = std::fs::read_to_string(data.join("best_known.csv")).unwrap_or_default();
    let rows = text.lines().skip(1).filter_map(|line| {
        let mut part = line.split(',');
        Some((part.next()?.to_owned(), part.next()?.parse().ok()?))
    });
    rows.collect()
}
