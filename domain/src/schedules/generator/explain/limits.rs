//! What keeps an agent from being on queue in a slot.

use super::{
    super::{
        block::Bar,
        menu::{Choice, Lifted, Menus, could_hold},
        plan::{Line, Placed},
        problem::{Problem, Slot},
        seating::Seating,
    },
    Blame,
};
use crate::schedules::RuleCode;

/// The first rule that keeps an agent from being on queue in a slot; `None` when the agent is.
pub(super) fn holds_back(
    problem: &Problem,
    (menus, seating): (&Menus, &mut Seating),
    (agent, line): (usize, &Line),
    slot: Slot,
) -> Option<Blame> {
    let of = &problem.agents[agent];
    let terms = &problem.terms[of.terms];
    for placed in line.iter().flatten() {
        let template = &terms.templates[usize::from(placed.template)];
        if (placed.start..placed.start + Slot::from(template.length)).contains(&slot) {
            let mut on_queue = false;
            placed.work(template, |from, to| on_queue |= (from..to).contains(&slot));
            return (!on_queue).then_some((RuleCode::BreakWindow, None));
        }
    }
    if seating.is_full(problem, agent, slot) {
        return Some((RuleCode::Seats, None));
    }
    seating.look(problem, agent);
    // The day on which the slot lies, and the day before for shifts over midnight.
    let day = problem.days.iter().rposition(|day| day.first <= slot)?;
    let mut barred = None;
    for day in [Some(day), day.checked_sub(1)].into_iter().flatten() {
        let reaches = |choice: &&Choice| (choice.start..choice.end).contains(&slot);
        let choices: Vec<&Choice> = menus.of(agent, day).choices.iter().filter(reaches).collect();
        if choices.is_empty() {
            barred = barred.or_else(|| bars(problem, (agent, line), day, slot));
            continue;
        }
        if line[day].is_some() {
            return Some((RuleCode::Overlap, None));
        }
        let seated: Vec<&Choice> =
            choices.into_iter().filter(|choice| seating.fits(choice)).collect();
        let rule = match seated.is_empty() {
            true => RuleCode::Seats,
            false => first_limit(problem, agent, line, day, &seated),
        };
        return Some((rule, None));
    }
    Some(barred.unwrap_or((RuleCode::StartBand, None)))
}

/// What takes away each shift of a day that would hold the slot; `None` where there is none anyway.
fn bars(problem: &Problem, (agent, line): (usize, &Line), day: usize, slot: Slot) -> Option<Blame> {
    let of = &problem.agents[agent];
    let could = |lifted: Lifted| could_hold(problem, agent, (day, slot), lifted);
    if !could(Lifted::All) {
        return None;
    }
    let mut stands = of.kept.iter().chain(of.held.iter().map(|held| &held.shift));
    if line[day].is_some() && stands.any(|kept| kept.day == day) {
        return Some((RuleCode::Overlap, None));
    }
    let closes = |bar: Bar| bar == Bar::OpeningHours && !of.closures.is_empty();
    let there = |bar: &Bar| of.blocked.iter().any(|it| it.bar == *bar) || closes(*bar);
    let mut bars = Bar::ALL.into_iter().filter(there);
    let alone = bars.clone().find(|bar| could(Lifted::Bar(*bar)));
    if let Some(bar) = alone {
        return Some(bar.rule());
    }
    // The pattern alone, or all that bars together with it.
    if could(Lifted::Pattern) || !could(Lifted::Bars) {
        return Some((RuleCode::StartBand, None));
    }
    // Several together: the one that bars the slot itself.
    let over = |bar: &Bar| of.blocked.iter().any(|it| it.bar == *bar && it.slots.contains(&slot));
    let bar = bars.clone().find(over).or_else(|| bars.next());
    Some(bar.map_or((RuleCode::StartBand, None), Bar::rule))
}

/// The first limit that one more shift on a free day would exceed, of those that come farthest;
/// `COVERAGE` where one would exceed none, so that it was not worth its cost.
fn first_limit(
    problem: &Problem,
    agent: usize,
    line: &Line,
    day: usize,
    choices: &[&Choice],
) -> RuleCode {
    let of = &problem.agents[agent];
    let terms = &problem.terms[of.terms];
    if let Some(rule) = of_the_past(problem, agent, line, day, choices) {
        return rule;
    }
    let days = days_of_week(problem, day);
    let week = problem.week_of(day);
    let minutes = problem.week_minutes(agent, line)[week];
    let paid = |it: &&Choice| u32::from(terms.templates[usize::from(it.template)].paid_minutes);
    let shortest = choices.iter().map(paid).min().unwrap_or(0);
    if minutes + shortest > u32::from(of.weeks[week].max_minutes) {
        return RuleCode::ContractHours;
    }
    let worked = line[days].iter().flatten().count();
    if worked >= usize::from(terms.max_days_week.min(of.weeks[week].max_days)) {
        return RuleCode::WorkDaysWeek;
    }
    let before = line[..day].iter().rev().take_while(|placed| placed.is_some()).count();
    let before = if before == day { before + usize::from(of.history.run) } else { before };
    let after = line[day + 1..].iter().take_while(|placed| placed.is_some()).count();
    if before + after + 1 > usize::from(terms.max_run) {
        return RuleCode::ConsecutiveDays;
    }
    let fits = |it: &&&Choice| minutes + paid(it) <= u32::from(of.weeks[week].max_minutes);
    let broken = choices.iter().filter(fits).map(|choice| {
        let steps = [
            (RuleCode::MinRest, rests(problem, agent, line, day, choice)),
            (RuleCode::StartVariance, steady(problem, agent, line, day, choice)),
            (RuleCode::NightShifts, few_nights(problem, agent, line, day, choice)),
            (RuleCode::WeeklyRest, week_rests(problem, agent, line, day, choice)),
            (RuleCode::ConsecutiveWeekends, free_weekends(problem, agent, line, day)),
        ];
        let stops = steps.iter().position(|(_, kept)| !kept);
        (stops.unwrap_or(steps.len()), stops.map_or(RuleCode::Coverage, |at| steps[at].0))
    });
    broken.max_by_key(|(step, _)| *step).map_or(RuleCode::ContractHours, |(_, rule)| rule)
}

/// What the days before the plan forbid: no other shift of the plan could be moved for it.
fn of_the_past(
    problem: &Problem,
    agent: usize,
    line: &Line,
    day: usize,
    choices: &[&Choice],
) -> Option<RuleCode> {
    let of = &problem.agents[agent];
    if line[..day].iter().any(Option::is_some) {
        return None;
    }
    let terms = &problem.terms[of.terms];
    if day == 0 && of.history.run >= terms.max_run {
        return Some(RuleCode::ConsecutiveDays);
    }
    let end = i64::from(of.history.last_end?);
    let tired = |it: &&Choice| i64::from(it.start) - end < i64::from(terms.min_rest);
    choices.iter().all(tired).then_some(RuleCode::MinRest)
}

/// The days of the week in which a day lies.
fn days_of_week(problem: &Problem, day: usize) -> std::ops::Range<usize> {
    let first = (1..=day).rev().find(|&day| problem.days[day].starts_week).unwrap_or(0);
    let next = problem.days.iter().skip(first + 1).position(|day| day.starts_week);
    first..next.map_or(problem.days.len(), |next| first + 1 + next)
}

/// First slot after a shift that is worked.
fn end_of(problem: &Problem, agent: usize, placed: &Placed) -> i64 {
    let templates = &problem.terms[problem.agents[agent].terms].templates;
    i64::from(placed.start) + i64::from(templates[usize::from(placed.template)].length)
}

/// End of the last shift before a day.
fn end_before(problem: &Problem, agent: usize, line: &Line, day: usize) -> Option<i64> {
    let last = line[..day].iter().rev().flatten().next();
    let worked = last.map(|placed| end_of(problem, agent, placed));
    worked.or_else(|| problem.agents[agent].history.last_end.map(i64::from))
}

fn rests(problem: &Problem, agent: usize, line: &Line, day: usize, choice: &Choice) -> bool {
    let least = i64::from(problem.terms[problem.agents[agent].terms].min_rest);
    let before = end_before(problem, agent, line, day);
    let after = line[day + 1..].iter().flatten().next();
    before.is_none_or(|end| i64::from(choice.start) - end >= least)
        && after.is_none_or(|next| i64::from(next.start) - i64::from(choice.end) >= least)
}

fn steady(problem: &Problem, agent: usize, line: &Line, day: usize, choice: &Choice) -> bool {
    let of = &problem.agents[agent];
    let Some(most) = problem.terms[of.terms].max_start_change else { return true };
    let near = |step: u16| u32::from(step.abs_diff(choice.step)) <= most;
    let before = match day.checked_sub(1) {
        Some(day) => line[day].map(|placed| placed.step),
        None => (of.history.run > 0).then_some(of.history.last_start),
    };
    let after = line.get(day + 1).copied().flatten().map(|placed| placed.step);
    before.is_none_or(near) && after.is_none_or(near)
}

fn few_nights(problem: &Problem, agent: usize, line: &Line, day: usize, choice: &Choice) -> bool {
    let terms = &problem.terms[problem.agents[agent].terms];
    let Some(most) = terms.max_nights_week.filter(|_| choice.night) else { return true };
    let week = line[days_of_week(problem, day)].iter().flatten();
    let nights = week.filter(|it| terms.templates[usize::from(it.template)].night).count();
    nights < usize::from(most)
}

fn week_rests(problem: &Problem, agent: usize, line: &Line, day: usize, choice: &Choice) -> bool {
    let Some(least) = problem.terms[problem.agents[agent].terms].weekly_rest else { return true };
    let days = days_of_week(problem, day);
    if days.len() < 7 {
        return true;
    }
    let first = i64::from(problem.days[days.start].first);
    let end = i64::from(problem.days[days.end - 1].end);
    let mut shifts: Vec<(i64, i64)> = line[days.clone()]
        .iter()
        .flatten()
        .map(|placed| (i64::from(placed.start), end_of(problem, agent, placed)))
        .collect();
    shifts.push((choice.start.into(), choice.end.into()));
    shifts.sort_unstable();
    let mut free_from =
        end_before(problem, agent, line, days.start).map_or(first, |it| it.max(first));
    let mut longest = 0;
    for (start, end) in shifts {
        longest = longest.max(start - free_from);
        free_from = end;
    }
    longest.max(end - free_from) >= i64::from(least)
}

fn free_weekends(problem: &Problem, agent: usize, line: &Line, day: usize) -> bool {
    let of = &problem.agents[agent];
    let Some(most) = problem.terms[of.terms].max_weekends else { return true };
    if !problem.days[day].weekend {
        return true;
    }
    let mut works = vec![false; problem.weeks()];
    for (other, placed) in line.iter().enumerate() {
        let at_work = problem.days[other].weekend && (placed.is_some() || other == day);
        works[problem.week_of(other)] |= at_work;
    }
    let week = problem.week_of(day);
    let before = works[..week].iter().rev().take_while(|works| **works).count();
    let history = if before == week { usize::from(of.history.weekends_in_row) } else { 0 };
    let after = works[week + 1..].iter().take_while(|works| **works).count();
    history + before + 1 + after <= usize::from(most)
}
