//! A second, slow reading of the rules, for tests of the generator only: it walks over the days of
//! a finished plan and knows nothing of how the plan was built.

use super::{
    plan::{Placed, Plan},
    problem::{Problem, Terms},
};

/// Every limit that a plan exceeds, in words.
pub(super) fn faults(problem: &Problem, plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    for (agent, line) in plan.lines.iter().enumerate() {
        let terms = &problem.terms[problem.agents[agent].terms];
        let mut say =
            |what: &str, day: usize| faults.push(format!("agent {agent} day {day}: {what}"));
        line_faults(problem, agent, line, terms, &mut say);
        for (day, placed) in line.iter().enumerate() {
            if let Some(placed) = placed {
                shift_faults(problem, agent, day, placed, terms, &mut say);
            }
        }
    }
    faults.extend(seat_faults(problem, plan));
    faults
}

/// Slots of a room in which shifts that are new there take more seats than there are.
fn seat_faults(problem: &Problem, plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    for (room, of) in problem.rooms.iter().enumerate() {
        for (slot, seats) in of.seats.iter().enumerate() {
            let (mut there, mut new) = (0, false);
            for (agent, line) in plan.lines.iter().enumerate() {
                let of = &problem.agents[agent];
                if of.room != Some(room) {
                    continue;
                }
                let templates = &problem.terms[of.terms].templates;
                let sits = |start: u32, template: u16| {
                    let length = u32::from(templates[usize::from(template)].length);
                    (start..start + length).contains(&(slot as u32))
                };
                for (day, placed) in line.iter().enumerate() {
                    if of.kept.iter().any(|kept| kept.day == day) {
                        continue;
                    }
                    let held = of.held.iter().find(|held| held.shift.day == day);
                    let stands = held.map(|held| (held.shift.start, held.shift.template));
                    let works = placed.map(|placed| (placed.start, placed.template));
                    let works = works.or(stands);
                    if works.is_some_and(|(start, template)| sits(start, template)) {
                        there += 1;
                        new |= works != stands;
                    }
                }
            }
            if new && seats.is_some_and(|seats| there > u32::from(seats)) {
                faults.push(format!("room {room} slot {slot}: {there} people"));
            }
        }
    }
    faults
}

fn line_faults(
    problem: &Problem,
    agent: usize,
    line: &[Option<Placed>],
    terms: &Terms,
    say: &mut impl FnMut(&str, usize),
) {
    let of = &problem.agents[agent];
    let template = |placed: &Placed| &terms.templates[usize::from(placed.template)];
    let end_of = |placed: &Placed| i64::from(placed.start) + i64::from(template(placed).length);
    let mut run = of.history.run;
    let mut last_end = of.history.last_end.map(i64::from);
    let mut last_step = of.history.last_start;
    for (day, placed) in line.iter().enumerate() {
        let Some(placed) = placed else {
            run = 0;
            continue;
        };
        if last_end.is_some_and(|end| i64::from(placed.start) - end < i64::from(terms.min_rest)) {
            say("rest", day);
        }
        if run > 0
            && terms
                .max_start_change
                .is_some_and(|most| u32::from(last_step.abs_diff(placed.step)) > most)
        {
            say("start change", day);
        }
        run += 1;
        if run > terms.max_run {
            say("run", day);
        }
        last_end = Some(end_of(placed));
        last_step = placed.step;
    }

    let mut week_of = Vec::new();
    for (day, of) in problem.days.iter().enumerate() {
        let last = week_of.last().copied().unwrap_or(0);
        week_of.push(last + usize::from(day > 0 && of.starts_week));
    }
    let mut weekends = of.history.weekends_in_row;
    let mut previous_end = of.history.last_end.map_or(i64::MIN / 2, i64::from);
    for week in 0..problem.weeks() {
        let days: Vec<usize> = (0..line.len()).filter(|&day| week_of[day] == week).collect();
        let shifts: Vec<&Placed> = days.iter().filter_map(|&day| line[day].as_ref()).collect();
        let minutes: u32 = shifts.iter().map(|it| u32::from(template(it).paid_minutes)).sum();
        if minutes > u32::from(of.weeks[week].max_minutes) {
            say("week minutes", days[0]);
        }
        if shifts.len() > usize::from(terms.max_days_week.min(of.weeks[week].max_days)) {
            say("week days", days[0]);
        }
        let nights = shifts.iter().filter(|it| template(it).night).count();
        if terms.max_nights_week.is_some_and(|most| nights > usize::from(most)) {
            say("week nights", days[0]);
        }
        if let Some(rest) = terms.weekly_rest
            && days.len() == 7
        {
            let first = i64::from(problem.days[days[0]].first);
            let end = i64::from(problem.days[days[days.len() - 1]].end);
            let mut free_from = previous_end.max(first);
            let mut longest = 0;
            for shift in &shifts {
                longest = longest.max(i64::from(shift.start) - free_from);
                free_from = end_of(shift);
            }
            if longest.max(end - free_from) < i64::from(rest) {
                say("weekly rest", days[0]);
            }
        }
        previous_end = shifts.last().map_or(previous_end, |shift| end_of(shift));
        let works = days.iter().any(|&day| problem.days[day].weekend && line[day].is_some());
        weekends = if works { weekends + 1 } else { 0 };
        if terms.max_weekends.is_some_and(|most| weekends > most) {
            say("weekends", days[0]);
        }
    }
}

fn shift_faults(
    problem: &Problem,
    agent: usize,
    day: usize,
    placed: &Placed,
    terms: &Terms,
    say: &mut impl FnMut(&str, usize),
) {
    let template = &terms.templates[usize::from(placed.template)];
    let of = &problem.agents[agent];
    let held = |it: &super::Held| it.shift.day == day && it.shift.template == placed.template;
    if of.kept.iter().any(|kept| kept.day == day) || of.held.iter().any(held) {
        return;
    }
    let end = placed.start + u32::from(template.length);
    if !template.starts.contains(&placed.step)
        || problem.days[day].wall[usize::from(placed.step)] != placed.start
    {
        say("start", day);
    }
    if problem.agents[agent]
        .blocked
        .iter()
        .any(|it| placed.start < it.slots.end && it.slots.start < end)
    {
        say("blocked", day);
    }
    if !template.days.contains(&day) {
        say("day of the shift", day);
    }
    for closed in problem.agents[agent].closures.iter().flat_map(|it| it.start..it.end) {
        let pauses = template.pauses.iter().zip(&placed.pauses);
        let resting = pauses.filter(|(pause, _)| pause.category.may_be_closed(pause.paid));
        let mut away = resting.map(|(pause, place)| {
            let start = placed.start + u32::from(*place);
            start..start + u32::from(pause.length)
        });
        if (placed.start..end).contains(&closed) && !away.any(|pause| pause.contains(&closed)) {
            say("closed", day);
        }
    }
    let mut from = 0;
    for (pause, &place) in template.pauses.iter().zip(&placed.pauses) {
        if place < pause.earliest || place > pause.latest || place <= from {
            say("pause window", day);
        }
        if place.saturating_sub(from) > template.max_stretch {
            say("stretch", day);
        }
        from = place + pause.length;
    }
    if from >= template.length || template.length - from > template.max_stretch {
        say("last stretch", day);
    }
}
