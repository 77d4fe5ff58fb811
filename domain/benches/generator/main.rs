//! How well and how fast a site is rostered, beside fixed shifts for the same agents.
//!
//! `cargo bench -p trunkline-domain --bench generator [-- AGENTS ITERATIONS SEED QUEUES]`; with 0 queues a site like
//! the demo's is rostered.
//! `-- centre AGENTS SECONDS QUEUES ROUNDS LOAD` rosters a call centre as the product does, from contracts and
//! work rules to shifts, has them judged and says whether the goals are met.
//! `-- headcounts AGENTS ROUNDS` plans a site by headcounts and wishes.
#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod centre;
mod headcounts;
mod people;
mod site;

use std::{ops::ControlFlow, time::Instant};

use trunkline_domain::schedules::generator::{
    Balance, Options, Plan, Problem, Template, Terms, explain, fixed_shifts, search,
};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<u64>().ok());
    if std::env::args().any(|argument| argument == "centre") {
        return centre::run(&centre::Size {
            agents: numbers.next().unwrap_or(500) as usize,
            seconds: numbers.next().unwrap_or(60) as f64,
            queues: numbers.next().unwrap_or(1).max(1) as usize,
            rounds: numbers.next().unwrap_or(2_000),
            load: numbers.next().unwrap_or(88),
        });
    }
    let agents = numbers.next().unwrap_or(100) as usize;
    if std::env::args().any(|argument| argument == "headcounts") {
        return headcounts::run(agents, numbers.next().unwrap_or(2_000));
    }
    let iterations = numbers.next().unwrap_or(10_000);
    let seed = numbers.next().unwrap_or(1);
    let queues = numbers.next().unwrap_or(1) as usize;
    let problem = match queues {
        0 => site::demo(agents),
        queues => site::site(agents, 0.97, queues),
    };
    let needed = hours(problem.needs.iter().flatten().map(|&need| u64::from(need)).sum());
    println!(
        "{agents} agents, 28 days, {needed:.0} agent-hours needed on {} queues, seed {seed}",
        problem.needs.len()
    );
    println!(
        "{:<22} {:>8} {:>10} {:>10} {:>10}",
        "", "seconds", "missing %", "surplus h", "paid h"
    );

    let start = Instant::now();
    match fixed_shifts(&problem) {
        Ok(plan) => line("fixed shifts", start, &problem.balance(&plan), &problem, &plan),
        Err(error) => println!("fixed shifts: {error}"),
    }
    let start = Instant::now();
    let options = Options { seed, iterations };
    let mut told = false;
    let found = search(&problem, options, &mut |progress| {
        if !std::mem::replace(&mut told, true) {
            let (seconds, missing) = (start.elapsed().as_secs_f64(), progress.balance);
            println!("{:<22} {seconds:>8.2} {:>10.2}", "first roster", missing.missing_percent());
        }
        ControlFlow::Continue(())
    });
    let found = match found {
        Ok(found) => found,
        Err(error) => return println!("search: {error}"),
    };
    let name = format!("{iterations} rounds");
    line(&name, start, &found.balance, &problem, &found.plan);
    people::line(&name, &problem, &found.plan);
    let paid = found.plan.paid_minutes(&problem) as f64 / 60.0;
    let ratio = |bound: f64| paid / bound;
    println!(
        "paid hours are {:.3} × the least with which these contracts could cover the need, {:.3} × \
         what it would take if everybody worked the cheapest shift",
        ratio(least_paid(&problem, needed)),
        ratio(needed * cheapest_hour(&problem.terms))
    );
    if let Ok(unmet) = explain(&problem, &found.plan) {
        println!("{} things unmet, the largest: {:?}", unmet.len(), unmet.first());
    }
}

fn hours(hundredths: u64) -> f64 {
    hundredths as f64 / 100.0 * f64::from(site::SLOT) / 60.0
}

fn line(name: &str, start: Instant, balance: &Balance, problem: &Problem, plan: &Plan) {
    println!(
        "{name:<22} {:>8.2} {:>10.2} {:>10.0} {:>10.0}",
        start.elapsed().as_secs_f64(),
        balance.missing_percent(),
        hours(balance.surplus),
        plan.paid_minutes(problem) as f64 / 60.0
    );
}

/// Least paid hours that could bring so many hours on queue: the cheapest contracts first, each with
/// its cheapest shift and no more than its weeks allow. No roster that covers the whole need pays
/// less; the contracts of this site owe all of their hours whatever is needed.
fn least_paid(problem: &Problem, mut needed: f64) -> f64 {
    let offers = problem.agents.iter().map(|agent| {
        let most: f64 = agent.weeks.iter().map(|week| f64::from(week.max_minutes) / 60.0).sum();
        (cheapest_hour(std::slice::from_ref(&problem.terms[agent.terms])), most)
    });
    let mut offers: Vec<(f64, f64)> = offers.collect();
    offers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut paid = 0.0;
    for (hour, most) in offers {
        let used = most.min(needed * hour);
        paid += used;
        needed -= used / hour;
    }
    paid
}

/// Paid time of an hour on queue in the template where it costs least.
fn cheapest_hour(terms: &[Terms]) -> f64 {
    let ratio = |template: &Template| {
        let pauses: u16 = template.pauses.iter().map(|pause| pause.length).sum();
        f64::from(template.paid_minutes) / f64::from((template.length - pauses) * site::SLOT)
    };
    let templates = terms.iter().flat_map(|terms| &terms.templates);
    templates.map(ratio).fold(f64::INFINITY, f64::min)
}
