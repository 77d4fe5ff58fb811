//! What a roster does not do, and which rule stands in the way.

mod hours;
mod limits;

use super::{
    cover::Cover,
    menu::Menus,
    plan::Plan,
    problem::{Problem, ProblemError, Slot},
    search::ledgers,
    seating::Seating,
};
use crate::schedules::{RuleCode, ViolationCause};

/// A rule that stands in the way, and what made it so where that is known.
type Blame = (RuleCode, Option<ViolationCause>);

/// Most spans of missing cover that are told, the largest first.
const MOST_SPANS: usize = 200;

/// Something that the roster does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// What is not done.
    pub what: Missing,
    /// The rule that stands in the way of most; `SEATS` wherever all seats are taken and somebody
    /// could use one more.
    pub rule: RuleCode,
    /// What made it so, where that is known.
    pub cause: Option<ViolationCause>,
    /// For missing cover: how many agents each rule keeps from helping, most first.
    pub held_back: Vec<(RuleCode, u32)>,
}

/// What is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Paid minutes that an agent's contract asks for.
    Hours {
        /// Index of the agent.
        agent: usize,
        /// Week of the problem, from 0.
        week: usize,
        /// Minutes that are missing.
        minutes: u32,
    },
    /// Cover of the slots `[from, to)`.
    Cover {
        /// Index of the queue.
        queue: usize,
        /// First slot.
        from: Slot,
        /// First slot that is covered again.
        to: Slot,
        /// Hundredths of an agent × slots that are missing.
        work: u64,
        /// Most hundredths of an agent missing at once.
        peak: u32,
    },
}

/// Everything that a plan leaves undone: first hours, by agent and week, then cover, the largest
/// gap first.
///
/// For hours the answer is exact: the agent is planned again with one rule lifted, and the rule
/// whose lifting helps most is the one to blame. For cover each agent who is not on queue in the
/// worst slot of the gap is asked for the first rule that forbids helping: `SKILL` of who cannot
/// serve the queue, `SEATS` of who would have none, `START_BAND` of whom the pattern or the shifts that
/// are offered keep away, `COVERAGE` of who serves another one meanwhile, or could come, where that
/// costs more elsewhere than it saves.
///
/// # Errors
/// [`ProblemError`] when the parts of the problem do not fit each other.
pub fn explain(problem: &Problem, plan: &Plan) -> Result<Vec<Unmet>, ProblemError> {
    problem.validate()?;
    let mut unmet = Vec::new();
    for (agent, line) in plan.lines.iter().enumerate() {
        let quotas = &problem.agents[agent].weeks;
        for (week, minutes) in problem.week_minutes(agent, line).into_iter().enumerate() {
            let missing = u32::from(quotas[week].min_minutes).saturating_sub(minutes);
            if missing > 0 {
                let (rule, cause) = hours::why_short(problem, plan, (agent, week), missing)?;
                let what = Missing::Hours { agent, week, minutes: missing };
                unmet.push(Unmet { what, rule, cause, held_back: Vec::new() });
            }
        }
    }
    unmet.extend(gaps(problem, plan)?);
    Ok(unmet)
}

fn gaps(problem: &Problem, plan: &Plan) -> Result<Vec<Unmet>, ProblemError> {
    let cover = Cover::of(problem, plan);
    let mut spans: Vec<(Missing, Slot)> =
        (0..problem.needs.len()).flat_map(|queue| gaps_of(problem, &cover, queue)).collect();
    let size = |missing: &Missing| match missing {
        Missing::Cover { work, .. } => *work,
        Missing::Hours { minutes, .. } => u64::from(*minutes),
    };
    spans.sort_by_key(|(what, _)| std::cmp::Reverse(size(what)));
    spans.truncate(MOST_SPANS);
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let ledgers = ledgers(problem)?;
    let menus = Menus::new(problem, &ledgers);
    let mut seating = Seating::of(problem, plan);
    let unmet = spans.into_iter().map(|(what, worst)| {
        let queue = match what {
            Missing::Cover { queue, .. } => queue,
            Missing::Hours { .. } => 0,
        };
        let mut blamed: Vec<(Blame, u32)> = Vec::new();
        let mut hold = |blame, agents| match blamed.iter_mut().find(|(held, _)| *held == blame) {
            Some((_, count)) => *count += agents,
            None => blamed.push((blame, agents)),
        };
        let day = problem.days.iter().rposition(|day| day.first <= worst).unwrap_or(0);
        let (mut there, mut full) = (0, false);
        for (agent, line) in plan.lines.iter().enumerate() {
            if !cover.serves(cover.group(agent, day), queue) {
                hold((RuleCode::Skill, None), 1);
            } else if let Some(blame) =
                limits::holds_back(problem, (&menus, &mut seating), (agent, line), worst)
            {
                full |= blame.0 == RuleCode::Seats && seating.is_full(problem, agent, worst);
                hold(blame, 1);
            } else {
                there += 1;
            }
        }
        // Who is on queue, could serve this one and does not, serves another.
        let elsewhere = carried(problem, queue, worst) + there;
        let elsewhere = elsewhere.saturating_sub(u32::from(cover.serving(queue, worst)));
        if elsewhere > 0 {
            hold((RuleCode::Coverage, None), elsewhere);
        }
        let mut held_back: Vec<(RuleCode, u32)> = Vec::new();
        for &((rule, _), agents) in &blamed {
            match held_back.iter_mut().find(|(held, _)| *held == rule) {
                Some((_, count)) => *count += agents,
                None => held_back.push((rule, agents)),
            }
        }
        held_back.sort_by_key(|&(rule, count)| (std::cmp::Reverse(count), rule));
        let most = held_back.first().map_or(RuleCode::Coverage, |&(rule, _)| rule);
        let rule = if full { RuleCode::Seats } else { most };
        let causes = blamed.iter().filter(|((held, _), _)| *held == rule);
        let cause = causes.max_by_key(|(_, agents)| *agents).and_then(|((_, cause), _)| *cause);
        Unmet { what, rule, cause, held_back }
    });
    Ok(unmet.collect())
}

/// Agents on queue by shifts that are not planned here, who can serve a queue.
fn carried(problem: &Problem, queue: usize, slot: Slot) -> u32 {
    let able = problem.carried.iter().filter(|it| it.covers.contains(queue));
    able.map(|it| u32::from(it.agents.get(slot as usize).copied().unwrap_or(0))).sum()
}

/// Spans in which a queue misses agents, each with its worst slot.
fn gaps_of(problem: &Problem, cover: &Cover, queue: usize) -> Vec<(Missing, Slot)> {
    let mut spans: Vec<(Missing, Slot)> = Vec::new();
    for (slot, &need) in problem.needs[queue].iter().enumerate() {
        let slot = slot as Slot;
        let missing = match need {
            0 => 0,
            _ => need.saturating_sub(u32::from(cover.serving(queue, slot)) * 100),
        };
        if missing == 0 {
            continue;
        }
        match spans.last_mut() {
            Some((Missing::Cover { to, work, peak, .. }, worst)) if *to == slot => {
                *to = slot + 1;
                *work += u64::from(missing);
                if missing > *peak {
                    (*peak, *worst) = (missing, slot);
                }
            }
            _ => {
                let work = u64::from(missing);
                let what = Missing::Cover { queue, from: slot, to: slot + 1, work, peak: missing };
                spans.push((what, slot));
            }
        }
    }
    spans
}
