//! How long the judge of rosters takes over what one hand does on a screen: one agent's change in a
//! month of 500 agents with every rule on, a requirement for each queue and seats.
//!
//! `cargo bench -p trunkline-domain --bench check`
#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::{hint::black_box, time::Instant};

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, Id, Kind},
    schedules::{
        Activity, ActivityCategory, AgentPlan, Availability, AvailabilityPattern, Change,
        CheckContext, ContractTerms, Coverage, Edit, IntervalAxis, NewShift, Roster, RuleCode,
        SeatCount, SeatsFrom, Severity, Shift, SiteLimits, SkillHeld, SkillNeed, TimeBand,
        WorkRules, check,
    },
    time::{Span, instant_of_local, start_of_day},
};
use uuid::Uuid;

const AGENTS: u32 = 500;
const QUEUES: u32 = 6;
const FIRST: civil::Date = civil::date(2026, 10, 1);
const DAYS: i64 = 31;
/// Days known before and after the month: a period and a day, and a week.
const BEFORE: i64 = 29;
const AFTER: i64 = 7;
/// Runs of each change.
const RUNS: usize = 5;
/// Milliseconds that a drag on the screen may take.
const LIMIT: f64 = 1.0;

fn id<K: Kind>(number: u32) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(u128::from(number) + 1))
}

/// A shift of 8.5 h with two breaks and a meal.
fn shift(number: u32, agent: u32, start: Timestamp, zone: &TimeZone) -> Shift {
    use ActivityCategory::{Break, Meal, OnQueue};
    let parts = [
        (OnQueue, 120),
        (Break, 15),
        (OnQueue, 105),
        (Meal, 30),
        (OnQueue, 120),
        (Break, 15),
        (OnQueue, 105),
    ];
    let mut end = start;
    let activities = parts.map(|(category, minutes)| {
        let span = Span::of_seconds(end, minutes * 60);
        end = span.end();
        Activity { category, span, paid: category != Meal }
    });
    let new = NewShift {
        id: id(number),
        agent: id(agent),
        site: id(0),
        span: Span::new(start, end).expect("in order"),
        activities: activities.to_vec(),
        needs: vec![SkillNeed { skill: id(agent % QUEUES), grade: 1 }],
        version: 1,
    };
    Shift::new(new, zone).expect("sound")
}

/// Two shared days off in five working days, three starts, two skills, a class in the morning.
fn plan(agent: u32, known: impl Iterator<Item = civil::Date>, zone: &TimeZone) -> AgentPlan {
    let mut plan = AgentPlan::new(id(agent), id(0), ContractTerms::full_time());
    for more in 0..2 {
        let skill = id((agent + more) % QUEUES);
        plan.skills.push(SkillHeld { skill, grade: 3, valid_until: None });
    }
    plan.availability.push(Availability {
        id: id(agent),
        available: false,
        pattern: AvailabilityPattern::Weekly {
            weekday: (agent % 7) as u8,
            band: TimeBand { from: civil::time(6, 0, 0, 0), to: civil::time(7, 0, 0, 0) },
            from: None,
            until: None,
        },
        label: "class".to_owned(),
    });
    for (day, date) in known.enumerate() {
        if (day + agent as usize) % 7 < 5 {
            let start = date.at(8 + 3 * (agent % 3) as i8, 0, 0, 0);
            let number = agent * 100 + day as u32;
            plan.shifts.push(shift(number, agent, instant_of_local(start, zone).0, zone));
        }
    }
    plan
}

struct Month {
    roster: Roster,
    rules: WorkRules,
    coverage: Coverage,
    sites: Vec<SiteLimits>,
}

fn month() -> Month {
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let at = |days: i64| start_of_day(FIRST + days.days(), &zone);
    let window = Span::new(at(0), at(DAYS)).expect("in order");
    let known = Span::new(at(-BEFORE), at(DAYS + AFTER)).expect("in order");
    let dates = || (-BEFORE..DAYS + AFTER).map(|day| FIRST + day.days());
    let plans = (0..AGENTS).map(|agent| plan(agent, dates(), &zone));
    let roster = Roster::new(zone.clone(), window, known, plans);

    let mut rules = WorkRules::default_of(id(0));
    for &rule in RuleCode::ALL {
        rules.limits.set_severity(rule, Severity::Blocking);
    }
    let axis = IntervalAxis {
        start: window.start(),
        step_seconds: 1800,
        len: usize::try_from(window.seconds() / 1800).expect("length"),
    };
    let mut coverage = Coverage::unrequired(axis, id(0), (0..QUEUES).map(|it| Some(id(it))));
    for queue in 0..QUEUES {
        coverage.require(Some(id(queue)), window, 20);
    }
    coverage.add(roster.plans.values());
    let rows = [SeatsFrom { valid_from: FIRST, seats: Some(300) }];
    let mut seats = SeatCount::empty(&rows, window, &zone).expect("limited");
    seats.add(id(0), roster.plans.values().flat_map(|plan| &plan.shifts));
    let open = (0..DAYS).map(|day| {
        let hours = TimeBand { from: civil::time(7, 0, 0, 0), to: civil::time(23, 0, 0, 0) };
        hours.on(FIRST + day.days(), &zone)
    });
    let sites = vec![SiteLimits { site: id(0), open: Some(open.collect()), seats: Some(seats) }];
    Month { roster, rules, coverage, sites }
}

fn print(what: &str, month: &Month, changes: &[Change]) {
    let context = CheckContext {
        coverage: Some(&month.coverage),
        sites: &month.sites,
        ..CheckContext::new(&month.roster, &month.rules, month.roster.window.start())
    };
    let mut told = 0;
    let mut times: Vec<f64> = (changes.iter())
        .map(|change| {
            told += check(&context, change).len();
            // The median of a few runs: what else the machine does is not the judge's.
            let mut runs = [0.0; RUNS].map(|_: f64| {
                let start = Instant::now();
                black_box(check(black_box(&context), black_box(change)));
                start.elapsed().as_secs_f64() * 1e3
            });
            runs.sort_by(f64::total_cmp);
            runs[RUNS / 2]
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (median, late) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let verdict = if late < LIMIT { "kept" } else { "MISSED" };
    println!(
        "{what:<34} {:>7} {median:>10.3} {late:>10.3} {LIMIT:>8.0}  {verdict}  {:.1} told each",
        times.len(),
        told as f64 / times.len() as f64
    );
}

fn main() {
    let month = month();
    let shifts: usize = month.roster.plans.values().map(|plan| plan.shifts.len()).sum();
    println!(
        "{AGENTS} agents, {DAYS} days, {shifts} shifts known, every rule on, {QUEUES} queues, seats"
    );
    println!(
        "{:<34} {:>7} {:>10} {:>10} {:>8}",
        "one change", "changes", "median ms", "p99 ms", "limit ms"
    );
    let window = month.roster.window;
    let in_window = |plan: &AgentPlan| -> Vec<Shift> {
        plan.shifts.iter().filter(|shift| window.covers(shift.span())).cloned().collect()
    };
    let zone = &month.roster.zone;
    let of_all = |change: &dyn Fn(u32, AgentId, &Shift) -> Change| -> Vec<Change> {
        let plans = month.roster.plans.values().zip(0..);
        let each = plans.flat_map(|(plan, number)| {
            let shifts = in_window(plan).into_iter().step_by(4);
            shifts.map(move |shift| (number, plan.agent, shift)).collect::<Vec<_>>()
        });
        each.map(|(number, agent, shift)| change(number, agent, &shift)).collect()
    };
    let later = of_all(&|number, agent, old| {
        let start = Span::of_seconds(old.span().start(), 1800).end();
        let new = shift(AGENTS * 100 + number, number, start, zone);
        Change::edit(vec![Edit::Remove { agent, shift: old.id() }, Edit::Add(new)])
    });
    print("a shift is dragged by half an hour", &month, &later);
    let gone = of_all(&|_, agent, old| Change::edit(vec![Edit::Remove { agent, shift: old.id() }]));
    print("a shift is taken away", &month, &gone);
    let swaps = of_all(&|number, agent, old| {
        let other: AgentId = id((number + 1) % AGENTS);
        let theirs = &month.roster.plans[&other].shifts;
        let theirs = theirs.iter().find(|it| it.span().start() > old.span().start());
        let back = theirs.map(|it| Edit::Move { shift: it.id(), from: other, to: agent });
        let there = Edit::Move { shift: old.id(), from: agent, to: other };
        Change::request([there].into_iter().chain(back).collect())
    });
    print("two agents swap", &month, &swaps);
}
