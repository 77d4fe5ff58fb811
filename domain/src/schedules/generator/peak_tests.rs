//! What a generated week is better at than one that is made by hand.

use super::{
    breaks,
    legality::faults,
    tests::{HOUR, agent, problem, run, shift, terms, utc},
    *,
};

/// Wants `agents` in the hours `[from, to)` of each day.
fn want(problem: &mut Problem, (from, to): (u16, u16), agents: u32) {
    for day in problem.days.clone() {
        for step in from * HOUR..to * HOUR {
            problem.needs[0][day.wall[usize::from(step)] as usize] = agents * 100;
        }
    }
}

/// A week of full-timers and part-timers where more are wanted in two hours of the day.
fn week_with_peaks(full_timers: usize, part_timers: usize, peaks: [u16; 2]) -> Problem {
    let full = terms(vec![shift(8 * HOUR..14 * HOUR + 1, 8)]);
    let part = terms(vec![shift(8 * HOUR..18 * HOUR + 1, 4)]);
    let mut agents = vec![agent(0, 40, 1); full_timers];
    agents.extend(vec![agent(1, 20, 1); part_timers]);
    let mut problem = problem(&utc(7), vec![full, part], agents);
    want(&mut problem, (8, 22), 4);
    for peak in peaks {
        want(&mut problem, (peak, peak + 1), 9);
    }
    problem
}

/// Five shifts for everybody, days off and starts spread evenly whatever is wanted when.
fn even_split(problem: &Problem) -> Plan {
    let mut plan = Plan::empty(problem);
    let people = plan.lines.len();
    for (agent, line) in plan.lines.iter_mut().enumerate() {
        let template = &problem.terms[problem.agents[agent].terms].templates[0];
        let step = template.starts[agent * template.starts.len() / people];
        let pauses = breaks::any_layout(template).expect("a sound template");
        for (day, placed) in line.iter_mut().enumerate() {
            let start = problem.days[day].wall[usize::from(step)];
            let works = (day + agent) % 7 >= 2;
            *placed = works.then_some(Placed { template: 0, step, start, pauses });
        }
    }
    plan
}

#[test]
fn a_generated_week_has_fewer_gap_seconds_than_an_even_split() {
    let problem = week_with_peaks(8, 4, [11, 18]);
    let even = even_split(&problem);
    assert_eq!(faults(&problem, &even), Vec::<String>::new());
    let found = run(&problem, 200);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    assert_eq!(found.plan.paid_minutes(&problem), even.paid_minutes(&problem));
    let gap_seconds = |plan: &Plan| problem.balance(plan).missing * 900 / 100;
    let (ours, theirs) = (gap_seconds(&found.plan), gap_seconds(&even));
    assert!(ours < theirs, "{ours} s against {theirs} s");
}

#[test]
fn the_generator_uses_part_time_shifts_in_the_two_peak_hours_first() {
    let peaks = [11, 18];
    let problem = week_with_peaks(6, 4, peaks);
    let found = run(&problem, 300);
    assert_eq!(faults(&problem, &found.plan), Vec::<String>::new());
    let part_time = found.plan.lines[6..].iter().flatten().flatten();
    let steps: Vec<u16> = part_time.map(|placed| placed.step).collect();
    assert_eq!(steps.len(), 4 * 5, "every hour of their contracts is used");
    for step in steps {
        // Three quarters of a peak hour at the least: agents are missing between the peaks, too.
        let within = |peak: &u16| {
            let (from, to) = (step.max(peak * HOUR), (step + 4 * HOUR).min((peak + 1) * HOUR));
            to.saturating_sub(from) >= 3
        };
        assert!(peaks.iter().any(within), "a part-time shift at step {step} is in no peak");
    }
}
