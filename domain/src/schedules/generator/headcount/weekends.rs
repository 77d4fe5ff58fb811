//! Free weekends in rotation, where rules ask for them.

use super::super::problem::Problem;

/// Weeks on whose weekend an agent may work, so that there are never too many with work in a row: the
/// free ones go round among agents. One with a shift that stays is never free.
pub(super) fn open(problem: &Problem, agent: usize) -> Vec<bool> {
    let weeks = problem.weeks();
    let of = &problem.agents[agent];
    let Some(most) = problem.terms[of.terms].max_weekends else { return vec![true; weeks] };
    let mut stays = vec![false; weeks];
    for kept in of.kept.iter().chain(of.held.iter().map(|held| &held.shift)) {
        if problem.days[kept.day].weekend {
            stays[problem.week_of(kept.day)] = true;
        }
    }
    let mut run = of.history.weekends_in_row;
    let before_first = usize::from(most.saturating_sub(run));
    if weeks <= before_first {
        return vec![true; weeks];
    }
    let cycle = usize::from(most) + 1;
    let first = (agent % cycle).min(before_first);
    let mut open = Vec::with_capacity(weeks);
    for (week, stays) in stays.into_iter().enumerate() {
        let free = week >= first && (week - first).is_multiple_of(cycle);
        let works = stays || (run < most && !free);
        run = if works { run.saturating_add(1) } else { 0 };
        open.push(works);
    }
    open
}
