//! Published shift design problems: our cost beside what CP-SAT finds in 40 s.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    path::Path,
    time::{Duration, Instant},
};

use trunkline_domain::schedules::{
    generator::Options,
    shift_design::{DesignProblem, ShiftDesign, ShiftWindow, design_shifts},
};

/// File, seconds allowed, moves (a pace that ends in time on one idle core), cost of CP-SAT in 40 s.
const CASES: [(&str, u64, u64, Option<u64>); 8] = [
    ("DataSet1_RandomExample1", 1, 500_000, Some(480)),
    ("DataSet1_RandomExample2", 20, 15_000_000, None),
    ("DataSet1_RandomExample4", 20, 15_000_000, Some(570)),
    ("DataSet2_RandomExample26", 20, 15_000_000, None),
    ("DataSet2_RandomExample27", 20, 10_000_000, Some(435)),
    ("DataSet3_RandomExample21", 20, 10_000_000, Some(6195)),
    ("DataSet3_RandomExample22", 20, 15_000_000, None),
    ("DataSet3_RandomExample24", 20, 15_000_000, None),
];

/// Searches that run side by side, each from its own seed.
const SEEDS: u64 = 2;

/// Prints the table.
pub(crate) fn print(data: &Path) {
    println!("\nshift design, {SEEDS} threads");
    println!(
        "{:<26} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6}  sums",
        "instance", "CP-SAT", "ours", "shifts", "under", "over", "s"
    );
    for (name, seconds, moves, peer) in CASES {
        let path = data.join("shift_design").join(format!("{name}.dzn"));
        let Some(problem) = std::fs::read_to_string(path).ok().and_then(|text| parse(&text)) else {
            println!("{name:<26} is not there or not readable");
            continue;
        };
        let start = Instant::now();
        let Some(best) = solve(&problem, Duration::from_secs(seconds), moves) else { continue };
        let peer = peer.map_or_else(|| "-".to_owned(), |cost| cost.to_string());
        println!(
            "{name:<26} {peer:>7} {:>7} {:>7} {:>7} {:>7} {:>6.2}  {}",
            best.cost,
            best.shifts.len(),
            best.under_minutes,
            best.over_minutes,
            start.elapsed().as_secs_f64(),
            if best.cost == recount(&problem, &best) { "agree" } else { "DIFFER" },
        );
    }
}

fn solve(problem: &DesignProblem, time: Duration, moves: u64) -> Option<ShiftDesign> {
    let start = Instant::now();
    let search = |seed| {
        let options = Options { seed, iterations: moves };
        design_shifts(problem, options, &mut |_, _| {
            if start.elapsed() < time { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    };
    let found: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=SEEDS).map(|seed| scope.spawn(move || search(seed))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()?.ok()).collect()
    });
    found.into_iter().min_by_key(|design| design.cost)
}

/// The cost of a design, from the shifts alone.
fn recount(problem: &DesignProblem, design: &ShiftDesign) -> u64 {
    let mut there = vec![0_i64; problem.need.len()];
    for shift in &design.shifts {
        for (day, agents) in shift.agents.iter().enumerate() {
            let start = day * usize::from(problem.slots_per_day) + usize::from(shift.start);
            for slot in start..start + usize::from(shift.length) {
                let slots = there.len();
                there[slot % slots] += i64::from(*agents);
            }
        }
    }
    let minutes: u64 = there
        .iter()
        .zip(&problem.need)
        .map(|(there, need)| there.abs_diff(i64::from(*need)) * u64::from(problem.slot_minutes))
        .sum();
    minutes + design.shifts.len() as u64 * u64::from(problem.shift_cost)
}

fn parse(text: &str) -> Option<DesignProblem> {
    let fields: HashMap<&str, &str> = text
        .split(';')
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let list = |name: &str| -> Option<Vec<u16>> {
        let values = fields.get(name)?.trim_matches(['[', ']']).split(',');
        values.map(|value| value.trim().parse().ok()).collect()
    };
    let one = |name: &str| fields.get(name)?.parse::<u16>().ok();
    let (first, last) = (list("minStart")?, list("maxStart")?);
    let (shortest, longest) = (list("minLength")?, list("maxLength")?);
    let slot_minutes = one("interval")?;
    Some(DesignProblem {
        slot_minutes,
        slots_per_day: 1440 / slot_minutes,
        need: list("demand")?,
        windows: (0..first.len())
            .map(|window| {
                Some(ShiftWindow {
                    first_start: *first.get(window)?,
                    last_start: *last.get(window)?,
                    shortest: *shortest.get(window)?,
                    longest: *longest.get(window)?,
                })
            })
            .collect::<Option<_>>()?,
        under_weight: u32::from(one("weightUnderCover")?),
        over_weight: u32::from(one("weightOverCover")?),
        shift_cost: u32::from(one("weightShiftInstances")?),
    })
}
