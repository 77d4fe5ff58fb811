//! Speed of the staffing formulas: prints a table of medians, beside the package people use in Python
//! where it is there.
#![expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]

use std::{hint::black_box, time::Instant};

use trunkline_domain::staffing::{Goal, Traffic, blocking, required_agents};

mod peers;

/// Median seconds of `rounds` runs.
fn median(rounds: usize, mut run: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[rounds / 2]
}

fn print(what: &str, seconds: f64, goal: &str) {
    println!("{what:<58} {:>12.2} µs   {goal}", seconds * 1e6);
}

/// Requirements of 100 queues for a week of half hours, from 0.1 to 1,000 erlangs.
fn week_of_requirements(goal: &Goal) -> u64 {
    let mut agents = 0;
    for index in 0..33_600_u32 {
        // A golden-ratio walk covers four decades evenly, without a random source.
        let share = f64::from(index) * 0.618_033_988_75 % 1.0;
        let erlangs = 0.1 * 10_f64.powf(4.0 * share);
        let traffic = Traffic::new(erlangs, 240.0, Some(180.0)).expect("traffic");
        agents += u64::from(required_agents(traffic, goal).expect("agents"));
    }
    agents
}

fn main() {
    let goal = Goal::service_level(0.8, 20.0).expect("goal");
    println!("{:<58} {:>15}   goal", "staffing", "median");
    for (erlangs, limit) in
        [(10.0, ""), (100.0, ""), (1_000.0, ""), (10_000.0, "100 µs"), (100_000.0, "")]
    {
        for (model, patience) in [("C", None), ("A", Some(120.0))] {
            let traffic = Traffic::new(erlangs, 300.0, patience).expect("traffic");
            let agents = f64::from(required_agents(traffic, &goal).expect("agents"));
            let one = median(201, || {
                black_box(black_box(traffic).performance(agents, 20.0));
            });
            print(&format!("Erlang {model} at {erlangs} erlangs"), one, limit);
            let required = median(201, || {
                black_box(required_agents(black_box(traffic), &goal).expect("agents"));
            });
            print(
                &format!("agents required, Erlang {model} at {erlangs} erlangs"),
                required,
                limit,
            );
        }
    }
    let at_its_own_traffic = median(201, || {
        black_box(blocking(black_box(10_000.0), 10_000.0));
    });
    print("Erlang B, 10,000 lines under 10,000 erlangs", at_its_own_traffic, "");
    for (erlangs, agents, patience) in
        [(20_000.0, 10_000.0, 120.0), (10_000.0, 9_999.0, 1e9), (1e6, 1e6, 1e9)]
    {
        let traffic = Traffic::new(erlangs, 300.0, Some(patience)).expect("traffic");
        let seconds = median(21, || {
            black_box(black_box(traffic).performance(agents, 20.0));
        });
        let what = format!("Erlang A, {agents} agents, {erlangs} erlangs, patience {patience:e} s");
        print(&what, seconds, "");
    }
    let week = median(5, || {
        black_box(week_of_requirements(&goal));
    });
    print("33,600 requirements, Erlang A, 0.1 to 1,000 erlangs", week, "500,000 µs");
    peers::ask(&["staffing"], |parts| {
        let ["erlang", erlangs, agents, seconds] = parts else { return };
        let what = format!("pyworkforce: Erlang C at {erlangs} erlangs, {agents} agents");
        print(&what, seconds.parse().unwrap_or(f64::NAN), "");
    });
}
