//! A call centre as the product plans it: people with contracts, work rules and skills go through
//! [`Task`] to the search, and the shifts that come out through the one judge of rosters.

use std::{ops::ControlFlow, time::Instant};

use jiff::{ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, Id, ShiftId},
    schedules::{
        AgentPlan, Bounds, Change, CheckContext, ContractKind, ContractTerms, IntervalAxis, Roster,
        SkillHeld, WorkRules, check,
        generator::{Found, Options, Prepared, Problem, QueueNeed, ShiftShape, Task, search},
    },
    time::Span,
};
use uuid::Uuid;

use crate::{cheapest_hour, hours};

const HOUR: i64 = 3600;
const DAYS: usize = 28;
const FIRST: civil::Date = civil::date(2026, 3, 2);
/// Most of the required agent-hours that may be missing, in percent.
const MISSING: f64 = 2.0;
/// Most paid hours over the least that could cover the need.
const PAID: f64 = 1.05;

/// How large the centre is, and how long it is searched.
pub(crate) struct Size {
    pub(crate) agents: usize,
    /// Seconds of the wall clock, first roster and pauses included.
    pub(crate) seconds: f64,
    /// Rounds over which the search cools; fewer are done where the seconds are over before.
    pub(crate) rounds: u64,
    pub(crate) queues: usize,
    /// Required hours, in percent of what the contracts can bring on queue at most.
    pub(crate) load: u64,
}

fn id<K>(number: usize) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number as u128 + 1))
}

/// Three in four owe 32 to 40 h in shifts of up to 8 h, the others 16 to 24 h in shifts of 4 to 6 h. With
/// more than one queue a third of the agents have the skill of one, a third of two, a third of all.
fn people(agents: usize, queues: usize) -> Vec<AgentPlan> {
    let one = |index: usize| {
        let weekly = |from: i64, to: i64| Bounds::between(from * HOUR, to * HOUR);
        let contract = match index % 4 {
            3 => ContractTerms::of_hours(ContractKind::PartTime, weekly(16, 24)),
            _ => ContractTerms::of_hours(ContractKind::Regular, weekly(32, 40)),
        };
        let many = [1, 2, queues][index / 4 % 3].min(queues);
        let held = (0..many).map(|step| SkillHeld {
            skill: id((index / 12 + step) % queues),
            grade: 3,
            valid_until: None,
        });
        AgentPlan { skills: held.collect(), ..AgentPlan::new(id(index), id(0), contract) }
    };
    (0..agents).map(one).collect()
}

/// Agents required per half hour and queue, day and night, so that they are `hours` in all.
fn required(hours: f64, queues: usize) -> Vec<Vec<u16>> {
    let hump = |at: f64, from: f64, wide: f64| (-((at - from) / wide).powi(2)).exp();
    let wanted = |half: usize| {
        let at = (half % 48) as f64 / 2.0;
        let day =
            0.12 + hump(at, 10.5, 2.6) + 0.85 * hump(at, 15.5, 2.8) + 0.6 * hump(at, 20.0, 1.8);
        if half / 48 % 7 >= 5 { 0.7 * day } else { day }
    };
    let of_scale = |scale: f64| -> Vec<Vec<u16>> {
        let of_queue = |queue: usize| {
            let share = |half: usize| {
                // The share goes up and down over the day, at another hour for each queue.
                let turn = (half % 48) as f64 / 48.0 + queue as f64 / queues as f64;
                (1.0 + 0.5 * (std::f64::consts::TAU * turn).sin()) / queues as f64
            };
            let share = |half: usize| if queues > 1 { share(half) } else { 1.0 };
            (0..48 * DAYS).map(|half| (wanted(half) * scale * share(half)).ceil() as u16).collect()
        };
        (0..queues).map(of_queue).collect()
    };
    let sum = |all: &[Vec<u16>]| all.iter().flatten().map(|&it| f64::from(it)).sum::<f64>() / 2.0;
    // Rounding up to whole agents is not linear: halve the interval until the hours fit.
    let (mut low, mut high) = (0.0, hours);
    for _step in 0..50 {
        let middle = f64::midpoint(low, high);
        if sum(&of_scale(middle)) > hours { high = middle } else { low = middle }
    }
    of_scale(low)
}

/// Generates with two threads, each with a seed of its own, as a customer's schedule is; prints what the
/// better one is worth, and what the judge says.
pub(crate) fn run(size: &Size) {
    let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
    let last = FIRST.saturating_add((DAYS as i64 - 1).days());
    let window = Span::of_days(FIRST, last, &zone);
    let around = |days: i64| {
        Span::of_days(FIRST.saturating_sub(days.days()), last.saturating_add(days.days()), &zone)
    };
    let roster = Roster::new(zone.clone(), window, around(35), people(size.agents, size.queues));
    let rules = WorkRules::default_of(id(0));
    let shapes = ShiftShape::usual();
    let axis = IntervalAxis { start: window.start(), step_seconds: 1800, len: 48 * DAYS };
    let full = (size.agents - size.agents / 4) as f64 * 40.0 * 7.5 / 8.0;
    let part = (size.agents / 4) as f64 * 24.0 * 5.75 / 6.0;
    let most = (full + part) * DAYS as f64 / 7.0;
    let needs = required(most * size.load as f64 / 100.0, size.queues).into_iter().enumerate();
    let needs: Vec<QueueNeed> = needs
        .map(|(queue, required)| QueueNeed {
            queue: id(queue),
            skill: Some(id(queue)),
            min_grade: 1,
            required,
        })
        .collect();
    let task = Task {
        roster: &roster,
        rules: &rules,
        sites: &[],
        first: FIRST,
        days: DAYS,
        slot_minutes: 15,
        shapes: &shapes,
        patterns: &[],
        axis,
        needs: &needs,
    };
    let start = Instant::now();
    let prepared = task.prepare();
    let found = std::thread::scope(|scope| {
        let prepared = &prepared;
        let threads = [1, 2].map(|seed| scope.spawn(move || searched(prepared, size, seed, start)));
        let found = threads.into_iter().filter_map(|thread| thread.join().ok().flatten());
        found.min_by_key(|(found, ..)| found.cost)
    });
    let Some((found, first, processor)) = found else { return println!("no roster") };
    let wall = start.elapsed().as_secs_f64();
    let needed = hours(prepared.problem.needs.iter().flatten().map(|&it| u64::from(it)).sum());
    println!(
        "{} agents, {DAYS} days, {} queues, {needed:.0} agent-hours required: first roster after {first:.1} s, \
         {} rounds in {wall:.1} s by the clock, {processor:.1} s of the processor",
        size.agents, size.queues, found.iterations
    );
    judge(&prepared, &found, roster.clone(), &rules);
    worth(&prepared.problem, &found, needed);
    crate::people::line("people", &prepared.problem, &found.plan);
}

/// The best roster of one thread, after how long its first one was there, and seconds of the processor.
fn searched(
    prepared: &Prepared,
    size: &Size,
    seed: u64,
    start: Instant,
) -> Option<(Found, f64, f64)> {
    let mut first = None;
    let options = Options { seed, iterations: size.rounds };
    let found = search(&prepared.problem, options, &mut |_| {
        let now = start.elapsed().as_secs_f64();
        first.get_or_insert(now);
        if now < size.seconds { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|it| it.parse::<f64>().ok());
    Some((found.ok()?, first.unwrap_or(0.0), nanos.unwrap_or(0.0) / 1e9))
}

/// Everything that the judge says of the roster, by rule; cover is measured elsewhere.
fn judge(prepared: &Prepared, found: &Found, roster: Roster, rules: &WorkRules) {
    let mut number = 0;
    let mut next = || -> ShiftId {
        number += 1;
        id(number)
    };
    let shifts = match prepared.shifts(&found.plan, &mut next) {
        Ok(shifts) => shifts,
        Err(error) => return println!("shifts: {error}"),
    };
    let count = shifts.len();
    let mut plans: std::collections::BTreeMap<AgentId, AgentPlan> = roster.plans.clone();
    for shift in shifts {
        if let Some(plan) = plans.get_mut(&shift.agent()) {
            plan.shifts.push(shift);
        }
    }
    let full = Roster::new(roster.zone, roster.window, roster.known, plans.into_values());
    let context = CheckContext::new(&full, rules, full.window.start());
    let said = check(&context, &Change::default());
    println!("{count} shifts, violations = {}", said.len());
    if let Some(first) = said.first() {
        println!("  the first: {} {} / {}", first.rule, first.measured, first.limit);
    }
}

fn worth(problem: &Problem, found: &Found, needed: f64) {
    let missing = found.balance.missing_percent();
    let paid = found.plan.paid_minutes(problem) as f64 / 60.0;
    let covered = needed * (1.0 - missing / 100.0);
    let (least, cheapest) = (least_paid(problem, needed), needed * cheapest_hour(&problem.terms));
    let met = |met: bool| if met { "met" } else { "MISSED" };
    println!(
        "missing {missing:.2} % of the required hours, surplus {:.0} h; goal {MISSING} %: {}",
        hours(found.balance.surplus),
        met(missing <= MISSING)
    );
    println!(
        "paid {paid:.0} h = {:.3} × the least for which these contracts could cover the need ({least:.0} h), \
         {:.3} × what it would take if everybody worked the cheapest shift ({cheapest:.0} h); goal {PAID}: {}",
        paid / least,
        paid / cheapest,
        met(paid <= PAID * least)
    );
    println!(
        "  for the hours that are covered: {:.3} and {:.3} ×",
        paid / least_paid(problem, covered),
        paid / (covered * cheapest_hour(&problem.terms))
    );
}

/// Least paid hours that could bring so many hours on queue: every contract the least that it owes, then
/// the cheapest contracts first up to their most, each with its cheapest shift.
fn least_paid(problem: &Problem, mut needed: f64) -> f64 {
    let weeks = |most: bool, agent: usize| -> f64 {
        let weeks = problem.agents[agent].weeks.iter();
        let minutes = weeks.map(|it| if most { it.max_minutes } else { it.min_minutes });
        minutes.map(|minutes| f64::from(minutes) / 60.0).sum()
    };
    let offers = problem.agents.iter().enumerate().map(|(index, agent)| {
        let hour = cheapest_hour(std::slice::from_ref(&problem.terms[agent.terms]));
        (hour, weeks(false, index), weeks(true, index))
    });
    let mut offers: Vec<(f64, f64, f64)> = offers.collect();
    let mut paid = 0.0;
    for (hour, least, _) in &offers {
        paid += least;
        needed -= least / hour;
    }
    offers.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (hour, least, most) in offers {
        let used = (most - least).min((needed * hour).max(0.0));
        paid += used;
        needed -= used / hour;
    }
    paid
}
