//! Rosters by headcounts: as many people on each kind of shift as a site wants on each day, and wishes
//! met as far as that allows.
//!
//! Two programmes share the work. The search for [whole shifts](crate::schedules::whole_shifts) looks
//! at all people at once, in numbers and minutes, and knows the rules that decide who can be where:
//! what each may work on each day, what may follow what, runs, hours and days of weeks. Its lines then
//! pass through the generator's own line programme, which knows every rule: it is paid well for each
//! shift that was meant, so it gives the nearest legal line. What that changes is mended by giving
//! people in turn the best line beside all others, as long as that lowers the cost.
//!
//! A kind of shift is known by its [`ShiftShape`](super::ShiftShape), which tells how many people are
//! wanted on it; each template remembers its shape. Lengths and starts would not tell it: rules and
//! closed hours may lengthen a shift, and two kinds may be alike but for their breaks.

mod arrange;
mod heads;
mod kinds;
mod legal;
mod tally;
mod weekends;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

pub(super) use heads::Heads;
pub use kinds::{Headcount, MAX_HEADCOUNT_KINDS, headcount_kinds};
pub(super) use kinds::{Kinds, Numbers};
use legal::Legal;
pub use tally::{HeadcountGap, HeadcountReport, WishTally};

use super::{
    problem::ProblemError,
    search::{Found, Options, Progress, Search},
    task::Prepared,
};
use crate::schedules::{ShiftWish, whole_shifts};

/// Cost of somebody missing on a kind of shift. Planning practice covers first, and meets wishes with
/// the freedom that is left: one missing person weighs more than the wishes of twenty.
const MISSING: u32 = 100;
/// Cost of somebody too many: no more than the lightest wish, since hours of contracts decide how many
/// there are in all, and wishes may decide where they are.
const SURPLUS: u32 = 1;

/// What an hour costs that contracts owe and that is lacking: hours come before heads, since a shift has
/// several of them.
const HOUR_LACKING: u64 = 100;
/// How often the lines that were found are made legal in the course of a search.
const TIMES_LEGAL: u64 = 16;

/// Searches the best legal roster by the headcounts of the task's shapes and by wishes. A missing
/// person costs 100, one too many 1, a wish that is not met its weight; least hours of weeks come
/// before all of them, as far as the shifts can give them: each that is lacking costs 100. Who may work
/// no shift that is planned by number is planned by the requirement.
///
/// `progress` is called as in [`search`](super::search()), and again and again before the first round
/// while prices settle a better first roster. The same options and an end after the same round repeat a
/// search. Cost and balance, in shifts, are those of the best legal roster.
///
/// # Errors
/// [`ProblemError`] when the parts of the problem do not fit each other, or more kinds of shifts are
/// planned by number than fit.
pub fn search_headcounts(
    prepared: &Prepared,
    wishes: &[ShiftWish],
    options: Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Found, ProblemError> {
    prepared.kinds.check()?;
    let problem = &prepared.problem;
    let mut search = Search::new(problem, options)?;
    let heads = Heads::of(prepared, wishes);
    let agents = 0..problem.agents.len();
    let open: Vec<Vec<bool>> = agents.clone().map(|agent| weekends::open(problem, agent)).collect();
    let reached: Vec<Vec<u8>> =
        agents.map(|agent| search.most_hours(agent, &heads, &open[agent])).collect();
    let mut asked = arrange::arrange(prepared, search.menus(), &heads, (&open, &reached));
    let mut legal = Legal::new(search, &heads, &open);
    let found = solve(&mut asked, options, &mut |at, lines| {
        let every = options.iterations.div_ceil(TIMES_LEGAL).max(1);
        if at.rounds.is_multiple_of(every) {
            legal.look(lines, at.cost);
        }
        let (cost, balance) = legal.stands();
        let (iteration, iterations) = (at.rounds, options.iterations);
        progress(Progress { iteration, iterations, cost, balance })
    })?;
    legal.look(&found.lines, found.cost);
    let (cost, balance) = legal.stands();
    Ok(Found { plan: legal.rested(), cost, balance, iterations: found.rounds })
}

/// Who is told where the search for whole shifts stands, with the best lines.
type Tell<'a> = &'a mut dyn FnMut(whole_shifts::Progress, &[Vec<u8>]) -> ControlFlow<()>;

/// Searches until it may; people whose limits leave no line are freed of them, since their own line is
/// made legal afterwards.
fn solve(
    asked: &mut whole_shifts::Problem,
    options: Options,
    tell: Tell<'_>,
) -> Result<whole_shifts::Found, ProblemError> {
    if asked.people.is_empty() || asked.minutes.is_empty() {
        // Nobody, or nothing by number: then everybody is planned by the requirement.
        let lines = vec![vec![0; asked.days.len()]; asked.people.len()];
        return Ok(whole_shifts::Found { lines, cost: 0, rounds: 0 });
    }
    let pace = whole_shifts::RoundsBySize::of(options.iterations, asked);
    let own = whole_shifts::Options { seed: options.seed, pace: &pace };
    match whole_shifts::search_lines(asked, own, tell) {
        Err(whole_shifts::ProblemError::NoLine { people }) => {
            people.into_iter().for_each(|person| arrange::free(&mut asked.people[person]));
            Ok(whole_shifts::search_lines(asked, own, tell)?)
        }
        other => Ok(other?),
    }
}
