//! The best legal line of one agent at the present price of every shift, exactly.
//!
//! A dynamic programme over days. Its state is what the rules look back at: the run of working
//! days, the tail of the last shift (for rest and steady starts), what the week holds so far, and
//! whether the week has had its long rest. Values are computed from the last day back, so the line
//! is then read off forwards.

mod row;

use super::{
    ground::{Ground, Shape, State},
    ledger::{Ledger, NONE},
    menu::{Choice, Menus, Tail},
    problem::{Problem, Terms},
};
use row::{Row, steady};

/// Worth of what is against a rule: no line holds a choice of it.
pub(super) const NEVER: i32 = -1_000_000_000;
/// Most that missing minutes of one week can cost, so that sums stay far from [`NEVER`].
const MOST_PENALTY: i64 = 20_000_000;

/// Tables of the programme, kept between calls so that nothing is allocated in the search.
#[derive(Debug, Default)]
pub(super) struct Rebuild {
    table: Vec<i32>,
    fresh: Vec<i32>,
    row: Vec<i32>,
    row_rested: Vec<i32>,
    firsts: Vec<Firsts>,
}

/// For each tail of an earlier day, the first choice of a day that rest allows, and the first one
/// before which the long rest of the week fits.
#[derive(Debug, Default, Clone)]
struct Firsts {
    any: Vec<u32>,
    rested: Vec<u32>,
}

/// What is asked of a rebuild.
pub(super) struct Ask<'a> {
    pub(super) problem: &'a Problem,
    pub(super) ledger: &'a Ledger,
    pub(super) menus: &'a Menus,
    /// Worth of each choice of each day.
    pub(super) values: &'a [Vec<i32>],
    /// Weeks on whose weekend the agent may work.
    pub(super) weekends: &'a [bool],
    /// Cost of each working day above the usual ones of a week.
    pub(super) extra_day: i32,
    /// Cost of each day off between two working days.
    pub(super) lone_day_off: i32,
}

impl Rebuild {
    /// Fills `line` with the index of the choice of each day, `None` for a day off.
    pub(super) fn run(&mut self, ask: &Ask<'_>, ground: &Ground, line: &mut Vec<Option<u32>>) {
        let problem = ask.problem;
        let of = &problem.agents[ground.agent];
        let terms = &problem.terms[of.terms];
        let days = problem.days.len();
        let shape = Shape {
            phases: ground.memory + 1 + usize::from(terms.max_run.max(1)),
            bits: if terms.weekly_rest.is_some() { 2 } else { 1 },
            sums: ask.ledger.len(),
            tails: ground.tails,
            memory: ground.memory,
        };
        self.table.clear();
        self.table.resize(shape.day() * (days + 1), NEVER);
        self.fresh.clear();
        self.fresh.resize(shape.day(), NEVER);

        let mut week = problem.weeks() - 1;
        let mut week_first = week_start(problem, days - 1);
        self.close_week(ask, ground, shape, (days, week, week_first), false);
        for day in (0..days).rev() {
            let starts = problem.days[day].starts_week && day > 0;
            self.find_firsts(ask, ground, shape, day, problem.days[week_first].first);
            let sums =
                if starts || day == 0 { 1 } else { ground.up_to_days[(day - week_first).min(7)] };
            let open = ask.weekends[week] || !problem.days[day].weekend;
            self.decide(ask, ground, shape, DayAsk { day, sums, open, week, fresh: starts });
            if starts {
                week -= 1;
                week_first = week_start(problem, day - 1);
                self.close_week(ask, ground, shape, (day, week, week_first), true);
            }
        }
        self.read(ask, ground, shape, ground.first_state(shape, of, terms), line);
    }

    /// Values at the end of a week: what its minutes and rest are worth, plus what follows.
    fn close_week(
        &mut self,
        ask: &Ask<'_>,
        ground: &Ground,
        shape: Shape,
        (day, week, week_first): (usize, usize, usize),
        goes_on: bool,
    ) {
        let problem = ask.problem;
        let of = &problem.agents[ground.agent];
        let weekly_rest = problem.terms[of.terms].weekly_rest;
        let from = problem.days[week_first].first as i32;
        let end = problem.days[day - 1].end as i32;
        let quota = of.weeks[week];
        let usual = problem.usual_days(ground.agent, week);
        let sums = ground.up_to_days[(day - week_first).min(7)];
        let offset = day * shape.day();
        for phase in 0..shape.phases {
            let tails =
                shape.days_off(phase).map(|off| ground.tails_before(ask.menus, day, off + 1));
            for tail in 0..tails.map_or(1, <[Tail]>::len) {
                // A part of a week says nothing about the rest of the whole.
                let rests_now = day - week_first < 7
                    || weekly_rest.is_none_or(|rest| {
                        let since = tails.map_or(from, |tails| tails[tail].end.max(from));
                        end - since >= rest as i32
                    });
                let next = State { phase, rested: 0, sum: 0, tail };
                let follows = if goes_on { self.fresh[shape.at(next)] } else { 0 };
                for rested in 0..shape.bits {
                    if !rests_now && rested == 0 {
                        continue;
                    }
                    for sum in 0..sums {
                        let minutes = ask.ledger.sums[sum].minutes;
                        let days = ask.ledger.sums[sum].days;
                        if minutes > quota.max_minutes || days > quota.max_days {
                            continue;
                        }
                        let missing = i64::from(quota.min_minutes.saturating_sub(minutes));
                        let penalty = missing * i64::from(problem.weights.missing_minute);
                        let extra = usize::from(days).saturating_sub(usual) as i32;
                        let state = State { phase, rested, sum, tail };
                        self.table[offset + shape.at(state)] =
                            follows - penalty.min(MOST_PENALTY) as i32 - extra * ask.extra_day;
                    }
                }
            }
        }
    }

    fn find_firsts(&mut self, ask: &Ask<'_>, ground: &Ground, shape: Shape, day: usize, week: u32) {
        let terms = &ask.problem.terms[ask.problem.agents[ground.agent].terms];
        let choices = &ask.menus.of(ground.agent, day).choices;
        let first = |slot: i32| choices.partition_point(|it| (it.start as i32) < slot) as u32;
        let long = terms.weekly_rest.map_or(0, |rest| rest as i32);
        self.firsts.resize(shape.memory + 2, Firsts::default());
        for (off, firsts) in self.firsts.iter_mut().enumerate() {
            firsts.any.clear();
            firsts.rested.clear();
            if off == shape.memory + 1 {
                // A long time off: rest is no question, only how much of it lies in this week.
                firsts.any.push(0);
                firsts.rested.push(first(week as i32 + long));
                continue;
            }
            for tail in ground.tails_before(ask.menus, day, off + 1) {
                firsts.any.push(first(tail.end + terms.min_rest as i32));
                firsts.rested.push(first(tail.end.max(week as i32) + long));
            }
        }
    }

    /// Values before `day` from those after it.
    fn decide(&mut self, ask: &Ask<'_>, ground: &Ground, shape: Shape, it: DayAsk) {
        let terms = &ask.problem.terms[ask.problem.agents[ground.agent].terms];
        let menu = ask.menus.of(ground.agent, it.day);
        let values = &ask.values[it.day];
        let (before, after) = self.table.split_at_mut((it.day + 1) * shape.day());
        let target =
            if it.fresh { &mut self.fresh[..] } else { &mut before[it.day * shape.day()..] };
        let after = &after[..shape.day()];

        for phase in 0..shape.phases {
            let next = shape.after_day_off(phase);
            let kept = shape.days_off(next).is_some();
            let tails = shape
                .days_off(phase)
                .map_or(1, |off| ground.tails_before(ask.menus, it.day, off + 1).len());
            for rested in 0..shape.bits {
                for sum in 0..it.sums {
                    let to = shape.at(State { phase, rested, sum, tail: 0 });
                    let from = shape.at(State { phase: next, rested, sum, tail: 0 });
                    for tail in 0..tails {
                        target[to + tail] = after[if kept { from + tail } else { from }];
                    }
                }
            }
        }
        if !it.open {
            return;
        }
        let quota = ask.problem.agents[ground.agent].weeks[it.week];
        for run in 1..=usize::from(terms.max_run.max(1)) {
            for sum in 0..it.sums {
                if ask.ledger.sums[sum].minutes >= quota.max_minutes {
                    continue;
                }
                for rested in 0..shape.bits {
                    let rested_next = shape.bits - 1;
                    let row_of = |bit| {
                        let base = shape.at(State {
                            phase: shape.work(run),
                            rested: bit,
                            sum: 0,
                            tail: 0,
                        });
                        Row { base, sum, ledger: ask.ledger, tails: shape.tails, after }
                    };
                    row_of(rested).fill(menu, values, &mut self.row);
                    if shape.bits == 2 {
                        row_of(rested_next).fill(menu, values, &mut self.row_rested);
                    }
                    let mut relax = |phase: usize, firsts: &Firsts, cost: i32| {
                        let to = shape.at(State { phase, rested, sum, tail: 0 });
                        for (tail, &first) in firsts.any.iter().enumerate() {
                            let mut best = self.row[first as usize];
                            if shape.bits == 2 {
                                let first = first.max(firsts.rested[tail]);
                                best = best.max(self.row_rested[first as usize]);
                            }
                            let value = &mut target[to + tail];
                            *value = (*value).max(best - cost);
                        }
                    };
                    if run == 1 {
                        relax(0, &self.firsts[shape.memory + 1], 0);
                        for off in 1..=shape.memory {
                            relax(off, &self.firsts[off], lone_day_off(ask, terms, it.day, off));
                        }
                    } else if terms.max_start_change.is_none() {
                        relax(shape.work(run - 1), &self.firsts[0], 0);
                    }
                }
            }
        }
        if let Some(most) = terms.max_start_change {
            let tails = ground.tails_before(ask.menus, it.day, 1);
            steady(ask, shape, it, terms, (tails, &self.firsts[0]), most, menu, target, after);
        }
    }

    /// Reads the best line off the tables.
    fn read(
        &self,
        ask: &Ask<'_>,
        ground: &Ground,
        shape: Shape,
        mut state: State,
        line: &mut Vec<Option<u32>>,
    ) {
        let problem = ask.problem;
        let terms = &problem.terms[problem.agents[ground.agent].terms];
        line.clear();
        let mut week = 0;
        let mut week_first = 0;
        for day in 0..problem.days.len() {
            if day > 0 && problem.days[day].starts_week {
                week += 1;
                week_first = day;
                (state.rested, state.sum) = (0, 0);
            }
            let after = &self.table[(day + 1) * shape.day()..(day + 2) * shape.day()];
            let phase = shape.after_day_off(state.phase);
            let tail = if shape.days_off(phase).is_some() { state.tail } else { 0 };
            let mut best = State { phase, tail, ..state };
            let mut value = after[shape.at(best)];
            let mut taken = None;
            let run = state.phase.saturating_sub(shape.memory) + 1;
            let open = ask.weekends[week] || !problem.days[day].weekend;
            if open && run <= usize::from(terms.max_run.max(1)) {
                let lone = match shape.days_off(state.phase) {
                    Some(off) if off > 0 => lone_day_off(ask, terms, day, off),
                    _ => 0,
                };
                let last = shape
                    .days_off(state.phase)
                    .map(|off| ground.tails_before(ask.menus, day, off + 1)[state.tail]);
                for (index, choice) in ask.menus.of(ground.agent, day).choices.iter().enumerate() {
                    let steady = run > 1;
                    if !may_follow(terms, last, choice, steady) {
                        continue;
                    }
                    let sum = ask.ledger.next(state.sum, choice.entry);
                    if sum == NONE {
                        continue;
                    }
                    let from = problem.days[week_first].first as i32;
                    let since = last.map_or(from, |tail| tail.end.max(from));
                    let long = terms
                        .weekly_rest
                        .is_some_and(|rest| choice.start as i32 - since >= rest as i32);
                    let next = State {
                        phase: shape.work(run),
                        rested: if long { 1 } else { state.rested },
                        sum: usize::from(sum),
                        tail: usize::from(choice.tail),
                    };
                    let worth = after[shape.at(next)];
                    let worth = worth.saturating_add(ask.values[day][index]) - lone;
                    if worth > value && worth > NEVER / 2 {
                        (value, best, taken) = (worth, next, Some(index as u32));
                    }
                }
            }
            line.push(taken);
            state = best;
        }
    }
}

fn may_follow(terms: &Terms, last: Option<Tail>, choice: &Choice, next_day: bool) -> bool {
    let Some(last) = last else { return true };
    let rests = choice.start as i32 - last.end >= terms.min_rest as i32;
    let near = |most: u32| u32::from(last.step.abs_diff(choice.step)) <= most;
    rests && (!next_day || terms.max_start_change.is_none_or(near))
}

/// What the day off costs that lies between the last working day and the next, if it is the only one.
/// Nothing on the first day, before which nobody knows how long there was no work.
fn lone_day_off(ask: &Ask<'_>, terms: &Terms, day: usize, off: usize) -> i32 {
    if off == 1 && day > 0 && terms.usual.is_some() { ask.lone_day_off } else { 0 }
}

fn week_start(problem: &Problem, day: usize) -> usize {
    (1..=day).rev().find(|&day| problem.days[day].starts_week).unwrap_or(0)
}

#[derive(Debug, Clone, Copy)]
struct DayAsk {
    day: usize,
    sums: usize,
    open: bool,
    week: usize,
    fresh: bool,
}
