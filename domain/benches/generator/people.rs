//! How a roster is for those who work it: what the generator weighs against what it did not.

use trunkline_domain::schedules::generator::{Plan, Problem};

/// Prints how starts wander and how days are made up, by agent and week.
pub(crate) fn line(name: &str, problem: &Problem, plan: &Plan) {
    let (mut spreads, mut sixes, mut full_weeks) = (Vec::new(), 0, 0);
    let (mut shorts, mut shifts, mut lone, mut jumps) = (0, 0, 0, 0.0_f64);
    let mut changes = 0;
    for (agent, line) in plan.lines.iter().enumerate() {
        let terms = &problem.terms[problem.agents[agent].terms];
        for week in line.chunks(7) {
            let mut starts: Vec<u16> = week.iter().flatten().map(|placed| placed.step).collect();
            if starts.len() < 2 {
                continue;
            }
            for pair in week.windows(2) {
                if let [Some(one), Some(other)] = pair {
                    let direct = one.step.abs_diff(other.step);
                    jumps += f64::from(direct.min(96 - direct)) / 4.0;
                    changes += 1;
                }
            }
            // The shortest arc of the clock that holds them all.
            starts.sort_unstable();
            let gaps = starts.windows(2).map(|pair| pair[1] - pair[0]);
            let round = 96 - starts[starts.len() - 1] + starts[0];
            spreads.push(f64::from(96 - gaps.chain([round]).max().unwrap_or(0)) / 4.0);
            if terms.usual.is_some() {
                full_weeks += 1;
                sixes += u32::from(starts.len() > 5);
                let lengths = week.iter().flatten();
                let lengths = lengths.map(|it| terms.templates[usize::from(it.template)].length);
                shifts += starts.len();
                shorts += lengths.filter(|&length| length <= 16).count();
            }
        }
        if terms.usual.is_some() {
            lone += line
                .windows(3)
                .filter(|it| it[0].is_some() && it[1].is_none() && it[2].is_some())
                .count();
        }
    }
    let mean = spreads.iter().sum::<f64>() / spreads.len().max(1) as f64;
    let most = spreads.iter().copied().fold(0.0, f64::max);
    println!(
        "{name:<22} starts of a week within {mean:.1} h (most {most:.1} h), from day to day {:.1} h; \
         not part-time: shifts of 4 h {:.1} %, weeks of six days {:.1} %, lone days off {:.2} a week",
        jumps / f64::from(changes.max(1)),
        100.0 * shorts as f64 / shifts.max(1) as f64,
        100.0 * f64::from(sixes) / f64::from(full_weeks.max(1)),
        lone as f64 / f64::from(full_weeks.max(1)),
    );
}
