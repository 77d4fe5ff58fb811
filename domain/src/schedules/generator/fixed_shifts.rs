//! What a site gets without a search: early, middle and late blocks in rotation, days off spread
//! evenly. The measure that a generated roster has to beat.

use super::{
    breaks,
    ground::Ground,
    menu::Menus,
    plan::{Placed, Plan},
    problem::{Problem, ProblemError},
    rebuild::{Ask, NEVER, Rebuild},
    search::{KEEP, ledgers},
    seating::Seating,
};

/// A legal roster of fixed shifts: each agent works one of three blocks of the wall clock and
/// moves on to the next one each week, agents are spread evenly over blocks and days off. Where
/// rest, availability or a lack of seats forbids a block, the nearest legal line is taken.
///
/// # Errors
/// [`ProblemError`] when the parts of the problem do not fit each other.
pub fn fixed_shifts(problem: &Problem) -> Result<Plan, ProblemError> {
    const GOOD: i32 = 1000;
    problem.validate()?;
    let ledgers = ledgers(problem)?;
    let menus = Menus::new(problem, &ledgers);
    let mut rebuild = Rebuild::default();
    let mut taken = Vec::new();
    let mut plan = Plan::empty(problem);
    let mut seating = Seating::new(problem);
    let open = vec![true; problem.weeks()];
    for agent in 0..problem.agents.len() {
        let terms_index = problem.agents[agent].terms;
        let terms = &problem.terms[terms_index];
        let mut steps: Vec<u16> = terms.templates.iter().flat_map(|it| it.starts.clone()).collect();
        steps.sort_unstable();
        steps.dedup();
        let mut weekends_in_row = problem.agents[agent].history.weekends_in_row;
        let mut week = 0;
        seating.look(problem, agent);
        let values = problem.days.iter().enumerate().map(|(day, of)| {
            week += usize::from(day > 0 && of.starts_week);
            let block = (agent + week) % 3;
            let wanted = steps.get(steps.len() * (2 * block + 1) / 6).copied().unwrap_or(0);
            // Two days off in a row, at another place in the week for each seventh of the agents.
            let off = (day + agent / 3) % 7 < 2;
            let choices = menus.of(agent, day).choices.iter();
            choices
                .map(|choice| {
                    let away = i32::from(choice.step.abs_diff(wanted));
                    match () {
                        () if !seating.fits(choice) => NEVER,
                        () if choice.kept => KEEP,
                        () if off => -GOOD,
                        () => GOOD - 8 * away.min(100),
                    }
                })
                .collect()
        });
        let values: Vec<Vec<i32>> = values.collect();
        let mut weekends = open.clone();
        if let Some(most) = terms.max_weekends {
            for open in &mut weekends {
                *open = weekends_in_row < most;
                weekends_in_row = if *open { weekends_in_row + 1 } else { 0 };
            }
        }
        let ledger = &ledgers[terms_index];
        let ground = Ground::new(problem, &menus, ledger, agent);
        let ask = Ask {
            problem,
            ledger,
            menus: &menus,
            values: &values,
            weekends: &weekends,
            extra_day: 0,
            lone_day_off: 0,
        };
        rebuild.run(&ask, &ground, &mut taken);
        for (day, taken) in taken.iter().enumerate() {
            let Some(taken) = *taken else { continue };
            let choice = &menus.of(agent, day).choices[taken as usize];
            let template = &terms.templates[usize::from(choice.template)];
            plan.lines[agent][day] = breaks::any_layout(template).map(|pauses| Placed {
                template: choice.template,
                step: choice.step,
                start: choice.start,
                pauses,
            });
        }
        seating.take(problem, agent, &plan.lines[agent]);
    }
    Ok(plan)
}
