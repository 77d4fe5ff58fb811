//! A site that is planned by headcounts of three kinds of shifts, with wishes of its people.

use std::{ops::ControlFlow, time::Instant};

use jiff::{ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, Id},
    schedules::{
        AgentPlan, Bounds, ContractKind, ContractTerms, IntervalAxis, Roster, ShiftWish, TimeBand,
        WorkRules,
        generator::{Headcount, Options, ShapePause, ShiftShape, Task, search_headcounts},
    },
    time::Span,
};
use uuid::Uuid;

const HOUR: i64 = 3600;
const DAYS: usize = 28;
const FIRST: civil::Date = civil::date(2026, 3, 2);
/// Shifts wanted on each day for a hundred people, who can work five days of seven.
const WANTED: [(&str, i8, usize); 3] = [("EARLY", 7, 27), ("LATE", 14, 27), ("NIGHT", 22, 13)];

fn agent(number: usize) -> AgentId {
    Id::from_uuid(Uuid::from_u128(number as u128 + 1))
}

fn shapes(agents: usize) -> Vec<ShiftShape> {
    let shapes = WANTED.map(|(code, hour, people)| {
        let start = civil::time(hour, 0, 0, 0);
        let people = u16::try_from(people * agents / 100).unwrap_or(u16::MAX);
        ShiftShape {
            length_seconds: 17 * HOUR / 2,
            starts: TimeBand { from: start, to: start },
            start_step_minutes: 15,
            pauses: ShapePause::usual(17 * HOUR / 2),
            kinds: Vec::new(),
            dates: (None, None),
            headcount: Some(Headcount { code: code.to_owned(), weekdays: [people; 7] }),
        }
    });
    shapes.into()
}

/// One of everybody in each week: a day off, a kind of shift, or none of that kind.
fn wishes(agents: usize) -> Vec<ShiftWish> {
    let each = (0..agents).flat_map(|number| (0..DAYS / 7).map(move |week| (number, week)));
    let wishes = each.map(|(number, week)| {
        let day = 7 * week + (3 * number + 2 * week) % 7;
        let code = (number + week) % 4;
        ShiftWish {
            agent: agent(number),
            date: FIRST.saturating_add((day as i64).days()),
            template: WANTED.get(code).map(|(code, ..)| (*code).to_owned()),
            is_wanted: code == WANTED.len() || number.is_multiple_of(2),
            weight: 1 + (number % 5) as u8,
        }
    });
    wishes.collect()
}

/// Plans with one thread and prints how long it took and what is missing.
pub(crate) fn run(agents: usize, iterations: u64) {
    let zone = TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC);
    let last = FIRST.saturating_add((DAYS as i64 - 1).days());
    let window = Span::of_days(FIRST, last, &zone);
    let known =
        Span::of_days(FIRST.saturating_sub(35.days()), last.saturating_add(35.days()), &zone);
    let site = Id::from_uuid(Uuid::from_u128(1));
    let contract =
        ContractTerms::of_hours(ContractKind::Regular, Bounds::between(32 * HOUR, 40 * HOUR));
    let people = (0..agents).map(|it| AgentPlan::new(agent(it), site, contract.clone()));
    let roster = Roster::new(zone, window, known, people.collect::<Vec<_>>());
    let rules = WorkRules::default_of(Id::from_uuid(Uuid::from_u128(1)));
    let (shapes, wishes) = (shapes(agents), wishes(agents));
    let task = Task {
        roster: &roster,
        rules: &rules,
        sites: &[],
        first: FIRST,
        days: DAYS,
        slot_minutes: 15,
        shapes: &shapes,
        patterns: &[],
        axis: IntervalAxis { start: window.start(), step_seconds: 1800, len: 48 * DAYS },
        needs: &[],
    };
    let start = Instant::now();
    let prepared = task.prepare();
    let (mut longest, mut before, mut first) = (0.0_f64, 0.0, None);
    let options = Options { seed: 1, iterations };
    let found = search_headcounts(&prepared, &wishes, options, &mut |at| {
        let now = start.elapsed().as_secs_f64();
        longest = longest.max(now - before);
        before = now;
        first.get_or_insert((now, at.balance.missing));
        ControlFlow::Continue(())
    });
    let seconds = start.elapsed().as_secs_f64();
    let found = match found {
        Ok(found) => found,
        Err(error) => return println!("search: {error}"),
    };
    let report = prepared.report_by_headcounts(&found, &wishes);
    let Some(heads) = report.ok().and_then(|report| report.headcounts) else {
        return println!("no report");
    };
    let (first, missing) = first.unwrap_or_default();
    println!(
        "{agents} agents, {DAYS} days, {} kinds: first roster after {first:.1} s, {missing} missing; {} rounds \
         in {seconds:.1} s, at most {longest:.1} s between two looks: {} of {} missing, {} too many, \
         {} of {} wishes met, cost {}",
        WANTED.len(),
        found.iterations,
        heads.missing,
        heads.wanted,
        heads.surplus,
        heads.wishes.met,
        heads.wishes.uttered,
        found.cost
    );
}
