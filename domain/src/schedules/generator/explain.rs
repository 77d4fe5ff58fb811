//! What a roster does not do, and which rule stands in the way.

use super::{
    cover::Cover,
    ground::Ground,
    ledger::Ledger,
    menu::{Menus, menu_without_blocks},
    plan::{Line, Plan},
    problem::{Agent, History, Problem, ProblemError, Slot},
    rebuild::{Ask, NEVER, Rebuild},
    search::{KEEP, ledgers},
    seating::Seating,
};
use crate::schedules::{RuleCode, ViolationCause};

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
/// serve the queue, `SEATS` of who would have none, `COVERAGE` of who serves another one meanwhile.
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
                let (rule, cause) = why_short(problem, plan, (agent, week), missing)?;
                let what = Missing::Hours { agent, week, minutes: missing };
                unmet.push(Unmet { what, rule, cause, held_back: Vec::new() });
            }
        }
    }
    unmet.extend(gaps(problem, plan)?);
    Ok(unmet)
}

type Lift = (RuleCode, Option<ViolationCause>, fn(&mut Problem));

/// Rules that can be lifted, in the order in which they are blamed when they help alike.
const LIFTS: &[Lift] = &[
    (RuleCode::Availability, Some(ViolationCause::Availability), |p| {
        p.agents[0].blocked.clear();
        p.agents[0].closures.clear();
    }),
    (RuleCode::Seats, None, |p| p.agents[0].room = None),
    (RuleCode::MinRest, Some(ViolationCause::History), |p| {
        p.agents[0].history = History { run: p.agents[0].history.run.min(1), ..HISTORY };
    }),
    (RuleCode::ConsecutiveDays, Some(ViolationCause::History), |p| p.agents[0].history = HISTORY),
    (RuleCode::ConsecutiveDays, None, |p| p.terms[0].max_run = 28),
    (RuleCode::WorkDaysWeek, None, |p| {
        p.terms[0].max_days_week = 7;
        p.agents[0].weeks.iter_mut().for_each(|week| week.max_days = 7);
    }),
    (RuleCode::MinRest, None, |p| p.terms[0].min_rest = 0),
    (RuleCode::WeeklyRest, None, |p| p.terms[0].weekly_rest = None),
    (RuleCode::NightShifts, None, |p| p.terms[0].max_nights_week = None),
    (RuleCode::StartVariance, None, |p| p.terms[0].max_start_change = None),
    (RuleCode::ConsecutiveWeekends, None, |p| p.terms[0].max_weekends = None),
];
const HISTORY: History = History {
    last_end: None,
    last_start: 0,
    run: 0,
    weekends_in_row: 0,
    weekend_days: 0,
    nights: 0,
};

fn why_short(
    problem: &Problem,
    plan: &Plan,
    (agent, week): (usize, usize),
    missing: u32,
) -> Result<(RuleCode, Option<ViolationCause>), ProblemError> {
    let rooms = Seating::rooms_without(problem, plan, agent);
    let alone = |lift: &dyn Fn(&mut Problem)| -> Result<u32, ProblemError> {
        let of = Agent { terms: 0, ..problem.agents[agent].clone() };
        let mut alone = Problem {
            days: problem.days.clone(),
            needs: vec![Vec::new()],
            carried: Vec::new(),
            rooms: rooms.clone(),
            terms: vec![problem.terms[problem.agents[agent].terms].clone()],
            agents: vec![of],
            weights: problem.weights,
        };
        lift(&mut alone);
        let quota = alone.agents[0].weeks[week].min_minutes;
        let minutes = fullest(&alone)?[week];
        Ok(u32::from(quota).saturating_sub(minutes))
    };
    let mut best = (missing, RuleCode::ContractHours, None);
    for &(rule, cause, lift) in LIFTS {
        let left = alone(&lift)?;
        if left < best.0 {
            best = (left, rule, cause);
        }
    }
    if best.1 == RuleCode::ContractHours {
        // No rule is to blame alone. Perhaps no shifts add up to the hours at all.
        let terms = problem.agents[agent].terms;
        let quota = problem.agents[agent].weeks[week];
        let ledger = Ledger::new(&problem.terms[terms], terms, quota.max_minutes)?;
        let reachable = ledger.sums.iter().any(|sum| sum.minutes >= quota.min_minutes);
        return Ok((if reachable { best.1 } else { RuleCode::ShiftLength }, None));
    }
    Ok((best.1, best.2))
}

/// Minutes of each week when the only agent of a problem works as much as the rules allow.
fn fullest(problem: &Problem) -> Result<Vec<u32>, ProblemError> {
    let ledgers = ledgers(problem)?;
    let menus = Menus::new(problem, &ledgers);
    let ground = Ground::new(problem, &menus, &ledgers[0], 0);
    let mut seating = Seating::new(problem);
    seating.look(problem, 0);
    let keep = |choice: &super::menu::Choice| match () {
        () if !seating.fits(choice) => NEVER,
        () if choice.kept => KEEP,
        () => 0,
    };
    let values =
        (0..problem.days.len()).map(|day| menus.of(0, day).choices.iter().map(keep).collect());
    let ask = Ask {
        problem,
        ledger: &ledgers[0],
        menus: &menus,
        values: &values.collect::<Vec<_>>(),
        weekends: &vec![true; problem.weeks()],
        extra_day: 0,
        lone_day_off: 0,
    };
    let mut taken = Vec::new();
    Rebuild::default().run(&ask, &ground, &mut taken);
    let mut minutes = vec![0; problem.weeks()];
    let mut week = 0;
    for (day, taken) in taken.iter().enumerate() {
        week += usize::from(day > 0 && problem.days[day].starts_week);
        if let Some(taken) = taken {
            let choice = menus.of(0, day).choices[*taken as usize];
            let template = &problem.terms[0].templates[usize::from(choice.template)];
            minutes[week] += u32::from(template.paid_minutes);
        }
    }
    Ok(minutes)
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
        let mut held_back: Vec<(RuleCode, u32)> = Vec::new();
        let mut hold = |rule, agents| match held_back.iter_mut().find(|(held, _)| *held == rule) {
            Some((_, count)) => *count += agents,
            None => held_back.push((rule, agents)),
        };
        let day = problem.days.iter().rposition(|day| day.first <= worst).unwrap_or(0);
        let (mut there, mut full) = (0, false);
        for (agent, line) in plan.lines.iter().enumerate() {
            if !cover.serves(cover.group(agent, day), queue) {
                hold(RuleCode::Skill, 1);
            } else if let Some(rule) =
                holds_back(problem, (&menus, &ledgers[..], &mut seating), (agent, line), worst)
            {
                full |= rule == RuleCode::Seats && seating.is_full(problem, agent, worst);
                hold(rule, 1);
            } else {
                there += 1;
            }
        }
        // Who is on queue, could serve this one and does not, serves another.
        let elsewhere = carried(problem, queue, worst) + there;
        let elsewhere = elsewhere.saturating_sub(u32::from(cover.serving(queue, worst)));
        if elsewhere > 0 {
            hold(RuleCode::Coverage, elsewhere);
        }
        held_back.sort_by_key(|&(rule, count)| (std::cmp::Reverse(count), rule));
        let most = held_back.first().map_or(RuleCode::Coverage, |&(rule, _)| rule);
        let rule = if full { RuleCode::Seats } else { most };
        let blocked = rule == RuleCode::Availability;
        Unmet { what, rule, cause: blocked.then_some(ViolationCause::Availability), held_back }
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

/// The first rule that keeps an agent from being on queue in a slot; `None` when the agent is.
fn holds_back(
    problem: &Problem,
    (menus, ledgers, seating): (&Menus, &[Ledger], &mut Seating),
    (agent, line): (usize, &Line),
    slot: Slot,
) -> Option<RuleCode> {
    let of = &problem.agents[agent];
    let terms = &problem.terms[of.terms];
    for placed in line.iter().flatten() {
        let template = &terms.templates[usize::from(placed.template)];
        if (placed.start..placed.start + Slot::from(template.length)).contains(&slot) {
            let mut on_queue = false;
            placed.work(template, |from, to| on_queue |= (from..to).contains(&slot));
            return (!on_queue).then_some(RuleCode::BreakWindow);
        }
    }
    if seating.is_full(problem, agent, slot) {
        return Some(RuleCode::Seats);
    }
    seating.look(problem, agent);
    // The day on which the slot lies, and the day before for shifts over midnight.
    let day = problem.days.iter().rposition(|day| day.first <= slot)?;
    let mut reason = RuleCode::StartBand;
    for day in [Some(day), day.checked_sub(1)].into_iter().flatten() {
        let reaches = |choice: &super::menu::Choice| (choice.start..choice.end).contains(&slot);
        let choices = &menus.of(agent, day).choices;
        if !choices.iter().any(reaches) {
            if menu_without_blocks(problem, agent, day, &ledgers[of.terms])
                .choices
                .iter()
                .any(reaches)
            {
                reason = RuleCode::Availability;
            }
            continue;
        }
        let seated = |choice: &super::menu::Choice| reaches(choice) && seating.fits(choice);
        if line[day].is_none() && !choices.iter().any(seated) {
            return Some(RuleCode::Seats);
        }
        return Some(first_limit(problem, agent, line, day));
    }
    Some(reason)
}

/// The first limit that one more shift on a day would exceed.
fn first_limit(problem: &Problem, agent: usize, line: &Line, day: usize) -> RuleCode {
    let of = &problem.agents[agent];
    let terms = &problem.terms[of.terms];
    if line[day].is_some() {
        return RuleCode::Overlap;
    }
    let week_first = (1..=day).rev().find(|&day| problem.days[day].starts_week).unwrap_or(0);
    let week = problem.week_of(day);
    let next = problem.days.iter().skip(week_first + 1).position(|day| day.starts_week);
    let week_end = next.map_or(line.len(), |next| week_first + 1 + next);
    let minutes = problem.week_minutes(agent, line)[week];
    let shortest = terms.templates.iter().map(|it| u32::from(it.paid_minutes)).min().unwrap_or(0);
    if minutes + shortest > u32::from(of.weeks[week].max_minutes) {
        return RuleCode::ContractHours;
    }
    let worked = line[week_first..week_end].iter().flatten().count();
    if worked >= usize::from(terms.max_days_week.min(of.weeks[week].max_days)) {
        return RuleCode::WorkDaysWeek;
    }
    let before = line[..day].iter().rev().take_while(|placed| placed.is_some()).count();
    let before = if before == day { before + usize::from(of.history.run) } else { before };
    let after = line[day + 1..].iter().take_while(|placed| placed.is_some()).count();
    if before + after + 1 > usize::from(terms.max_run) {
        return RuleCode::ConsecutiveDays;
    }
    RuleCode::MinRest
}
